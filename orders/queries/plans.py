"""Plans with what is left of them, and their ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.http import QueryDict

from orders.models import (
    BudgetEntry,
    Plan,
)
from zcy.errors import Missing
from zcy.money import ZERO
from zcy.paging import KeysetPage

if TYPE_CHECKING:
    from accounts.actor import Actor


@dataclass(frozen=True)
class PlanRow:
    """A plan with what is left of it and how many live orders it pays."""

    plan: Plan
    left: Decimal
    orders: int


def plan_rows(actor: Actor, *, year: int | None = None) -> list[PlanRow]:
    """The unit's plans of a year (all years where None), in one statement."""
    plans = Plan.objects.visible_to(actor).select_related("category").annotate(order_count=Count("orders"))
    if year is not None:
        plans = plans.filter(year=year)
    return [
        PlanRow(plan, plan.left, plan.order_count)  # type: ignore[attr-defined]
        for plan in plans.order_by("-year", "closed", "pk")
    ]


@dataclass(frozen=True)
class PlanDetail:
    """A plan, a page of its ledger, and the sums of the ledger, which equal the plan's."""

    plan: Plan
    ledger: KeysetPage[BudgetEntry]
    amount: Decimal
    frozen: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        return self.plan.left

    @property
    def adds_up(self) -> bool:
        return (self.amount, self.frozen, self.spent) == (self.plan.amount, self.plan.frozen, self.plan.spent)


def plan_detail(actor: Actor, plan_id: int, params: QueryDict) -> PlanDetail:
    """A plan with its ledger, the newest entry first, in three statements.

    Raises:
        Missing: the unit has no such plan.
    """
    plan = Plan.objects.visible_to(actor).select_related("category", "buyer").filter(pk=plan_id).first()
    if plan is None:
        raise Missing
    sums = plan.entries.aggregate(
        amount=Sum("amount_change", default=ZERO),
        frozen=Sum("frozen_change", default=ZERO),
        spent=Sum("spent_change", default=ZERO),
    )
    ledger = KeysetPage.of(plan.entries.select_related("order", "by"), params, order=["-id"], size=50)
    return PlanDetail(plan, ledger, sums["amount"], sums["frozen"], sums["spent"])
