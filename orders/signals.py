"""What orders announce, after the facts are in the transaction: a receiver that fails undoes the step.

Each signal is sent with `sender=Order`, `order` and `actor`; in addition as said here.
"""

from __future__ import annotations

from django.dispatch import Signal

order_submitted = Signal()  # answers: {advice key: reason}
order_approved = Signal()  # also an order within the limit, right after order_submitted
order_rejected = Signal()
order_confirmed = Signal()
order_refused = Signal()
order_cancelled = Signal()
order_shipped = Signal()  # shipment
order_delivered = Signal()  # everything has arrived
order_accepted = Signal()  # acceptance; also when the decision is partial or failed
order_invoiced = Signal()  # invoice
payment_requested = Signal()  # payment_request
order_paid = Signal()  # payment; the order is in state PAID when this was the last one
order_evaluated = Signal()  # evaluation
# Before any transaction of the order: what was shown to whom. actor, projected, advice, stage (cart, checkout, submit).
advice_given = Signal()
