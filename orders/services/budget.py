"""Booking an order's money in its plan's ledger; the database adds the entries up and refuses an overdraft."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from orders.models import BudgetEntry, BudgetEntryKind, Order

if TYPE_CHECKING:
    from accounts.actor import Actor


def release(order: Order, amount: Decimal, *, actor: Actor, key: str) -> None:
    """Give back what the order had frozen and will not spend (yuan); nothing for zero.

    Args:
        order: locked.
        amount: yuan.
        actor: who causes it.
        key: the act that causes it, once per order.
    """
    if amount:
        BudgetEntry.objects.create(
            plan_id=_plan_id(order),
            order=order,
            kind=BudgetEntryKind.RELEASED,
            frozen_change=-amount,
            key=f"order:{order.pk}:{key}",
            by_id=actor.user_id,
        )


def spend(order: Order, amount: Decimal, *, actor: Actor, key: str) -> None:
    """Turn frozen money into spent money (yuan)."""
    BudgetEntry.objects.create(
        plan_id=_plan_id(order),
        order=order,
        kind=BudgetEntryKind.SPENT,
        frozen_change=-amount,
        spent_change=amount,
        key=f"order:{order.pk}:{key}",
        by_id=actor.user_id,
    )


def _plan_id(order: Order) -> int:
    if order.plan_id is None:
        raise ValueError(f"order {order.number} has no plan")
    return order.plan_id
