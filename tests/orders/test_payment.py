"""From the invoice to the stars: each sum stays within the one before, and is counted once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from orders import services
from orders.errors import AlreadyRecorded, InvalidAmount, TooMuch, WrongState
from orders.models import Order
from orders.states import State
from tests.factories import (
    Trade,
    a_delivered_order,
    a_key,
    a_paid_order,
    a_trade,
    accept_all,
    an_accepted_order,
    an_invoiced_order,
    an_order_to_pay,
)
from zcy import clock
from zcy.errors import DomainError, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def books(trade: Trade) -> tuple[Any, ...]:
    """Frozen, spent, stock."""
    trade.plan.refresh_from_db()
    trade.listing.refresh_from_db()
    return trade.plan.frozen, trade.plan.spent, trade.listing.stock


def invoice(trade: Trade, order: Order, amount: Any, number: str = "", days: int = 0) -> Any:
    return services.record_invoice(
        actor=trade.seller,
        number=order.number,
        invoice_number=number or a_key(),
        date=clock.today() + timedelta(days=days),
        amount=Decimal(amount),
    )


def request(trade: Trade, order: Order, amount: Any) -> Any:
    return services.request_payment(
        actor=trade.seller, number=order.number, amount=Decimal(amount), idempotency_key=a_key()
    )


def pay(trade: Trade, order: Order, amount: Any, key: str = "") -> Any:
    return services.pay_order(
        actor=trade.people.finance,
        number=order.number,
        amount=Decimal(amount),
        idempotency_key=key or a_key(),
    )


def test_what_was_refused_is_released_at_once_and_the_rest_is_spent(trade: Trade) -> None:
    order = a_delivered_order(trade, quantity=5)
    accept_all(trade, order, refused={order.lines.get().pk: Decimal(2)})
    assert books(trade)[:2] == (Decimal("300.00"), 0)
    invoice(trade, order, 300)
    request(trade, order, 300)
    pay(trade, order, 100)
    assert books(trade)[:2] == (Decimal("200.00"), Decimal("100.00"))
    pay(trade, order, 200)
    order.refresh_from_db()
    assert order.state == State.PAID
    assert books(trade)[:2] == (0, Decimal("300.00"))


def test_invoices_requests_and_payments_in_parts(trade: Trade) -> None:
    order = an_accepted_order(trade)
    invoice(trade, order, 120)
    request(trade, order, 100)
    pay(trade, order, 60)
    invoice(trade, order, 80)
    request(trade, order, 100)
    pay(trade, order, 139)
    order.refresh_from_db()
    assert order.state == State.PAYMENT_REQUESTED and order.paid_at is None
    assert books(trade)[:2] == (1, 199)
    pay(trade, order, 1)
    order.refresh_from_db()
    assert order.state == State.PAID and order.paid_at is not None
    assert books(trade)[:2] == (0, 200)


def test_each_sum_stays_within_the_one_before(trade: Trade) -> None:
    order = an_accepted_order(trade)
    with pytest.raises(TooMuch):
        invoice(trade, order, "200.01")
    invoice(trade, order, 150)
    with pytest.raises(TooMuch):
        invoice(trade, order, "50.01")
    with pytest.raises(TooMuch):
        request(trade, order, "150.01")
    request(trade, order, 100)
    with pytest.raises(TooMuch):
        pay(trade, order, "100.01")


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN", "Infinity", "1E+15"])
def test_amounts_that_make_no_sense_are_refused(trade: Trade, amount: str) -> None:
    order = an_accepted_order(trade)
    with pytest.raises(InvalidAmount):
        invoice(trade, order, amount)
    order = an_order_to_pay(trade)
    with pytest.raises(InvalidAmount):
        pay(trade, order, amount)
    with pytest.raises(InvalidAmount):
        request(trade, order, amount)


def test_an_invoice_is_recorded_once_and_not_from_the_future(trade: Trade) -> None:
    order = an_accepted_order(trade)
    assert invoice(trade, order, 100, "N1") == invoice(trade, order, 100, "N1")
    with pytest.raises(AlreadyRecorded):
        invoice(trade, order, 50, "N1")
    for days in (1, -366):
        with pytest.raises(DomainError) as caught:
            invoice(trade, order, 50, "N2", days=days)
        assert caught.value.field == "date"


def test_a_payment_is_due_thirty_days_after_the_acceptance(trade: Trade) -> None:
    order = an_invoiced_order(trade)
    assert order.accepted_at is not None
    assert request(trade, order, 200).due_on == clock.local_date(order.accepted_at) + timedelta(days=30)


def test_only_finance_pays_and_a_second_click_pays_nothing(trade: Trade) -> None:
    order, key = an_order_to_pay(trade), a_key()
    for actor in (trade.people.purchaser, trade.people.acceptor, trade.seller):
        with pytest.raises(NotAllowed):
            services.pay_order(actor=actor, number=order.number, amount=Decimal(1), idempotency_key=key)
    assert pay(trade, order, 200, key) == pay(trade, order, 200, key)
    assert order.payments.count() == 1


def test_nothing_is_paid_twice(trade: Trade) -> None:
    order = a_paid_order(trade)
    with pytest.raises(WrongState):
        pay(trade, order, 1)


# --- Stars ----------------------------------------------------------------------------------------------------------


def test_each_side_gives_stars_once(trade: Trade) -> None:
    order = an_accepted_order(trade)
    buyer, seller = trade.people.purchaser, trade.seller
    for _click in range(2):
        services.evaluate_order(actor=buyer, number=order.number, stars=5, text="很好")
    services.evaluate_order(actor=seller, number=order.number, stars=4)
    with pytest.raises(AlreadyRecorded):
        services.evaluate_order(actor=trade.people.acceptor, number=order.number, stars=1)
    assert {(row.by_side, row.stars) for row in order.evaluations.all()} == {("buyer", 5), ("supplier", 4)}


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(trade: Trade, stars: int) -> None:
    with pytest.raises(DomainError):
        services.evaluate_order(
            actor=trade.people.purchaser, number=an_accepted_order(trade).number, stars=stars
        )


def test_no_stars_before_the_acceptance(trade: Trade) -> None:
    with pytest.raises(WrongState):
        services.evaluate_order(actor=trade.people.purchaser, number=a_delivered_order(trade).number, stars=5)
