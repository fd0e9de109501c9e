"""The formulas against numbers that were computed by hand."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from credit import formulas
from credit.formulas import Constants, Points, Terms

CONSTANTS = Constants()


def test_weights_of_missing_components_go_to_the_others_in_proportion() -> None:
    points = formulas.weights({"on_time": 25, "first_acceptance": 20, "evaluations": 15})
    assert points["on_time"] == pytest.approx(41.6667, abs=5e-5)
    assert points["first_acceptance"] == pytest.approx(33.3333, abs=5e-5)
    assert points["evaluations"] == 25
    assert sum(points.values()) == pytest.approx(100)


@pytest.mark.parametrize(("days", "share"), [(0, 1.0), (180, 0.5), (360, 0.25), (90, 0.70710678)])
def test_an_observation_halves_in_180_days(days: int, share: float) -> None:
    assert formulas.decay(days) == pytest.approx(share)


@pytest.mark.parametrize(
    ("yuan", "weight"),
    [(0, 1.0), (90_000, 2.0), (990_000, 3.0), (10**9, 3.0), (10_000, 1.30103), (-5, 1.0)],
)
def test_the_weight_of_an_amount(yuan: float, weight: float) -> None:
    assert formulas.amount_weight(yuan) == pytest.approx(weight, abs=1e-5)


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ([], 2.5),
        ([1.0], 2.75),  # nobody is capped: (10 + 1)/4
        ([100.0], 10 / 3),  # one is: 10/3
        ([100.0, 1.0], 11 / 3),
        ([100.0, 100.0, 100.0], 10.0),  # three are: 10/1
        ([100.0, 100.0, 100.0, 100.0], 102.5),  # four equal ones cannot each exceed a quarter of the whole
        ([30.0] * 40, 302.5),
    ],
)
def test_the_cap_of_a_buyer(sums: list[float], expected: float) -> None:
    assert formulas.cap(sums) == pytest.approx(expected)


def test_the_cap_solves_its_equation() -> None:
    generator = random.Random(4)
    for _ in range(300):
        sums = [generator.paretovariate(0.8) for _ in range(generator.randrange(1, 30))]
        bound = formulas.cap(sums)
        assert bound == pytest.approx((10 + math.fsum(min(w, bound) for w in sums)) / 4)


def test_a_mean_shrinks_towards_its_prior() -> None:
    assert formulas.mean(Terms(mass=10, good=10), prior=0.8) == pytest.approx(0.9)
    assert formulas.mean(Terms(), prior=0.8) == pytest.approx(0.8)


def test_the_prior_of_a_group() -> None:
    # Two suppliers of weight 2 and 3, good 1 and 3: C = 15/4, nobody capped; (4 + 20·.9)/(5 + 20) = .88
    assert formulas.shrunken_prior([(2, 1), (3, 3)], 0.9, CONSTANTS) == pytest.approx(0.88)
    # One of weight 100, all bad: capped to 10/3, so (0 + 18)/(23.333) = .771429
    assert formulas.shrunken_prior([(100, 0)], 0.9, CONSTANTS) == pytest.approx(18 / (20 + 10 / 3))
    assert formulas.shrunken_prior([], 0.9, CONSTANTS) == 0.9


def test_the_effective_number_counts_an_old_order_as_a_part() -> None:
    assert formulas.effective_number(3, 3) == 3
    assert formulas.effective_number(1.5, 1.5) == 1.5  # one new and one of 180 days
    assert formulas.effective_number(0, 0) == 0


def test_the_interval_of_a_newcomer() -> None:
    # Full model, N = 10: q̃ = (10·.9 + 1)/12 = .83333, v = .13889/13 = .010684; Σw² = 1600
    points = {name: float(weight) for name, (weight, _p) in formulas.COMPONENTS.items()}
    score = formulas.score({}, dict.fromkeys(points, 0.9), points, CONSTANTS)
    assert score.score == 90.0
    assert score.upper - score.score == pytest.approx(1.645 * math.sqrt(1600 * 0.0106838), abs=1e-4)
    assert score.score - score.lower == pytest.approx(score.upper - score.score)


def test_a_score_by_hand() -> None:
    terms = {"on_time": Terms(mass=30, good=27, number=20), "evaluations": Terms(mass=10, good=5, number=8)}
    priors = {"on_time": 0.9, "first_acceptance": 0.95, "evaluations": 0.85}
    points = formulas.weights({"on_time": 25, "first_acceptance": 20, "evaluations": 15})
    found = formulas.score(terms, priors, points, CONSTANTS, bonus_points=1.5, deducted=4)
    # 41.6667·.9 + 33.3333·.95 + 25·(5 + 8.5)/20 = 37.5 + 31.6667 + 16.875 = 86.0417
    assert found.score == 83.54
    assert found.limit == 0
    assert found.parts["on_time"].points == pytest.approx(37.5)


def test_the_limit_makes_the_sum_right_at_both_ends() -> None:
    points = {"on_time": 100.0}
    above = formulas.score({}, {"on_time": 0.99}, points, CONSTANTS, bonus_points=5)
    assert (above.score, above.upper) == (100.0, 100.0)
    assert above.limit == pytest.approx(-4)
    below = formulas.score({}, {"on_time": 0.2}, points, CONSTANTS, deducted=50)
    assert (below.score, below.lower) == (0.0, 0.0)
    assert below.limit == pytest.approx(30)


def test_deductions_fade_expire_and_do_not_add_up_about_one_order() -> None:
    day = date(2026, 6, 30)
    general = Points(5, date(2025, 6, 30), 365, date(2027, 6, 30), order_id=1)
    minor = Points(2, day, 180, date(2028, 6, 30), order_id=1)
    serious = Points(50, date(2025, 1, 1), None, date(2028, 1, 1))
    assert formulas.deductions([general, minor], day) == pytest.approx(2.5)
    assert formulas.deductions([general, minor, serious], day) == pytest.approx(52.5)
    assert formulas.worth(serious, date(2027, 12, 31)) == 50
    assert formulas.worth(serious, date(2028, 1, 1)) == 0
    assert formulas.worth(minor, date(2026, 6, 29)) == 0


def test_a_remedied_minor_event_counts_half_from_then_on() -> None:
    event = Points(2, date(2026, 6, 1), None, None, halved_from=date(2026, 6, 10))
    assert formulas.worth(event, date(2026, 6, 9)) == 2
    assert formulas.worth(event, date(2026, 6, 10)) == 1


def test_bonus_points_are_five_at_most() -> None:
    day = date(2026, 6, 30)
    assert formulas.bonus([Points(1, day, 365)] * 3, day, CONSTANTS) == 3
    assert formulas.bonus([Points(1, day, 365)] * 9, day, CONSTANTS) == 5


@pytest.mark.parametrize(("lower", "factor"), [(0, 0.9), (60, 0.9), (70, 0.95), (80, 1.0), (100, 1.1)])
def test_the_ranking_factor_is_bounded(lower: float, factor: float) -> None:
    assert formulas.ranking_factor(lower) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("value", "rounded"), [(89.995, 90.0), (89.994999, 89.99), (1.005, 1.01), (2.675, 2.68)]
)
def test_scores_round_half_up(value: float, rounded: float) -> None:
    assert formulas.round_half_up(value, 2) == rounded
