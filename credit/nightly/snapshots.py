"""Writes a night: snapshots, changes of grade, the standing that others read, and how far each supplier has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, Min

from accounts.models import SupplierStanding
from credit import formulas, grading
from credit.models import (
    CreditEvent,
    CreditModelVersion,
    CreditObservation,
    CreditSnapshot,
    CreditState,
    GradeChange,
)
from credit.nightly import contributions, events, notices, scoring, sums
from zcy import clock

CHUNK: Final = 500


@dataclass
class Batch:
    """Some suppliers on the way to a night."""

    suppliers: Sequence[int]
    last: date
    known_at: datetime
    version: CreditModelVersion
    states: Mapping[int, CreditState]
    # Nights to be computed for each supplier besides the last one.
    days: dict[date, set[int]] = field(default_factory=dict)
    # Already computed for a later night: only a missing snapshot is added, the standing stays.
    ahead: frozenset[int] = frozenset()

    @property
    def seen(self) -> int:
        """Rows of the observation ledger up to this id are known to all of them."""
        known = [self.states[s].observation_id if s in self.states else 0 for s in self.suppliers]
        return min(known, default=0)


@dataclass(frozen=True)
class Watermark:
    """Up to which rows of the ledgers a computation knows everything."""

    observation: int
    event: int

    @classmethod
    def now(cls, last: date) -> Watermark:
        """Read before anything is computed; a row of a later night, and all after it, are looked at again."""
        newest = CreditObservation.objects.aggregate(id=Max("id"))["id"] or 0
        later = CreditObservation.objects.filter(effective_on__gt=last).aggregate(id=Min("id"))["id"]
        event = CreditEvent.objects.aggregate(id=Max("id"))["id"] or 0
        later_event = CreditEvent.objects.filter(effective_on__gt=last).aggregate(id=Min("id"))["id"]
        return cls(
            newest if later is None else min(newest, later - 1),
            event if later_event is None else min(event, later_event - 1),
        )


def run(suppliers: Sequence[int], last: date) -> Counter[str]:
    """Compute suppliers up to a night, some hundred in a transaction; done ones stay done when it is interrupted."""
    figures: Counter[str] = Counter()
    for start in range(0, len(suppliers), CHUNK):
        with transaction.atomic():
            figures += compute(suppliers[start : start + CHUNK], last)
    return figures


def compute(suppliers: Sequence[int], last: date) -> Counter[str]:
    """Compute suppliers up to a night in the caller's transaction; a second time changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
    events.share_lock()
    known_at = clock.now()
    mark = Watermark.now(last)
    states = CreditState.objects.in_bulk(suppliers)
    ahead = frozenset(supplier for supplier, state in states.items() if state.as_of > last)
    batch = Batch(suppliers, last, known_at, scoring.version_of(last), states, ahead=ahead)
    current = [supplier for supplier in suppliers if supplier not in ahead]
    _plan(batch)
    with connection.cursor() as cursor:
        sums.refresh_sums(cursor, batch.version.numbers, last, known_at, current, batch.seen)
    wanted: dict[date, list[int]] = {day: sorted(found) for day, found in batch.days.items()}
    scores = scoring.score_days({last: current, **wanted}, batch.version, known_at, carried=last)
    if ahead:
        scores[last].update(scoring.score_days({last: sorted(ahead)}, batch.version, known_at)[last])
    graded, changes = _grade(batch, scores)
    inserted = _insert(batch, graded)
    _record_changes(batch, changes)
    _stand(batch, current, graded[last])
    _advance(batch, current, mark)
    gap = any(
        supplier not in states or states[supplier].as_of < last - timedelta(days=1) for supplier in current
    )
    if grading.is_month_end(last) or gap:
        contributions.store([row for row in inserted if row.as_of == last], batch.version, known_at)
    return Counter(rows=len(inserted), suppliers=len(suppliers))


def revise(supplier: int) -> int:
    """Add revisions of a supplier's snapshots where what is known now gives something else; returns how many."""
    state = CreditState.objects.filter(pk=supplier).first()
    return compute([supplier], state.as_of)["rows"] if state else 0


def _plan(batch: Batch) -> None:
    """Month ends that were passed without a run, and nights of which more has become known since."""
    first_rows = dict(
        CreditObservation.objects.filter(
            supplier__in=[supplier for supplier in batch.suppliers if supplier not in batch.states]
        )
        .values_list("supplier")
        .annotate(day=Min("effective_on"))
    )
    for supplier in batch.suppliers:
        if supplier in batch.ahead:
            continue
        state = batch.states.get(supplier)
        first = first_rows.get(supplier)
        after = state.as_of if state else first - timedelta(days=1) if first else batch.last
        for day in grading.month_ends(after, batch.last):
            if day != batch.last:
                batch.days.setdefault(day, set()).add(supplier)
    late = _late(batch)
    existing = CreditSnapshot.objects.filter(supplier__in=late).values_list("supplier_id", "as_of").distinct()
    for supplier, day in existing:
        if late[supplier] <= day < batch.last:
            batch.days.setdefault(day, set()).add(supplier)
    for supplier, since in late.items():
        for day in grading.month_ends(since - timedelta(days=1), batch.last - timedelta(days=1)):
            batch.days.setdefault(day, set()).add(supplier)


def _late(batch: Batch) -> dict[int, date]:
    """From which night on a supplier's past looks different: facts and events recorded after it was computed."""
    found: dict[int, date] = {}
    with connection.cursor() as cursor:
        for table, column in (
            ("credit_creditobservation", "observation_id"),
            ("credit_creditevent", "event_id"),
        ):
            cursor.execute(
                f"""SELECT l.supplier_id, min(l.effective_on) FROM {table} l
                JOIN credit_creditstate s ON s.supplier_id = l.supplier_id AND l.id > s.{column}
                WHERE l.supplier_id = ANY(%s) AND l.effective_on <= s.as_of AND l.id > %s GROUP BY 1""",
                [list(batch.suppliers), batch.seen if column == "observation_id" else 0],
            )
            for supplier, day in cursor.fetchall():
                if supplier not in batch.ahead:
                    found[supplier] = min(day, found.get(supplier, day))
    return found


def _grade(
    batch: Batch, scores: scoring.Scores
) -> tuple[dict[date, dict[int, scoring.Graded]], dict[int, list[grading.Change]]]:
    """Grades of all computed nights; month ends that are not computed anew are read from their snapshots."""
    closings = _stored_closings(batch)
    for day in scores:
        if grading.is_month_end(day):
            for supplier, evaluated in scores[day].items():
                closings.setdefault(supplier, {})[day] = evaluated.closing
    ladder = scoring.ladder(batch.suppliers, batch.version, min(scores))
    graded: dict[date, dict[int, scoring.Graded]] = {}
    changes: dict[int, list[grading.Change]] = {}
    for day in sorted(scores):
        graded[day] = {}
        for supplier, evaluated in scores[day].items():
            held, moves = ladder.history(supplier, closings.get(supplier, {}), day)
            graded[day][supplier] = ladder.grade(held, evaluated)
            if day == batch.last and supplier not in batch.ahead:
                changes[supplier] = moves
    return graded, changes


def _stored_closings(batch: Batch) -> dict[int, dict[date, grading.Closing]]:
    found: dict[int, dict[date, grading.Closing]] = {}
    begin = CreditSnapshot.objects.aggregate(day=Min("as_of"))["day"]
    if begin is None:
        return found
    days = list(grading.month_ends(begin - timedelta(days=1), batch.last - timedelta(days=1)))
    rows = CreditSnapshot.objects.filter(supplier__in=batch.suppliers, as_of__in=days)
    for supplier, day, score, number, observed in (
        rows.order_by("supplier_id", "as_of", "revision")
        .values_list("supplier_id", "as_of", "score", "effective_n", "observed")
        .iterator()
    ):
        found.setdefault(supplier, {})[day] = grading.Closing(float(score), float(number), observed)
    return found


FIELDS: Final = (
    "score",
    "lower",
    "upper",
    "grade",
    "provisional",
    "effective_n",
    "observed",
    "parts",
    "bonus",
    "deductions",
    "limit",
    "model_version_id",
)


def _insert(batch: Batch, graded: Mapping[date, Mapping[int, scoring.Graded]]) -> list[CreditSnapshot]:
    """Insert what is not there yet; what is there and differs gets a further revision."""
    known: dict[tuple[int, date], CreditSnapshot] = {}
    days = list(graded)
    for row in CreditSnapshot.objects.filter(supplier__in=batch.suppliers, as_of__in=days).newest():
        known[row.supplier_id, row.as_of] = row
    rows: list[CreditSnapshot] = []
    for day, suppliers in graded.items():
        for supplier, result in suppliers.items():
            fields: dict[str, Any] = {**result.fields(), "model_version_id": batch.version.pk}
            before = known.get((supplier, day))
            if before and all(getattr(before, name) == fields[name] for name in FIELDS):
                continue
            revision = before.revision + 1 if before else 1
            rows.append(
                CreditSnapshot(
                    supplier_id=supplier, as_of=day, revision=revision, known_at=batch.known_at, **fields
                )
            )
    return CreditSnapshot.objects.bulk_create(rows, batch_size=1000)


def _record_changes(batch: Batch, changes: Mapping[int, Sequence[grading.Change]]) -> None:
    known = set(
        GradeChange.objects.filter(supplier__in=batch.suppliers).values_list(
            "supplier_id", "decided_on", "after"
        )
    )
    rows = [
        GradeChange(
            supplier_id=supplier,
            decided_on=move.decided_on,
            effective_on=move.effective_on,
            before=move.before,
            after=move.after,
            reason=move.reason,
        )
        for supplier, moves in changes.items()
        for move in moves
        if (supplier, move.decided_on, move.after) not in known
    ]
    GradeChange.objects.bulk_create(rows, ignore_conflicts=True)
    notices.announce([row for row in rows if row.decided_on >= batch.last - notices.NEWS])


def _stand(batch: Batch, suppliers: Iterable[int], graded: Mapping[int, scoring.Graded]) -> None:
    """Write what the layers below read."""
    rows: list[SupplierStanding] = []
    for supplier in suppliers:
        result = graded[supplier]
        score = result.evaluated.score
        rows.append(
            SupplierStanding(
                supplier_id=supplier,
                grade=result.grade,
                provisional=result.provisional,
                score=f"{score.score:.2f}",
                ranking_factor=f"{formulas.ranking_factor(score.lower):.3f}",
                deposit_rate=f"{formulas.deposit_rate(result.grade):.2f}",
                as_of=batch.last,
            )
        )
    SupplierStanding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["supplier"],
        update_fields=["grade", "provisional", "score", "ranking_factor", "deposit_rate", "as_of"],
        batch_size=1000,
    )


def _advance(batch: Batch, suppliers: Sequence[int], mark: Watermark) -> None:
    CreditState.objects.bulk_create(
        [
            CreditState(
                supplier_id=supplier,
                as_of=batch.last,
                observation_id=mark.observation,
                event_id=mark.event,
            )
            for supplier in suppliers
        ],
        update_conflicts=True,
        unique_fields=["supplier"],
        update_fields=["as_of", "observation_id", "event_id"],
    )
