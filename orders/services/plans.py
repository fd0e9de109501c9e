"""Plans (采购计划) of a unit, made and closed by its finance people; every sum is a ledger entry."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from catalog.models import Category
from orders.errors import BudgetExceeded, InvalidAmount, PlanNotFitting
from orders.models import BudgetEntry, BudgetEntryKind, Plan
from orders.services.checks import (
    MOST_MONEY,
    checked_amount,
    checked_key,
    checked_text,
    lock_form,
    need_role,
    once_per_form,
)
from zcy import audit, clock
from zcy.errors import DomainError, Missing
from zcy.money import CENT
from zcy.numbers import next_number

if TYPE_CHECKING:
    from accounts.actor import Actor

PLANNING: Final = (Role.FINANCE, Role.MANAGER)


@transaction.atomic
def create_plan(
    *,
    actor: Actor,
    title: str,
    year: int,
    amount: Decimal,
    idempotency_key: str,
    category_id: int | None = None,
    fund_source: str = "",
) -> Plan:
    """Make a plan of the actor's unit with its first grant.

    Args:
        actor: finance or administrator of a unit.
        title: what people know it by.
        year: the fiscal year, this one or the next.
        amount: yuan.
        idempotency_key: of the form.
        category_id: what it may buy, with everything below; None for anything.
        fund_source: where the money comes from.

    Raises:
        NotAllowed: neither finance nor administrator of a unit. InvalidAmount, DomainError: a value does not fit.
        SentBefore: the same form with other values.
    """
    organisation_id = need_role(actor, *PLANNING)
    key = f"unit:{organisation_id}:plan:{checked_key(idempotency_key)}"
    lock_form(organisation_id, key)
    earlier = BudgetEntry.objects.select_related("plan").filter(key=key).first()
    title = checked_text(title, most=200, field="title", needed=True)
    fund_source = checked_text(fund_source, most=100, field="fund_source")
    if earlier is not None:
        plan = earlier.plan
        known = (plan.title, plan.year, plan.category_id, plan.fund_source, earlier.amount_change)
        once_per_form(same=known == (title, year, category_id, fund_source, amount))
        return plan
    checked_amount(amount)
    this_year = clock.today().year
    if year not in {this_year, this_year + 1}:
        raise DomainError(_("Choose this year or the next."), field="year")
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise DomainError(_("Choose a category."), field="category")
    plan = Plan.objects.create(
        buyer_id=organisation_id,
        number=next_number(_region_code(actor), "P"),
        title=title,
        year=year,
        category_id=category_id,
        fund_source=fund_source,
        made_on=clock.today(),
        amount=0,
    )
    _grant(plan, amount, actor=actor, key=key, note="")
    return plan


@transaction.atomic
def grant_budget(
    *, actor: Actor, plan_id: int, change: Decimal, idempotency_key: str, note: str = ""
) -> Plan:
    """Raise or (negative) cut a plan's amount by `change` yuan; never below what is frozen and spent.

    Raises:
        NotAllowed, Missing, InvalidAmount. BudgetExceeded: less would be left than is bound already.
        PlanNotFitting: the plan is closed. SentBefore: the same form with other values.
    """
    plan = _locked(actor, plan_id)
    key = f"plan:{plan.pk}:grant:{checked_key(idempotency_key)}"
    note = checked_text(note, most=200, field="note")
    earlier = BudgetEntry.objects.filter(key=key).first()
    if earlier is not None:
        once_per_form(same=(earlier.amount_change, earlier.note) == (change, note))
        return plan
    if not change.is_finite() or not change or abs(change) > MOST_MONEY or change != change.quantize(CENT):
        raise InvalidAmount(_("Enter by how much the plan grows or (with a minus) shrinks."), field="change")
    if plan.closed:
        raise PlanNotFitting(_("This plan is closed."))
    if plan.amount + change > MOST_MONEY:
        raise InvalidAmount(_("This is too much for one plan."), field="change")
    if plan.amount + change < plan.frozen + plan.spent:
        raise BudgetExceeded(
            _("%(bound)s yuan of the plan are frozen or spent: it cannot become smaller than that.")
            % {"bound": plan.frozen + plan.spent},
            field="change",
        )
    _grant(plan, change, actor=actor, key=key, note=note)
    return plan


@transaction.atomic
def close_plan(*, actor: Actor, plan_id: int) -> Plan:
    """Take no more orders on a plan; what is frozen can still be paid or released.

    Raises:
        NotAllowed, Missing.
    """
    plan = _locked(actor, plan_id)
    if not plan.closed:
        plan.closed = True
        plan.save(update_fields=["closed"])
        audit.record(actor=actor, action="plan.closed", subject=plan, data={"number": plan.number})
    return plan


def _grant(plan: Plan, change: Decimal, *, actor: Actor, key: str, note: str) -> None:
    BudgetEntry.objects.create(
        plan=plan, kind=BudgetEntryKind.GRANTED, amount_change=change, key=key, by_id=actor.user_id, note=note
    )
    plan.refresh_from_db(fields=["amount", "frozen", "spent"])
    audit.record(
        actor=actor, action="plan.granted", subject=plan, data={"number": plan.number, "change": change}
    )


def _locked(actor: Actor, plan_id: int) -> Plan:
    need_role(actor, *PLANNING)
    plan = (
        Plan.objects.visible_to(actor)
        .select_for_update(no_key=True)
        .filter(pk=plan_id, origin="live")
        .first()
    )
    if plan is None:
        raise Missing
    return plan


def _region_code(actor: Actor) -> str:
    return actor.region.code if actor.region else ""
