"""Draws from the distributions that the market is made of."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

#: No honest price strays further than this many scale units; a tail beyond it would be an offence.
CLIP = 3.4


def heavy(rng: random.Random, deviation: float) -> float:
    """A Student t with four degrees of freedom, scaled to a standard deviation, cut at ±CLIP units."""
    chi = -2.0 * math.log((1.0 - rng.random()) * (1.0 - rng.random()))
    value = rng.gauss(0.0, 1.0) / math.sqrt(chi / 4.0)
    return max(-CLIP, min(CLIP, value)) * deviation / math.sqrt(2.0)


def count_around(rng: random.Random, middle: float, spread: float = 0.7) -> int:
    """A whole number ≥ 1 with log-normal spread around `middle`."""
    return max(1, round(middle * math.exp(rng.gauss(0.0, spread))))


def zipf_weights(number: int, exponent: float) -> list[float]:
    """1, 1/2^s, 1/3^s …"""
    return [1.0 / rank**exponent for rank in range(1, number + 1)]


class Wheel:
    """Draws indexes in proportion to weights."""

    __slots__ = ("bounds", "total")

    def __init__(self, weights: Sequence[float]) -> None:
        self.bounds = list(accumulate(weights))
        self.total = self.bounds[-1]

    def draw(self, rng: random.Random) -> int:
        """One index."""
        return min(bisect(self.bounds, rng.random() * self.total), len(self.bounds) - 1)
