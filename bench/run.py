"""Load markets, measure floors, pages and nights in one run, and write bench/RESULTS.md."""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench import load
from bench.load import Figures

ROOT: Final = Path(__file__).resolve().parent.parent
LOCAL: Final = Path(os.environ.get("ZCY_BENCH", ROOT / ".local" / "bench"))
PORT: Final = int(os.environ.get("BENCH_PORT", "8765"))
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "4"))
RUNS: Final = 3
CLIENTS: Final = 8
FLOORS: Final = {"F0": ["/bench/f0/"], "F1": ["/bench/f1/"], "F1b": ["/bench/f1b/"]}
# Sizes whose pages are measured, and whose night is: performance.md.
PAGES: Final = frozenset("SML")
NIGHTS: Final = frozenset("SE")


@dataclass(frozen=True)
class Result:
    """What one market gave."""

    size: str
    rows: Mapping[str, int]
    import_seconds: float
    night_seconds: float | None
    again_seconds: float | None
    parts: Mapping[str, float]
    figures: Mapping[str, Figures]
    # The same, while no web process keeps the lists that it has drawn.
    anew: Mapping[str, Figures]
    pages: Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Measure the sizes that are named (S, M and E by default, `make bench SIZE=S`)."""
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
    results = []
    for size in sizes:
        print(f"bench: market {size}", flush=True)
        results.append(_measure(size))
        (ROOT / "bench" / "RESULTS.md").write_text(report(results), encoding="utf-8")
    print((ROOT / "bench" / "RESULTS.md").read_text())
    return 0


def _environment(size: str) -> dict[str, str]:
    return os.environ | {
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
    with _servers(environment):
        _timed([python, "manage.py", "migrate", "--verbosity", "0"], environment)
        if not (market / "orders.csv").exists():
            _timed([python, "-m", "bench.market", size, str(market)], environment)
        imported, _text = _timed([python, "manage.py", "import_market", str(market)], environment)
        night = again = None
        parts: dict[str, float] = {}
        if size in NIGHTS:
            night, text = _timed([python, "manage.py", "nightly"], environment)
            for name, seconds in re.findall(r'"part": "([^"]+)".*?"seconds": ([\d.]+)', text):
                parts[name] = parts.get(name, 0) + float(seconds)
            again, _text = _timed([python, "manage.py", "nightly"], environment)
        _took, answer = _timed([python, "-m", "bench.pages"], environment)
        # The answer stands on the standard output, log lines may follow it.
        asked = json.JSONDecoder().raw_decode(answer, answer.index('{"pages"'))[0]
        figures = _pages(size, asked, environment) if size in PAGES else {}
        anew = _pages(size, asked, dict(environment) | {"KEEP_LISTS": "0"}) if size in PAGES else {}
    return Result(size, asked["sizes"], imported, night, again, parts, figures, anew, asked["pages"])


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


def _pages(size: str, asked: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Figures]:
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
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment) | {"DATABASE_POOL": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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
        return {name: load.median(found) for name, found in runs.items()}
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _wait() -> None:
    for _attempt in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/bench/f0/", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("bench: the web server did not start")


def report(results: list[Result]) -> str:
    """The figures as Markdown."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [
        "# Measured",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip() or 'unknown'}, {os.cpu_count()} cores, Python"
        f" {platform.python_version()}; {RUNS} runs of {SECONDS:g} s with {CLIENTS} connections in turn, medians."
        " The load generator shares the cores with the server, so read the ratios. Pages are asked for as a signed-in"
        " purchaser, 40 addresses of each kind in turn. F0: a constant; F1: a table of 24 rows"
        " in a bare template; F1b: the same in the platform's base; Fsql: the page's own statements alone.",
    ]
    for result in results:
        rows = ", ".join(f"{count:,} {name}" for name, count in result.rows.items())
        lines += ["", f"## Market {result.size} ({rows})", "", f"Import: {result.import_seconds:.1f} s."]
        if result.night_seconds is not None:
            lines.append(
                f"The night that catches up all history: {result.night_seconds:.1f} s;"
                f" run again: {result.again_seconds:.1f} s."
            )
            lines += ["", "| part of the night | seconds |", "|---|---:|"]
            lines += [f"| {name} | {seconds:.2f} |" for name, seconds in sorted(result.parts.items())]
        if result.figures:
            lines += _table(result, result.figures)
            lines += ["", "The same, every list drawn anew (`KEEP_LISTS=0`):"]
            lines += _table(result, result.anew)
    return "\n".join(lines) + "\n"


def _table(result: Result, figures: Mapping[str, Figures]) -> list[str]:
    f1 = figures["F1"]
    lines = [
        "",
        "| page | requests/s | × F1 | CPU web ms | × F1 | CPU database ms | p99 ms | × F1 | KB | statements | Fsql ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, found in figures.items():
        page = result.pages.get(name, {})
        lines.append(
            f"| {name} | {found.throughput:.0f} | {found.throughput / f1.throughput:.2f} | {found.web_cpu:.2f} |"
            f" {found.web_cpu / f1.web_cpu:.2f} | {found.database_cpu:.2f} | {found.p99:.0f} | {found.p99 / f1.p99:.2f} |"
            f" {found.bytes / 1024:.0f} | {page.get('statements', '')} |"
            f" {format(page['sql_ms'], '.2f') if page else ''} |"
        )
    return lines
