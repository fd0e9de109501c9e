"""`make soak`: drive the running platform for some minutes, and watch for errors and growing memory.

    make soak MINUTES=10 PORT=8000

Only this machine is ever asked, at most REQUESTS_A_SECOND times a second.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_MINUTES = 24 * 60
CLIENTS = 4
REQUESTS_A_SECOND = 200
MOST_MEMORY = 200 * 1024 * 1024
# The first requests fill caches; growth is judged from here on.
WARM_SHARE = 0.25
MOST_GROWTH = 1.10
START_PAGES = ("/", "/search/?q=%E6%89%93%E5%8D%B0", "/open/", "/healthz")
LINK = re.compile(r'href="(/(?:categories|goods|stores|search)/[^"#]*)"')


@dataclass
class Record:
    """What the clients have met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=lambda: list(START_PAGES))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path: str, seconds: float, error: str, links: list[str]) -> None:
        """One request."""
        with self.lock:
            self.seconds.append(seconds)
            if error:
                self.errors.append(f"{path}: {error}")
            known = set(self.pages)
            self.pages += [link for link in dict.fromkeys(links) if link not in known][
                : max(0, 500 - len(known))
            ]


def main(words: list[str]) -> int:
    """Drive the platform; 1 if it erred or its memory grew."""
    try:
        minutes = float(words[0]) if words else 10.0
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= LONGEST_MINUTES:
        print(f"zcy: MINUTES must be a number up to {LONGEST_MINUTES}.", file=sys.stderr)
        return 2
    port = os.environ.get("PORT") or "8000"
    base = f"http://127.0.0.1:{port}"
    workers = web_workers(port)
    if ask(f"{base}/healthz")[1] or not workers:
        print(f"zcy: nothing answers at {base}: start it with `make run` in another window.", file=sys.stderr)
        return 2
    return drive(base, minutes * 60, workers)


def drive(base: str, seconds: float, workers: list[int]) -> int:
    """Ask for pages until the time is over, and say how it went."""
    record, began = Record(), time.monotonic()
    stop = threading.Event()
    clients = [
        threading.Thread(target=client, args=(base, record, stop, number), daemon=True)
        for number in range(CLIENTS)
    ]
    for thread in clients:
        thread.start()
    samples: list[tuple[float, int]] = []
    while time.monotonic() - began < seconds:
        time.sleep(min(5.0, seconds / 20))
        samples.append((time.monotonic() - began, max(map(memory, workers), default=0)))
    stop.set()
    for thread in clients:
        thread.join(timeout=30)
    warm = [size for moment, size in samples if moment >= seconds * WARM_SHARE] or [
        size for _, size in samples
    ]
    half = len(warm) // 2
    growth = statistics.median(warm[half:]) / max(1.0, statistics.median(warm[: half or 1]))
    ordered = sorted(record.seconds)
    print(f"{len(ordered)} requests on {len(record.pages)} pages, {len(record.errors)} errors")
    print(f"median {ordered[len(ordered) // 2]:.3f} s, p99 {ordered[int(len(ordered) * 0.99)]:.3f} s")
    print(
        f"memory of the largest web worker {max(warm) / 2**20:.0f} MB, second half / first half {growth:.2f}"
    )
    for error in record.errors[:10]:
        print(error)
    healthy = not record.errors and growth <= MOST_GROWTH and max(warm) <= MOST_MEMORY
    print("healthy" if healthy else "NOT healthy")
    return 0 if healthy else 1


def client(base: str, record: Record, stop: threading.Event, number: int) -> None:
    """One visitor, who follows the links that are met."""
    for turn in itertools.count(number):
        if stop.is_set():
            return
        path = record.pages[turn * 7 % len(record.pages)]
        began = time.monotonic()
        body, error = ask(base + path)
        took = time.monotonic() - began
        record.add(path, took, error, [link.replace("&amp;", "&") for link in LINK.findall(body)])
        stop.wait(max(0.0, CLIENTS / REQUESTS_A_SECOND - took))


def ask(address: str) -> tuple[str, str]:
    """A page's text, and what is wrong with it."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read().decode(errors="replace"), ""
    except urllib.error.HTTPError as error:
        return "", "" if error.code == 404 else f"status {error.code}"
    except (OSError, http.client.HTTPException) as error:
        return "", str(error) or type(error).__name__


def web_workers(port: str) -> list[int]:
    """The processes of the web server that listens on a port: another platform's are not ours to judge."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
        except OSError:
            continue
        if b"zcy.wsgi:application" in words and port.encode() in words:
            found.append(int(entry.name))
    return found


def memory(pid: int) -> int:
    """Resident bytes of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
