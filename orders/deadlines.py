"""Who must act next on an order, and by when: pure functions of an order and its region's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from orders.states import State
from orders.transitions import Action
from zcy import clock, workdays

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from orders.models import Order
    from orders.settings import OrderSettings


class Party(Enum):
    """Whose turn it is."""

    APPROVER = "approver"
    SUPPLIER = "supplier"
    RECEIVER = "receiver"
    ACCEPTOR = "acceptor"
    FINANCE = "finance"
    NOBODY = "nobody"


@dataclass(frozen=True)
class NextStep:
    """Who does what by which local date; `provisional` where days off of that year are not announced yet."""

    party: Party
    action: Action | None
    text: str | _StrPromise
    due_on: date | None = None
    overdue: bool = False
    provisional: bool = False


WORDS: Final[dict[str, tuple[Party, Action | None, _StrPromise]]] = {
    State.SUBMITTED: (Party.APPROVER, Action.APPROVE, _("An approver of the unit decides about the order.")),
    State.APPROVED: (Party.SUPPLIER, Action.CONFIRM, _("The supplier confirms the order or refuses it.")),
    State.CONFIRMED: (Party.SUPPLIER, Action.SHIP, _("The supplier ships the goods.")),
    State.SHIPPED: (Party.SUPPLIER, Action.DELIVER, _("The goods arrive, and the unit signs for them.")),
    State.DELIVERED: (
        Party.ACCEPTOR,
        Action.ACCEPT,
        _("Somebody other than the purchaser accepts the goods."),
    ),
    State.ACCEPTED: (Party.SUPPLIER, Action.INVOICE, _("The supplier's invoice is recorded.")),
    State.INVOICED: (Party.SUPPLIER, Action.REQUEST_PAYMENT, _("The supplier requests the payment.")),
    State.PAYMENT_REQUESTED: (Party.FINANCE, Action.PAY, _("The unit's finance people pay.")),
    State.PAID: (Party.NOBODY, None, _("The order is paid.")),
    State.REJECTED: (Party.NOBODY, None, _("The order was not approved.")),
    State.REFUSED: (Party.NOBODY, None, _("The supplier refused the order.")),
    State.CANCELLED: (Party.NOBODY, None, _("The order was cancelled.")),
    State.FAILED: (Party.NOBODY, None, _("Nothing of the order was accepted.")),
}


def next_step(order: Order, settings: OrderSettings) -> NextStep:
    """Who acts next. Time limits count in working days but for the promise and the payment (calendar dates)."""
    party, action, text = WORDS[order.state]
    due = due_on(order, settings)
    return NextStep(
        party=party,
        action=action,
        text=text,
        due_on=due,
        overdue=due is not None and due < clock.today(),
        provisional=due is not None and workdays.is_provisional(due),
    )


def due_on(order: Order, settings: OrderSettings) -> date | None:
    """The last day for the next step; None where none is set."""
    if order.state == State.SUBMITTED:
        return workdays.add(order.placed_at, settings.approval_days)
    if order.state == State.APPROVED:
        return workdays.add(order.approved_at or order.placed_at, settings.confirmation_days)
    if order.state in {State.CONFIRMED, State.SHIPPED}:
        return order.promised_on
    if order.state == State.DELIVERED and order.delivered_at is not None:
        return workdays.add(order.delivered_at, settings.acceptance_days)
    if order.state == State.PAYMENT_REQUESTED and order.accepted_at is not None:
        days = int(order.terms.get("payment_days", settings.payment_days))
        return clock.local_date(order.accepted_at) + timedelta(days=days)
    return None
