"""Paying: frozen money becomes spent money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min, Sum
from django.utils.translation import gettext_lazy as _

from orders.errors import TooMuch
from orders.models import Order, Payment
from orders.services.budget import spend
from orders.services.checks import checked_amount, checked_key, checked_text, once_per_form
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_paid
from orders.transitions import Action, Facts
from zcy import clock
from zcy.money import ZERO

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def pay_order(
    *, actor: Actor, number: str, amount: Decimal, idempotency_key: str, reference: str = ""
) -> Payment:
    """Record a payment (yuan) of what was requested. The payment that completes the accepted amount ends the order.

    Raises:
        Missing, WrongState, NotAllowed, InvalidAmount. TooMuch: more than is requested and not yet paid.
        SentBefore: the same form with another amount or reference.
    """
    order = locked_order(actor=actor, number=number)
    key = f"{order.pk}:{checked_key(idempotency_key)}"
    earlier = Payment.objects.filter(idempotency_key=key).first()
    reference = checked_text(reference, most=60, field="reference")
    if earlier is not None:
        once_per_form(same=(earlier.amount, earlier.reference) == (amount, reference))
        return earlier
    allowed_state(order, Action.PAY, actor=actor)
    checked_amount(amount)
    asked = order.payment_requests.aggregate(sum=Sum("amount"), due_on=Min("due_on"))
    paid = order.payments.aggregate(sum=Sum("amount"))["sum"] or ZERO
    left = (asked["sum"] or ZERO) - paid
    if amount > left:
        raise TooMuch(
            _("Only %(left)s yuan are requested and not yet paid.") % {"left": left}, field="amount"
        )
    complete = paid + amount == order.accepted_total
    state = allowed_state(order, Action.PAY, actor=actor, facts=Facts(everything_paid=complete))
    payment = Payment.objects.create(
        order=order,
        at=clock.now(),
        amount=amount,
        due_on=asked["due_on"],
        prepaid=False,
        reference=reference,
        paid_by_id=actor.user_id,
        idempotency_key=key,
    )
    changes: dict[str, Any] = {"paid_at": payment.at} if complete else {}
    data = {"amount": str(amount), "reference": payment.reference}
    take_step(order, Action.PAY, actor=actor, state=state, changes=changes, data=data)
    spend(order, amount, actor=actor, key=f"pay:{payment.pk}")
    order_paid.send(sender=Order, order=order, actor=actor, payment=payment)
    return payment
