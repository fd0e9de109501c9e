"""A good's prices over time and elsewhere."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import ReferencePrice
from catalog.queries.prices import price_history
from tests.catalog.factories import a_good, a_listing_on_sale, a_region, deals
from zcy import clock

pytestmark = pytest.mark.django_db


def test_each_month_has_its_median_and_the_number_of_deals_behind_it() -> None:
    good = a_good()
    gone = deals(good, ["10", "11", "12"], days_ago=1)
    services.withdraw_deals(order_ids=gone[:1])
    deals(good, ["20", "30", "70"], days_ago=200)
    deals(good, ["1"], days_ago=200, accessory=True)
    deals(good, ["5"], days_ago=500)
    found = price_history(good)
    old, new = found.months[0], found.months[-1]
    assert (old.deals, old.median, old.lowest) == (3, Decimal("30.00"), Decimal("20.00"))
    assert (new.deals, new.median) == (2, Decimal("11.50"))
    assert found.lowest_recent == Decimal("11.00")


def test_only_the_tier_asked_for_is_shown() -> None:
    good = a_good()
    deals(good, ["10"])
    deals(good, ["99"], region=a_region("330100", "杭州市", "city"))
    assert price_history(good, tier=2).months[-1].median == Decimal("99.00")
    assert price_history(good).months[-1].deals == 2


def test_stale_and_contested_references_say_so_and_one_caps(client: Client) -> None:
    good = a_good()
    for age, state, price in (
        (1, "valid", 90),
        (1, "contested", 80),
        (30, "valid", 70),
        (1, "withdrawn", 60),
    ):
        ReferencePrice.objects.create(
            good=good, seen_at=f"店{price}", kind="own_shop", price=price, state=state,
            observed_at=clock.now() - timedelta(days=age),
        )  # fmt: skip
    found = {row.seen_at: (row.caps, row.stale, row.contested) for row in price_history(good).references}
    assert found == {"店90": (True, False, False), "店80": (False, False, True), "店70": (False, True, False)}
    html = client.get(f"/goods/{good.pk}/prices/").content.decode()
    assert "店90" in html and "店60" not in html


def test_the_page_its_piece_and_its_download(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    assert client.get(f"/goods/{good.pk}/prices/").status_code == 200
    deals(good, ["10", "20", "30"])
    assert "<html" not in client.get(f"/goods/{good.pk}/prices/?part=1").content.decode()
    text = b"".join(client.get(f"/goods/{good.pk}/prices/?format=csv")).decode()
    assert ",3,3,12.00,20.00,28.00,10.00" in text
    assert f"/goods/{good.pk}/prices/" in client.get(f"/goods/{good.pk}/").content.decode()
    assert client.get("/goods/999999/prices/").status_code == 404


def test_the_page_costs_the_same_for_ten_deals_and_for_forty(client: Client) -> None:
    counts = []
    for number in (10, 40):
        good = a_good(f"商品{number}", model=f"M{number}")
        deals(good, ["10"] * number)
        client.get(f"/goods/{good.pk}/prices/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/goods/{good.pk}/prices/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
