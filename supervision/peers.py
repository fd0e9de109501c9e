"""Peer groups of prices that slide over the nights: one pass over the observations serves a gap of any length.

Every line enters on the date of its confirmation and leaves 90 days later, or on the date on which its order was
cancelled; so the group of night d holds d − 90 < date ≤ d. A catch-up reads each line once instead of once a night.

A line that was refused whole at acceptance is withdrawn from what buyers are shown as paid, and stays here: its price was
agreed, and a supplier of bad goods does not empty the group it is compared with.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from catalog.pricing.formulas import WINDOW_DAYS
from zcy.clock import end_of, start_of

_OBSERVATIONS: Final = """
    SELECT o.order_id, o.order_line_id, o.good_id, o.category_id, o.spec_hash, o.tier, o.quantity_band,
           coalesce(s.related_group, s.id), o.supplier_id, o.buyer_id, o.region_id, o.unit_price, o.pack_size, o.x,
           o.accessory, round(o.unit_price * o.quantity, 2), o.quantity, o.confirmed_on,
           -- Asked only of what was withdrawn: by far the most was not.
           CASE WHEN o.withdrawn_at IS NOT NULL THEN (
                SELECT (c.cancelled_at AT TIME ZONE 'Asia/Shanghai')::date FROM orders_order c WHERE c.id = o.order_id
           ) END
      FROM catalog_priceobservation o JOIN accounts_organisation s ON s.id = o.supplier_id {joins}
     WHERE o.confirmed_at >= %(start)s AND o.confirmed_at < %(end)s {where}
     ORDER BY o.confirmed_on, o.order_id, o.order_line_id
"""


class Line(NamedTuple):
    """One line of a confirmed order. x = ln(unit price ÷ pack size); amounts in yuan."""

    order_id: int
    line_id: int
    good_id: int
    category_id: int
    spec_hash: str
    tier: int
    band: int
    # Related suppliers are one.
    group: int
    supplier_id: int
    buyer_id: int
    region_id: int
    unit_price: Decimal
    pack_size: Decimal
    x: float | None
    accessory: bool
    amount: Decimal
    quantity: Decimal
    confirmed_on: date
    cancelled_on: date | None


class Peer(NamedTuple):
    """The observation of one supplier (or group): the median of its lines."""

    group: int
    x: float
    line_ids: tuple[int, ...]


class PeerGroup:
    """Lines of comparable deals by supplier, with the median of each supplier kept up."""

    __slots__ = ("_lines", "medians")

    def __init__(self) -> None:
        self._lines: dict[int, list[tuple[float, int]]] = {}
        self.medians: dict[int, float] = {}

    def add(self, supplier: int, x: float, line_id: int) -> None:
        """A line enters the window."""
        lines = self._lines.setdefault(supplier, [])
        insort(lines, (x, line_id))
        self.medians[supplier] = _middle(lines)

    def remove(self, supplier: int, x: float, line_id: int) -> None:
        """A line leaves the window."""
        lines = self._lines[supplier]
        del lines[bisect_left(lines, (x, line_id))]
        if lines:
            self.medians[supplier] = _middle(lines)
        else:
            del self._lines[supplier], self.medians[supplier]

    def others(self, supplier: int) -> list[float]:
        """The observations of all other suppliers."""
        return [x for other, x in self.medians.items() if other != supplier]

    def peers(self, supplier: int) -> list[Peer]:
        """The same with the rows behind them, from the cheapest."""
        found = [
            Peer(other, self.medians[other], tuple(line for _x, line in lines))
            for other, lines in self._lines.items()
            if other != supplier
        ]
        return sorted(found, key=lambda peer: (peer.x, peer.group))


def _middle(lines: list[tuple[float, int]]) -> float:
    half = len(lines) // 2
    return lines[half][0] if len(lines) % 2 else (lines[half - 1][0] + lines[half][0]) / 2


class Window:
    """Peer groups by key, moved on from night to night."""

    def __init__(
        self,
        keys: Callable[[Line], Iterable[Hashable]],
        *,
        wanted: Callable[[Hashable], bool] | None = None,
        days: int = WINDOW_DAYS,
    ) -> None:
        self._keys = keys
        self._wanted = wanted
        self._days = days
        self._groups: dict[Hashable, PeerGroup] = {}
        self._leaving: dict[date, list[tuple[Hashable, int, float, int]]] = {}
        # Keys whose groups have changed since somebody last emptied the set.
        self.changed: set[Hashable] = set()

    def group(self, key: Hashable) -> PeerGroup | None:
        return self._groups.get(key)

    def leave(self, night: date) -> None:
        """Let go of what is no longer in the window of this night; to be called for every night in turn."""
        for key, supplier, x, line_id in self._leaving.pop(night, ()):
            group = self._groups[key]
            group.remove(supplier, x, line_id)
            if not group.medians:
                del self._groups[key]
            self.changed.add(key)

    def enter(self, line: Line) -> None:
        """Take in a line on the night of its confirmation, unless its order was cancelled by that night."""
        if line.x is None:
            return
        leaves = line.confirmed_on + timedelta(days=self._days)
        if line.cancelled_on is not None:
            leaves = min(leaves, line.cancelled_on)
        if leaves <= line.confirmed_on:
            return
        for key in self._keys(line):
            if self._wanted is not None and not self._wanted(key):
                continue
            self._groups.setdefault(key, PeerGroup()).add(line.group, line.x, line.line_id)
            self._leaving.setdefault(leaves, []).append((key, line.group, line.x, line.line_id))
            self.changed.add(key)


def lines_by_night(
    first: date,
    last: date,
    *,
    days: int = WINDOW_DAYS,
    where: str = "",
    joins: str = "",
    params: dict[str, Any] | None = None,
) -> Iterator[tuple[date, list[Line]]]:
    """Every night from the beginning of the first one's window, with the lines confirmed on it; in constant memory."""
    beginning = first - timedelta(days=days - 1)
    values = {"start": start_of(beginning), "end": end_of(last), **(params or {})}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_OBSERVATIONS.format(where=where, joins=joins), values)
        night = beginning
        for day, rows in groupby(map(Line._make, cursor), key=lambda line: line.confirmed_on):
            while night < day:
                yield night, []
                night += timedelta(days=1)
            yield day, list(rows)
            night = day + timedelta(days=1)
        while night <= last:
            yield night, []
            night += timedelta(days=1)


def peer_keys(line: Line) -> list[Hashable]:
    """The two groups of a line: its good, and goods of its category with the same whole specification."""
    return [good_key(line), *([spec_key(line)] if line.spec_hash else [])]


def good_key(line: Line) -> Hashable:
    """The same good, tier and quantity band."""
    return ("good", line.good_id, line.tier, line.band)


def spec_key(line: Line) -> Hashable:
    """The same category, whole specification, tier and quantity band."""
    return ("spec", line.category_id, line.spec_hash, line.tier, line.band)


def absolute_residuals(group: PeerGroup) -> list[float]:
    """|a supplier's median − its good's median| for every supplier of a good."""
    values = list(group.medians.values())
    middle = median(values)
    return [abs(value - middle) for value in values]
