"""Split orders.

Subject: buyer and category, on the night of placed_at of the completing order. Orders of one buyer, category and
method, whose method has a ceiling T and that have no inquiry, each < T; placed within the last 30 days; orders of one
contract are one unit (sum, first date). Flagged with at least 2 units and a sum ≥ T; plans do not exempt. Severity 3
where one supplier got all of it and the sum is ≥ 1.5 T.

The category of an order is that with the largest amount of its lines; T is the ceiling of the nearest region with any
row for the method, for the most special category. A further order within the window belongs to the running episode; a
night on which the subject is clear ends it. An order cancelled by the end of the night is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from types import SimpleNamespace
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.ceilings import Ceilings
from supervision.rules.base import Finding, Parameters, Rule, RuleContext, Tally, parameter
from supervision.rules.sql import fetch, local
from supervision.vocabulary import Dimension, Outcome, SubjectKind
from zcy.clock import end_of, start_of
from zcy.formats import money

# All orders of the subjects that have an event in the nights: an episode may have begun before them.
_SQL: Final = f"""
    SELECT o.id, o.buyer_id, b.region_id AS buyer_region_id, o.category_id, o.method, o.region_id, o.supplier_id,
           o.contract, o.total, {local("o.placed_at")} AS placed_on, {local("o.cancelled_at")} AS cancelled_on
      FROM orders_order o JOIN accounts_organisation b ON b.id = o.buyer_id
     WHERE o.inquiry_id IS NULL AND o.placed_at < %(end)s AND b.region_id = ANY(%(regions)s) AND {{subjects}}
     ORDER BY o.buyer_id, o.category_id, o.placed_at, o.id
"""
_WITH_EVENTS: Final = """(o.buyer_id, o.category_id) IN (
    SELECT DISTINCT e.buyer_id, e.category_id FROM orders_order e
     WHERE e.placed_at >= %(start)s AND e.placed_at < %(end)s AND e.inquiry_id IS NULL AND e.category_id IS NOT NULL)"""
_ONLY: Final = (
    "(o.buyer_id, o.category_id) IN (SELECT * FROM unnest(%(buyers)s::bigint[], %(categories)s::bigint[]))"
)
_NO_CATEGORY: Final = f"""
    SELECT {local("o.placed_at")} AS night, b.region_id, count(*) AS count, sum(o.total) AS total
      FROM orders_order o JOIN accounts_organisation b ON b.id = o.buyer_id
     WHERE o.category_id IS NULL AND o.inquiry_id IS NULL AND b.region_id = ANY(%(regions)s)
       AND o.placed_at >= %(start)s AND o.placed_at < %(end)s
     GROUP BY 1, 2
"""


@dataclass(frozen=True)
class SplitOrdersParameters(Parameters):
    window_days: int = parameter(30, unit="d", label=_("days that count together"), tighter="up")
    least_units: int = parameter(2, unit="", label=_("orders or contracts"), tighter="down")
    severe_ratio: float = parameter(
        1.5, unit="× T", label=_("multiple of the ceiling that is serious"), tighter="down"
    )


@dataclass(frozen=True)
class Bought:
    """An order as this rule sees it; ceiling in yuan, None where its method has none."""

    id: int
    supplier_id: int
    contract: str
    total: Decimal
    placed_on: date
    ceiling: Decimal | None
    cancelled_on: date | None = None


@dataclass
class Unit:
    """An order, or all orders of one contract."""

    first: date
    total: Decimal = Decimal(0)
    orders: list[Bought] = field(default_factory=list)


@dataclass(frozen=True)
class Together:
    """What counts together on a night: the units and the ceiling of the latest order."""

    units: Sequence[Unit]
    ceiling: Decimal

    @property
    def total(self) -> Decimal:
        return sum((unit.total for unit in self.units), Decimal(0))

    @property
    def suppliers(self) -> frozenset[int]:
        return frozenset(order.supplier_id for unit in self.units for order in unit.orders)

    def is_flagged(self, limits: SplitOrdersParameters) -> bool:
        return len(self.units) >= limits.least_units and self.total >= self.ceiling

    def severity(self, limits: SplitOrdersParameters) -> int:
        serious = self.total >= self.ceiling * Decimal(str(limits.severe_ratio))
        return 3 if serious and len(self.suppliers) == 1 else 2


def together(orders: Iterable[Bought], night: date, limits: SplitOrdersParameters) -> Together | None:
    """What one buyer's orders of a category and method amount to on a night; None if none of them is an event of it.

    Args:
        orders: in the order of placing.
        night: local date; orders placed on it are the event.
        limits: the parameters in force.
    """
    units: dict[str, Unit] = {}
    for order in orders:
        if order.placed_on > night or (order.cancelled_on is not None and order.cancelled_on <= night):
            continue
        if order.ceiling is None or order.total >= order.ceiling:
            continue
        key = order.contract and f"contract {order.contract}"
        unit = units.setdefault(key or f"order {order.id}", Unit(order.placed_on))
        unit.total += order.total
        unit.orders.append(order)
    since = night - timedelta(days=limits.window_days)
    counted = [unit for unit in units.values() if since < unit.first]
    latest = [order for unit in counted for order in unit.orders if order.placed_on == night]
    if not latest:
        return None
    return Together(counted, latest[-1].ceiling or Decimal(0))


@dataclass
class _Episode:
    first: date
    last: date
    nights: int
    found: Together
    method: str


class SplitOrders(Rule):
    slug = "split-orders"
    dimension = Dimension.BEHAVIOUR
    subject_kind = SubjectKind.BUYER
    title = _("Split orders")
    description = _("Several orders below the ceiling of a method that together reach it.")
    legal_basis = _("Implementing Regulations of the Government Procurement Law, article 28")
    parameters = SplitOrdersParameters
    unit = "¥"
    shards = 2
    counts_flagged = True

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        ceilings = Ceilings()
        params = {
            "start": start_of(context.first),
            "end": end_of(context.last),
            "regions": sorted({region for regime in context.regimes for region in regime.regions}),
            "buyers": [subject[0] for subject in context.only or ()],
            "categories": [subject[1] for subject in context.only or ()],
        }
        sql = _SQL.format(subjects=_WITH_EVENTS if context.only is None else _ONLY)
        for _subject, rows in groupby(fetch(sql, params), key=lambda row: (row.buyer_id, row.category_id)):
            yield from _of_subject(context, list(rows), ceilings)
        if context.only is None:
            for row in fetch(_NO_CATEGORY, params):
                yield Tally(
                    row.night, row.region_id, Outcome.NOT_EVALUABLE, row.total, "no_category", row.count
                )

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        return gettext(
            "%(units)s orders within %(days)s days add up to %(total)s; the ceiling is %(ceiling)s."
        ) % {
            "units": len(evidence["units"]),
            "days": evidence["window_days"],
            "total": money(evidence["total"]),
            "ceiling": money(evidence["ceiling"]),
        }

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        parts = " + ".join(money(unit["total"]) for unit in evidence["units"])
        return [
            (
                gettext("each < T"),
                f"{gettext('largest')} {money(evidence['largest'])} < {money(evidence['ceiling'])}",
            ),
            ("Σ ≥ T", f"{parts} = {money(evidence['total'])} ≥ {money(evidence['ceiling'])}"),
            (gettext("suppliers"), str(len(evidence["suppliers"]))),
        ]


def _of_subject(
    context: RuleContext, rows: list[SimpleNamespace], ceilings: Ceilings
) -> Iterator[Finding | Tally]:
    """All nights of one buyer and category up to the last, as episodes; tallies only for the context's nights."""
    head = rows[0]
    by_method: dict[str, list[Bought]] = {}
    for row in rows:
        ceiling = ceilings.of(row.region_id, row.method, row.category_id)
        by_method.setdefault(row.method, []).append(
            Bought(row.id, row.supplier_id, row.contract, row.total, row.placed_on, ceiling, row.cancelled_on)
        )
    running: _Episode | None = None
    for night in sorted({row.placed_on for row in rows}):
        limits: SplitOrdersParameters = context.regimes.at(head.buyer_region_id, night).parameters
        found = {method: together(orders, night, limits) for method, orders in by_method.items()}
        flagged = {m: t for m, t in found.items() if t is not None and t.is_flagged(limits)}
        if context.within(night):
            yield from _tallies(head, rows, by_method, night, bool(flagged))
        if flagged:
            method, worst = max(
                flagged.items(),
                key=lambda item: (
                    (item[1].total / item[1].ceiling, item[0]) if item[1].ceiling else (Decimal(0), item[0])
                ),
            )
            if running is not None and (night - running.last).days < limits.window_days:
                running.last, running.nights = night, running.nights + 1
                running.found, running.method = worst, method
                continue
            if running is not None:
                yield from _finding(context, head, running)
            running = _Episode(night, night, 1, worst, method)
        elif running is not None and any(found.values()):
            yield from _finding(context, head, running)
            running = None
    if running is not None:
        yield from _finding(context, head, running)


def _tallies(
    head: SimpleNamespace,
    rows: list[SimpleNamespace],
    by_method: Mapping[str, list[Bought]],
    night: date,
    flagged: bool,
) -> Iterator[Tally]:
    """A subject counts once a night, with what it ordered that night."""
    placed = [row for row in rows if row.placed_on == night and (row.cancelled_on or date.max) > night]
    if not placed:
        return
    without = {order.id for orders in by_method.values() for order in orders if order.ceiling is None}
    covered = sum((row.total for row in placed if row.id not in without), Decimal(0))
    missing = sum((row.total for row in placed if row.id in without), Decimal(0))
    outcome = Outcome.FLAGGED if flagged else Outcome.CLEAR
    if any(row.id not in without for row in placed) or flagged:
        yield Tally(night, head.buyer_region_id, outcome, covered)
        if missing:
            yield Tally(night, head.buyer_region_id, Outcome.NOT_EVALUABLE, missing, "no_ceiling", count=0)
    else:
        yield Tally(night, head.buyer_region_id, Outcome.NOT_EVALUABLE, missing, "no_ceiling")


def _finding(context: RuleContext, head: SimpleNamespace, episode: _Episode) -> Iterator[Finding]:
    if not (context.only is not None or context.within(episode.last)):
        return
    regime = context.regimes.at(head.buyer_region_id, episode.first)
    limits: SplitOrdersParameters = context.regimes.at(head.buyer_region_id, episode.last).parameters
    found = episode.found
    suppliers = sorted(found.suppliers)
    yield Finding(
        subject_kind=SubjectKind.BUYER,
        subject=(head.buyer_id, head.category_id),
        night=episode.first,
        last_night=episode.last,
        nights=episode.nights,
        region_id=head.buyer_region_id,
        version_id=regime.version_id,
        severity=found.severity(limits),
        value=float(found.total),
        threshold=float(found.ceiling),
        at_stake=found.total,
        sample_size=len(found.units),
        evidence={
            "method": episode.method,
            "window_days": limits.window_days,
            "total": str(found.total),
            "ceiling": str(found.ceiling),
            "largest": str(max(order.total for unit in found.units for order in unit.orders)),
            "suppliers": suppliers,
            "units": [
                {
                    "first": unit.first.isoformat(),
                    "total": str(unit.total),
                    "contract": unit.orders[0].contract,
                    "orders": [order.id for order in unit.orders],
                }
                for unit in sorted(found.units, key=lambda unit: unit.first)
            ],
        },
        buyer_id=head.buyer_id,
        supplier_id=suppliers[0] if len(suppliers) == 1 else None,
        category_id=head.category_id,
        names_category=True,
    )
