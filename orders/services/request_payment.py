"""The supplier asks for its money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from orders.errors import TooMuch
from orders.models import Order, PaymentRequest
from orders.services.checks import checked_amount, checked_key, once_per_form
from orders.services.steps import allowed_state, locked_order, take_step
from orders.settings import DEFAULT_PAYMENT_DAYS
from orders.signals import payment_requested
from orders.transitions import Action
from zcy import clock
from zcy.money import ZERO

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def request_payment(*, actor: Actor, number: str, amount: Decimal, idempotency_key: str) -> PaymentRequest:
    """Ask for a part or all of what is invoiced (yuan). Due as agreed in the order, counted from the acceptance.

    Raises:
        Missing, WrongState, NotAllowed, InvalidAmount. TooMuch: more than is invoiced and not yet requested.
        SentBefore: the same form with another amount.
    """
    order = locked_order(actor=actor, number=number)
    key = f"{order.pk}:{checked_key(idempotency_key)}"
    earlier = PaymentRequest.objects.filter(idempotency_key=key).first()
    if earlier is not None:
        once_per_form(same=earlier.amount == amount)
        return earlier
    state = allowed_state(order, Action.REQUEST_PAYMENT, actor=actor)
    checked_amount(amount)
    invoiced = order.invoices.aggregate(sum=Sum("amount"))["sum"] or ZERO
    left = invoiced - (order.payment_requests.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    if amount > left:
        raise TooMuch(
            _("Only %(left)s yuan are invoiced and not yet requested.") % {"left": left}, field="amount"
        )
    days = int(order.terms.get("payment_days", DEFAULT_PAYMENT_DAYS))
    due_on = clock.local_date(order.accepted_at or clock.now()) + timedelta(days=days)
    request = PaymentRequest.objects.create(
        order=order, amount=amount, due_on=due_on, requested_by_id=actor.user_id, idempotency_key=key
    )
    data = {"amount": str(amount), "due_on": due_on.isoformat()}
    take_step(order, Action.REQUEST_PAYMENT, actor=actor, state=state, data=data)
    payment_requested.send(sender=Order, order=order, actor=actor, payment_request=request)
    return request
