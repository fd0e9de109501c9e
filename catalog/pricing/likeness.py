"""What goods without deals of their own may cost: from the attributes of their category, and from equivalent goods.

A good's level = what its attributes tell (ridge regression) + what its equivalents share + what is its own. Each good's
expectation is made without that good, so that its own deals are not counted twice.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from catalog.pricing.formulas import MAD_TO_SIGMA
from catalog.pricing.shrinkage import Features, between_equivalents, blend, predicted, ridge

# A trait that fewer goods have says more about these goods than about the trait.
LEAST_GOODS: Final = 3
MOST_FEATURES: Final = 48
# How many goods the spread of all categories is worth in one category.
WORTH: Final = 5
LEAST_SPREAD: Final = 0.02
BASE: Final = ""


@dataclass(frozen=True)
class Priced:
    """A good with the level of its own deals, if it has any; `weight` is their effective number."""

    id: int
    brand: int | None
    spec: Mapping[str, Any]
    equivalence: str
    n: int
    own: float | None
    weight: float
    own_spread: float | None


@dataclass(frozen=True)
class Expectation:
    """What goods like it tell of a good's level."""

    level: float
    spread: float
    equivalents: int


@dataclass
class Likeness:
    """What a category's goods have in common."""

    effects: dict[str, float] = field(default_factory=dict)
    # attribute → mean and standard deviation of the logarithms of its values.
    centres: dict[str, tuple[float, float]] = field(default_factory=dict)
    between: float = 0.0
    among_equivalents: float = 0.0
    explained: float = 0.0

    @property
    def base(self) -> float | None:
        return self.effects.get(BASE)

    def features(self, brand: int | None, spec: Mapping[str, Any]) -> Features:
        """The features of a good as the regression reads them."""
        found = traits(brand, spec)
        for key, (mean, deviation) in self.centres.items():
            if (number := _positive(spec.get(key))) is not None:
                found[f"ln:{key}"] = (math.log(number) - mean) / deviation
        return found

    def tell(self, brand: int | None, spec: Mapping[str, Any]) -> float | None:
        """The level that the attributes tell; None in a category that knows none."""
        return predicted(self.effects, self.features(brand, spec)) if self.effects else None


def traits(brand: int | None, spec: Mapping[str, Any]) -> dict[str, float]:
    """The base, the brand, and each stated attribute with its value."""
    found = {BASE: 1.0}
    if brand is not None:
        found[f"brand={brand}"] = 1.0
    for key, value in spec.items():
        for item in value if isinstance(value, list) else [value]:
            if item not in (None, "") and not isinstance(item, dict | list):
                found[f"{key}={item}"[:120]] = 1.0
    return found


def _positive(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < 1e300 else None


def learn_likeness(
    goods: Sequence[Priced], *, within: float, between_all: float
) -> tuple[Likeness, dict[int, Expectation]]:
    """What a category's goods tell of each other.

    Args:
        goods: all goods of the category.
        within: standard deviation of the deals of one good.
        between_all: standard deviation between goods over all categories; 0 where it is not known yet.
    """
    priced = [good for good in goods if good.own is not None]
    if not priced:
        return Likeness(), {}
    likeness = Likeness(centres=_centres(priced))
    rows = [
        (likeness.features(good.brand, good.spec), good.own or 0.0, good.weight / (good.weight + 1))
        for good in priced
    ]
    likeness.effects, guesses = _best(rows, likeness)
    residuals = {good.id: (good.own or 0.0) - guess for good, guess in zip(priced, guesses, strict=True)}
    noise = {good.id: within**2 / good.weight for good in priced}
    own_variance = _variance(list(residuals.values()), list(noise.values()))
    # One good tells nothing about how goods differ.
    known = len(priced) if len(priced) > 1 else 0
    variance = blend(own_variance, known, between_all**2 or own_variance, WORTH)
    likeness.between = max(math.sqrt(variance), LEAST_SPREAD)
    groups: dict[str, list[Priced]] = defaultdict(list)
    for good in priced:
        if good.equivalence:
            groups[good.equivalence].append(good)
    limit = 3 * likeness.between
    shared = between_equivalents(
        [[max(-limit, min(limit, residuals[good.id])) for good in group] for group in groups.values()]
    )
    shared = min(shared, likeness.between**2)
    likeness.among_equivalents = max(math.sqrt(likeness.between**2 - shared), LEAST_SPREAD)
    guessed = {good.id: guess for good, guess in zip(priced, guesses, strict=True)}
    return likeness, _expectations(goods, likeness, guessed, residuals, noise, groups, shared)


def _centres(priced: Sequence[Priced]) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for good in priced:
        for key, value in good.spec.items():
            if (number := _positive(value)) is not None:
                found[key].append(math.log(number))
    centres = {}
    for key, values in found.items():
        mean = math.fsum(values) / len(values)
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
        if len(values) >= LEAST_GOODS and deviation > 1e-6:
            centres[key] = (mean, deviation)
    return centres


def _best(
    rows: list[tuple[Features, float, float]], likeness: Likeness
) -> tuple[dict[str, float], list[float]]:
    """With the attributes where they predict better out of sample, else with the mean of the category alone."""
    counts = Counter(name for features, _value, _weight in rows for name in features)
    common = [
        name
        for name, count in counts.most_common()
        if name == BASE or (count >= LEAST_GOODS and (count < len(rows) or name.startswith("ln:")))
    ]
    plain_effects, plain = ridge(rows, [BASE]) if len(rows) > 1 else ({BASE: rows[0][1]}, [rows[0][1]])
    if len(common) == 1:
        return plain_effects, plain
    effects, guesses = ridge(rows, common[:MOST_FEATURES])

    def error(found: list[float]) -> float:
        return math.fsum(w * (v - g) ** 2 for (_f, v, w), g in zip(rows, found, strict=True))

    before, after = error(plain), error(guesses)
    if after >= before:
        return plain_effects, plain
    likeness.explained = 1 - after / before
    return effects, guesses


def _variance(residuals: Sequence[float], noise: Sequence[float]) -> float:
    """Variance between goods: the residuals' (far ones drawn in), less what the few deals of each add."""
    middle = MAD_TO_SIGMA * median(abs(r) for r in residuals)
    limit = 3 * middle if middle > 0 else math.inf
    square = math.fsum(min(abs(r), limit) ** 2 for r in residuals) / len(residuals)
    return max(square - median(noise), 0.25 * square, LEAST_SPREAD**2)


def _expectations(
    goods: Iterable[Priced],
    likeness: Likeness,
    guessed: Mapping[int, float],
    residuals: Mapping[int, float],
    noise: Mapping[int, float],
    groups: Mapping[str, Sequence[Priced]],
    shared: float,
) -> dict[int, Expectation]:
    own = likeness.among_equivalents**2
    totals = {
        key: (
            math.fsum(1 / (own + noise[good.id]) for good in group),
            math.fsum(residuals[good.id] / (own + noise[good.id]) for good in group),
        )
        for key, group in groups.items()
    }
    found = {}
    for good in goods:
        guess = guessed.get(good.id)
        if guess is None:
            guess = predicted(likeness.effects, likeness.features(good.brand, good.spec))
        precision, pull = totals.get(good.equivalence, (0.0, 0.0))
        others = len(groups.get(good.equivalence, ()))
        if good.id in residuals and good.equivalence:
            precision -= 1 / (own + noise[good.id])
            pull -= residuals[good.id] / (own + noise[good.id])
            others -= 1
        if not others or not shared:
            found[good.id] = Expectation(guess, likeness.between, others)
            continue
        certainty = precision + 1 / shared
        found[good.id] = Expectation(guess + pull / certainty, math.sqrt(own + 1 / certainty), others)
    return found
