"""The three processes of the platform, kept alive: web, worker, beat."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .paths import PROJECT_ROOT, Layout

LONGEST_LOG = 20 * 1024 * 1024
# A process that ends sooner than this after its start is restarted ever more slowly.
SOON = 10.0
LONGEST_PAUSE = 30.0


@dataclass
class Service:
    """One process with a group, a log and a name; started again when it dies."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)
    _again_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start it."""
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT_ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def revive(self) -> str | None:
        """Start it again if it died and its pause is over; what to tell the person, if anything."""
        if self.process is None or self.process.poll() is None:
            return None
        if self._again_at == 0.0:
            processes.end_group(self.process, patience=0)  # children that outlived it would hold the port
            early = time.monotonic() - self._started < SOON
            self.deaths = self.deaths + 1 if early else 0
            pause = min(2.0**self.deaths - 1, LONGEST_PAUSE) if early else 0.0
            self._again_at = time.monotonic() + pause
            if self.deaths >= 3:
                return f"{self.name} ends again and again: the reason is at the end of {self.log}"
        if time.monotonic() < self._again_at:
            return None
        self._again_at = 0.0
        self.start()
        return f"{self.name} had ended and was started again"

    def stop(self, *, patience: float) -> None:
        """End it with all its children."""
        if self.process is not None:
            processes.end_group(self.process, patience=patience)
            self.process = None


def platform(*, layout: Layout, environment: dict[str, str], host: str, port: int) -> list[Service]:
    """Web, worker and beat, in the order of their start."""

    def service(name: str, *words: str, **extra: str) -> Service:
        command = [sys.executable, "-m", *words]
        return Service(name, command, layout.logs / f"{name}.log", environment | extra)

    return [
        service(
            "web",
            *(
                "granian",
                "--interface",
                "wsgi",
                "zcy.wsgi:application",
                "--workers",
                "2",
                "--blocking-threads",
                "4",
            ),
            *("--host", host, "--port", str(port), "--no-ws", "--respawn-failed-workers"),
            *("--workers-kill-timeout", "5"),
            DATABASE_POOL="1",
            PROMETHEUS_MULTIPROC_DIR=str(layout.root / "prometheus"),
        ),
        service(
            "worker",
            *("celery", "--app", "zcy.celery", "worker", "--concurrency", "2", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ),
        service("beat", *("celery", "--app", "zcy.celery", "beat", "--pidfile=", "--loglevel", "WARNING")),
    ]
