"""Joining the embedded servers from a command line or a test run, where no other server is named."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from types import FrameType

from .paths import Layout, default_layout
from .servers import Servers


def is_named(name: str) -> bool:
    """Whether the environment names a server of its own, so that none is to start here."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def join_for_this_process(layout: Layout | None = None, *, durable: bool = True) -> Servers | None:
    """Join the embedded servers until this process ends; None where the environment names others.

    Raises:
        EmbeddedError: the servers cannot be started.
    """
    postgres, valkey = not is_named("DATABASE_URL"), not is_named("REDIS_URL")
    if not postgres and not valkey:
        return None
    servers = Servers(layout or default_layout(), durable=durable, postgres=postgres, valkey=valkey)
    servers.join()
    owner = os.getpid()

    def leave() -> None:
        if os.getpid() == owner:  # a forked child that ends must not stop its parent's servers
            servers.leave()

    atexit.register(leave)
    return servers


def exit_cleanly_on_sigterm() -> None:
    """Turn SIGTERM into an ordinary exit, so that what was registered for the exit happens."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
