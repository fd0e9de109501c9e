"""The supplier's answer to an order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.services import DealLine, record_deals
from orders.models import Order
from orders.services.budget import release
from orders.services.checks import checked_reason
from orders.services.steps import allowed_state, done_already, give_back_stock, locked_order, take_step
from orders.signals import order_confirmed, order_refused
from orders.transitions import Action
from zcy import clock
from zcy.errors import DomainError

if TYPE_CHECKING:
    from accounts.actor import Actor

LONGEST_PROMISE = timedelta(days=365)


@transaction.atomic
def confirm_order(*, actor: Actor, number: str, promised_on: date) -> Order:
    """Take an order and promise the day (local date) by which everything will have arrived.

    From now on its prices are deals that price panels and rules see.

    Raises:
        Missing, WrongState, NotAllowed. DomainError: the day is past or more than a year away.
    """
    order = locked_order(actor=actor, number=number)
    if done_already(order, Action.CONFIRM, actor=actor):
        return order
    state = allowed_state(order, Action.CONFIRM, actor=actor)
    if not clock.today() <= promised_on <= clock.today() + LONGEST_PROMISE:
        raise DomainError(_("Promise a day between today and a year from now."), field="promised_on")
    moment = clock.now()
    take_step(
        order,
        Action.CONFIRM,
        actor=actor,
        state=state,
        changes={"confirmed_at": moment, "promised_on": promised_on},
        data={"promised_on": promised_on.isoformat()},
    )
    record_deals(lines=_deals(order), confirmed_at=moment)
    order_confirmed.send(sender=Order, order=order, actor=actor)
    return order


def _deals(order: Order) -> list[DealLine]:
    return [
        DealLine(
            order_line_id=line.pk,
            order_id=order.pk,
            good_id=line.good_id,
            region_id=order.region_id,
            supplier_id=order.supplier_id,
            buyer_id=order.buyer_id,
            unit_price=line.unit_price,
            quantity=line.quantity,
            listing_id=line.listing_id,
            accessory=bool(line.accessory),
        )
        for line in order.lines.all()
    ]


@transaction.atomic
def refuse_order(*, actor: Actor, number: str, reason: str) -> Order:
    """Decline an order; the buyer gets the budget back, the listing its stock.

    Raises:
        ReasonNeeded, Missing, WrongState, NotAllowed.
    """
    reason = checked_reason(reason)
    order = locked_order(actor=actor, number=number)
    if done_already(order, Action.REFUSE, actor=actor):
        return order
    state = allowed_state(order, Action.REFUSE, actor=actor)
    changes = {"cancelled_at": clock.now(), "cancelled_by": "supplier", "cancel_reason": reason}
    take_step(order, Action.REFUSE, actor=actor, state=state, changes=changes, data={"reason": reason})
    release(order, order.total, actor=actor, key="refuse")
    give_back_stock(order)
    order_refused.send(sender=Order, order=order, actor=actor)
    return order
