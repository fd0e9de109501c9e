"""All price evidence of a good as a workbook: every table, real numbers and dates, and no formula in any cell."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from catalog.models import PriceChange, ReferencePrice
from tests.catalog.factories import a_good, a_listing_on_sale, an_organisation, deals
from tests.catalog.test_units_like_yours import bought
from zcy import clock

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://evil","x")'


def workbook(client: Client, address: str) -> tuple[bytes, dict[str, list[list[Any]]]]:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == 200
    content = b"".join(answer)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return content, {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_every_table_of_the_page_is_a_sheet(client: Client) -> None:
    good = a_good("打印机")
    listing = a_listing_on_sale(good, price="11")
    bought(good, ["10", "11", "12", "13", "14"], days_ago=3)
    deals(good, ["12", "12", "12"])
    PriceChange.objects.create(listing=listing, at=clock.now(), old_price=12, new_price=11)
    ReferencePrice.objects.create(
        good=good, seen_at="官网", kind="maker", price=9, observed_at=clock.now() - timedelta(days=20),
        proof_sha256="ab" * 32, tax_included=True,
    )  # fmt: skip
    answer = client.get(f"/goods/{good.pk}/prices/?format=xlsx")
    assert answer["Content-Disposition"].endswith(f"prices-{good.pk}.xlsx")
    _content, sheets = workbook(client, f"/goods/{good.pk}/prices/?format=xlsx")
    assert list(sheets) == [
        "Price figures", "By region and quantity", "Prices over time", "Histogram of deals", "Prices seen elsewhere",
        "Quotes that did not win", "Offers", "Price history of the offers",
    ]  # fmt: skip
    figures = {row[0]: row[1] for row in sheets["Price figures"]}
    assert figures["Good"] == "打印机"
    assert figures["Deals compared"] == 8
    assert figures["Paid, median"] == 12
    assert figures["Lowest price paid in 90 days"] == 10
    assert figures["As of"] == clock.today()
    assert sheets["By region and quantity"][1][:4] == ["all", "all", 8, 4]
    assert sum(row[1] for row in sheets["Prices over time"][1:]) == 8
    assert sum(row[2] for row in sheets["Histogram of deals"][1:]) == 8
    seen = sheets["Prices seen elsewhere"][1]
    assert (seen[0], seen[2], seen[4], seen[6], seen[-1]) == ("官网", 9, 20, "with tax", "ab" * 32)
    assert sheets["Offers"][1][2] == 11
    assert sheets["Price history of the offers"][1][2:] == [12, 11]


def test_no_cell_holds_a_formula_whatever_people_have_called_themselves(client: Client) -> None:
    good = a_good(EVIL, brand="+1", model="@SUM(1)")
    supplier = an_organisation(name=EVIL)
    listing = a_listing_on_sale(good, supplier=supplier, note='-1+1 & "<b>"')
    PriceChange.objects.create(listing=listing, at=clock.now(), old_price=Decimal(1), new_price=Decimal(2))
    ReferencePrice.objects.create(
        good=good, seen_at=EVIL, kind="maker", price=9, observed_at=clock.now(), url="https://example.org/a"
    )
    content, sheets = workbook(client, f"/goods/{good.pk}/prices/?format=xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = parts.read(name).decode()
                assert "<f>" not in text and "<hyperlink" not in text, name
    cells = [cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{EVIL}" in cells
    assert '\'-1+1 & "<b>"' in cells, "as it was typed, not as a page escapes it"


def test_a_good_without_any_deal_has_a_workbook_too(client: Client) -> None:
    good = a_good()
    _content, sheets = workbook(client, f"/goods/{good.pk}/prices/?format=xlsx&tier=2&band=3")
    assert len(sheets["Prices over time"]) == 1
    figures = {row[0]: row[1] for row in sheets["Price figures"]}
    assert figures["Quantity ordered"] == "100–999"
    assert client.get("/goods/999999/prices/?format=xlsx").status_code == 404


def test_offers_that_wait_for_their_review_are_in_no_download(client: Client) -> None:
    listing = a_listing_on_sale(review="pending", price="77")
    PriceChange.objects.create(listing=listing, at=clock.now(), old_price=76, new_price=77)
    _content, sheets = workbook(client, f"/goods/{listing.good_id}/prices/?format=xlsx")
    assert len(sheets["Offers"]) == len(sheets["Price history of the offers"]) == 1


def test_the_workbook_costs_the_same_for_ten_and_for_forty(client: Client) -> None:
    counts = []
    for number in (10, 40):
        good = a_good(f"商品{number}", model=f"W{number}")
        deals(good, ["10"] * number)
        for place in range(number):
            listing = a_listing_on_sale(good, price=str(100 + place), index=False)
            PriceChange.objects.create(listing=listing, at=clock.now(), old_price=1, new_price=2)
        address = f"/goods/{good.pk}/prices/?format=xlsx"
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
