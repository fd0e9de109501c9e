"""Quotes that did not win: kept once, shown apart from deals, and only where nobody's quote can be read."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Region
from catalog import services
from catalog.models import Good, QuoteObservation
from catalog.queries.prices import price_history
from catalog.queries.quotes import losing_quotes
from catalog.services import LosingQuote, record_losing_quotes
from tests.catalog.factories import a_catalog_actor, a_good, a_region, an_organisation, deals
from tests.catalog.test_price_workbook import workbook
from zcy import clock

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
_ids = itertools.count(1)


def quotes(
    good: Good,
    totals: list[str],
    *,
    quantity: str = "10",
    at: datetime | None = None,
    supplier: Organisation | None = None,
    region: Region | None = None,
) -> list[LosingQuote]:
    """Quotes that did not win, each of a supplier of its own unless one is given."""
    lines = [
        LosingQuote(
            quote_id=next(_ids),
            inquiry_id=1,
            good_id=good.pk,
            region_id=(region or a_region()).pk,
            supplier_id=(supplier or an_organisation()).pk,
            total=Decimal(total),
            quantity=Decimal(quantity),
            submitted_at=at or clock.now() - timedelta(hours=1),
        )
        for total in totals
    ]
    record_losing_quotes(lines=lines)
    return lines


def test_a_quote_is_kept_once_with_its_unit_price() -> None:
    good = a_good()
    lines = quotes(good, ["1000", "1000.05"], quantity="12")
    assert record_losing_quotes(lines=lines) == 0
    assert list(QuoteObservation.objects.order_by("pk").values_list("unit_price", "quantity_band")) == [
        (Decimal("83.33"), 2),
        (Decimal("83.34"), 2),
    ]


def test_quotes_without_a_price_are_left_out_and_none_is_no_work() -> None:
    quotes(a_good(), ["0", "-5", "0.04"])
    quotes(a_good("别的", model="B"), ["10"], quantity="0")
    assert not QuoteObservation.objects.exists()
    assert record_losing_quotes(lines=[]) == 0


def test_the_database_refuses_a_price_of_nothing_and_a_quote_twice() -> None:
    quotes(a_good(), ["10"])
    row = QuoteObservation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuoteObservation.objects.update(unit_price=0)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_quote_counts_on_the_local_date_of_its_submission() -> None:
    quotes(a_good(), ["10"], at=datetime.fromisoformat("2026-03-31T17:00:00+00:00"))
    assert QuoteObservation.objects.get().quoted_on == date(2026, 4, 1)


def test_quotes_follow_a_merged_good_and_its_corrected_pack() -> None:
    merged, survivor = a_good(), a_good("留下的", model="Z")
    lines = quotes(merged, ["10", "20"])
    merge = services.merge_goods(actor=a_catalog_actor(), survivor_id=survivor.pk, merged_id=merged.pk)
    assert survivor.losing_quotes.count() == 2
    record_losing_quotes(lines=[LosingQuote(**vars(lines[0]) | {"quote_id": next(_ids)})])
    assert survivor.losing_quotes.count() == 3
    Good.objects.filter(pk=survivor.pk).update(pack_size=5)
    services.refresh_observations([survivor.pk])
    assert set(survivor.losing_quotes.values_list("pack_size", flat=True)) == {5}
    services.undo_merge(actor=a_catalog_actor(), merge_id=merge.pk)
    assert merged.losing_quotes.count() == 2


def test_number_median_and_lowest_together_and_by_quarter() -> None:
    good = a_good()
    quotes(good, ["100", "200", "900"], at=datetime.fromisoformat("2026-03-31T23:00:00+08:00"))
    quotes(good, ["400", "500"], at=datetime.fromisoformat("2026-04-01T01:00:00+08:00"))
    quotes(a_good("别的", model="B"), ["1"], at=datetime.fromisoformat("2026-04-01T01:00:00+08:00"))
    found = losing_quotes(good.pk, first=date(2026, 1, 1), last=date(2026, 6, 30))
    assert (found.n, found.suppliers, found.median, found.lowest) == (
        5,
        5,
        Decimal("40.00"),
        Decimal("10.00"),
    )
    first, second = found.quarters
    assert (first.name, first.n, first.median, first.lowest) == (
        "2026-Q1",
        3,
        Decimal("20.00"),
        Decimal("10.00"),
    )
    assert (second.name, second.n, second.told, second.lowest) == ("2026-Q2", 2, False, None)
    assert losing_quotes(good.pk, first=date(2026, 4, 1), last=date(2026, 6, 30)).n == 2


def test_only_the_tier_asked_for_is_counted() -> None:
    good = a_good()
    quotes(good, ["10", "20", "30"])
    quotes(good, ["99"], region=a_region("330100", "杭州市", "city"))
    assert price_history(good, tier=2).quotes.n == 1
    assert price_history(good).quotes.n == 4


def test_deals_know_nothing_of_quotes() -> None:
    good = a_good()
    deals(good, ["10", "11", "12", "13", "14", "15", "16", "17"])
    before = price_history(good)
    quotes(good, ["1", "1", "1"])
    found = price_history(good)
    assert (found.months, found.lowest_recent) == (before.months, before.lowest_recent)


def test_the_page_tells_of_quotes_apart(client: Client) -> None:
    good = a_good()
    address = f"/goods/{good.pk}/prices/"
    assert "Quotes that did not win" not in client.get(address, headers=ENGLISH).content.decode()
    quotes(good, ["777.70", "888.80", "999.90"])
    html = client.get(address, headers=ENGLISH).content.decode()
    assert "3 quotes of 3 suppliers in twelve months" in html
    assert "88.88" in html and "77.77" in html and "99.99" not in html
    assert "they are not deals and count in no range" in html
    assert "No deals in twelve months." in html
    assert "88.88" in client.get(f"{address}?part=1").content.decode()
    assert "88.88" not in b"".join(client.get(f"{address}?format=csv")).decode()


@pytest.mark.parametrize("alone", [False, True], ids=["two quotes", "two suppliers"])
def test_too_few_quotes_or_suppliers_tell_no_price(client: Client, alone: bool) -> None:
    good = a_good()
    quotes(good, ["777.70", "888.80"])
    if alone:
        same = an_organisation()
        QuoteObservation.objects.all().delete()
        quotes(good, ["777.70", "777.70"], supplier=same)
        quotes(good, ["888.80"])
    html = client.get(f"/goods/{good.pk}/prices/", headers=ENGLISH).content.decode()
    assert "of 3 quotes of 3 suppliers at least" in html
    assert "77.77" not in html and "88.88" not in html
    _content, sheets = workbook(client, f"/goods/{good.pk}/prices/?format=xlsx")
    assert len(sheets["Quotes that did not win"]) == 1


def test_the_workbook_has_them_on_a_sheet_of_their_own(client: Client) -> None:
    good = a_good()
    quotes(good, ["777.70", "888.80", "999.90"])
    _content, sheets = workbook(client, f"/goods/{good.pk}/prices/?format=xlsx")
    head, together, quarter = sheets["Quotes that did not win"]
    assert head == ["Quarter", "Quotes", "Suppliers", "Median", "Lowest"]
    assert together == ["all", 3, 3, 88.88, 77.77]
    assert quarter[1:] == [3, 3, 88.88, 77.77]


def test_the_page_costs_the_same_for_ten_and_for_forty_quotes(client: Client) -> None:
    counts = []
    for number in (10, 40):
        good = a_good(f"商品{number}", model=f"Q{number}")
        quotes(good, ["100"] * number)
        client.get(f"/goods/{good.pk}/prices/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/goods/{good.pk}/prices/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
