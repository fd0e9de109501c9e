"""Points that an upheld finding takes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from credit import formulas
from credit.models import CreditEvent, EventKind, Severity
from credit.nightly import events, notices, scoring
from zcy import audit, clock, workdays

if TYPE_CHECKING:
    from accounts.actor import Actor

# "Notice before effect": working days between the decision and the day from which it counts.
NOTICE_DAYS: Final = 3


def record_deduction(
    *,
    actor: Actor | None,
    supplier_id: int,
    severity: str,
    source: str,
    reason: str,
    order_id: int | None = None,
    expires_on: date | None = None,
) -> CreditEvent:
    """Write an upheld finding into the ledger; it counts after the notice, and tells the supplier.

    Args:
        actor: who upheld it; None for the system.
        supplier_id: whose credit it lowers.
        severity: an empty one counts as general.
        source: where the finding stands, such as `warning:12`; the same source is recorded once per supplier.
        reason: the grounds, shown to the supplier.
        order_id: of several findings about one order only the largest counts.
        expires_on: the legal expiry, where the decision names one.
    """
    degree = Severity(severity or Severity.GENERAL)
    tariff = formulas.TARIFFS[degree]
    effective = workdays.add(clock.today(), NOTICE_DAYS)
    with transaction.atomic():
        events.own_lock()
        event, created = CreditEvent.objects.get_or_create(
            key=f"{source}:{supplier_id}",
            defaults=written(
                actor,
                supplier_id=supplier_id,
                kind=EventKind.DEDUCTION,
                severity=degree,
                source=source,
                reason=reason[:300],
                order_id=order_id,
                points=tariff.points,
                half_life_days=tariff.half_life_days,
                effective_on=effective,
                expires_on=expires_on or _years_after(effective, tariff.years),
            ),
        )
        if created:
            audit.record(actor=actor, action="credit_event.recorded", subject=event, data={"source": source})
            notices.tell_of_event(event)
        return event


def mark_remedied(*, actor: Actor | None, event: CreditEvent, on: date) -> CreditEvent:
    """Note that a minor finding was remedied in time: from that day it counts half."""
    with transaction.atomic():
        events.own_lock()
        remedy, _created = CreditEvent.objects.get_or_create(
            key=f"remedy:{event.pk}",
            defaults=written(
                actor,
                supplier_id=event.supplier_id,
                kind=EventKind.REMEDY,
                source=event.source,
                reason=event.reason,
                effective_on=on,
                reversal_of=event,
            ),
        )
        return remedy


def written(actor: Actor | None, **fields: Any) -> dict[str, Any]:
    """An event's columns with who and when; to be called with the events' lock held."""
    return {
        **fields,
        "recorded_at": clock.now(),
        "recorded_by_id": actor.user_id if actor else None,
        "model_version": scoring.version_of(clock.today()),
    }


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
