"""The formulas of the credit score, pure and to the letter of the published definition (docs/credit/credit.md).

Floats are IEEE doubles; sums arrive here already exact and independent of order (credit/nightly/sums.py), so that
the same facts give the same digits on every run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

# Component → (weight of the full model, prior where nothing at all is known).
COMPONENTS: Final[Mapping[str, tuple[int, float]]] = {
    "on_time": (25, 0.90),
    "first_acceptance": (20, 0.95),
    "evaluations": (15, 0.85),
    "fulfilled": (10, 0.97),
    "complaints": (10, 0.98),
    "returns": (10, 0.97),
    "price_discipline": (5, 0.90),
    "response": (5, 0.85),
}


@dataclass(frozen=True)
class Constants:
    """The numbers of one model version; days, shares and points as named."""

    half_life_days: float = 180
    # m: how many observations' worth the prior weighs.
    prior_mass: float = 10
    # The same for a prior against the level above it.
    prior_of_prior_mass: float = 20
    largest_buyer_share: float = 0.25
    interval_z: float = 1.645
    bonus_limit: float = 5
    # A supplier falls only when the score is lower than its grade's bound by more than this.
    fall_margin: float = 2
    fall_notice_working_days: int = 3
    provisional_below: float = 5
    aaa_number: float = 30
    aa_number: float = 15
    # A gate once passed is lost only below this share of it.
    gate_kept_share: float = 0.8


@dataclass(frozen=True)
class Terms:
    """What the observations of a component add up to: Σω, Σωx, the effective number, the cap C, how many."""

    mass: float = 0.0
    good: float = 0.0
    number: float = 0.0
    cap: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class Part:
    """One component of a score: its weight in points, prior, mean and what they are made of."""

    weight: float
    prior: float
    mean: float
    terms: Terms

    @property
    def points(self) -> float:
        """w·q."""
        return self.weight * self.mean

    @property
    def start(self) -> float:
        """w·p: where everyone like the supplier starts."""
        return self.weight * self.prior


@dataclass(frozen=True)
class Score:
    """A supplier's score on one night with everything that it consists of."""

    score: float
    lower: float
    upper: float
    raw: float
    bonus: float
    deductions: float
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def limit(self) -> float:
        """What the bounds 0 and 100 add to the sum of the contributions."""
        return min(100.0, max(0.0, self.raw)) - self.raw


@dataclass(frozen=True)
class Points:
    """A deduction or a bonus as of a night: what it was worth at first, and how it fades."""

    points: float
    effective_on: date
    half_life_days: float | None = None
    # The first day on which it no longer counts.
    expires_on: date | None = None
    # Only the largest about one order counts; None is about no order.
    order_id: int | None = None
    # From this day a remedied minor event counts half.
    halved_from: date | None = None


@dataclass(frozen=True)
class Tariff:
    """What a severity costs: points, half-life in days (None: no decay), years until it expires."""

    points: int
    half_life_days: int | None
    years: int


TARIFFS: Final[Mapping[str, Tariff]] = {
    "minor": Tariff(2, 180, 2),
    "general": Tariff(5, 365, 2),
    "major": Tariff(15, 365, 3),
    # Until its legal expiry: three years unless the decision says otherwise.
    "serious": Tariff(50, None, 3),
}


def weights(model: Mapping[str, float]) -> dict[str, float]:
    """Points per component: those of a version in proportion, so that they add up to 100."""
    total = sum(model.values())
    return {name: 100 * weight / total for name, weight in model.items()}


def decay(days: float, half_life: float = 180) -> float:
    """Decay: d = 2^(−days/half-life)."""
    return float(2.0 ** (-days / half_life))


def amount_weight(yuan: float) -> float:
    """Weight of an amount in yuan: a = min(3, 1 + log₁₀(1 + ¥/10⁴)); an amount below zero counts as none."""
    return min(3.0, 1 + math.log10(1 + max(0.0, yuan) / 10_000))


def cap(sums: Sequence[float], prior_mass: float = 10, share: float = 0.25) -> float:
    """C of C = share · (m + Σ min(W, C)): the most that one buyer may weigh, so that it has no more than its share.

    With the j largest capped, C = (m + Σ of the others)/(1/share − j); the first j whose next sum fits is the one.
    """
    largest = sorted(sums, reverse=True)
    rest = math.fsum(largest)
    slots = 1 / share
    for j in range(math.ceil(slots)):
        bound = (prior_mass + rest) / (slots - j)
        if j >= len(largest) or largest[j] <= bound:
            return bound
        rest -= largest[j]
    raise ValueError(f"no cap for a share of {share}")


def mean(terms: Terms, prior: float, prior_mass: float = 10) -> float:
    """Mean of a component: q = (Σωx + m·p)/(Σω + m)."""
    return (terms.good + prior_mass * prior) / (terms.mass + prior_mass)


def shrunken_prior(sums: Iterable[tuple[float, float]], above: float, constants: Constants) -> float:
    """Prior of a group: p = (Σωx + 20·p_above)/(Σω + 20) over its suppliers' (Σda, Σdax), each capped like a buyer."""
    rows = [(weight, good) for weight, good in sums if weight > 0]
    bound = cap([weight for weight, _ in rows], constants.prior_mass, constants.largest_buyer_share)
    mass = math.fsum(min(weight, bound) for weight, _ in rows)
    total = math.fsum(good * min(1.0, bound / weight) for weight, good in rows)
    return (total + constants.prior_of_prior_mass * above) / (mass + constants.prior_of_prior_mass)


def effective_number(weight: float, squares: float) -> float:
    """Effective number: n = (Σda)²/Σda²: an old order is a part of an order."""
    return weight * weight / squares if squares > 0 else 0.0


def variance(terms: Terms, q: float, prior_mass: float = 10) -> float:
    """Variance of a mean: v = q̃(1 − q̃)/(N + 3) with N = n + m and q̃ = (N·q + 1)/(N + 2)."""
    size = terms.number + prior_mass
    smoothed = (size * q + 1) / (size + 2)
    return smoothed * (1 - smoothed) / (size + 3)


def worth(event: Points, day: date) -> float:
    """What is left of an event's points on a day."""
    if day < event.effective_on or (event.expires_on is not None and day >= event.expires_on):
        return 0.0
    left = event.points
    if event.half_life_days is not None:
        left *= decay((day - event.effective_on).days, event.half_life_days)
    if event.halved_from is not None and event.halved_from <= day:
        left /= 2
    return left


def deductions(events: Iterable[Points], day: date) -> float:
    """All deductions of a day; of several about one order only the largest."""
    alone: list[float] = []
    by_order: dict[int, float] = {}
    for event in events:
        left = worth(event, day)
        if event.order_id is None:
            alone.append(left)
        else:
            by_order[event.order_id] = max(by_order.get(event.order_id, 0.0), left)
    return math.fsum([*alone, *by_order.values()])


def bonus(events: Iterable[Points], day: date, constants: Constants) -> float:
    """All bonus points of a day, at most the limit."""
    return min(constants.bonus_limit, math.fsum(worth(event, day) for event in events))


def clip(value: float) -> float:
    """Within 0 and 100."""
    return min(100.0, max(0.0, value))


def score(
    terms: Mapping[str, Terms],
    priors: Mapping[str, float],
    points: Mapping[str, float],
    constants: Constants,
    *,
    bonus_points: float = 0.0,
    deducted: float = 0.0,
) -> Score:
    """The score with its 90% interval: raw = Σ w·q + bonus − deductions, ∓ z·√(Σ w²v).

    Args:
        terms: sums of the observations by component; a component that is missing has q = p.
        priors: p by component.
        points: w by component, adding up to 100.
        constants: those of the model version.
        bonus_points: all bonus points of the night.
        deducted: all deductions of the night.
    """
    parts: dict[str, Part] = {}
    squares: list[float] = []
    for name, weight in points.items():
        found = terms.get(name) or Terms()
        q = mean(found, priors[name], constants.prior_mass)
        parts[name] = Part(weight, priors[name], q, found)
        squares.append(weight * weight * variance(found, q, constants.prior_mass))
    raw = math.fsum([*(part.points for part in parts.values()), bonus_points, -deducted])
    half = constants.interval_z * math.sqrt(math.fsum(squares))
    return Score(
        score=round_half_up(clip(raw), 2),
        lower=clip(raw - half),
        upper=clip(raw + half),
        raw=raw,
        bonus=bonus_points,
        deductions=deducted,
        parts=parts,
    )


def round_half_up(value: float, places: int) -> float:
    """Rounded as people do; a double that stands for x.xx5 but lies a hair below it goes up too."""
    scale = 10.0**places
    return math.floor(round(value * scale, 6) + 0.5) / scale


def ranking_factor(lower: float) -> float:
    """0.90–1.10 for listings in search: 1 at a lower bound of 80, a tenth more or less for 20 points."""
    return min(1.10, max(0.90, 1 + (lower - 80) / 200))


def deposit_rate(grade: str) -> float:
    """Share of the usual performance deposit."""
    return {"AAA": 0.0, "AA": 0.0, "A": 0.5}.get(grade, 1.0)
