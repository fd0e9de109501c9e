"""The prices of one offer over time as steps: coordinates that the server draws, so that the page needs no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from zcy.formats import local, short_money

WIDTH: Final = 400
HEIGHT: Final = 116
LEFT: Final = 72
RIGHT: Final = 12
TOP: Final = 12
BOTTOM: Final = 88
# The label of a level stands clear of the one below it.
LEAST_GAP: Final = 14


@dataclass(frozen=True)
class Level:
    """A price that the axis names."""

    y: float
    text: str


@dataclass(frozen=True)
class StepChart:
    """All that the template draws; `points` is the line, from left to right."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    points: str
    # (x, y, what it says) of each change.
    dots: Sequence[tuple[float, float, str]]
    levels: Sequence[Level]
    begins: str
    ends: str


def step_chart(steps: Sequence[tuple[datetime, Decimal]], end: datetime) -> StepChart | None:
    """Lay the steps out.

    Args:
        steps: (from when, price in yuan), the oldest first; the first says since when its price is known to hold.
        end: until when the last price holds.

    Returns:
        None where there is nothing to draw.
    """
    if not steps:
        return None
    begin = steps[0][0]
    end = max(end, steps[-1][0])
    prices = [price for _at, price in steps]
    lowest, highest = min(prices), max(prices)
    across = max((end - begin).total_seconds(), 1.0)

    def x_of(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - begin).total_seconds() / across, 1)

    def y_of(price: Decimal) -> float:
        if highest == lowest:
            return (TOP + BOTTOM) / 2
        return round(BOTTOM - 8 - (BOTTOM - 8 - TOP) * float((price - lowest) / (highest - lowest)), 1)

    points: list[tuple[float, float]] = []
    for at, price in steps:
        if points:
            points.append((x_of(at), points[-1][1]))
        points.append((x_of(at), y_of(price)))
    points.append((x_of(end), points[-1][1]))
    return StepChart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=BOTTOM,
        points=" ".join(f"{x},{y}" for x, y in points),
        dots=[(x_of(at), y_of(price), f"{_day(at)}: {short_money(price)}") for at, price in steps[1:]],
        levels=_levels({lowest, highest, prices[-1]}, y_of),
        begins=_day(begin),
        ends=_day(end),
    )


def _levels(prices: set[Decimal], y_of: Callable[[Decimal], float]) -> list[Level]:
    """The highest, the lowest and the last price, as far as their labels do not meet."""
    found: list[Level] = []
    ordered = sorted(prices)
    # Both ends first: the last price gives way to them.
    for price in [ordered[0], ordered[-1], *ordered[1:-1]]:
        y = y_of(price)
        if all(abs(level.y - y) >= LEAST_GAP for level in found):
            found.append(Level(y, short_money(price)))
    return found


def _day(at: datetime) -> str:
    return local(at)[:10]
