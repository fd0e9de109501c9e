"""price-above-peer at, just under and just over its limits.

Peers at one price make MAD 0, so S leans on the category: with nine equal suppliers in every good σ is 0 and S is 0.02.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.models import Category, Good
from catalog.services import withdraw_lines
from supervision.models import Warning
from supervision.rules.price_above_peer import Comparison, PriceAbovePeerParameters, is_flagged, is_unit_error
from tests.supervision.history import (
    a_category,
    a_deal,
    a_good,
    a_market_price,
    a_region,
    a_supplier,
    outcomes,
    run_nights,
    seen,
)
from zcy import clock

pytestmark = pytest.mark.django_db
SLUG = "price-above-peer"
DAY = date(2025, 6, 2)
LIMITS = PriceAbovePeerParameters()


def comparison(
    price: float, median: float = 100.0, deviation: float = 0.0, sigma: float = 0.0, n: int = 8
) -> Comparison:
    return Comparison(math.log(price), math.log(median), deviation, sigma, n, fallback=False)


@pytest.fixture
def category() -> Category:
    """A category whose spread is known: another good with twelve suppliers, each price a little off."""
    category = a_category()
    prices = [100 + n for n in range(-6, 6)]
    a_market_price(a_good(category=category), DAY - timedelta(days=1), prices)
    return category


@pytest.fixture
def good(category: Category) -> Good:
    return a_good(category=category)


def run(first: date = DAY - timedelta(days=2), last: date = DAY + timedelta(days=5)) -> None:
    run_nights(first, last, only=SLUG)


# --- The formulas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "flagged"), [("120.00", False), ("120.01", True)])
def test_price_must_exceed_the_multiple_in_whole_cents(price: str, flagged: bool) -> None:
    assert is_flagged(Decimal(price), Decimal(1), comparison(float(price)), LIMITS) is flagged


def test_z_must_exceed_three_and_a_half() -> None:
    price = 130.0
    x = math.log(1.3)
    at_limit = x / 3.5
    for spread, flagged in ((at_limit * 1.0001, False), (at_limit * 0.9999, True)):
        sigma = spread * math.sqrt(20 / 12)
        assert is_flagged(Decimal(130), Decimal(1), comparison(price, sigma=sigma), LIMITS) is flagged


def test_the_spread_of_a_small_group_leans_on_its_category() -> None:
    found = comparison(100, deviation=0.05, sigma=0.10, n=8)
    assert found.spread == pytest.approx(math.sqrt((8 * (1.4826 * 0.05) ** 2 + 12 * 0.10**2) / 20))
    assert comparison(103, n=8).z == pytest.approx(math.log(1.03) / 0.02)


@pytest.mark.parametrize(
    ("factor", "pack", "is_error"),
    [
        (10, 1, True),
        (100, 1, True),
        (1000, 1, True),
        (12, 12, True),
        (12, 1, False),
        (10 * 1.06, 1, False),
        (2, 1, False),
    ],
)
def test_errors_of_the_unit_are_named_as_such(factor: float, pack: int, is_error: bool) -> None:
    assert is_unit_error(comparison(100 * factor), Decimal(pack)) is is_error


def test_an_error_of_the_unit_is_for_the_catalogue_and_has_no_deadline() -> None:
    yesterday = clock.today() - timedelta(days=1)
    category = a_category()
    a_market_price(a_good(category=category), yesterday, [100 + n for n in range(-6, 6)])
    good = a_good(category=category)
    a_market_price(good, yesterday, [100] * 8)
    ten, dear = a_deal(yesterday, good, 1000), a_deal(yesterday, good, 200)
    run(yesterday, yesterday)
    found = {w.order_id: (w.unit_error, w.due_at is None) for w in Warning.objects.all()}
    assert found == {ten.pk: (True, True), dear.pk: (False, False)}


# --- The night ------------------------------------------------------------------------------------------------------


def test_eight_other_suppliers_are_enough_and_the_evidence_names_them(good: Good) -> None:
    suppliers = a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    order = a_deal(DAY, good, 130)
    run()
    assert seen(SLUG) == {order.number: ("2025-06-02", 2)}
    evidence = Warning.objects.get().evidence
    assert evidence["n"] == 8
    assert {peer["supplier"] for peer in evidence["peers"]} == {supplier.pk for supplier in suppliers}
    assert evidence["line"] == order.lines.get().pk


def test_seven_are_too_few(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 7)
    a_deal(DAY, good, 130)
    run(DAY, DAY)
    assert seen(SLUG) == {}
    assert outcomes(SLUG) == {("not_evaluable", "too_few_peers"): 1}


def test_the_own_supplier_and_its_relations_are_left_out(good: Good) -> None:
    suppliers = a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    own, sister = a_supplier(), suppliers[0]
    for supplier in (own, sister):
        supplier.related_group = min(own.pk, sister.pk)
        supplier.save()
    a_deal(DAY, good, 130, supplier=own)
    run(DAY, DAY)
    assert outcomes(SLUG) == {("not_evaluable", "too_few_peers"): 1}


def test_related_suppliers_are_one_observation(good: Good) -> None:
    suppliers = a_market_price(good, DAY - timedelta(days=1), [100] * 9)
    for supplier in suppliers[:3]:
        supplier.related_group = suppliers[0].pk
        supplier.save()
    a_deal(DAY, good, 130)
    run(DAY, DAY)
    assert outcomes(SLUG) == {("not_evaluable", "too_few_peers"): 1}


def test_a_suppliers_observation_is_the_median_of_its_lines(good: Good) -> None:
    suppliers = a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    for price in (500, 500):
        a_deal(DAY - timedelta(days=1), good, price, supplier=suppliers[0])
    a_deal(DAY, good, 130)
    run(DAY, DAY)
    peers = {peer["supplier"]: peer["price"] for peer in Warning.objects.get().evidence["peers"]}
    assert peers[suppliers[0].pk] == pytest.approx(500)


@pytest.mark.parametrize(("days", "known"), [(89, True), (90, False)])
def test_the_window_holds_ninety_days(good: Good, days: int, known: bool) -> None:
    a_market_price(good, DAY - timedelta(days=days), [100] * 8)
    a_deal(DAY, good, 130)
    run(DAY, DAY)
    assert bool(seen(SLUG)) is known


def test_deals_of_the_same_night_are_peers_even_later_ones(good: Good) -> None:
    a_deal(DAY, good, 130, hour=1)
    a_market_price(good, DAY, [100] * 8, hour=22)
    run(DAY, DAY)
    assert len(seen(SLUG)) == 1


def test_another_tier_or_band_is_no_peer(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 7)
    a_market_price(good, DAY - timedelta(days=1), [100], region=a_region("330100"))
    a_market_price(good, DAY - timedelta(days=1), [100], quantity=10)
    a_deal(DAY, good, 130, quantity=9)
    run(DAY, DAY)
    assert outcomes(SLUG) == {("not_evaluable", "too_few_peers"): 1}


def test_too_few_of_the_good_fall_back_to_equal_specifications(category: Category) -> None:
    good, twin, other = (a_good(category=category, spec_hash=spec) for spec in ("one", "one", "two"))
    a_market_price(good, DAY - timedelta(days=1), [100] * 4)
    a_market_price(twin, DAY - timedelta(days=1), [100] * 4)
    a_market_price(other, DAY - timedelta(days=1), [100] * 4)
    order = a_deal(DAY, good, 130)
    a_deal(DAY, other, 130)
    run(DAY, DAY)
    assert set(seen(SLUG)) == {order.number}
    assert Warning.objects.get().evidence["fallback"] is True
    assert outcomes(SLUG)[("not_evaluable", "too_few_peers")] == 1


def test_goods_without_a_specification_are_not_equal(category: Category) -> None:
    good, twin = a_good(category=category, spec_hash=""), a_good(category=category, spec_hash="")
    a_market_price(good, DAY - timedelta(days=1), [100] * 4)
    a_market_price(twin, DAY - timedelta(days=1), [100] * 4)
    a_deal(DAY, good, 130)
    run(DAY, DAY)
    assert outcomes(SLUG) == {("not_evaluable", "too_few_peers"): 1}


def test_prices_are_compared_per_unit_of_the_pack(category: Category) -> None:
    good = a_good(category=category, pack_size=Decimal(5))
    a_market_price(good, DAY - timedelta(days=1), [500] * 8)
    clear, flagged = a_deal(DAY, good, 600), a_deal(DAY, good, "601.00")
    run(DAY, DAY)
    assert set(seen(SLUG)) == {flagged.number}
    assert clear.number not in seen(SLUG)


@pytest.mark.parametrize(("price", "severity"), [("200.00", 2), ("200.01", 3)])
def test_serious_above_twice_the_median(good: Good, price: str, severity: int) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    order = a_deal(DAY, good, price)
    run(DAY, DAY)
    assert seen(SLUG) == {order.number: ("2025-06-02", severity)}


def test_accessories_are_peers_but_are_not_judged(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 8, accessory=True)
    a_deal(DAY, good, 130, accessory=True)
    order = a_deal(DAY, good, 130)
    run(DAY, DAY)
    assert set(seen(SLUG)) == {order.number}
    assert outcomes(SLUG) == {("flagged", ""): 1, ("clear", ""): 1}


def test_one_warning_per_order_names_the_line_with_the_largest_z(good: Good, category: Category) -> None:
    dear = a_good(category=category)
    for one in (good, dear):
        a_market_price(one, DAY - timedelta(days=1), [100] * 8)
    order = a_deal(DAY, good, 130)
    a_deal(DAY, dear, 150, order=order)
    run(DAY, DAY)
    warning = Warning.objects.get()
    assert warning.evidence["good"] == dear.pk
    assert len(warning.evidence["lines"]) == 2


def test_a_cancelled_deal_is_a_peer_until_the_night_of_its_cancellation(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=9), [100] * 7)
    a_deal(DAY - timedelta(days=9), good, 100, cancelled=DAY)
    own = a_supplier()
    before, after = (a_deal(day, good, 130, supplier=own) for day in (DAY - timedelta(days=1), DAY))
    run(DAY - timedelta(days=1), DAY)
    assert set(seen(SLUG)) == {before.number}
    assert after.number not in seen(SLUG)


def test_a_line_that_was_refused_whole_stays_a_peer_because_its_order_was_not_cancelled(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=9), [100] * 7)
    refused = a_deal(DAY - timedelta(days=9), good, 100)
    withdraw_lines(
        order_line_ids=list(refused.lines.values_list("pk", flat=True)),
        at=clock.end_of(DAY - timedelta(days=3)),
    )
    dear = a_deal(DAY, good, 130, supplier=a_supplier())
    run(DAY, DAY)
    assert set(seen(SLUG)) == {dear.number}


def test_an_order_whose_line_was_refused_whole_is_judged_like_any_other(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    dear = a_deal(DAY, good, 130)
    withdraw_lines(order_line_ids=list(dear.lines.values_list("pk", flat=True)), at=clock.start_of(DAY))
    run(DAY, DAY)
    assert set(seen(SLUG)) == {dear.number}


def test_an_order_confirmed_and_cancelled_by_the_night_is_left_out(good: Good) -> None:
    a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    a_deal(DAY, good, 130, cancelled=DAY)
    later = a_deal(DAY, good, 130, cancelled=DAY + timedelta(days=1))
    run(DAY, DAY)
    assert set(seen(SLUG)) == {later.number}


def test_without_a_spread_of_the_category_it_is_not_evaluable() -> None:
    good = a_good(category=a_category())
    a_market_price(good, DAY - timedelta(days=1), [100] * 9)
    a_deal(DAY, good, 130, supplier=a_supplier())
    run(DAY, DAY)
    assert outcomes(SLUG) == {("not_evaluable", "no_spread"): 1}


def test_the_top_level_category_lends_its_spread() -> None:
    top = a_category()
    good = a_good(category=a_category(parent=top))
    a_market_price(a_good(category=a_category(parent=top)), DAY - timedelta(days=1), [95, 100, 105] * 4)
    a_market_price(good, DAY - timedelta(days=1), [100] * 8)
    order = a_deal(DAY, good, 140)
    run(DAY, DAY)
    assert set(seen(SLUG)) == {order.number}
