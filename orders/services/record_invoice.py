"""Recording the supplier's invoices."""

from __future__ import annotations

import datetime
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from orders.errors import AlreadyRecorded, TooMuch
from orders.models import Invoice, Order
from orders.services.checks import checked_amount, checked_text
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_invoiced
from orders.transitions import Action
from zcy import clock
from zcy.errors import DomainError
from zcy.money import ZERO

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def record_invoice(
    *, actor: Actor, number: str, invoice_number: str, date: datetime.date, amount: Decimal
) -> Invoice:
    """Record an invoice of the supplier (amount in yuan); together at most what was accepted.

    The same number, date and amount again change nothing.

    Raises:
        Missing, WrongState, NotAllowed, InvalidAmount. TooMuch: more than is accepted and not yet invoiced.
        AlreadyRecorded: the number is recorded with another date or amount.
    """
    order = locked_order(actor=actor, number=number)
    invoice_number = checked_text(invoice_number, most=40, field="invoice_number", needed=True)
    earlier = order.invoices.filter(number=invoice_number).first()
    if earlier is not None:
        if (earlier.date, earlier.amount) == (date, amount):
            return earlier
        raise AlreadyRecorded(_("An invoice of this number is recorded already."), field="invoice_number")
    state = allowed_state(order, Action.INVOICE, actor=actor)
    checked_amount(amount)
    if not clock.local_date(order.placed_at) - timedelta(days=365) <= date <= clock.today():
        raise DomainError(_("Enter the date of the invoice, not later than today."), field="date")
    left = order.accepted_total - (order.invoices.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    if amount > left:
        raise TooMuch(_("Only %(left)s yuan are left to be invoiced.") % {"left": left}, field="amount")
    invoice = Invoice.objects.create(
        order=order, number=invoice_number, date=date, amount=amount, recorded_by_id=actor.user_id
    )
    data = {"invoice": invoice.number, "date": date.isoformat(), "amount": str(amount)}
    take_step(order, Action.INVOICE, actor=actor, state=state, data=data)
    order_invoiced.send(sender=Order, order=order, actor=actor, invoice=invoice)
    return invoice
