"""The formulas of supervision-and-credit.md, section 1, as pure functions. Every number on a page comes from here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from statistics import median
from typing import Final, TypeVar

WINDOW_DAYS: Final = 90
# A MAD of normal data times this is their standard deviation.
MAD_TO_SIGMA: Final = 1.4826
# How many observations the category's own spread is worth.
SHRINKAGE: Final = 12
# Two per cent: a spread below that is rounding, not a market.
LEAST_SPREAD: Final = 0.02
# Fewer observations say too little about a price by themselves.
LEAST_OBSERVATIONS: Final = 8

Key = TypeVar("Key")


def mad(values: Sequence[float]) -> float:
    """The median absolute deviation from the median."""
    middle = median(values)
    return median(abs(value - middle) for value in values)


def quantile_r7(values: Sequence[float], share: float) -> float:
    """The quantile of Hyndman and Fan's type 7, as `percentile_cont` computes it.

    Raises:
        ValueError: there are no values.
    """
    return _quantile(values, (len(values) - 1) * share + 1)


def quantile_r8(values: Sequence[float], share: float) -> float:
    """The median-unbiased quantile of type 8, for the fences of rules.

    Raises:
        ValueError: there are no values.
    """
    return _quantile(values, (len(values) + 1 / 3) * share + 1 / 3)


def _quantile(values: Sequence[float], rank: float) -> float:
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = min(max(rank, 1.0), float(len(ordered)))
    below = math.floor(rank)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (rank - below) * (ordered[above - 1] - ordered[below - 1])


def supplier_medians(observations: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    """One observation per supplier (or group of related ones): the median of its lines."""
    lines: dict[Key, list[float]] = {}
    for supplier, value in observations:
        lines.setdefault(supplier, []).append(value)
    return {supplier: median(values) for supplier, values in lines.items()}


def robust_spread(n: int, deviation: float, category_sigma: float) -> float:
    """S with S² = (n·(1.4826·MAD)² + 12·σ²_category) / (n + 12): small groups lean on their category."""
    own = (MAD_TO_SIGMA * deviation) ** 2
    return math.sqrt((n * own + SHRINKAGE * category_sigma**2) / (n + SHRINKAGE))


def z_score(value: float, middle: float, spread: float) -> float:
    """How many spreads a value lies above the median; a spread counts as at least 0.02."""
    return (value - middle) / max(spread, LEAST_SPREAD)


def category_sigma(good_medians: Mapping[Key, Mapping[Key, float]]) -> float | None:
    """σ_category = 1.4826 × median of |a supplier's median − its good's median| over goods with ≥ 8 suppliers.

    Args:
        good_medians: good → supplier → median of its logarithms.

    Returns:
        None with fewer than 12 residuals.
    """
    residuals = [
        abs(value - median(suppliers.values()))
        for suppliers in good_medians.values()
        if len(suppliers) >= LEAST_OBSERVATIONS
        for value in suppliers.values()
    ]
    return MAD_TO_SIGMA * median(residuals) if len(residuals) >= SHRINKAGE else None


class Confidence(Enum):
    """How sure a range is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


def confidence(n: int, suppliers: int) -> Confidence:
    """High from 30 deals of 5 suppliers, medium from 8 deals of 3, low from 3 deals; below that there is no range."""
    if n >= 30 and suppliers >= 5:
        return Confidence.HIGH
    if n >= LEAST_OBSERVATIONS and suppliers >= 3:
        return Confidence.MEDIUM
    return Confidence.LOW if n >= 3 else Confidence.NONE


class Place(Enum):
    """Where a price stands towards the reasonable range."""

    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"
    UNKNOWN = "unknown"


def place_in_range(price: float, low: float, high: float) -> Place:
    """Below, inside or above; the ends belong to the range."""
    if price < low:
        return Place.BELOW
    return Place.ABOVE if price > high else Place.INSIDE


def share_at_or_below(values: Sequence[float], price: float) -> float:
    """The share (0–1) of deals at or below a price."""
    return sum(value <= price for value in values) / len(values) if values else 0.0
