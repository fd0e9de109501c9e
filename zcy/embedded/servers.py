"""Sharing the two embedded servers between any number of processes.

Everybody who uses them holds a shared lock on `users.lock`; whoever lets go last stops them. Locks are the kernel's,
so a killed process lets go too, and nothing stale can be believed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from .accounts import server_user
from .errors import EmbeddedError
from .paths import Layout
from .postgres import Postgres
from .valkey import Valkey


class Servers:
    """A share in the embedded servers of one layout, from `join` to `leave`."""

    def __init__(
        self, layout: Layout, *, durable: bool = True, postgres: bool = True, valkey: bool = True
    ) -> None:
        self.layout = layout
        self.started = False
        user = server_user()
        self._user = user
        self.postgres = Postgres(layout, user, durable)
        self.valkey = Valkey(layout, user, durable)
        # Started in this order, stopped in reverse.
        self._used: list[Postgres | Valkey] = [self.postgres] * postgres + [self.valkey] * valkey
        self._share: int | None = None

    def join(self) -> None:
        """Use the servers: start those that do not answer.

        Raises:
            EmbeddedError: one cannot be started; what had been started for nothing is stopped again.
        """
        self._make_folders()
        with self._start_lock():
            share = self._open("users.lock")
            fcntl.flock(share, fcntl.LOCK_SH)
            self._share = share
            try:
                for server in self._used:
                    if not server.is_ready():
                        self.started = True
                        server.start()
            except BaseException:
                self._let_go(force=False)
                raise

    def leave(self, *, force: bool = False) -> None:
        """Stop using the servers; the last user stops them, and `force` stops them under others too."""
        if self._share is None:
            return
        with self._start_lock():
            self._let_go(force=force)

    def stop_unused(self) -> bool:
        """Stop servers that a killed user has left running; False where somebody uses them."""
        self._make_folders()
        with self._start_lock():
            handle = self._open("users.lock")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            else:
                for server in reversed(self._used):
                    server.stop()
                return True
            finally:
                os.close(handle)

    def restart_dead(self) -> list[str]:
        """Start again what no longer answers; the names of what was started."""
        revived = []
        with self._start_lock():
            for server in self._used:
                if not server.is_alive():
                    server.start()
                    revived.append(type(server).__name__)
        return revived

    def __enter__(self) -> Servers:
        self.join()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def _let_go(self, *, force: bool) -> None:
        share, self._share = self._share, None
        if share is None:
            return
        try:
            fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except BlockingIOError:
            last = False
        if last or force:
            for server in reversed(self._used):
                server.stop()
        os.close(share)

    def _make_folders(self) -> None:
        root = self.layout.root
        try:
            root.mkdir(parents=True, exist_ok=True)
            self.layout.logs.mkdir(exist_ok=True)
            self._user.must_reach(root / "postgres")
            self._user.own(self.layout.sockets)
        except PermissionError as error:
            raise EmbeddedError(
                f"The folder {error.filename} belongs to somebody else, perhaps because make was run as root before: "
                f"give it back with `chown -R`, remove it, or set ZCY_LOCAL to a folder of your own."
            ) from error
        except OSError as error:
            raise EmbeddedError(
                f"The folder {root} cannot be made ({error.strerror}): set ZCY_LOCAL."
            ) from error

    def _open(self, name: str) -> int:
        path: Path = self.layout.root / name
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise EmbeddedError(
                f"{path} belongs to somebody else, perhaps because make was run as root before: "
                "give the folder back with `chown -R`, remove it, or set ZCY_LOCAL to a folder of your own."
            ) from error

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        """Only one process at a time starts or stops servers."""
        handle = self._open("start.lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
