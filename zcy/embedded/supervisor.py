"""`make run`: the embedded servers, the steps before the start, then web, worker and beat under one supervisor.

    python -m zcy.embedded.supervisor [run|demo-reset]

Everything that it starts carries the variable ZCY_SUPERVISED with the folder of its servers, each in a process group
of its own. Whatever outlives a killed supervisor is recognised by that variable at the next start and ended.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from . import processes, steps
from .disk import shortage
from .errors import EmbeddedError
from .join import is_named
from .paths import Layout, default_layout
from .servers import Servers
from .services import Service, platform
from .state import State

MARK = "ZCY_SUPERVISED"
ENDING = " is ending"


class Supervisor:
    """One run of the platform."""

    def __init__(self, layout: Layout, *, host: str, port: int, demonstration: bool) -> None:
        self.layout = layout
        self.host = host
        self.port = port
        self.demonstration = demonstration
        self._stop_signals = 0
        self._parent = os.getppid() if _is_make(os.getppid()) else None
        self._services: list[Service] = []
        self._lock: int | None = None
        embedded = {"postgres": not is_named("DATABASE_URL"), "valkey": not is_named("REDIS_URL")}
        self._servers = Servers(layout, **embedded)
        self.environment = os.environ | {
            MARK: str(layout.root),
            "ZCY_LOCAL": str(layout.root),
            "ZCY_DEMO": "1" if demonstration else "0",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "zcy.settings.dev"),
            "ZCY_COLLECTED": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def run(self) -> None:
        """Start everything, keep it alive, stop everything.

        Raises:
            EmbeddedError: something cannot be started.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._begin()
            self._start_platform()
            self._announce()
            self._watch()
        except steps.Interrupted:
            pass
        finally:
            self._end()

    def reset(self) -> None:
        """Throw the embedded database away and make the demonstration anew.

        Raises:
            EmbeddedError: the database is not ours to throw away, or in use.
        """
        if is_named("DATABASE_URL"):
            raise EmbeddedError(
                "DATABASE_URL names a database of yours, which demo-reset does not touch: empty it yourself, "
                "or unset DATABASE_URL."
            )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._take_lock()
            self._end_leftovers()
            if not self._servers.stop_unused():
                raise EmbeddedError("Another command is using the database: let it end first.")
            for folder in (self.layout.postgres_data, self.layout.valkey_data, self.layout.root / "market"):
                shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self.layout.root / "media", ignore_errors=True)
            State(self.layout).forget()
            self._servers.join()
            self._prepare()
            say("the demonstration is as new: `make run` starts it")
        except steps.Interrupted:
            pass
        finally:
            self._end()

    def _begin(self) -> None:
        self._take_lock()
        self._end_leftovers()
        self._check_port()
        if full := shortage(self.layout.root):
            raise EmbeddedError(full)
        self._servers.join()
        self._prepare()

    def _prepare(self) -> None:
        todo = steps.preparation() + (steps.demonstration(self.layout) if self.demonstration else [])
        steps.run_steps(todo, layout=self.layout, environment=self.environment, say=say, stop=self._must_stop)

    def _start_platform(self) -> None:
        figures = self.layout.root / "prometheus"
        shutil.rmtree(figures, ignore_errors=True)
        figures.mkdir()
        self._services = platform(
            layout=self.layout, environment=self.environment, host=self.host, port=self.port
        )
        web, *background = self._services
        web.start()
        answered = processes.wait_until(
            lambda: self._must_stop() or web_is_dead(web) or self._answers(), seconds=60
        )
        if self._must_stop():
            raise steps.Interrupted
        if not answered or web_is_dead(web):
            raise EmbeddedError(f"The web server did not start: the reason is at the end of {web.log}.")
        for service in background:  # after the web processes, which somebody is waiting for
            service.start()

    def _announce(self) -> None:
        accounts = self.layout.root / "accounts.txt"
        if self.demonstration and accounts.exists():
            print(accounts.read_text(encoding="utf-8").rstrip(), flush=True)
        elif State(self.layout).is_done("demo:import"):
            say("the database still holds an earlier demonstration: `make demo-reset ZCY_DEMO=0` empties it")
        say(f"ready at {self._address()} (logs in {self.layout.logs}; Ctrl-C stops everything)")

    def _watch(self) -> None:
        """Until somebody says stop: start again what dies."""
        servers_seen = time.monotonic()
        while not self._must_stop():
            time.sleep(0.2)
            if time.monotonic() - servers_seen > 1.0:
                for name in self._servers.restart_dead():
                    say(f"{name} had ended and was started again")
                servers_seen = time.monotonic()
            for service in self._services:
                news = service.revive()
                if news:
                    say(news)

    def _end(self) -> None:
        self._write_lock(f"{os.getpid()}{ENDING}")
        if self._services:
            say("stopping")
        for service in reversed(self._services):
            service.stop(patience=0.5 if self._stop_signals > 1 else 8.0)
        self._servers.leave(force=self._servers.started)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _must_stop(self) -> bool:
        """Whether a signal came, or make, which started us, has been killed."""
        return self._stop_signals > 0 or (self._parent is not None and os.getppid() != self._parent)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _take_lock(self) -> None:
        """Be the only supervisor of these servers; one that is just ending is waited for."""
        try:
            self.layout.root.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.layout.root / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The folder {self.layout.root} cannot be written by you ({error.strerror}): give it to yourself with "
                "chown -R, remove it, or set ZCY_LOCAL to a folder of your own."
            ) from error

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        def is_ending() -> bool:
            return os.pread(lock, 40, 0).decode(errors="replace").endswith(ENDING)

        def await_lock(seconds: float) -> bool:
            return processes.wait_until(lambda: self._must_stop() or taken(), seconds=seconds, every=0.1)

        # Ending takes as long as the slowest service: who has just killed make waits for it instead of starting twice.
        if not await_lock(4.0) and not (is_ending() and await_lock(90.0)):
            number = os.pread(lock, 40, 0).decode(errors="replace").split()[:1] or ["?"]
            os.close(lock)
            raise EmbeddedError(
                f"zcy is running already on the servers in {self.layout.root}, as process {number[0]}: stop it first, "
                "or set ZCY_LOCAL to another folder and PORT to another number."
            )
        if self._must_stop():
            os.close(lock)
            raise steps.Interrupted
        self._lock = lock
        self._write_lock(str(os.getpid()))

    def _write_lock(self, text: str) -> None:
        """Say in the lock's file who holds it."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, text.encode(), 0)

    def _end_leftovers(self) -> None:
        """End what a killed supervisor has left running."""
        left = processes.pids_marked(MARK, str(self.layout.root))
        if left:
            say("ending what an earlier run has left behind")
            processes.end_pids(left, patience=5.0)

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except PermissionError as error:
                raise EmbeddedError(
                    f"Port {self.port} is for root only: choose another, as in make run PORT=8001."
                ) from error
            except OSError as error:
                raise EmbeddedError(
                    f"Port {self.port} is in use by another program: choose another, as in make run PORT={self.port + 1}."
                ) from error

    def _address(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address()}healthz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


def web_is_dead(service: Service) -> bool:
    """Whether the process has ended."""
    return service.process is not None and service.process.poll() is not None


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"zcy: {text}", flush=True)


def _is_make(pid: int) -> bool:
    words = processes.command_line(pid)
    return bool(words) and os.path.basename(words[0]) in {"make", "gmake"}  # noqa: PTH119


def _port() -> int:
    given = os.environ.get("PORT", "").strip() or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def _demonstration() -> bool:
    """Whether to load the demonstration: into a database of yours, which may hold what is dear to you, only if told to."""
    given = os.environ.get("ZCY_DEMO", "").strip().lower()
    if not given and is_named("DATABASE_URL"):
        say(
            "DATABASE_URL names a database of yours: no demonstration is loaded into it, unless with ZCY_DEMO=1"
        )
        return False
    return given not in {"0", "no", "false", "off"}


def main() -> None:
    """Run one of the two words."""
    word = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        supervisor = Supervisor(
            default_layout(),
            host=os.environ.get("HOST", "").strip() or "127.0.0.1",
            port=_port(),
            demonstration=_demonstration(),
        )
        supervisor.reset() if word == "demo-reset" else supervisor.run()
    except EmbeddedError as error:
        sys.exit(f"zcy: {error}")


if __name__ == "__main__":
    main()
