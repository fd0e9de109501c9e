"""Small pure statistics of the price model: shrinking estimates towards their common mean, and ridge regression."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Final

# A row of a regression: effects present → value, as most attributes of a good are absent.
Features = Mapping[str, float]

PENALTIES: Final = (0.3, 1.0, 3.0, 10.0)
FOLDS: Final = 5
TINY: Final = 1e-9


def shrunk(estimates: Sequence[tuple[float, float]]) -> list[float]:
    """Each estimate drawn towards their mean by empirical Bayes; (estimate, variance of its error) each.

    The variance between them is that of DerSimonian and Laird: what their scatter exceeds their own errors by.
    """
    if not estimates:
        return []
    if len(estimates) == 1:
        return [towards_nothing(*estimates[0])]
    weights = [1 / variance for _value, variance in estimates]
    total = math.fsum(weights)
    mean = math.fsum(w * value for w, (value, _v) in zip(weights, estimates, strict=True)) / total
    scatter = math.fsum(w * (value - mean) ** 2 for w, (value, _v) in zip(weights, estimates, strict=True))
    scale = total - math.fsum(w * w for w in weights) / total
    between = max(0.0, (scatter - (len(estimates) - 1)) / scale) if scale > 0 else 0.0
    if between == 0:
        return [mean] * len(estimates)
    weights = [1 / (between + variance) for _value, variance in estimates]
    mean = math.fsum(w * value for w, (value, _v) in zip(weights, estimates, strict=True)) / math.fsum(
        weights
    )
    return [mean + (value - mean) * between / (between + variance) for value, variance in estimates]


def towards_nothing(estimate: float, variance: float) -> float:
    """One estimate drawn towards zero: nothing is left of one that is no larger than its error."""
    return estimate * max(0.0, 1 - variance / estimate**2) if estimate else 0.0


def blend(value: float, n: float, parent: float, worth: float) -> float:
    """A value of n observations, and its parent's as if it were `worth` more."""
    return (n * value + worth * parent) / (n + worth) if n + worth > 0 else parent


def within_slopes(
    sqq: float, sqt: float, stt: float, sqy: float, sty: float
) -> tuple[float | None, float | None]:
    """The two slopes of a regression on q and t from sums of squares and products around the means of each good.

    None for what does not vary; where both vary as one, neither can be told.
    """
    if sqq <= TINY or stt <= TINY:
        return (sqy / sqq if sqq > TINY else None), (sty / stt if stt > TINY else None)
    determinant = sqq * stt - sqt * sqt
    if determinant <= TINY * sqq * stt:
        return None, None
    return (sqy * stt - sty * sqt) / determinant, (sty * sqq - sqy * sqt) / determinant


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """X with matrix · x = right, for a symmetric positive definite matrix, by Cholesky's decomposition."""
    size = len(right)
    lower: list[list[float]] = []
    for i in range(size):
        row: list[float] = []
        for j in range(i + 1):
            other = row if j == i else lower[j]
            rest = matrix[i][j] - sum(map(mul, row[:j], other[:j]))
            row.append(math.sqrt(max(rest, 1e-12)) if i == j else rest / lower[j][j])
        lower.append(row)
    forward: list[float] = []
    for i in range(size):
        forward.append((right[i] - sum(map(mul, lower[i][:i], forward))) / lower[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        found[i] = (forward[i] - sum(lower[k][i] * found[k] for k in range(i + 1, size))) / lower[i][i]
    return found


class Sums:
    """Normal equations of a weighted regression, so that a fold can be taken out again."""

    def __init__(self, names: Sequence[str]) -> None:
        self.index = {name: number for number, name in enumerate(names)}
        size = len(names)
        self.products = [[0.0] * size for _ in range(size)]
        self.right = [0.0] * size

    def add(self, features: Features, value: float, weight: float) -> None:
        """One good."""
        found = [(self.index[name], number) for name, number in features.items() if name in self.index]
        for i, a in found:
            self.right[i] += weight * a * value
            row = self.products[i]
            for j, b in found:
                row[j] += weight * a * b

    def ridge(self, penalty: float, without: Sums | None = None) -> dict[str, float]:
        """The effects; the one named "" (the base) is not penalised, except for what keeps it defined."""
        size = len(self.right)
        rows = [
            [a - (without.products[i][j] if without else 0.0) for j, a in enumerate(row)]
            for i, row in enumerate(self.products)
        ]
        right = [a - (without.right[i] if without else 0.0) for i, a in enumerate(self.right)]
        for name, i in self.index.items():
            rows[i][i] += penalty if name else 1e-6
        found = solve(rows, right) if size else []
        return {name: found[i] for name, i in self.index.items()}


def predicted(effects: Mapping[str, float], features: Features) -> float:
    """The sum of the effects that a good has."""
    return math.fsum(effects.get(name, 0.0) * value for name, value in features.items())


def ridge(
    rows: Sequence[tuple[Features, float, float]], names: Sequence[str]
) -> tuple[dict[str, float], list[float]]:
    """Effects of the attributes of a category's goods, and each good's value predicted without its own fold.

    Args:
        rows: (features, value, weight) of each good; every one has the feature "" with 1.
        names: the features that may have an effect.

    Returns:
        the effects with the penalty that predicts best out of sample, and the predictions out of sample.
    """
    whole = Sums(names)
    folds = [Sums(names) for _ in range(min(FOLDS, len(rows)))]
    for number, (features, value, weight) in enumerate(rows):
        whole.add(features, value, weight)
        folds[number % len(folds)].add(features, value, weight)
    best: tuple[float, float, list[float]] | None = None
    for penalty in PENALTIES:
        effects = [whole.ridge(penalty, without=fold) for fold in folds]
        guesses = [
            predicted(effects[number % len(folds)], features)
            for number, (features, _value, _weight) in enumerate(rows)
        ]
        error = math.fsum(
            weight * abs(value - guess) for (_f, value, weight), guess in zip(rows, guesses, strict=True)
        )
        if best is None or error < best[0]:
            best = (error, penalty, guesses)
    if best is None:
        return {}, []
    return whole.ridge(best[1]), best[2]


def between_equivalents(residuals: Sequence[Sequence[float]]) -> float:
    """Variance that equivalent goods share: the mean product of two different ones of a group, over all pairs."""
    pairs = sum(len(group) * (len(group) - 1) for group in residuals)
    if not pairs:
        return 0.0
    shared = math.fsum(math.fsum(g) ** 2 - math.fsum(r * r for r in g) for g in residuals)
    return max(0.0, shared / pairs)
