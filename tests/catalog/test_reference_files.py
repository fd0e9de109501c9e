"""Reference prices by file: headed in either language, kept row by row, refused in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from catalog import services
from catalog.models import Good, ReferencePrice
from catalog.services.import_references import COLUMNS, headings, label_of
from tests.catalog.factories import (
    a_catalog_actor,
    a_client_of,
    a_good,
)
from zcy import clock

pytestmark = pytest.mark.django_db
HEADER = "good,source,kind,price,observed_at,tax_included\n"


def a_row(good: Good, price: str = "99.00") -> str:
    return f"{good.pk},官网,maker,{price},{clock.today() - timedelta(days=1):%Y-%m-%d},true\n"


def test_good_rows_are_kept_and_wrong_ones_told_with_line_and_remedy() -> None:
    good = a_good()
    rows = [a_row(good), a_row(good, "0"), a_row(good, "1.999"), "999999,官网,maker,1,2026-01-01,\n",
            f"{good.pk},官网,shop,1,2026-01-01,\n", f"{good.pk},官网,maker,1,tomorrow,\n",
            f"{good.pk},官网,maker,1,{clock.today():%Y-%m-%d},perhaps\n"]  # fmt: skip
    report = services.import_references((HEADER + "".join(rows)).encode(), actor=a_catalog_actor())
    assert (report.kept, report.known) == (1, 0)
    assert [(row.line, row.column) for row in report.wrong] == [
        (3, "price"), (4, "price"), (5, "good"), (6, "kind"), (7, "observed_at"), (8, "tax_included"),
    ]  # fmt: skip
    assert all(row.remedy for row in report.wrong)


def test_the_same_file_again_changes_nothing_and_equal_rows_are_two() -> None:
    good = a_good()
    content = (HEADER + a_row(good) * 2).encode("gb18030")
    assert services.import_references(content, actor=None).kept == 2
    again = services.import_references(content, actor=None)
    assert (again.kept, again.known) == (0, 2)
    assert ReferencePrice.objects.count() == 2
    assert ReferencePrice.objects.first().seen_at == "官网"  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xff", b"good,price\n1,2\n", b'good,"a\n'])
def test_what_is_no_such_file_is_refused_as_a_whole(content: bytes) -> None:
    report = services.import_references(content, actor=None)
    assert report.error
    assert not report.rows


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_may_be_headed_in_either_language_and_as_the_template_is(language: str) -> None:
    good = a_good()
    with override(language):
        labels, template = [label_of(key) for key in COLUMNS], headings()
    row = f"{good.pk},官网,maker,1299.00,{clock.today():%Y-%m-%d}\n"
    for number, header in enumerate((labels, template)):
        content = ",".join(header) + "\n" + row * (number + 1)
        report = services.import_references(content.encode(), actor=None)
        assert (report.error, report.wrong) == ("", [])
    assert ReferencePrice.objects.count() == 2


def test_a_wrong_row_and_a_missing_column_are_named_as_the_reader_reads_them() -> None:
    good = a_good()
    for language, price in (("en", "price"), ("zh-hans", "价格")):
        with override(language):
            assert label_of("price") == price
            report = services.import_references((HEADER + a_row(good, "x")).encode(), actor=None)
            assert [row.label for row in report.wrong] == [price]
            report = services.import_references(b"good,source\n1,a\n", actor=None)
            assert price in report.error
    twice = services.import_references("good,商品,标准商品,price\n1,1,1,1\n".encode(), actor=None)
    assert twice.error


def test_a_file_in_two_encodings_keeps_nothing() -> None:
    good = a_good()
    content = (HEADER + a_row(good)).encode("gb18030") + a_row(good).encode()
    report = services.import_references(content, actor=None)
    assert "3" in report.error
    assert not report.rows
    assert not ReferencePrice.objects.exists()


def test_the_staff_import_a_file_on_the_page() -> None:
    good = a_good()
    staff = a_catalog_actor()
    assert staff.user is not None
    Authenticator.objects.create(user=staff.user, type=Authenticator.Type.TOTP, data={})
    client = a_client_of(staff)
    file = SimpleUploadedFile("r.csv", (HEADER + a_row(good) + a_row(good, "x")).encode())
    response = client.post("/catalog/references/import/", {"file": file})
    html = response.content.decode()
    assert response.status_code == 200, html[:300]
    assert "1299.00" in html
    assert ReferencePrice.objects.get().grade == "C"
    assert client.post("/catalog/references/import/", {}).status_code == 400
