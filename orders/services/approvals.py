"""The decision about an order above the unit's own limit, and that limit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.roles import Role
from orders.errors import InvalidAmount
from orders.models import Approval, Order, UnitRules
from orders.services.budget import release
from orders.services.checks import MOST_MONEY, checked_reason, need_role, person
from orders.services.steps import allowed_state, done_already, give_back_stock, locked_order, take_step
from orders.signals import order_approved, order_rejected
from orders.transitions import Action
from zcy import audit, clock
from zcy.money import CENT

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def approve_order(*, actor: Actor, number: str) -> Order:
    """Let an order go to its supplier.

    Raises:
        Missing, WrongState, NotAllowed. FourEyes: the actor placed it.
    """
    order = locked_order(actor=actor, number=number)
    if done_already(order, Action.APPROVE, actor=actor):
        return order
    state = allowed_state(order, Action.APPROVE, actor=actor)
    Approval.objects.create(order=order, approver=person(actor), approved=True)
    take_step(order, Action.APPROVE, actor=actor, state=state, changes={"approved_at": clock.now()})
    order_approved.send(sender=Order, order=order, actor=actor)
    return order


@transaction.atomic
def reject_order(*, actor: Actor, number: str, reason: str) -> Order:
    """Do not approve an order, and give its budget and stock back.

    Raises:
        ReasonNeeded, Missing, WrongState, NotAllowed. FourEyes: the actor placed it.
    """
    reason = checked_reason(reason)
    order = locked_order(actor=actor, number=number)
    if done_already(order, Action.REJECT, actor=actor):
        return order
    state = allowed_state(order, Action.REJECT, actor=actor)
    Approval.objects.create(order=order, approver=person(actor), approved=False, reason=reason)
    changes = {"cancelled_at": clock.now(), "cancelled_by": "buyer", "cancel_reason": reason}
    take_step(order, Action.REJECT, actor=actor, state=state, changes=changes, data={"reason": reason})
    release(order, order.total, actor=actor, key="reject")
    give_back_stock(order)
    order_rejected.send(sender=Order, order=order, actor=actor)
    return order


@transaction.atomic
def set_approval_limit(*, actor: Actor, limit: Decimal | None) -> None:
    """Set above which amount (yuan) the unit's orders need an approver; None: the region's setting holds again.

    Raises:
        NotAllowed: only the unit's administrator may. InvalidAmount: negative, or parts of a cent.
    """
    organisation_id = need_role(actor, Role.MANAGER)
    if limit is None:
        UnitRules.objects.filter(organisation_id=organisation_id).delete()
    else:
        if not limit.is_finite() or not 0 <= limit <= MOST_MONEY or limit != limit.quantize(CENT):
            raise InvalidAmount(field="limit")
        UnitRules.objects.update_or_create(
            organisation_id=organisation_id, defaults={"approval_limit": limit}
        )
    audit.record(actor=actor, action="unit.approval_limit", subject=actor.organisation, data={"limit": limit})
