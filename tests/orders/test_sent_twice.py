"""The same form twice is one act; a form changed and sent again is a question, never silence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.errors import AlreadyRecorded, SentBefore
from orders.models import Acceptance, BudgetEntry, Order, Payment, PaymentRequest, Plan, Shipment
from orders.services import Decision
from tests.factories import (
    Trade,
    a_confirmed_order,
    a_delivered_order,
    a_key,
    a_listing_on_sale,
    a_plan,
    a_trade,
    an_address,
    an_invoiced_order,
    an_order_to_pay,
    submit,
)
from zcy import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def asks_back(act: Callable[..., Any], **other: Any) -> None:
    """The act twice gives one result; with any other value under the same key it is refused."""
    first = act()
    assert act() == first
    for name, value in other.items():
        with pytest.raises(SentBefore):
            act(**{name: value})
    assert act() == first


def test_an_order(trade: Trade) -> None:
    key = a_key()
    more = a_listing_on_sale(supplier=trade.supplier)
    asks_back(
        lambda **values: submit(trade, **{"key": key, **values}),
        quantity=3,
        listing=more,
        plans={trade.supplier.pk: a_plan(trade.buyer).pk},
        address_id=an_address(trade.buyer).pk,
        note="请送到后门",
        answers={"k": "x"},
    )
    assert Order.objects.count() == 1


def test_a_shipment(trade: Trade) -> None:
    order = a_confirmed_order(trade, quantity=5)
    line = order.lines.get().pk
    arguments: dict[str, Any] = {
        "actor": trade.seller,
        "number": order.number,
        "quantities": {line: Decimal(2)},
        "carrier": "顺丰",
        "tracking_number": "SF1",
        "idempotency_key": a_key(),
    }
    asks_back(
        lambda **values: services.ship_order(**{**arguments, **values}),
        quantities={line: Decimal(3)},
        carrier="中通",
        tracking_number="SF2",
    )
    assert Shipment.objects.count() == 1


def test_an_acceptance(trade: Trade) -> None:
    order = a_delivered_order(trade, quantity=5)
    line = order.lines.get().pk
    arguments: dict[str, Any] = {
        "actor": trade.people.acceptor,
        "number": order.number,
        "decisions": {line: Decision(accepted=Decimal(2))},
        "idempotency_key": a_key(),
    }
    asks_back(
        lambda **values: services.accept_delivery(**{**arguments, **values}),
        decisions={line: Decision(refused=Decimal(2), reason="坏了")},
        note="外包装有水渍",
    )
    assert Acceptance.objects.count() == 1


def test_a_request_and_a_payment(trade: Trade) -> None:
    order = an_invoiced_order(trade)
    common: dict[str, Any] = {"number": order.number, "amount": Decimal(150)}
    request: dict[str, Any] = {**common, "actor": trade.seller, "idempotency_key": a_key()}
    asks_back(lambda **values: services.request_payment(**{**request, **values}), amount=Decimal(50))
    payment: dict[str, Any] = {
        **common,
        "actor": trade.people.finance,
        "idempotency_key": a_key(),
        "reference": "R1",
    }
    asks_back(
        lambda **values: services.pay_order(**{**payment, **values}), amount=Decimal(50), reference="R2"
    )
    assert (PaymentRequest.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_plan_and_its_budget(trade: Trade) -> None:
    plan: dict[str, Any] = {
        "actor": trade.people.finance,
        "title": "设备",
        "year": clock.today().year,
        "amount": Decimal(100),
        "idempotency_key": a_key(),
    }
    asks_back(
        lambda **values: services.create_plan(**{**plan, **values}),
        title="家具",
        amount=Decimal(200),
        fund_source="自筹",
        year=clock.today().year + 1,
    )
    grant: dict[str, Any] = {
        "actor": trade.people.finance,
        "plan_id": trade.plan.pk,
        "change": Decimal(5),
        "idempotency_key": a_key(),
    }
    asks_back(lambda **values: services.grant_budget(**{**grant, **values}), change=Decimal(6), note="追加")
    assert Plan.objects.count() == 2
    assert BudgetEntry.objects.filter(kind="granted").count() == 3


def test_an_invoice(trade: Trade) -> None:
    order = an_invoiced_order(trade)
    invoice = order.invoices.get()
    arguments: dict[str, Any] = {
        "actor": trade.seller,
        "number": order.number,
        "invoice_number": invoice.number,
    }
    same = services.record_invoice(**arguments, date=invoice.date, amount=invoice.amount)
    assert same == invoice
    with pytest.raises(AlreadyRecorded):
        services.record_invoice(**arguments, date=invoice.date, amount=Decimal(1))


def test_a_second_click_costs_little(trade: Trade) -> None:
    key = a_key()
    submit(trade, key=key)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        submit(trade, key=key)
    assert len(statements) <= 5


def test_a_payment_of_another_order_may_have_the_same_key() -> None:
    key = a_key()
    for trade in (a_trade(), a_trade()):
        order = an_order_to_pay(trade)
        services.pay_order(
            actor=trade.people.finance, number=order.number, amount=order.total, idempotency_key=key
        )
    assert Payment.objects.count() == 2
