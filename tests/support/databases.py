"""A PostgreSQL database and three Valkey databases for each process that runs tests.

A process holds a numbered slot by a file lock, so several test runs may go on at once, and a killed one leaves nothing
that the next one could stumble over.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections

from zcy import env
from zcy.embedded.join import join_for_this_process
from zcy.embedded.paths import PROJECT_ROOT, Layout, default_layout

SLOTS = 60


def test_layout() -> Layout:
    """The folder of the test servers."""
    return Layout(default_layout().root / "test")


class TestDatabases:
    """The servers and databases of one test process."""

    __test__ = False

    def __init__(self) -> None:
        self.layout = test_layout()
        self.servers = join_for_this_process(self.layout, durable=False)
        self.layout.root.mkdir(parents=True, exist_ok=True)
        self.slot = 0
        self._hold: int | None = None

    def take(self) -> None:
        """Take the first free slot and point the settings to its databases."""
        for slot in range(SLOTS):
            handle = os.open(
                self.layout.root / f"slot{slot}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            self.slot, self._hold = slot, handle
            break
        else:
            raise RuntimeError(f"all {SLOTS} test slots of {self.layout.root} are taken")
        os.environ["ZCY_TEST_SLOT"] = str(self.slot)  # for the processes that tests start
        address = env.redis("REDIS_URL", self.layout.redis_url)
        numbers = valkey_numbers(self.slot)
        settings.CACHES["default"]["LOCATION"] = address.cache(numbers["cache"])
        settings.CELERY_BROKER_URL = address.broker(numbers["broker"])
        settings.CELERY_RESULT_BACKEND = address.broker(numbers["results"])
        settings.DATABASES["default"]["NAME"] = self.name
        caches.close_all()

    @property
    def name(self) -> str:
        """The database that tests use."""
        return database_name(self.slot)

    @property
    def base(self) -> str:
        """The untouched copy that `name` is remade from."""
        return f"{self.name}_base"

    def prepare(self) -> None:
        """Make both databases of this slot, after the template of all, if the migrations have changed."""
        with self._template_lock():
            template = self._template()
            self._copy(template, self.base)
        self._point_to(self.base)
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        self._point_to(self.name)
        self.remake()
        caches["default"].clear()

    def remake(self) -> None:
        """Make the database anew as it was before the first test."""
        connections.close_all()
        self._copy(self.base, self.name)

    def leave(self) -> None:
        """Drop the slot's databases and let go of slot and servers."""
        if self._hold is not None:
            connections.close_all()
            caches["default"].clear()
            for name in (self.name, self.base):
                self._execute(f'drop database if exists "{name}" with (force)')
            os.close(self._hold)
            self._hold = None
        if self.servers is not None:
            self.servers.leave()

    def _template(self) -> str:
        """The name of the migrated template, made where it is missing."""
        name = f"template_zcy_{_fingerprint()}"
        if self._names(f"= '{name}'"):
            return name
        for old in self._names("like 'template_zcy_%' or datname like 'building_zcy_%'"):
            self._execute(f'drop database "{old}" with (force)')
        building = name.replace("template", "building")
        self._execute(f'create database "{building}" template template0')
        self._point_to(building)
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        connections.close_all()
        self._execute(f'alter database "{building}" rename to "{name}"')
        return name

    def _copy(self, source: str, target: str) -> None:
        self._execute(f'drop database if exists "{target}" with (force)')
        self._execute(f'create database "{target}" template "{source}" strategy file_copy')

    def _point_to(self, name: str) -> None:
        connections.close_all()
        connections["default"].settings_dict["NAME"] = name

    def _names(self, condition: str) -> list[str]:
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(f"select datname from pg_database where datname {condition}")
            return [name for (name,) in cursor.fetchall()]

    def _execute(self, sql: str) -> None:
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(sql)

    @contextmanager
    def _template_lock(self) -> Iterator[None]:
        handle = os.open(self.layout.root / "template.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def database_name(slot: int) -> str:
    """The PostgreSQL database of a slot."""
    return f"test_zcy_{slot}"


def valkey_numbers(slot: int) -> dict[str, int]:
    """The Valkey databases of a slot."""
    return {"cache": 4 * slot + 4, "broker": 4 * slot + 5, "results": 4 * slot + 6}


def _fingerprint() -> str:
    """Changes whenever a migration changes, or what is installed."""
    digest = hashlib.sha256()
    files = [*PROJECT_ROOT.glob("*/migrations/*.py"), *(PROJECT_ROOT / "zcy" / "settings").glob("*.py")]
    for path in sorted([*files, PROJECT_ROOT / "requirements.lock"]):
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode() + b"\0" + Path(path).read_bytes())
    return digest.hexdigest()[:16]
