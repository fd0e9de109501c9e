"""Formulas of the price model against values computed by hand."""

from __future__ import annotations

import math

import pytest
from django.db import connection

from catalog.pricing import level_sql
from catalog.pricing.combined import NORMAL, class_of, expected, tails
from catalog.pricing.likeness import Priced, learn_likeness, traits
from catalog.pricing.shrinkage import between_equivalents, blend, ridge, shrunk, solve, within_slopes


def test_estimates_are_drawn_towards_their_mean_by_their_error() -> None:
    # Weights 1, mean 0, scatter 8, degrees 1, scale 2 - 2/2 = 1: between = 7. Each keeps 7/8.
    assert shrunk([(-2.0, 1.0), (2.0, 1.0)]) == pytest.approx([-1.75, 1.75])


def test_estimates_that_differ_no_more_than_their_errors_become_one() -> None:
    assert shrunk([(0.9, 4.0), (1.1, 4.0)]) == pytest.approx([1.0, 1.0])
    # Alone, an estimate is drawn towards nothing: 3 · (1 − 1/9).
    assert shrunk([(3.0, 1.0)]) == pytest.approx([8 / 3])
    assert shrunk([(0.9, 1.0)]) == [0.0]
    assert shrunk([]) == []


def test_a_blend_counts_the_parent_as_more_observations() -> None:
    assert blend(10.0, 3, 20.0, 1) == 12.5
    assert blend(10.0, 0, 20.0, 0) == 20.0


def test_slopes_of_a_plane_are_found_and_of_a_line_refused() -> None:
    # Points (q, t, y = 2q - t): (-1, 0), (1, 0), (0, -1), (0, 1).
    assert within_slopes(2, 0, 2, 4, -2) == (2, -1)
    assert within_slopes(2, 2, 2, 4, 4) == (None, None)
    assert within_slopes(0, 0, 2, 0, 1) == (None, 0.5)
    assert within_slopes(2, 0, 0, 1, 0) == (0.5, None)


def test_equations_are_solved() -> None:
    assert solve([[4.0, 2.0], [2.0, 3.0]], [8.0, 8.0]) == pytest.approx([1.0, 2.0])


def test_ridge_finds_what_an_attribute_is_worth() -> None:
    rows = [({"": 1.0, "x": float(n % 2)}, 1.0 + 0.5 * (n % 2), 1.0) for n in range(200)]
    effects, guesses = ridge(rows, ["", "x"])
    assert effects["x"] == pytest.approx(0.5, abs=0.01)
    assert guesses[0] == pytest.approx(1.0, abs=0.01)


def test_what_equivalents_share_is_the_mean_product_of_pairs() -> None:
    assert between_equivalents([[0.2, 0.2], [-0.2, -0.2]]) == pytest.approx(0.04)
    assert between_equivalents([[0.2, -0.2]]) == 0
    assert between_equivalents([[0.5]]) == 0


def test_own_deals_and_goods_like_it_are_weighed_by_precision() -> None:
    # Own: 4 deals with 0.1² / 4 = 0.0025; like: 0.05² = 0.0025. Both weigh the same.
    found = expected(own=1.0, weight=4, own_spread=0.1, prior=2.0, prior_spread=0.05, within=0.1)
    assert found is not None
    level, spread = found
    assert level == pytest.approx(1.5)
    # S² = (4 · 0.01 + 12 · 0.01) / 16 = 0.01, and 0.00125 of the level itself.
    assert spread == pytest.approx(math.sqrt(0.01125))


def test_without_own_deals_the_others_decide_and_without_both_nothing_is_told() -> None:
    found = expected(own=None, weight=0, own_spread=None, prior=2.0, prior_spread=0.3, within=0.4)
    assert found is not None
    assert found == pytest.approx((2.0, 0.5))
    assert expected(own=None, weight=0, own_spread=None, prior=None, prior_spread=None, within=0.4) is None


@pytest.mark.parametrize(
    ("n", "number"), [(0, 0), (1, 1), (2, 1), (3, 2), (7, 2), (8, 3), (29, 3), (30, 4), (119, 4), (120, 5)]
)
def test_classes_begin_where_they_should(n: int, number: int) -> None:
    assert class_of(n) == number


def test_tails_without_any_deals_are_those_of_a_normal() -> None:
    assert tails([])[None][0] == pytest.approx(NORMAL)


def test_tails_of_a_full_cell_are_its_own_and_of_an_empty_one_the_whole() -> None:
    own, whole = (-2.0, 0.1, 2.5), (-1.0, 0.0, 1.0)
    many = 10**9
    found = tails(
        [(None, None, many, whole), (7, 3, many, own), (7, None, many, whole), (None, 3, many, whole)]
    )
    assert found[7][3] == pytest.approx(own, abs=1e-6)
    assert found[7][0] == pytest.approx(whole, abs=1e-6)
    # Forty deals of a cell weigh as much as their parent.
    half = tails([(None, None, many, whole), (7, 3, 40, own), (7, None, many, whole), (None, 3, many, whole)])
    assert half[7][3] == pytest.approx((-1.5, 0.05, 1.75), abs=1e-6)


def test_traits_are_the_brand_and_every_stated_value() -> None:
    assert traits(3, {"memory": 16, "wifi": True, "none": None, "tags": ["a", "b"]}) == {
        "": 1, "brand=3": 1, "memory=16": 1, "wifi=True": 1, "tags=a": 1, "tags=b": 1,
    }  # fmt: skip


def test_a_good_is_expected_without_itself() -> None:
    goods = [Priced(n, 1, {"n": n}, "", 9, 1.0, 9.0, 0.1) for n in range(1, 10)]
    odd = Priced(10, 1, {"n": 10}, "", 9, 5.0, 9.0, 0.1)
    _likeness, told = learn_likeness([*goods, odd], within=0.1, between_all=0.2)
    assert told[10].level == pytest.approx(1.0, abs=0.01)


def test_a_category_without_priced_goods_tells_nothing() -> None:
    likeness, told = learn_likeness([Priced(1, None, {}, "", 0, None, 0, None)], within=0.1, between_all=0)
    assert told == {}
    assert likeness.tell(None, {}) is None


@pytest.mark.django_db
def test_tails_of_few_errors_promise_no_more_than_they_can_keep() -> None:
    with connection.cursor() as cursor:
        for statement in level_sql.NO_ERRORS.split(";"):
            cursor.execute(statement)
        cursor.executemany(
            "INSERT INTO price_error VALUES (1, 2, %s)", [(float(number),) for number in range(1, 20)]
        )
        cursor.execute("INSERT INTO price_error VALUES (7, 3, 50)")
        cursor.execute(level_sql.TAILS)
        found = {(category, number): (n, q) for category, number, n, q in cursor.fetchall()}
    # Of nineteen errors, ranks 2, 10 and 18: the next one lies between with 80%.
    assert found[1, 2] == (19, [2.0, 10.0, 18.0])
    assert found[7, 3] == (1, [50.0, 50.0, 50.0])
    assert found[None, None][0] == 20
    assert found[None, None][1] == pytest.approx([2.1, 10.5, 18.9])
