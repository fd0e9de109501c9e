"""Stock, budget and one order per click under real threads and connections."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connections

from catalog.errors import OutOfStock
from orders import services
from orders.errors import BudgetExceeded
from orders.models import Order, Payment
from orders.states import State
from tests.factories import (
    a_buyer,
    a_key,
    a_listing_on_sale,
    a_plan,
    a_trade,
    an_approved_order,
    an_order_to_pay,
    submit,
)
from zcy import clock
from zcy.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; results or exceptions, each with its seconds."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(position: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            began = time.perf_counter()
            try:
                outcome: Any = call()
            except Exception as error:
                outcome = error
            results[position] = (outcome, time.perf_counter() - began)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert all(result is not None for result in results), "a thread did not end"
    return results


def test_32_buyers_of_one_last_item_buy_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    listing = a_listing_on_sale(stock=1)
    trades = [a_trade(listing=listing) for _n in range(32)]
    results = at_once([partial(submit, trade, quantity=1) for trade in trades])
    kinds = Counter(type(outcome).__name__ for outcome, _seconds in results)
    assert kinds == {"Order": 1, "OutOfStock": 31}
    listing.refresh_from_db()
    assert listing.stock == 0
    assert Order.objects.count() == 1
    waited = sorted(seconds for _outcome, seconds in results)
    with capsys.disabled():
        print(f"\n32 buyers, one last item: median {waited[15]:.2f} s, longest {waited[-1]:.2f} s")


def test_a_double_click_makes_one_order() -> None:
    trade, key = a_trade(), a_key()
    results = at_once([lambda: submit(trade, key=key)] * 8)
    assert {outcome.pk for outcome, _seconds in results} == {Order.objects.get().pk}
    trade.plan.refresh_from_db()
    assert trade.plan.frozen == Decimal("200.00")


def test_two_orders_against_one_budget() -> None:
    buyer = a_buyer()
    plan = a_plan(buyer, amount=300)
    trades = [a_trade(buyer=buyer) for _n in range(4)]
    calls = [partial(submit, trade, quantity=2, plans={trade.supplier.pk: plan.pk}) for trade in trades]
    kinds = Counter(type(outcome) for outcome, _seconds in at_once(calls))
    assert kinds == {Order: 1, BudgetExceeded: 3}
    plan.refresh_from_db()
    assert plan.frozen == Decimal("200.00")


def test_carts_with_the_same_offers_in_another_order_do_not_lock_each_other_out() -> None:
    from orders.services import OrderedLine

    listings = [a_listing_on_sale(stock=1000) for _n in range(4)]
    trades = [a_trade(listing=listings[n % 4]) for n in range(12)]

    def call(trade: Any, turn: int) -> Order:
        chosen = listings[turn % 4 :] + listings[: turn % 4]
        lines = [OrderedLine(listing.pk, Decimal(1), listing.price) for listing in chosen]
        return submit(trade, lines=lines, plans={listing.supplier_id: trade.plan.pk for listing in listings})

    results = at_once([partial(call, trade, n) for n, trade in enumerate(trades)])
    assert {type(outcome) for outcome, _seconds in results} == {Order}
    assert Order.objects.count() == 48


def test_confirming_and_cancelling_at_once_does_one_of_them() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    calls: list[Callable[[], Any]] = [
        lambda: services.confirm_order(actor=trade.seller, number=order.number, promised_on=clock.today()),
        lambda: services.refuse_order(actor=trade.seller, number=order.number, reason="缺货"),
    ]
    outcomes = [outcome for outcome, _seconds in at_once(calls * 3)]
    assert all(isinstance(outcome, Order | Conflict) for outcome in outcomes)
    order.refresh_from_db()
    trade.plan.refresh_from_db()
    assert order.state in {State.CONFIRMED, State.REFUSED}
    assert trade.plan.frozen == (order.total if order.state == State.CONFIRMED else 0)


def test_a_payment_that_is_sent_twice_is_paid_once() -> None:
    trade, key = a_trade(), a_key()
    order = an_order_to_pay(trade)
    pay = lambda: services.pay_order(  # noqa: E731
        actor=trade.people.finance, number=order.number, amount=order.total, idempotency_key=key
    )
    outcomes = [outcome for outcome, _seconds in at_once([pay] * 6)]
    assert {outcome.pk for outcome in outcomes} == {Payment.objects.get().pk}


def test_ordering_and_cancelling_the_same_offer_keeps_its_stock() -> None:
    trade = a_trade(listing=a_listing_on_sale(stock=5))

    def order_and_cancel() -> None:
        for _turn in range(3):
            try:
                order = submit(trade, quantity=2)
            except OutOfStock:
                continue
            services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="不要了")

    outcomes = at_once([order_and_cancel] * 6)
    assert [outcome for outcome, _seconds in outcomes if outcome is not None] == []
    trade.listing.refresh_from_db()
    trade.plan.refresh_from_db()
    assert trade.listing.stock == 5
    assert trade.plan.frozen == 0
