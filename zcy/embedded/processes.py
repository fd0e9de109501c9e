"""Finding, starting and ending processes by group, and waiting for something to become true."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def wait_until(ready: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Ask again and again until the answer is yes; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not PROC.exists() or (PROC / str(pid)).exists()


def command_line(pid: int) -> list[str]:
    """The words a process was started with; empty where they cannot be read."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [word.decode(errors="replace") for word in raw.split(b"\0") if word]


def environment_value(pid: int, name: str) -> str | None:
    """One variable of a process's environment at its start, where it can be read."""
    try:
        raw = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    prefix = f"{name}=".encode()
    return next((item[len(prefix) :].decode() for item in raw.split(b"\0") if item.startswith(prefix)), None)


def all_pids() -> list[int]:
    """The numbers of all processes; empty on systems without /proc."""
    if not PROC.exists():
        return []
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def pids_working_in(folder: Path) -> list[int]:
    """Processes whose working directory is the folder: every PostgreSQL process sits in its data folder."""
    found = []
    for pid in all_pids():
        with suppress(OSError):
            if (PROC / str(pid) / "cwd").readlink() == folder:
                found.append(pid)
    return found


def pids_marked(name: str, value: str) -> list[int]:
    """Processes that carry a variable with this value in their environment, ourselves left out."""
    me = os.getpid()
    return [pid for pid in all_pids() if pid != me and environment_value(pid, name) == value]


def end_pids(pids: list[int], *, first: signal.Signals = signal.SIGTERM, patience: float = 5.0) -> None:
    """Ask processes to end, and kill those that are still there after `patience` seconds."""
    for number in (first, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        if wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=patience):
            break
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # a child of ours would stay in the list of processes


def signal_group(pgid: int, number: signal.Signals) -> None:
    """Send a signal to a whole process group, which may be gone already."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


def end_group(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """End a process that leads a group: politely, then the whole group by force; what it left behind goes too."""
    signal_group(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=patience)
    signal_group(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
