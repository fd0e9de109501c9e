"""Load markets, measure floors, pages and nights in one run, and write bench/RESULTS.md."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from bench import load
from bench.database import Database
from bench.inside import MARK
from bench.load import Figures
from bench.market.sizes import DEFAULT_END
from bench.report import ROOT, Result, write

LOCAL: Final = Path(os.environ.get("ZCY_BENCH", ROOT / ".local" / "bench"))
PORT: Final = int(os.environ.get("BENCH_PORT", "8765"))
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "4"))
RUNS: Final = 3
CLIENTS: Final = 8
#: Measure on what an earlier run has loaded: a large market takes long to make and to import.
LOADED: Final = os.environ.get("BENCH_LOADED") == "1"
FLOORS: Final = {"F0": ["/bench/f0/"], "F1": ["/bench/f1/"], "F1b": ["/bench/f1b/"]}
# Sizes whose pages are measured, and whose night is: performance.md.
PAGES: Final = frozenset("SML")
NIGHTS: Final = frozenset("SE")
# What is asked inside Django, by size: measures that need no market of a size are taken once, on the smallest.
INSIDE: Final = {
    "S": ["search quality", "duplicates", "lists", "statistics"],
    "E": ["statistics"],
    "M": ["lists", "statistics", "ranges", "listing import"],
    "L": ["lists", "statistics", "listing import"],
}
# Sizes whose import takes long enough to be believed after one run.
IMPORTED_ONCE: Final = frozenset("ML")
HOW: Final = f"Pages: {RUNS} rounds of {SECONDS:g} s with {CLIENTS} connections."


def main(arguments: list[str]) -> int:
    """Measure the sizes that are named (S, M and E by default, `make bench SIZE=S`).

    With BENCH_LOADED=1 each on the database that an earlier run has left, without its import and nights.
    """
    sizes = [size for argument in arguments for size in argument.upper().split(",") if size] or [
        "S",
        "M",
        "E",
    ]
    if unknown := set(sizes) - {"S", "M", "E", "L"}:
        print(
            f"bench: there is no size {', '.join(sorted(unknown))}: choose from S, M, E, L.", file=sys.stderr
        )
        return 2
    text = ""
    for size in sizes:
        print(f"bench: market {size}", flush=True)
        text = write([_measure(size)], how=HOW)
    print(text)
    return 0


def _environment(size: str) -> dict[str, str]:
    # A database that the environment names is somebody's: the benchmark has its own.
    foreign = {"DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {
        "ZCY_LOCAL": str(LOCAL / size),
        "ZCY_DEMO": "0",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
    }


def _timed(command: list[str], environment: Mapping[str, str]) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return time.perf_counter() - began, done.stdout + done.stderr


def _measure(size: str) -> Result:
    environment = _environment(size)
    market = LOCAL / f"market-{size}"
    python = sys.executable
    market.parent.mkdir(parents=True, exist_ok=True)
    if not LOADED:
        _timed([python, "-m", "bench.market", size, str(market)], environment)
    with _servers(environment):
        database = Database(LOCAL / size)
        imports: list[float] = []
        migrate = [python, "manage.py", "migrate", "--verbosity", "0"]
        if LOADED:
            _timed(migrate, environment)
        for _run in range(0 if LOADED else 1 if size in IMPORTED_ONCE else RUNS):
            database.empty()
            _timed(migrate, environment)
            imports.append(_timed([python, "manage.py", "import_market", str(market)], environment)[0])
        nights, parts = _nights(database, environment) if size in NIGHTS and not LOADED else ({}, {})
        _took, answer = _timed([python, "-m", "bench.pages"], environment)
        # The answer stands on the standard output, log lines may follow it.
        asked = json.JSONDecoder().raw_decode(answer, answer.index('{"pages"'))[0]
        database.tidy()
        scan = database.scan_ms(RUNS)
        inside = _inside(INSIDE[size], environment)
        figures = _pages(size, asked, environment) if size in PAGES else {}
        anew = _pages(size, asked, dict(environment) | {"KEEP_LISTS": "0"}) if size in PAGES else {}
        return Result(
            size=size,
            rows=asked["sizes"],
            postgres=database.versions(),
            scan_ms=scan,
            imports=imports,
            nights=nights,
            parts=parts,
            figures=figures,
            anew=anew,
            pages=asked["pages"],
            inside=inside,
        )


def _inside(measures: list[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Each measure in a process of its own, so that its memory is its own."""
    found: dict[str, Any] = {}
    for measure in measures:
        print(f"bench: {measure}", flush=True)
        _took, answer = _timed([sys.executable, "-m", "bench.inside", measure], environment)
        found |= json.JSONDecoder().raw_decode(answer, answer.index(MARK) + len(MARK))[0]
    return found


def _nights(
    database: Database, environment: Mapping[str, str]
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Seconds of each kind of night, and of the parts of one that catches up."""

    def night(as_of: date) -> tuple[float, str]:
        return _timed([sys.executable, "manage.py", "nightly", "--as-of", as_of.isoformat()], environment)

    database.keep_copy()
    caught_up, parts = [], {}
    for _run in range(RUNS):
        database.set_back()
        seconds, text = night(DEFAULT_END)
        caught_up.append(seconds)
        parts = _parts(text)
    again = [night(DEFAULT_END)[0] for _run in range(RUNS)]
    # The last days one by one, as they come in a platform's life.
    database.set_back()
    night(DEFAULT_END - timedelta(days=RUNS))
    ordinary = [night(DEFAULT_END - timedelta(days=RUNS - 1 - number))[0] for number in range(RUNS)]
    found = {
        "the night that catches up all history": caught_up,
        "the night of one ordinary day": ordinary,
        "the last night once more": again,
    }
    return found, parts


def _parts(text: str) -> dict[str, float]:
    """Seconds of each part, summed over its shards, from the log."""
    parts: dict[str, float] = {}
    for name, seconds in re.findall(r'"part": "([^"]+)".*?"seconds": ([\d.]+)', text):
        parts[name] = parts.get(name, 0) + float(seconds)
    return parts


@contextmanager
def _servers(environment: Mapping[str, str]) -> Iterator[None]:
    """Keep the embedded servers running over several commands."""
    keeper = subprocess.Popen(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--verbosity",
            "0",
            "-c",
            "import time; print('ready', flush=True); time.sleep(86400)",
        ],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        # A fixed wait would race the first start of the servers against the first command.
        if keeper.stdout is None or keeper.stdout.readline().strip() != "ready":
            raise SystemExit("bench: the embedded servers did not start")
        yield
    finally:
        os.killpg(keeper.pid, signal.SIGTERM)
        keeper.wait(30)


def _pages(size: str, asked: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, list[Figures]]:
    # The same server as `make run` starts, without a worker and beat beside it.
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "zcy.wsgi:application",
        "--workers",
        "2",
    ]
    command += ["--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(PORT), "--no-ws"]
    _need_port()
    log = LOCAL / f"web-{size}.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment) | {"DATABASE_POOL": "1"},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait()
        database = int((LOCAL / size / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        addresses = FLOORS | {name: page["addresses"] for name, page in asked["pages"].items()}
        runs: dict[str, list[Figures]] = {name: [] for name in addresses}
        for paths in addresses.values():
            load.run(
                PORT, paths, cookie=asked["cookie"], seconds=1, clients=2, web=server.pid, database=database
            )
        # In turn, so that a drift of the machine's speed meets all alike.
        for _round in range(RUNS):
            for name, paths in addresses.items():
                runs[name].append(
                    load.run(
                        PORT,
                        paths,
                        cookie=asked["cookie"],
                        seconds=SECONDS,
                        clients=CLIENTS,
                        web=server.pid,
                        database=database,
                    )
                )
        return runs
    except RuntimeError as error:
        raise SystemExit(f"bench: {error}: the reason is at the end of {log}") from error
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _need_port() -> None:
    """Two granians may share a port: half of the answers would come from somebody else's platform."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            raise SystemExit(f"bench: port {PORT} is in use: choose another, as in BENCH_PORT={PORT + 1}.")


def _wait() -> None:
    for _attempt in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/bench/f0/", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("bench: the web server did not start")
