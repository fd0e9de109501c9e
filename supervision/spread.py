"""σ_category of every night: how far suppliers' prices stand from their goods' medians, as the price rules need it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any, Final, cast

from catalog.models import Category
from catalog.pricing.formulas import LEAST_OBSERVATIONS, MAD_TO_SIGMA, SHRINKAGE
from supervision.bulk import replace_rows
from supervision.models import CategorySpread
from supervision.peers import Line, Window, absolute_residuals, lines_by_night
from zcy.registries import NightContext

# Fewer residuals say nothing about a category's spread.
LEAST_RESIDUALS: Final = SHRINKAGE

Row = tuple[int, date, float, int, bool]


def run_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `rules_spread`."""
    return {"rows": refresh_spread(context.first, context.last)}


def refresh_spread(first: date, last: date) -> int:
    """Write the spread of every category for every night of a range."""
    return replace_rows(
        CategorySpread,
        key=("category_id", "night"),
        values=("sigma", "residuals", "from_top"),
        rows=spreads(first, last),
        scope="t.night BETWEEN %(first)s AND %(last)s",
        params={"first": first, "last": last},
    )


def spreads(first: date, last: date) -> Iterator[Row]:
    """(category, night, σ, residuals, from the top-level category), computed tree by tree.

    A good counts with at least 8 suppliers in the last 90 days (all tiers and bands; related suppliers are one).
    """
    tops: dict[str, dict[int, None]] = {}
    for category_id, top_code in Category.objects.order_by("id").values_list("id", "top_code"):
        tops.setdefault(top_code or f"#{category_id}", {})[category_id] = None
    for categories in tops.values():
        yield from _of_tree(list(categories), first, last)


def _of_tree(categories: list[int], first: date, last: date) -> Iterator[Row]:
    tree = _Tree()
    where = "AND o.category_id = ANY(%(categories)s)"
    for night, lines in lines_by_night(first, last, where=where, params={"categories": categories}):
        tree.move(night, lines)
        if night >= first:
            for category_id, (sigma, residuals, from_top) in tree.sigmas():
                yield category_id, night, sigma, residuals, from_top


class _Tree:
    """The goods of one top-level category, with their residuals kept up."""

    def __init__(self) -> None:
        self._window = Window(lambda line: [(line.category_id, line.good_id)])
        self._residuals: dict[int, dict[int, list[float]]] = {}
        self._known: dict[int, tuple[float, int] | None] = {}
        self._top: tuple[float, int] | None = None
        self._top_stale = True

    def move(self, night: date, lines: list[Line]) -> None:
        self._window.leave(night)
        for line in lines:
            self._window.enter(line)
        for key in self._window.changed:
            category_id, good_id = cast("tuple[int, int]", key)
            group = self._window.group(key)
            goods = self._residuals.setdefault(category_id, {})
            if group is not None and len(group.medians) >= LEAST_OBSERVATIONS:
                goods[good_id] = absolute_residuals(group)
            elif goods.pop(good_id, None) is None:
                continue
            self._known.pop(category_id, None)
            self._top_stale = True
        self._window.changed.clear()

    def sigmas(self) -> Iterator[tuple[int, tuple[float, int, bool]]]:
        for category_id, goods in self._residuals.items():
            if category_id not in self._known:
                self._known[category_id] = _sigma(goods.values())
            own = self._known[category_id]
            if own is not None:
                yield category_id, (*own, False)
            elif (top := self._of_top()) is not None:
                yield category_id, (*top, True)

    def _of_top(self) -> tuple[float, int] | None:
        if self._top_stale:
            self._top = _sigma(
                residuals for goods in self._residuals.values() for residuals in goods.values()
            )
            self._top_stale = False
        return self._top


def _sigma(residuals_by_good: Any) -> tuple[float, int] | None:
    residuals = [residual for residuals in residuals_by_good for residual in residuals]
    if len(residuals) < LEAST_RESIDUALS:
        return None
    return MAD_TO_SIGMA * median(residuals), len(residuals)
