"""The arrival of a shipment: the supplier says that it was delivered, the buyer signs for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from orders.models import Order, Shipment
from orders.services.checks import checked_text
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_delivered
from orders.states import State
from orders.transitions import Action, Facts
from zcy import clock
from zcy.errors import Missing

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def mark_delivered(*, actor: Actor, number: str, shipment_id: int) -> Shipment:
    """Record that a shipment has arrived; a shipment that is marked already stays as it is.

    Raises:
        Missing, WrongState, NotAllowed.
    """
    order = locked_order(actor=actor, number=number)
    shipment = _shipment(order, shipment_id)
    if shipment.delivered_at is None:
        _arrive(order, shipment, Action.DELIVER, actor=actor)
    return shipment


@transaction.atomic
def sign_for(*, actor: Actor, number: str, shipment_id: int, signed_by: str = "") -> Shipment:
    """Sign for a shipment, in the name given or the actor's own; marks it as delivered where it was not.

    Raises:
        Missing, WrongState, NotAllowed.
    """
    order = locked_order(actor=actor, number=number)
    shipment = _shipment(order, shipment_id)
    if shipment.signed_at is None:
        name = checked_text(signed_by, most=80, field="signed_by") or actor.name[:80]
        _arrive(order, shipment, Action.SIGN, actor=actor, signed_by=name)
    return shipment


def _shipment(order: Order, shipment_id: int) -> Shipment:
    shipment = order.shipments.filter(pk=shipment_id).first()
    if shipment is None:
        raise Missing
    return shipment


def _arrive(order: Order, shipment: Shipment, action: Action, *, actor: Actor, signed_by: str = "") -> None:
    moment = clock.now()
    state = allowed_state(
        order, action, actor=actor, facts=Facts(everything_arrived=_all_here(order, shipment))
    )
    shipment.delivered_at = shipment.delivered_at or moment
    if action is Action.SIGN:
        shipment.signed_at, shipment.signed_by = moment, signed_by
    shipment.save(update_fields=["delivered_at", "signed_at", "signed_by"])
    complete = state == State.DELIVERED and order.state != State.DELIVERED
    changes: dict[str, Any] = {"delivered_at": _last_arrival(order, moment)} if complete else {}
    data = {"shipment": shipment.pk, "signed_by": signed_by} if signed_by else {"shipment": shipment.pk}
    take_step(order, action, actor=actor, state=state, changes=changes, data=data)
    if complete:
        order_delivered.send(sender=Order, order=order, actor=actor)


def _all_here(order: Order, arriving: Shipment) -> bool:
    """Whether everything is shipped, and every other shipment has arrived."""
    ordered = order.lines.aggregate(sum=Sum("quantity"))["sum"]
    sent = order.shipments.aggregate(sum=Sum("lines__quantity"))["sum"]
    waiting = order.shipments.filter(delivered_at__isnull=True).exclude(pk=arriving.pk).exists()
    return bool(ordered == sent) and not waiting


def _last_arrival(order: Order, moment: datetime) -> datetime:
    times = order.shipments.exclude(delivered_at=None).values_list("delivered_at", flat=True)
    return max((time for time in times if time is not None), default=moment)
