"""Deductions and bonus points from the event ledger, as known at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import connection

from credit import formulas
from credit.models import CreditEvent, EventKind, Severity

# One lock of the database: who records an event holds it alone, who computes holds it with others, so that an event
# recorded before a snapshot's `known_at` is always in that snapshot.
EVENTS_LOCK: Final = 7_310_021


@dataclass
class SupplierEvents:
    """What counts of a supplier's events."""

    deductions: list[formulas.Points] = field(default_factory=list)
    bonus: list[formulas.Points] = field(default_factory=list)


def share_lock() -> None:
    """Wait until nobody is recording an event, and let nobody record one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [EVENTS_LOCK])


def own_lock() -> None:
    """Wait until nobody computes, and let nobody compute until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EVENTS_LOCK])


def load(suppliers: Sequence[int], known_at: datetime) -> dict[int, SupplierEvents]:
    """The events of suppliers, without those that were reversed: a reversed event has never happened."""
    rows = list(CreditEvent.objects.filter(supplier__in=suppliers, recorded_at__lte=known_at).order_by("id"))
    reversed_ids = {row.reversal_of_id for row in rows if row.kind == EventKind.REVERSAL}
    remedies = {
        row.reversal_of_id: row.effective_on
        for row in rows
        if row.kind == EventKind.REMEDY and row.pk not in reversed_ids
    }
    found: dict[int, SupplierEvents] = {}
    for row in rows:
        if row.pk in reversed_ids or row.kind not in (EventKind.DEDUCTION, EventKind.BONUS):
            continue
        points = _points(row, remedies.get(row.pk))
        events = found.setdefault(row.supplier_id, SupplierEvents())
        (events.deductions if row.kind == EventKind.DEDUCTION else events.bonus).append(points)
    return found


def _points(row: CreditEvent, remedied_on: date | None) -> formulas.Points:
    return formulas.Points(
        points=float(row.points),
        effective_on=row.effective_on,
        half_life_days=row.half_life_days,
        expires_on=row.expires_on,
        order_id=row.order_id,
        halved_from=remedied_on if row.severity == Severity.MINOR else None,
    )


def newest_ids(suppliers: Iterable[int], known_at: datetime) -> dict[int, int]:
    """The id of each supplier's newest event."""
    found: dict[int, int] = {}
    rows = CreditEvent.objects.filter(supplier__in=list(suppliers), recorded_at__lte=known_at)
    for supplier, event in rows.order_by("id").values_list("supplier_id", "id"):
        found[supplier] = event
    return found
