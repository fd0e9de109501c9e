"""Advice before the offence, on the projected order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Good, PriceObservation
from catalog.services import withdraw_lines
from orders.advice import Outcome, Projected, ProjectedLine, ProjectedOrder, advise
from orders.errors import AdviceGiven
from orders.models import Ceiling, Order
from supervision.advice import forget_limits
from supervision.models import AdviceRecord
from supervision.services.record_advice import settle_old_advice
from supervision.spread import refresh_spread
from tests.factories import a_listing_on_sale, a_trade, submit
from tests.supervision.history import (
    a_buyer,
    a_category,
    a_good,
    a_market_price,
    a_region,
    a_supplier,
    an_order,
)
from zcy import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_limits()


@pytest.fixture
def good() -> Good:
    """A good sold by eight suppliers at ¥100 yesterday, in a category whose spread is known."""
    category, yesterday = a_category(), clock.today() - timedelta(days=1)
    a_market_price(a_good(category=category), yesterday, [100 + n for n in range(-6, 6)])
    good = a_good(category=category)
    a_market_price(good, yesterday, [100] * 8)
    refresh_spread(yesterday, yesterday)
    return good


def projected(
    good: Good, price: Any, *, quantity: int = 1, buyer: Any = None, supplier: Any = None
) -> Projected:
    buyer, price = buyer or a_buyer(), Decimal(price)
    listing = a_listing_on_sale(good=good, price=price, supplier=supplier or a_supplier())
    line = ProjectedLine(
        listing.pk,
        good.pk,
        good.category_id,
        good.spec_hash,
        good.pack_size,
        Decimal(quantity),
        price,
        price * quantity,
    )
    order = ProjectedOrder(listing.supplier_id, good.category_id, line.total, (line,))
    return Projected(buyer.pk, buyer.region_id, "direct", clock.now(), (order,))


def flagged(state: Projected) -> list[str]:
    return [one.advisor for one in advise(state) if one.outcome is Outcome.FLAGGED]


@pytest.mark.parametrize(("price", "expected"), [("120.00", []), ("120.01", ["price-above-peer"])])
def test_a_price_is_judged_as_the_night_would(good: Good, price: str, expected: list[str]) -> None:
    assert flagged(projected(good, price)) == expected


def test_a_line_that_was_refused_whole_still_counts_as_a_peer_and_a_cancelled_order_does_not(
    good: Good,
) -> None:
    assert flagged(projected(good, "130")) == ["price-above-peer"]
    first = PriceObservation.objects.filter(good=good).first()
    assert first
    withdraw_lines(order_line_ids=[first.order_line_id])
    assert flagged(projected(good, "130")) == ["price-above-peer"]
    Order.objects.filter(pk=first.order_id).update(cancelled_at=clock.now())
    assert flagged(projected(good, "130")) == []


def test_better_offers_stand_beside_it(good: Good) -> None:
    fair = a_listing_on_sale(good=good, price=Decimal(101))
    a_listing_on_sale(good=good, price=Decimal(125))
    a_listing_on_sale(good=good, price=Decimal(99), stock=0)
    (advice,) = [one for one in advise(projected(good, 130)) if one.advisor == "price-above-peer"]
    assert [offer.listing_id for offer in advice.better] == [fair.pk]


def test_too_few_peers_give_no_advice() -> None:
    assert flagged(projected(a_good(), 1000)) == []


@pytest.mark.parametrize(("price", "expected"), [("19999.99", []), ("20000.00", ["split-orders"])])
def test_the_projected_order_counts_with_those_of_the_window(price: str, expected: list[str]) -> None:
    Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(50_000))
    buyer, good = a_buyer(), a_good()
    an_order(clock.today() - timedelta(days=29), buyer=buyer, category=good.category, total=30_000)
    an_order(clock.today() - timedelta(days=30), buyer=buyer, category=good.category, total=30_000)
    assert flagged(projected(good, price, buyer=buyer)) == expected


def test_at_most_four_statements(good: Good) -> None:
    Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(200))
    buyer = a_buyer()
    an_order(clock.today(), buyer=buyer, category=good.category, total=150)
    state = projected(good, 130, buyer=buyer)
    assert flagged(state) == ["price-above-peer", "split-orders"]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        advise(state)
    asked = [q["sql"] for q in captured if q["sql"].lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(asked) <= 4


def test_an_answer_is_kept_with_the_order(good: Good) -> None:
    trade = a_trade(listing=a_listing_on_sale(good=good, price=Decimal(130)))
    with pytest.raises(AdviceGiven) as given:
        submit(trade, quantity=1)
    (record,) = AdviceRecord.objects.all()
    assert record.outcome == "shown"
    key = given.value.advice[0].key
    order = submit(trade, quantity=1, answers={key: "The only one that fits our printers"})
    record.refresh_from_db()
    assert (record.outcome, record.answer, record.order_id) == (
        "answered",
        "The only one that fits our printers",
        order.pk,
    )


def test_ordering_the_better_offer_counts_as_changing_course(good: Good) -> None:
    trade = a_trade(listing=a_listing_on_sale(good=good, price=Decimal(130)))
    with pytest.raises(AdviceGiven):
        submit(trade, quantity=1)
    fair = a_listing_on_sale(good=good, price=Decimal(101))
    order = submit(trade, quantity=1, listing=fair)
    record = AdviceRecord.objects.get()
    assert (record.outcome, record.order_id) == ("changed", order.pk)


def test_who_overrules_it_in_another_quantity_has_not_changed_course() -> None:
    Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(500))
    trade = a_trade(listing=a_listing_on_sale(good=a_good(), price=Decimal(100)))
    submit(trade, quantity=2)
    keys = []
    for quantity in (3, 4):
        with pytest.raises(AdviceGiven) as given:
            submit(trade, quantity=quantity)
        keys.append(given.value.advice[0].key)
    assert len(set(keys)) == 2
    submit(trade, quantity=4, answers={keys[-1]: "Needed for a second classroom"})
    assert set(AdviceRecord.objects.values_list("outcome", "answer")) == {
        ("answered", "Needed for a second classroom")
    }


def test_the_same_offence_thought_of_again_is_recorded_again(good: Good) -> None:
    trade = a_trade(listing=a_listing_on_sale(good=good, price=Decimal(130)))
    for reason in ("The only one that fits our printers", "As last month, the only one that fits"):
        with pytest.raises(AdviceGiven) as given:
            submit(trade, quantity=1)
        submit(trade, quantity=1, answers={given.value.advice[0].key: reason})
    assert list(AdviceRecord.objects.order_by("id").values_list("outcome", "answer")) == [
        ("answered", "The only one that fits our printers"),
        ("answered", "As last month, the only one that fits"),
    ]


def test_what_was_never_ordered_counts_after_a_week(good: Good) -> None:
    trade = a_trade(listing=a_listing_on_sale(good=good, price=Decimal(130)))
    with pytest.raises(AdviceGiven):
        submit(trade, quantity=1)
    assert settle_old_advice() == 0
    AdviceRecord.objects.update(shown_at=clock.now() - timedelta(days=8))
    assert settle_old_advice() == 1
