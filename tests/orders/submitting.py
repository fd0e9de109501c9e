"""What tests of submitting look at: the books of a trade, and that a refusal leaves nothing behind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orders.models import Order
from tests.factories import Trade, submit
from zcy.errors import DomainError


def books(trade: Trade) -> tuple[Decimal, Decimal, Decimal | None]:
    trade.plan.refresh_from_db()
    trade.listing.refresh_from_db()
    return trade.plan.frozen, trade.plan.spent, trade.listing.stock


def refused(trade: Trade, error: type[DomainError], **values: Any) -> DomainError:
    """Submitting raises this, and nothing of it is left behind."""
    before, orders = books(trade), Order.objects.count()
    with pytest.raises(error) as caught:
        submit(trade, **values)
    assert books(trade) == before
    assert Order.objects.count() == orders
    return caught.value
