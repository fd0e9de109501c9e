"""A load of a few keep-alive connections, and the CPU that a group of processes spends on it."""

from __future__ import annotations

import http.client
import itertools
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """Of one run: requests per second, milliseconds of CPU per request (web, database), 99th percentile in ms."""

    throughput: float
    web_cpu: float
    database_cpu: float
    p99: float
    bytes: int


def cpu_seconds(pids: set[int]) -> float:
    """User and system time of processes, those of ended children included."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += sum(int(value) for value in fields[11:15])
    return total / TICK


def descendants(root: int) -> set[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(fields[1])
    found, more = {root}, True
    while more:
        more = False
        for pid, parent in parents.items():
            if parent in found and pid not in found:
                found.add(pid)
                more = True
    return found


def run(
    port: int, paths: Sequence[str], *, cookie: str, seconds: float, clients: int, web: int, database: int
) -> Figures:
    """Ask for some addresses in turn, over and over; each connection begins at another one.

    Args:
        port: on this machine's loopback address.
        paths: with their query strings.
        cookie: of a signed-in person, or empty.
        seconds: how long.
        clients: how many connections at once.
        web: the process that the workers descend from.
        database: the process that the backends descend from.

    Raises:
        RuntimeError: an answer was not 200.
    """
    waits: list[float] = []
    size = [0]
    wrong: list[str] = []
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = (
            {"Cookie": cookie, "Accept-Language": "zh-hans"} if cookie else {"Accept-Language": "zh-hans"}
        )
        own: list[float] = []
        turn = itertools.cycle([*paths[number % len(paths) :], *paths[: number % len(paths)]])
        while time.perf_counter() < until:
            path = next(turn)
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            own.append(time.perf_counter() - began)
            size[0] = max(size[0], len(body))
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
                break
        connection.close()
        with lock:
            waits.extend(own)

    before = cpu_seconds(descendants(web)), cpu_seconds(descendants(database))
    threads = [
        threading.Thread(target=ask, args=(number * len(paths) // clients,)) for number in range(clients)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    after = cpu_seconds(descendants(web)), cpu_seconds(descendants(database))
    if wrong or not waits:
        raise RuntimeError(f"{paths[0]} and others answered {wrong[:1] or 'nothing'}")
    count = len(waits)
    return Figures(
        throughput=count / took,
        web_cpu=(after[0] - before[0]) * 1000 / count,
        database_cpu=(after[1] - before[1]) * 1000 / count,
        p99=sorted(waits)[min(count - 1, int(count * 0.99))] * 1000,
        bytes=size[0],
    )
