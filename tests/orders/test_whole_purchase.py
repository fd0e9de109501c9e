"""One purchase from submission to payment, and what the books say afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.models import PriceObservation
from orders.models import OrderEvent
from orders.states import State
from tests.factories import a_paid_order, a_trade

pytestmark = pytest.mark.django_db


def test_a_purchase_from_submission_to_payment() -> None:
    trade = a_trade(budget=1000)
    order = a_paid_order(trade, quantity=2)

    trade.plan.refresh_from_db()
    trade.listing.refresh_from_db()
    assert order.state == State.PAID
    assert (trade.plan.amount, trade.plan.frozen, trade.plan.spent) == (
        Decimal(1000),
        Decimal(0),
        Decimal(200),
    )
    assert trade.listing.stock == 98
    assert PriceObservation.objects.filter(order_id=order.pk, withdrawn_at=None).count() == 1
    actions = list(OrderEvent.objects.filter(order=order).values_list("action", flat=True))
    assert actions == ["submit", "confirm", "ship", "sign", "accept", "invoice", "request_payment", "pay"]
