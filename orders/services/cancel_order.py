"""Ending an order before anything of it was shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from catalog.services import withdraw_deals
from orders.models import Order
from orders.services.budget import release
from orders.services.checks import checked_reason
from orders.services.steps import allowed_state, done_already, give_back_stock, locked_order, take_step
from orders.signals import order_cancelled
from orders.transitions import Action
from zcy import clock
from zcy.documents import CANCELLED, withdraw_documents

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def cancel_order(*, actor: Actor, number: str, reason: str) -> Order:
    """Cancel: the buyer until the order is shipped, the supplier between confirming and shipping.

    Stock and budget go back, its prices are no deals any more, and its contract is no longer in force.

    Raises:
        ReasonNeeded, Missing, WrongState, NotAllowed.
    """
    reason = checked_reason(reason)
    order = locked_order(actor=actor, number=number)
    if done_already(order, Action.CANCEL, actor=actor):
        return order
    state = allowed_state(order, Action.CANCEL, actor=actor)
    side = "buyer" if actor.organisation_id == order.buyer_id else "supplier"
    confirmed = order.confirmed_at is not None
    moment = clock.now()
    changes = {"cancelled_at": moment, "cancelled_by": side, "cancel_reason": reason}
    take_step(
        order, Action.CANCEL, actor=actor, state=state, changes=changes, data={"reason": reason, "by": side}
    )
    release(order, order.total, actor=actor, key="cancel")
    give_back_stock(order)
    if confirmed:
        withdraw_deals(order_ids=[order.pk], at=moment)
        withdraw_documents(order, reason=CANCELLED)
    order_cancelled.send(sender=Order, order=order, actor=actor)
    return order
