"""The read side: what the credit page shows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Abs

from credit import formulas, grading
from credit.models import (
    Component,
    CreditEvent,
    CreditModelVersion,
    CreditObservation,
    CreditSnapshot,
    GradeChange,
)
from credit.nightly import sums

# The order that "what would raise it" supposes.
EXAMPLE_YUAN: Final = 10_000
HISTORY_MONTHS: Final = 24
CHART: Final = (640, 200)


@dataclass(frozen=True)
class Row:
    """A component on the page: points now, where everyone starts, what the supplier's own orders moved."""

    name: str
    label: str
    weight: Decimal
    points: Decimal
    start: Decimal
    value: Decimal
    count: int
    since: Decimal | None
    text: str = ""


@dataclass(frozen=True)
class Raise:
    """What one more order done well would add."""

    label: str
    gain: float


def latest(supplier_id: int) -> CreditSnapshot | None:
    """The newest snapshot of a supplier."""
    rows = CreditSnapshot.objects.filter(supplier_id=supplier_id).select_related("model_version")
    return rows.order_by("-as_of", "-revision").first()


def history(supplier_id: int, until: date) -> list[CreditSnapshot]:
    """Snapshots of month ends and of the last night, oldest first."""
    begin = until - timedelta(days=31 * HISTORY_MONTHS)
    rows = CreditSnapshot.objects.filter(supplier_id=supplier_id, as_of__gt=begin, as_of__lte=until)
    days = [*grading.month_ends(begin, until), until]
    return list(rows.filter(as_of__in=days).newest().defer("parts", "model_version"))


def last_month(snapshot: CreditSnapshot) -> CreditSnapshot | None:
    """The snapshot of the month's end before."""
    day = snapshot.as_of.replace(day=1) - timedelta(days=1)
    return (
        CreditSnapshot.objects.filter(supplier_id=snapshot.supplier_id, as_of=day)
        .order_by("-revision")
        .first()
    )


def components(snapshot: CreditSnapshot, before: CreditSnapshot | None) -> list[Row]:
    """The components of a score, heaviest first."""
    old = before.parts if before else {}
    rows = []
    for name, part in sorted(snapshot.parts.items(), key=lambda item: -item[1]["weight"]):
        points = _four(part["points"])
        rows.append(
            Row(
                name=name,
                label=str(Component(name).label),
                weight=_four(part["weight"]),
                points=points,
                start=_four(part["start"]),
                value=_four(part["moved"]),
                count=part["count"],
                since=points - _four(old[name]["points"]) if name in old else None,
            )
        )
    return rows


def raises(snapshot: CreditSnapshot) -> list[Raise]:
    """Best first: what the next order of a new buyer, done perfectly, would add to each component."""
    constants = snapshot.model_version.numbers
    found = []
    for name, part in snapshot.parts.items():
        weight = min(formulas.amount_weight(EXAMPLE_YUAN), part["cap"] or constants.prior_mass)
        gain = part["weight"] * weight * (1 - part["mean"]) / (part["mass"] + weight + constants.prior_mass)
        found.append(Raise(str(Component(name).label), gain))
    return sorted(found, key=lambda item: -item.gain)


def contributions(snapshot: CreditSnapshot) -> QuerySet[CreditObservation, Any]:
    """Each order's contribution to the newest score, as annotation `points`; `size` is its amount without sign."""
    version: CreditModelVersion = snapshot.model_version
    newer = CreditObservation.objects.filter(
        Q(effective_on__gt=OuterRef("effective_on"))
        | Q(effective_on=OuterRef("effective_on"), id__gt=OuterRef("id")),
        order_id=OuterRef("order_id"),
        component=OuterRef("component"),
        effective_on__lte=snapshot.as_of,
        reversal_of=None,
    ).filter(~Exists(CreditObservation.objects.filter(reversal_of=OuterRef("id"))))
    sql, params = _points_sql(snapshot, version)
    points = RawSQL(sql, params, output_field=DecimalField(max_digits=8, decimal_places=4))  # noqa: S611 - all are parameters
    return (
        CreditObservation.objects.filter(
            supplier_id=snapshot.supplier_id,
            component__in=list(snapshot.parts),
            effective_on__lte=snapshot.as_of,
            reversal_of=None,
            value__isnull=False,
        )
        .filter(~Exists(CreditObservation.objects.filter(reversal_of=OuterRef("id"))), ~Exists(newer))
        .annotate(points=points, size=Abs("points"))
        .select_related("order")
    )


def _points_sql(snapshot: CreditSnapshot, version: CreditModelVersion) -> tuple[str, list[Any]]:
    """Points of an observation: w·ω·(x − p)/(Σω + m), from the snapshot's terms and the buyer's carried sum."""
    constants = version.numbers
    values = ", ".join(["(%s::varchar, %s::float8, %s::float8, %s::float8)"] * len(snapshot.parts))
    params: list[Any] = []
    for name, part in snapshot.parts.items():
        params += [name, part["weight"] / (part["mass"] + constants.prior_mass), part["prior"], part["cap"]]
    fade = formulas.decay((snapshot.as_of - sums.EPOCH).days, constants.half_life_days)
    sql = f"""(SELECT round((t.factor * (o.value::float8 - t.prior)
            * power(2::float8, (o.occurred_on - %s::date) / %s::float8)
            * least(3, 1 + log(1 + o.amount::float8 / 10000))
            * least(1, t.cap / nullif(s.weight::float8 * %s::float8, 0)))::numeric, 4)
        FROM (VALUES {values}) AS t (component, factor, prior, cap)
        CROSS JOIN (SELECT credit_creditobservation.*) o
        LEFT JOIN credit_creditsum s ON s.supplier_id = o.supplier_id AND s.component = o.component
            AND s.buyer_id = o.buyer_id
        WHERE t.component = o.component)"""
    return sql, [snapshot.as_of, constants.half_life_days, fade, *params]


def events_of(supplier_id: int, limit: int = 50) -> Sequence[CreditEvent]:
    """The newest events of a supplier's ledger."""
    return list(CreditEvent.objects.filter(supplier_id=supplier_id).select_related("reversal_of")[:limit])


def changes_of(supplier_id: int, limit: int = 24) -> Sequence[GradeChange]:
    """The newest changes of the grade."""
    return list(GradeChange.objects.filter(supplier_id=supplier_id)[:limit])


@dataclass(frozen=True)
class Point:
    """A night of the history chart, in picture coordinates."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Chart:
    """The history as the template draws it."""

    width: int
    height: int
    points: Sequence[Point]
    line: str
    band: str
    # (y, score) of the horizontal lines.
    levels: Sequence[tuple[float, int]]
    first: date
    last: date


def chart(rows: Sequence[CreditSnapshot]) -> Chart | None:
    """The score with its interval over time; None with fewer than two nights."""
    if len(rows) < 2:
        return None
    width, height = CHART
    floor = max(0, int(min(float(row.lower) for row in rows)) // 10 * 10)
    days = (rows[-1].as_of - rows[0].as_of).days
    left, top, bottom = 32, 8, height - 24

    def x_of(row: CreditSnapshot) -> float:
        return round(left + (width - left - 8) * (row.as_of - rows[0].as_of).days / days, 1)

    def y_of(score: float) -> float:
        return round(bottom - (bottom - top) * (score - floor) / (100 - floor), 1)

    points = [
        Point(x_of(row), y_of(float(row.score)), y_of(float(row.lower)), y_of(float(row.upper)))
        for row in rows
    ]
    upper = [f"{point.x},{point.high}" for point in points]
    lower = [f"{point.x},{point.low}" for point in reversed(points)]
    return Chart(
        width=width,
        height=height,
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        band=" ".join(upper + lower),
        levels=[(y_of(level), level) for level in range(floor, 101, 10 if floor >= 50 else 20)],
        first=rows[0].as_of,
        last=rows[-1].as_of,
    )


def _four(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
