"""How own deals and goods like it make one expectation: the formulas of docs/prices/how-a-reasonable-price-is-reached."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from catalog.pricing.formulas import SHRINKAGE
from catalog.pricing.shrinkage import blend

# Own deals in a year: goods of one class err in the same way.
CLASSES: Final = (1, 3, 8, 30, 120)
LEAST_SPREAD: Final = 0.01
# How many deals the parent's tails are worth.
TAIL_WORTH: Final = 40
# Quantiles of a standard normal: what stands in until any deal could be held against its expectation.
NORMAL: Final = (-1.2816, 0.0, 1.2816)
Tail = tuple[float, float, float]


def class_of(n: int) -> int:
    """0 without deals, then 1–2, 3–7, 8–29, 30–119, 120 and more."""
    return bisect_right(CLASSES, n)


def expected(
    *,
    own: float | None,
    weight: float,
    own_spread: float | None,
    prior: float | None,
    prior_spread: float | None,
    within: float,
) -> tuple[float, float] | None:
    """Level and spread of the next deal, as logarithms; None where nothing is known.

    Level: own and expected ones weighed by their precision, within²/weight against prior_spread².
    Spread²: that of deals of the good, S² = (w·own² + 12·within²) / (w + 12), and that of the level itself.
    """
    precision = weight / within**2 if own is not None else 0.0
    other = 1 / prior_spread**2 if prior is not None and prior_spread else 0.0
    if precision + other == 0:
        return None
    level = ((own or 0.0) * precision + (prior or 0.0) * other) / (precision + other)
    scatter = within**2
    if own is not None:
        scatter = (weight * (own_spread or 0.0) ** 2 + SHRINKAGE * within**2) / (weight + SHRINKAGE)
    return level, max(math.sqrt(scatter + 1 / (precision + other)), LEAST_SPREAD)


def tails(
    rows: Sequence[tuple[int | None, int | None, int, Sequence[float]]],
) -> dict[int | None, dict[int, Tail]]:
    """Tails for each category (None: all) and class, cells with few deals leaning on the whole.

    Args:
        rows: category or None, class or None, number of deals, their three quantiles; None stands for all.
    """
    cells: Mapping[tuple[int | None, int | None], tuple[int, Sequence[float]]] = {
        (category, number): (n, quantiles) for category, number, n, quantiles in rows if n
    }
    n_all, whole = cells.get((None, None), (0, NORMAL))
    whole = [blend(q, n_all, normal, TAIL_WORTH) for q, normal in zip(whole, NORMAL, strict=True)]
    found: dict[int | None, dict[int, Tail]] = {None: {}}
    for category in {category for category, _number in cells} | {None}:
        n_category, middle = cells.get((category, None), (0, whole))
        for number in range(len(CLASSES) + 1):
            n_class, general = cells.get((None, number), (0, whole))
            n, own = cells.get((category, number), (0, whole)) if category is not None else (0, whole)
            values = []
            for i in range(3):
                parent = blend(general[i], n_class, whole[i], TAIL_WORTH)
                if category is not None:
                    parent += n_category / (n_category + TAIL_WORTH) * (middle[i] - whole[i])
                values.append(blend(own[i], n, parent, TAIL_WORTH))
            low, centre, high = sorted(values)
            found.setdefault(category, {})[number] = (low, centre, high)
    return found
