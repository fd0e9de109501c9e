"""Reference prices that come by themselves: from a folder or a bucket, once, by night, with every fault in sight."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.core.management.base import CommandError
from structlog.testing import capture_logs

from accounts.actor import Actor
from catalog.models import FetchState, Good, ReferenceFetch, ReferencePrice
from catalog.pricing.connectors import StorageConnector, configured, fetch_references
from catalog.services.import_references import MOST_BYTES
from catalog.tasks import fetch_references as task
from tests.catalog.factories import a_catalog_actor, a_good, a_staff_client
from tests.support.s3_server import BUCKET, KEY, REGION, SECRET, S3Server, an_s3_server
from zcy import clock, registries

pytestmark = pytest.mark.django_db
HEADER = "good,source,kind,price,observed_at,tax_included\n"


def a_file(good: Good, *prices: str) -> str:
    return HEADER + "".join(
        f"{good.pk},官网,maker,{price},{clock.today():%Y-%m-%d},true\n" for price in prices
    )


def use_folder(settings: Any, folder: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "references": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}
    }


def use_bucket(settings: Any, server: S3Server, **values: Any) -> None:
    options = {
        "bucket_name": BUCKET,
        "location": "inbox",
        "endpoint_url": server.endpoint,
        "region_name": REGION,
        "access_key": KEY,
        "secret_key": SECRET,
        # As the defaults, but not asking five times for what fails on purpose.
        "client_config": Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
    } | values
    settings.STORAGES = settings.STORAGES | {
        "references": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with an_s3_server() as server:
        yield server


def todo_lines(actor: Actor) -> list[Any]:
    return list(registries.todo["reference_fetches"].find(actor))


def test_nothing_happens_where_nothing_is_configured() -> None:
    assert configured() is None
    task()
    assert not ReferenceFetch.objects.exists()
    assert todo_lines(a_catalog_actor()) == []
    with pytest.raises(CommandError, match="REFERENCES_FOLDER"):
        call_command("fetch_references")


def test_every_night_asks_the_configured_source() -> None:
    found = registries.periodic_tasks["reference prices"]
    assert (found.task, found.hour) == ("catalog.tasks.fetch_references", 4)


def test_a_folder_is_read_once_however_often_it_is_fetched(tmp_path: Path, settings: Any) -> None:
    good = a_good()
    (tmp_path / "a.csv").write_text(a_file(good, "99.00"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read")
    use_folder(settings, tmp_path)
    task()
    task()
    second, first = ReferenceFetch.objects.all()
    assert (first.state, first.files, first.kept, first.known) == (FetchState.DONE, 1, 1, 0)
    assert (second.state, second.kept, second.known) == (FetchState.DONE, 0, 1)
    assert ReferencePrice.objects.count() == 1
    assert todo_lines(a_catalog_actor()) == []


def test_one_bad_file_keeps_no_other_from_being_read_and_stands_on_the_work_list(
    tmp_path: Path, settings: Any, english: None
) -> None:
    good = a_good()
    (tmp_path / "a.csv").write_bytes(b"\x00\x01")
    (tmp_path / "b.csv").write_text(a_file(good, "0", "98.00"), encoding="utf-8")
    (tmp_path / "c.csv").mkdir()
    (tmp_path / "d.csv").write_text(a_file(good, "97.00"), encoding="utf-8")
    use_folder(settings, tmp_path)
    with capture_logs() as logs:
        fetch = fetch_references()
    assert fetch is not None
    assert (fetch.state, fetch.files, fetch.kept, fetch.wrong) == (FetchState.FAULTY, 3, 2, 1)
    assert [told["name"] for told in fetch.details if told["error"]] == ["a.csv"]
    assert fetch.details[1]["rows"][0][:3] == [2, "price", "0"]
    assert {log["file"] for log in logs if log["event"] == "references_faulty"} == {"a.csv", "b.csv"}
    (line,) = todo_lines(a_catalog_actor())
    html = a_staff_client(settings).get(line.url, headers={"accept-language": "en"}).content.decode()
    assert "a.csv" in html
    assert "line 2, price “0”: yuan above zero" in html
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").unlink()
    task()
    assert todo_lines(a_catalog_actor()) == [], "the latest reading was without a fault"


def test_a_folder_that_is_not_there_is_a_failure_and_is_said(tmp_path: Path, settings: Any) -> None:
    use_folder(settings, tmp_path / "absent")
    task()
    (fetch,) = ReferenceFetch.objects.all()
    assert (fetch.state, fetch.details) == (FetchState.FAILED, [])
    assert fetch.error
    assert len(todo_lines(a_catalog_actor())) == 1
    html = a_staff_client(settings).get("/admin/catalog/referencefetch/").content.decode()
    assert str(tmp_path / "absent") in html
    with pytest.raises(CommandError):
        call_command("fetch_references")


def test_the_command_tells_each_file_and_each_wrong_row(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "a.csv").write_text(a_file(a_good(), "99.00", "1.999"), encoding="utf-8")
    use_folder(settings, tmp_path)
    out = StringIO()
    call_command("fetch_references", stdout=out)
    assert "a.csv: 1 new, 0 known, 1 wrong" in out.getvalue()
    assert "line 3, price '1.999'" in out.getvalue()


def test_a_bucket_is_read_over_http_page_by_page_and_a_second_time_changes_nothing(
    s3: S3Server, settings: Any
) -> None:
    good = a_good()
    for number in range(5):
        s3.objects[f"inbox/2026-11-{number:02d} 京东.csv"] = a_file(good, f"{100 + number}.00").encode(
            "gb18030"
        )
    s3.objects["inbox/readme.txt"] = b"not read"
    s3.objects["inbox/archive/old.csv"] = a_file(good, "1.00").encode()
    s3.objects["elsewhere.csv"] = a_file(good, "2.00").encode()
    use_bucket(settings, s3)
    task()
    task()
    second, first = ReferenceFetch.objects.all()
    assert (first.source, first.state, first.files, first.kept) == (BUCKET, FetchState.DONE, 5, 5)
    assert (second.state, second.kept, second.known) == (FetchState.DONE, 0, 5)
    assert sorted(ReferencePrice.objects.values_list("price", flat=True)) == [100, 101, 102, 103, 104]
    assert sum(asked == ("GET", "") for asked in s3.asked) == 8, "four pages of two keys, twice"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"secret_key": "wrong"}, "SignatureDoesNotMatch"),
        ({"bucket_name": "nowhere"}, "NoSuchBucket"),
        ({"endpoint_url": "http://127.0.0.1:9"}, "EndpointConnectionError"),
    ],
)
def test_a_bucket_that_cannot_be_read_is_a_failure_that_names_its_reason(
    s3: S3Server, settings: Any, values: dict[str, str], word: str
) -> None:
    s3.objects["inbox/a.csv"] = a_file(a_good(), "99.00").encode()
    use_bucket(settings, s3, **values)
    with capture_logs() as logs:
        fetch = fetch_references()
    assert fetch is not None
    assert fetch.state == FetchState.FAILED
    assert word in fetch.error
    assert SECRET not in fetch.error
    assert "references_not_listed" in [log["event"] for log in logs]
    assert not ReferencePrice.objects.exists()


def test_an_object_that_breaks_or_is_too_large_keeps_no_other_from_being_read(
    s3: S3Server, settings: Any
) -> None:
    s3.objects["inbox/a.csv"] = b"x"
    s3.broken.add("inbox/a.csv")
    s3.objects["inbox/b.csv"] = b"x" * (MOST_BYTES + 1)
    s3.objects["inbox/c.csv"] = a_file(a_good(), "99.00").encode()
    use_bucket(settings, s3)
    fetch = fetch_references()
    assert fetch is not None
    assert (fetch.state, fetch.kept) == (FetchState.FAULTY, 1)
    assert [bool(told["error"]) for told in fetch.details] == [True, True, False]
    assert ("GET", "inbox/b.csv") not in s3.asked, "what is too large is not even fetched"


def test_only_what_the_connector_names_is_read(tmp_path: Path) -> None:
    connector = StorageConnector(FileSystemStorage(location=tmp_path), "absent")
    fetch = fetch_references(connector)
    assert fetch is not None
    assert fetch.state == FetchState.FAILED
    assert fetch.source == f"{tmp_path}/absent"
