"""The formulas of prices, against values computed by hand."""

from __future__ import annotations

import math

import pytest

from catalog.pricing.formulas import (
    Confidence,
    Place,
    category_sigma,
    confidence,
    mad,
    place_in_range,
    quantile_r7,
    quantile_r8,
    robust_spread,
    share_at_or_below,
    supplier_medians,
    z_score,
)


def test_mad_is_the_median_distance_from_the_median() -> None:
    # median 3; distances 2, 1, 0, 1, 6 → sorted 0, 1, 1, 2, 6
    assert mad([1, 2, 3, 4, 9]) == 1


def test_quantiles_of_type_7_interpolate_like_percentile_cont() -> None:
    values = [10, 20, 30, 40]
    # (4 − 1)·0.1 + 1 = 1.3 → 10 + 0.3·10
    assert quantile_r7(values, 0.1) == pytest.approx(13)
    assert quantile_r7(values, 0.5) == pytest.approx(25)
    assert quantile_r7(values, 1) == 40


def test_quantiles_of_type_8_are_median_unbiased() -> None:
    # (4 + 1/3)·0.25 + 1/3 = 1.41667 → 10 + 0.41667·10
    assert quantile_r8([10, 20, 30, 40], 0.25) == pytest.approx(14.1667, abs=1e-4)
    assert quantile_r8([10, 20, 30, 40], 0.0) == 10


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile_r7([], 0.5)


def test_a_supplier_counts_once_with_the_median_of_its_lines() -> None:
    assert supplier_medians([(1, 3.0), (1, 5.0), (1, 100.0), (2, 4.0)]) == {1: 5.0, 2: 4.0}


def test_a_small_group_leans_on_the_spread_of_its_category() -> None:
    # n = 8, MAD 0.1: (8·0.14826² + 12·0.05²) / 20 = (0.175848 + 0.03) / 20 = 0.0102924
    assert robust_spread(8, 0.1, 0.05) == pytest.approx(math.sqrt(0.0102924), rel=1e-5)
    assert robust_spread(0, 0.0, 0.05) == pytest.approx(0.05)


def test_a_spread_below_two_per_cent_counts_as_two_per_cent() -> None:
    assert z_score(1.07, 1.0, 0.001) == pytest.approx(3.5)
    assert z_score(1.07, 1.0, 0.035) == pytest.approx(2.0)


def test_the_spread_of_a_category_needs_twelve_residuals_of_goods_with_eight_suppliers() -> None:
    eight = {supplier: supplier / 10 for supplier in range(8)}  # residuals .35 .25 .15 .05 .05 .15 .25 .35
    assert category_sigma({1: eight}) is None
    assert category_sigma({1: eight, 2: eight}) == pytest.approx(1.4826 * 0.2)
    assert category_sigma({1: eight, 2: {1: 0.0, 2: 9.0}}) is None


@pytest.mark.parametrize(
    ("n", "suppliers", "word"),
    [
        (30, 5, "high"),
        (29, 5, "medium"),
        (30, 4, "medium"),
        (8, 3, "medium"),
        (7, 3, "low"),
        (3, 1, "low"),
        (2, 2, "none"),
    ],
)
def test_confidence_follows_deals_and_suppliers(n: int, suppliers: int, word: str) -> None:
    assert confidence(n, suppliers) is Confidence(word)


def test_both_ends_belong_to_the_range() -> None:
    assert [place_in_range(price, 10, 20) for price in (9.99, 10, 20, 20.01)] == [
        Place.BELOW,
        Place.INSIDE,
        Place.INSIDE,
        Place.ABOVE,
    ]


def test_the_share_at_or_below_a_price() -> None:
    assert share_at_or_below([1, 2, 3, 4], 2) == 0.5
    assert share_at_or_below([], 2) == 0
