"""An appeal that succeeds: the event has never happened, for that supplier, given the stored priors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from credit.errors import AlreadyReversed, ReasonMissing
from credit.models import CreditEvent, EventKind
from credit.nightly import events, snapshots
from credit.services.record_event import written
from zcy import audit
from zcy.errors import Missing

if TYPE_CHECKING:
    from accounts.actor import Actor


def reverse_event(*, actor: Actor | None, event_id: int, reason: str) -> CreditEvent:
    """Add a reversal and new revisions of the supplier's snapshots from the event's date on; old ones stay.

    Raises:
        Missing, ReasonMissing, AlreadyReversed.
    """
    reason = reason.strip()
    if not 10 <= len(reason) <= 300:
        raise ReasonMissing(field="reason")
    with transaction.atomic():
        events.own_lock()
        event = CreditEvent.objects.exclude(kind=EventKind.REVERSAL).filter(pk=event_id).first()
        if event is None:
            raise Missing
        if CreditEvent.objects.filter(reversal_of=event, kind=EventKind.REVERSAL).exists():
            raise AlreadyReversed
        reversal = CreditEvent.objects.create(
            key=f"reversal:{event.pk}",
            **written(
                actor,
                supplier_id=event.supplier_id,
                kind=EventKind.REVERSAL,
                source=event.source,
                reason=reason,
                order_id=event.order_id,
                effective_on=event.effective_on,
                reversal_of=event,
            ),
        )
        audit.record(actor=actor, action="credit_event.reversed", subject=event, data={"reason": reason})
        snapshots.revise(event.supplier_id)
        return reversal
