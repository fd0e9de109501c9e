"""What units like yours paid: by named steps, and never so that one unit's deals can be read from it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Organisation, Region
from accounts.roles import OrganisationKind
from catalog import services
from catalog.pricing.groups import price_groups
from catalog.pricing.like_units import LikeUnits, Step, band_of, like_units
from catalog.services import DealLine
from tests.catalog.factories import (
    _numbers,
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
    an_organisation,
    deals,
)
from zcy import clock

pytestmark = pytest.mark.django_db
COUNTY, CITY = 3, 2


def bought(
    good: Any,
    prices: list[str],
    *,
    units: int | list[Organisation] = 3,
    region: Region | None = None,
    quantity: str = "1",
    days_ago: int = 100,
) -> list[int]:
    """Deals of some units, one after the other; their order ids."""
    buyers = (
        [an_organisation(OrganisationKind.BUYER) for _ in range(units)] if isinstance(units, int) else units
    )
    supplier = an_organisation()
    lines = [
        DealLine(
            order_line_id=number,
            order_id=number,
            good_id=good.pk,
            region_id=(region or a_region()).pk,
            supplier_id=supplier.pk,
            buyer_id=buyers[place % len(buyers)].pk,
            unit_price=Decimal(price),
            quantity=Decimal(quantity),
        )
        for place, (number, price) in enumerate(zip(_numbers, prices, strict=False))
    ]
    services.record_deals(lines=lines, confirmed_at=clock.now() - timedelta(days=days_ago))
    return [line.order_id for line in lines]


def alike(good: Any, *, buyer: int = 0, tier: int = COUNTY, band: int = 0) -> LikeUnits:
    cache.clear()  # what was kept is forgotten when a transaction ends, which a test's never does
    return like_units(
        peers=(good.pk, good.category_id, good.spec_hash),
        pack_size=good.pack_size,
        buyer_id=buyer,
        tier=tier,
        band=band,
    )


def a_city() -> Region:
    return a_region("330100", "杭州市", "city")


def test_five_deals_of_three_units_of_the_same_tier_and_quantity_are_told() -> None:
    good = a_good()
    bought(good, ["10", "11", "12", "13", "14"])
    found = alike(good)
    assert (found.step, found.n, found.units) == (Step.SAME, 5, 3)
    assert (found.low, found.median, found.high) == (Decimal("10.40"), Decimal("12.00"), Decimal("13.60"))


@pytest.mark.parametrize(("prices", "units"), [(["10"] * 4, 4), (["10"] * 9, 2)])
def test_four_deals_or_two_units_tell_nothing(prices: list[str], units: int) -> None:
    good = a_good()
    bought(good, prices, units=units)
    found = alike(good)
    assert (found.step, found.told) == (Step.NONE, False)
    assert (found.n, found.units) == (len(prices), units)
    assert not any((found.low, found.median, found.high))


def test_one_s_own_deals_are_left_out() -> None:
    good = a_good()
    mine = an_organisation(OrganisationKind.BUYER)
    others = [an_organisation(OrganisationKind.BUYER) for _ in range(2)]
    bought(good, ["10"] * 9, units=[mine, *others])
    assert alike(good, buyer=mine.pk).step is Step.NONE
    assert alike(good).step is Step.SAME, "for a unit that bought nothing there are three others"


def test_the_steps_widen_in_the_order_that_is_named() -> None:
    good = a_good()
    bought(good, ["40"] * 2, region=a_city(), quantity="50")
    bought(good, ["40"] * 3, quantity="500")
    assert alike(good, band=1).step is Step.ANY, "five deals in all, none like those asked for"
    bought(good, ["30"] * 5, region=a_city(), units=3)
    assert alike(good, band=1).step is Step.ANY_TIER
    bought(good, ["20"] * 2, quantity="500")
    found = alike(good, band=1)
    assert (found.step, found.n) == (Step.ANY_QUANTITY, 5)
    bought(good, ["10"] * 5)
    assert (alike(good, band=1).step, alike(good, band=1).median) == (Step.SAME, Decimal("10.00"))


def test_without_a_quantity_the_usual_one_of_the_tier_is_meant() -> None:
    good = a_good()
    bought(good, ["9"] * 9, region=a_city(), quantity="2000")
    bought(good, ["10"] * 5, quantity="20")
    bought(good, ["11"] * 3, quantity="1")
    assert (alike(good).band, alike(good).median) == (2, Decimal("10.00"))
    assert alike(good, tier=CITY).band == 4


def test_a_year_counts_and_no_day_more_and_what_was_cancelled_does_not() -> None:
    good = a_good()
    bought(good, ["10"] * 4, days_ago=364)
    bought(good, ["99"] * 4, days_ago=365)
    assert alike(good).step is Step.NONE
    (last,) = bought(good, ["10"], days_ago=1)
    assert (alike(good).n, alike(good).high) == (5, Decimal("10.00"))
    services.withdraw_deals(order_ids=[last])
    assert alike(good).step is Step.NONE


@pytest.mark.parametrize(
    ("quantity", "band"),
    [("0.5", 1), ("9.999", 1), ("10", 2), ("99", 2), ("100", 3), ("999.9", 3), ("1000", 4)],
)
def test_a_quantity_belongs_to_the_band_that_observations_have(quantity: str, band: int) -> None:
    assert band_of(Decimal(quantity)) == band
    good = a_good()
    bought(good, ["10"] * 5, quantity=quantity)
    assert (alike(good, band=band).step, alike(good).band) == (Step.SAME, band)


def test_the_page_tells_buyers_and_nobody_else() -> None:
    good = a_good()
    a_listing_on_sale(good)
    bought(good, ["10", "11", "12", "13", "14"])
    address = f"/goods/{good.pk}/prices/"
    buyer = a_client_of(a_buyer_actor())
    answer = buyer.get(address)
    assert answer.context["alike"].median == Decimal("12.00")
    assert 'id="alike"' in answer.content.decode()
    assert 'id="alike"' in buyer.get(f"{address}?part=1").content.decode()
    assert buyer.get(f"{address}?quantity=500").context["alike"].step is Step.ANY_QUANTITY
    assert buyer.get(f"{address}?quantity=-5").status_code == 400, "and says what is right"
    for other in (Client(), a_client_of(a_supplier_actor())):
        assert 'id="alike"' not in other.get(address).content.decode()


def test_the_page_says_in_words_which_step_decided(english: None) -> None:
    good = a_good()
    bought(good, ["10"] * 5, region=a_city())
    html = (
        a_client_of(a_buyer_actor())
        .get(f"/goods/{good.pk}/prices/", headers={"accept-language": "en"})
        .content.decode()
    )
    assert "units of all tiers, quantity 1–9, because of your tier there were too few" in html
    assert "5 deals of 3 other units in 365 days" in html
    other = a_good("少", model="X2")
    deals(other, ["10"])
    html = (
        a_client_of(a_buyer_actor())
        .get(f"/goods/{other.pk}/prices/", headers={"accept-language": "en"})
        .content.decode()
    )
    assert "Too few other units bought this good: 1 deals of 1 units" in html


def test_a_group_of_deals_has_prices_only_where_enough_units_made_them() -> None:
    good = a_good()
    bought(good, ["10", "11", "12", "13", "14"], days_ago=5)
    bought(good, ["50"] * 4, region=a_city(), quantity="20", units=4, days_ago=5)
    bought(good, ["99"] * 9, days_ago=90)
    peers = (good.pk, good.category_id, good.spec_hash)
    groups = {(group.tier, group.band): group for group in price_groups(peers=peers, pack_size=None)}
    assert next(iter(groups)) == (0, 0)
    assert (groups[0, 0].n, groups[0, 0].units) == (9, 7)
    assert (groups[COUNTY, 1].n, groups[COUNTY, 1].median) == (5, Decimal("12.00"))
    assert (groups[CITY, 2].n, groups[CITY, 2].median) == (4, None)
    assert (COUNTY, 2) not in groups
