"""Deadlines of a warning's steps, in working days, and what happens when they pass."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from supervision.models import Suppression, Warning, WarningEvent
from supervision.vocabulary import WarningState
from zcy import clock, workdays

DAYS_TO_ASSIGN: Final = 3
DAYS_TO_EXPLAIN: Final = 5
DAYS_TO_VERIFY: Final = 10


def assign_by(start: datetime) -> datetime:
    """The end of the third working day after the warning was raised."""
    return clock.end_of(workdays.add(start, DAYS_TO_ASSIGN))


def explain_by(start: datetime) -> datetime:
    """The end of the fifth working day after the question."""
    return clock.end_of(workdays.add(start, DAYS_TO_EXPLAIN))


def verify_by(start: datetime) -> datetime:
    """The end of the tenth working day after assignment or explanation."""
    return clock.end_of(workdays.add(start, DAYS_TO_VERIFY))


def escalate_overdue() -> int:
    """Hand warnings whose step is overdue to the supervision leads; returns how many."""
    now = clock.now()
    with transaction.atomic():
        overdue = list(
            Warning.objects.select_for_update(skip_locked=True)
            .filter(due_at__lt=now)
            .exclude(state__in=[WarningState.ESCALATED, WarningState.VERIFIED, WarningState.CLOSED])
        )
        events = [
            WarningEvent(
                warning=w,
                action="escalated",
                from_state=w.state,
                to_state=WarningState.ESCALATED,
                data={"overdue": w.due_at.isoformat() if w.due_at else ""},
            )
            for w in overdue
        ]
        Warning.objects.filter(pk__in=[w.pk for w in overdue]).update(
            state=WarningState.ESCALATED, due_at=verify_by(now)
        )
        WarningEvent.objects.bulk_create(events)
    return len(overdue)


def lift_suppressions() -> int:
    """Wake warnings whose suppression has ended, or whose value has worsened by more than 10%; returns how many."""
    now, today = clock.now(), clock.today()
    woken = 0
    with transaction.atomic():
        asleep = Warning.objects.select_for_update().filter(state=WarningState.SUPPRESSED)
        standing = {
            (s.rule_id, s.subject_key): s
            for s in Suppression.objects.filter(lifted_at__isnull=True, to_day__gte=today)
        }
        for warning in asleep:
            silence = standing.get((warning.rule_id, warning.subject_key))
            if silence is not None and warning.value <= silence.value * 1.1:
                continue
            warning.state = WarningState.OPEN
            warning.due_at = None if warning.historic or warning.unit_error else assign_by(now)
            warning.save(update_fields=["state", "due_at"])
            reason = "worse" if silence is not None else "ended"
            WarningEvent.objects.create(
                warning=warning,
                action="suppression_lifted",
                from_state="suppressed",
                to_state="open",
                data={"why": reason},
            )
            if silence is not None:
                silence.lifted_at = now
                silence.save(update_fields=["lifted_at"])
            woken += 1
    return woken
