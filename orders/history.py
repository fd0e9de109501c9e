"""Where the history of orders begins: the first night that can be computed."""

from __future__ import annotations

from datetime import date

from django.db.models import Min

from orders.models import Order
from zcy import clock


def first_day() -> date | None:
    """The local date of the first order; None without orders."""
    first = Order.objects.aggregate(first=Min("placed_at"))["first"]
    return clock.local_date(first) if first else None
