"""A platform started as a person starts it, on servers and a port of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from zcy.embedded.paths import PROJECT_ROOT, Layout
from zcy.embedded.processes import all_pids, command_line, environment_value, is_alive, wait_until

# What an outer make, pytest or the developer has set must not reach the platform under test.
FOREIGN: tuple[str, ...] = (
    "DJANGO_SETTINGS_MODULE",
    "ZCY_TEST_SLOT",
    "ZCY_DEMO",
    "ZCY_LOCAL",
    "PORT",
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
)
FOREIGN += ("DATABASE_URL", "REDIS_URL", "PYTEST_CURRENT_TEST", "ZCY_SUPERVISED")


def environment(**extra: str) -> dict[str, str]:
    """A person's environment."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN} | extra


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


class Platform:
    """One `make run`, from its start to its end."""

    def __init__(self, local: Path, **extra: str) -> None:
        self.layout = Layout(local)
        self.port = free_port()
        self.environment = environment(
            ZCY_LOCAL=str(local), PORT=str(self.port), **({"ZCY_DEMO": "0"} | extra)
        )
        self.command = ["make", "--no-print-directory", "run"]
        self.user: dict[str, Any] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._output = local / "output.txt"

    def start(self) -> float:
        """Start it and wait until it is ready; the seconds that took."""
        began = time.monotonic()
        self.launch()
        assert wait_until(lambda: "ready at" in self.said() or not self.runs(), seconds=300), self.said()
        assert "ready at" in self.said(), self.said()
        return time.monotonic() - began

    def launch(self) -> None:
        """Start it and do not wait."""
        with self._output.open("wb") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT_ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **self.user,
            )

    def wait_for_end(self, *, seconds: float = 90) -> int:
        """Wait until it has ended; its exit code."""
        assert self.process is not None
        return self.process.wait(timeout=seconds)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to what a person sees as the program: make or, where make is not used, the supervisor."""
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> None:
        """End it, however it was left."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=90)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process is not None and self.process.poll() is None

    def said(self) -> str:
        """What it has printed so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def pids(self) -> list[int]:
        """All living processes of it: those marked, and the servers in its folder."""
        mine = str(self.layout.root)
        return [
            pid
            for pid in all_pids()
            if is_alive(pid)
            and (
                environment_value(pid, "ZCY_SUPERVISED") == mine
                or any(mine in word for word in command_line(pid))
            )
        ]

    def pid_of(self, word: str) -> int:
        """The first process of a service, found by a word of its command line."""
        if word == "postgres":
            return int((self.layout.postgres_data / "postmaster.pid").read_text().split()[0])
        if word == "supervisor":
            return int((self.layout.root / "run.lock").read_text())
        return min(pid for pid in self.pids() if any(word in part for part in command_line(pid)))

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_ready(self) -> bool:
        """Whether everything answers, the cache and the broker included."""
        try:
            status, body = self.get("/readyz")
        except OSError:
            return False
        return status == 200 and json.loads(body)["status"] == "ready"


def manage(*words: str, local: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a management command as a person does."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT_ROOT,
        env=environment(ZCY_LOCAL=str(local), **extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
