"""The benchmark's own database: made empty, copied, set back to the copy, asked."""

from __future__ import annotations

import re
import statistics
import subprocess
from pathlib import Path
from typing import Final

import redis

from zcy.embedded.paths import Layout
from zcy.embedded.postgres import binaries

COPY: Final = "bench_copy"
#: One sequential scan with an aggregate over the order lines: Fscan.
SCAN: Final = "select count(*), sum(unit_price * quantity) from orders_orderline"


class Database:
    """One embedded server's database; nobody else may be connected while it is dropped or copied."""

    def __init__(self, local: Path) -> None:
        self.layout = Layout(local)

    def empty(self) -> None:
        """Begin with nothing, whatever an earlier run has left."""
        self._replace("zcy", "template0")

    def keep_copy(self) -> None:
        """Keep the database as it is now."""
        self._replace(COPY, "zcy")

    def set_back(self) -> None:
        """Make it what it was when the copy was kept."""
        self._replace("zcy", COPY)

    def tidy(self) -> None:
        """Do now what autovacuum would do in the middle of a measurement."""
        self.psql("vacuum analyze")
        self.psql("checkpoint")

    def scan_ms(self, runs: int) -> float:
        """Milliseconds of Fscan in one session, the median of some runs after one that warms up."""
        explain = f"set max_parallel_workers_per_gather = 0; explain (analyze, timing off) {SCAN}"
        found = [
            float(re.findall(r"Execution Time: ([\d.]+)", self.psql(explain))[0]) for _ in range(runs + 1)
        ]
        return statistics.median(found[1:])

    def versions(self) -> str:
        """PostgreSQL's version."""
        return self.psql("show server_version").strip()

    def psql(self, sql: str, *, database: str = "zcy") -> str:
        """Run SQL as the owner; what it answers."""
        command: list[str | Path] = [binaries() / "psql", "-h", self.layout.sockets, "-U", "zcy"]
        command += ["-d", database, "-qAtc", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise SystemExit(f"bench: {sql}: {done.stderr.strip()}")
        return done.stdout

    def _replace(self, name: str, template: str) -> None:
        # What was cached of another database must not be believed in this one.
        with redis.Redis(unix_socket_path=str(self.layout.valkey_socket)) as cache:
            cache.flushall()
        self.psql(f'drop database if exists "{name}" with (force)', database="postgres")
        self.psql(f'create database "{name}" template "{template}" strategy file_copy', database="postgres")
