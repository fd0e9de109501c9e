"""Templates and exports: one format with imports, in both languages, with choices and explanations."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import pytest
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from accounts.actor import Actor
from catalog.bulk.columns import base_columns, hint_of
from catalog.changes import BY_FIELD, WORDS
from catalog.models import ImportState, Listing
from catalog.services import bulk
from tests.catalog.bulk import HEADER, a_file, csv_bytes, read, some_goods, uploaded, verdicts
from tests.catalog.factories import (
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
    an_attribute,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def download(actor: Actor, address: str) -> bytes:
    answer = a_client_of(actor).get(address, headers={"accept-language": "en"})
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def a_full_shop(actor: Actor) -> None:
    """Listings in which every field says something, and odd things."""
    city = a_region("330100", "杭州市", "city")
    county = a_region("330106", "西湖区", "county", parent=city)
    category = a_category()
    an_attribute(category, "memory", "内存", type="number", unit="GB", is_key=True)
    an_attribute(category, "duplex", "双面", type="boolean")
    an_attribute(category, "ports", "接口", type="text")
    notes = ["", "=SUM(A1)", "'=1", "-", "换行\n备注", '引号"，逗号', "+86", "  "]
    for number, note in enumerate(notes):
        good = a_good(
            f"打印机 {number}",
            model=f"M-{number}",
            category=category,
            spec={"memory": 8 + number, "duplex": bool(number % 2), "ports": ["USB", "网口"]},
        )
        listing = a_listing_on_sale(
            good,
            supplier=actor.organisation,
            price=f"{number + 1}.{number}5",
            stock=None if number == 3 else Decimal(number),
            note=" ".join(note.split()),
            warranty_months=number or None,
            own_public_price=Decimal("9.90") if number % 2 else None,
            delivery_paths=[county.path] if number % 3 == 1 else [],
            index=False,
        )
        if listing.delivery_paths:
            listing.delivery_areas.set([county])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("category", ["", "A02021003"])
def test_importing_an_export_changes_nothing(kind: str, category: str) -> None:
    actor = a_supplier_actor()
    a_full_shop(actor)
    before = list(Listing.objects.order_by("pk").values())
    content = download(actor, f"/supplier/imports/export/?format={kind}&category={category}")
    made, _new = bulk.upload_import(actor=actor, file=a_file(content, f"export.{kind}"))
    read(made)
    assert (made.state, made.same, made.total, made.ignored) == (ImportState.DONE, 8, 8, [])
    assert list(Listing.objects.order_by("pk").values()) == before


def test_an_export_has_only_what_is_chosen_and_only_ones_own() -> None:
    actor = a_supplier_actor()
    a_listing_on_sale(a_good("打印机 A", model="A"), supplier=actor.organisation)
    a_listing_on_sale(a_good("复印纸 B", model="B"), supplier=actor.organisation, sale="off_sale")
    a_listing_on_sale(a_good("别家的", model="C"))
    text = download(actor, "/supplier/imports/export/?format=csv").decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 3
    assert "别家的" not in text
    chosen = download(actor, "/supplier/imports/export/?format=csv&q=复印纸&sale=off_sale").decode()
    assert "复印纸 B" in chosen
    assert "打印机 A" not in chosen
    browser = a_client_of(actor)
    assert browser.get("/supplier/imports/export/?format=pdf").status_code == 404
    assert browser.get("/supplier/imports/export/?category=nonsense").status_code == 404


def test_an_export_needs_no_more_statements_for_40_listings_than_for_10() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actor = a_supplier_actor()
    counted = []
    for numbers in (range(10), range(10, 40)):
        for number in numbers:
            a_listing_on_sale(a_good(model=f"M{number}"), supplier=actor.organisation, index=False)
        browser = a_client_of(actor)
        browser.get("/supplier/imports/export/?format=csv")
        with CaptureQueriesContext(connection) as asked:
            b"".join(browser.get("/supplier/imports/export/?format=csv").streaming_content)  # type: ignore[attr-defined]
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_template_has_the_attributes_examples_choices_and_explanations_of_its_category() -> None:
    above = a_category("A02", "设备")
    category = a_category("A0202", "打印机", parent=above)
    an_attribute(above, "colour", "颜色", type="choice", choices=["黑白", "彩色"])
    an_attribute(category, "memory", "内存", type="number", unit="GB", is_key=True)
    a_good("惠普 M403d", model="M403d", category=category, spec={"memory": 8, "colour": "黑白"})
    a_region()
    actor = a_supplier_actor()
    content = download(actor, "/supplier/imports/template/?format=xlsx&category=A0202")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    data, notes, examples, choices = (book.get_sheet_by_index(n).to_python() for n in range(4))
    assert len(data) == 1
    assert {"颜色", "内存 (GB)"} <= set(data[0])
    assert any("M403d" in map(str, row) and "8" in map(str, row) for row in examples)
    assert len(notes) > len(data[0])
    assert ["西湖区"] in choices
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "黑白,彩色" in sheet
    assert "dataValidation" in sheet
    top = download(actor, "/supplier/imports/template/?format=csv&category=A02").decode("utf-8-sig")
    assert "内存 (GB)" in top, "above a leaf the key attributes of what lies below are there"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_headings_of_each_language_are_understood(language: str) -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    with override(language):
        header = [str(column.label) for column in base_columns()]
    cells = {"good": goods[0].pk, "price": 5, "stock": 1, "delivery_days": 2}
    row = [cells.get(column.key, "") for column in base_columns()]
    with override("en" if language == "zh-hans" else "zh-hans"):
        made = uploaded(actor, header, row)
    assert (verdicts(made), made.ignored) == ({2: "new"}, [])


def test_rows_to_mend_come_back_with_their_reason_and_are_taken_once_mended() -> None:
    actor, goods = a_supplier_actor(), some_goods(4)
    made = uploaded(
        actor,
        (*HEADER, "our colour"),
        (goods[0].pk, 10, 1, 1, "red"),
        (goods[1].pk, "1.999", 1, 1, "green"),
        (goods[2].pk, "x", 1, 1, "blue"),
    )
    assert made.ignored == ["our colour"]
    text = download(actor, f"/supplier/imports/{made.pk}/errors/?format=csv").decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == [*HEADER, "our colour", "What is wrong"]
    assert [row[4] for row in rows] == ["green", "blue"]
    assert "two decimal places" in rows[0][-1]
    for row in rows:
        row[1] = "20"
    again = uploaded(actor, header, *rows)
    assert (again.new, again.errors, again.ignored) == (2, 0, ["our colour"])
    wrong = uploaded(actor, header, *[[*row[:1], "0", *row[2:]] for row in rows])
    text = download(actor, f"/supplier/imports/{wrong.pk}/errors/?format=csv").decode("utf-8-sig")
    old_and_new = next(csv.reader(io.StringIO(text.splitlines()[1])))
    assert old_and_new[-2] == "", "reasons of an earlier try are left out"
    content = csv_bytes(header, *rows)
    assert content


def test_a_column_says_what_the_table_of_changes_says() -> None:
    for column in base_columns():
        if column.key in BY_FIELD:
            assert hint_of(column).endswith(str(WORDS[BY_FIELD[column.key].needs]))
    assert "reviewed again by a person" not in hint_of(next(c for c in base_columns() if c.key == "note"))
