"""Workers die, meet each other and are stopped: nothing is half-done, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from catalog.models import ImportState, Listing, ListingImport, PriceChange
from catalog.services import bulk
from catalog.services.bulk import apply, hand, trail
from tests.catalog.bulk import HEADER, a_file, confirmed, csv_bytes, priced, read, some_goods, uploaded
from tests.catalog.factories import a_supplier_actor
from zcy import clock
from zcy.embedded.paths import PROJECT_ROOT
from zcy.models import AuditEntry, OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]

# Some chunks are committed, the next is under way when the process waits to be killed.
VICTIM = """
import os, time, django
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = os.environ["VICTIM_DATABASE"]
connections["default"].settings_dict["NAME"] = os.environ["VICTIM_DATABASE"]
settings.STORAGES["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage",
                                "OPTIONS": {"location": os.environ["VICTIM_MEDIA"]}}
from catalog.services import bulk
from catalog.services.bulk import apply, prepare
apply.CHUNK = prepare.CHUNK = 10
module, name = {"read": (prepare, "copy_rows"), "write": (apply, "record_many")}[os.environ["VICTIM_STAGE"]]
real = getattr(module, name)
calls = []
def slow(*args, **values):
    real(*args, **values)
    calls.append(1)
    if len(calls) == int(os.environ["VICTIM_CALLS"]):
        open(os.environ["VICTIM_SIGN"], "w").close()
        time.sleep(600)
setattr(module, name, slow)
bulk.work(int(os.environ["VICTIM_IMPORT"]))
"""


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """Files on a disk that another process sees."""
    folder = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        }
    }
    return folder


def killed(made: ListingImport, stage: str, calls: int, media: Path) -> None:
    """Work on the import in a process of its own and kill that in the middle of a chunk."""
    sign = media.parent / f"sign-{stage}"
    values = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "zcy.settings.test",
        "DATABASE_URL": f"postgresql://{values['USER']}@/{values['NAME']}?host={values['HOST']}",
        "VICTIM_DATABASE": str(django_settings.DATABASES["default"]["NAME"]),
        "VICTIM_MEDIA": str(media),
        "VICTIM_STAGE": stage,
        "VICTIM_CALLS": str(calls),
        "VICTIM_SIGN": str(sign),
        "VICTIM_IMPORT": str(made.pk),
    }
    victim = subprocess.Popen([sys.executable, "-c", VICTIM], cwd=PROJECT_ROOT, env=environment)
    try:
        deadline = time.monotonic() + 120
        while not sign.exists():
            assert victim.poll() is None, "the worker ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        victim.send_signal(signal.SIGKILL)
        victim.wait()


def the_worker_is_dead(made: ListingImport) -> None:
    ListingImport.objects.filter(pk=made.pk).update(heartbeat_at=clock.now() - timedelta(minutes=5))


def test_reading_goes_on_where_the_killed_worker_was(media: Path) -> None:
    actor, goods = a_supplier_actor(), some_goods(35)
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(HEADER, *priced(goods))))
    killed(made, "read", 3, media)
    made.refresh_from_db()
    assert (made.state, made.read, made.rows.count()) == (ImportState.READING, 20, 20)
    assert not bulk.work(made.pk), "nobody takes it over from a worker that has just given a sign of life"
    the_worker_is_dead(made)
    read(made)
    assert (made.state, made.new, made.attempts) == (ImportState.PREVIEW, 35, 2)
    assert list(made.rows.values_list("number", flat=True)) == list(range(2, 37))


def test_writing_goes_on_where_the_killed_worker_was(media: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(35)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    killed(made, "write", 5, media)  # two acts are recorded in a chunk
    assert Listing.objects.count() == 20
    the_worker_is_dead(made)
    read(made)
    assert (made.state, made.written, made.conflicts) == (ImportState.DONE, 35, 0)
    assert Listing.objects.count() == 35
    assert AuditEntry.objects.filter(action="listing.created").count() == 35


def test_all_or_nothing_leaves_nothing_of_a_killed_worker_and_is_done_by_the_next(
    media: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(35)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)), mode="all")
    killed(made, "write", 5, media)
    assert not Listing.objects.exists()
    the_worker_is_dead(made)
    read(made)
    assert (made.state, made.written, Listing.objects.count()) == (ImportState.DONE, 35, 35)


def test_two_workers_at_once_write_everything_once() -> None:
    actor, goods = a_supplier_actor(), some_goods(60)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    taken: list[bool] = []
    start = threading.Barrier(3)

    def worker() -> None:
        try:
            start.wait()
            taken.append(bulk.work(made.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, True]
    made.refresh_from_db()
    assert (made.state, made.written, Listing.objects.count()) == (ImportState.DONE, 60, 60)


def test_a_worker_that_was_taken_for_dead_writes_no_more(monkeypatch: Any) -> None:
    """It wakes up in the middle, after another one has taken over."""
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(30)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    real = apply._write
    chunks = []

    def write(*values: Any) -> Any:
        written = real(*values)
        chunks.append(1)
        if len(chunks) == 1:
            the_sleeper_is_followed(made)
        return written

    def the_sleeper_is_followed(made: ListingImport) -> None:
        def other() -> None:
            try:
                ListingImport.objects.filter(pk=made.pk).update(worker="another", heartbeat_at=clock.now())
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    monkeypatch.setattr(apply, "_write", write)
    assert not bulk.work(made.pk)
    made.refresh_from_db()
    assert (len(chunks), made.worker, made.written) == (1, "another", 0)
    assert not Listing.objects.exists()


def test_stopping_in_the_middle_keeps_whole_chunks_and_can_be_gone_on_with(monkeypatch: Any) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(30)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    real = apply._write

    def write(*values: Any) -> Any:
        written = real(*values)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        return written

    def ask() -> None:
        try:
            bulk.cancel_import(actor=actor, import_id=made.pk)
        finally:
            connection.close()

    monkeypatch.setattr(apply, "_write", write)
    read(made)
    assert (made.state, made.written, Listing.objects.count()) == (ImportState.CANCELLED, 10, 10)
    monkeypatch.setattr(apply, "_write", real)
    bulk.resume_import(actor=actor, import_id=made.pk)
    read(made)
    assert (made.state, made.written, Listing.objects.count()) == (ImportState.DONE, 30, 30)


def test_stopping_all_or_nothing_in_the_middle_writes_nothing(monkeypatch: Any) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(30)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)), mode="all")
    real = apply._write

    def write(*values: Any) -> Any:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        return real(*values)

    def ask() -> None:
        try:
            ListingImport.objects.filter(pk=made.pk).update(cancel_asked=True)
        finally:
            connection.close()

    monkeypatch.setattr(apply, "_write", write)
    read(made)
    assert (made.state, made.written) == (ImportState.CANCELLED, 0)
    assert not Listing.objects.exists()
    assert not PriceChange.objects.exists()


def test_an_error_of_ours_leaves_whole_chunks_and_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    actor, goods = a_supplier_actor(), some_goods(30)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    real, calls = trail.record_many, []

    def fails(**values: Any) -> None:
        calls.append(1)
        if len(calls) > 3:
            raise RuntimeError("the disk is full")
        real(**values)

    monkeypatch.setattr(apply, "record_many", fails)
    read(made)
    assert (made.state, made.written, Listing.objects.count()) == (ImportState.FAILED, 10, 10)
    assert "disk" not in made.message
    monkeypatch.setattr(apply, "record_many", real)
    bulk.resume_import(actor=actor, import_id=made.pk)
    assert read(made).written == 30


def test_what_lost_its_worker_is_asked_for_again_and_given_up_in_the_end() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(HEADER, *priced(goods))))
    OutboxMessage.objects.all().delete()
    assert bulk.watch() == 0, "it was uploaded just now"
    assert hand.take(made.pk) is not None
    the_worker_is_dead(made)
    assert bulk.watch() == 1
    assert OutboxMessage.objects.get().task == "catalog.tasks.work_on_import"
    ListingImport.objects.update(attempts=5)
    assert bulk.watch() == 0
    made.refresh_from_db()
    assert made.state == ImportState.FAILED
