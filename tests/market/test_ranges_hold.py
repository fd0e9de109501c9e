"""The reasonable-price range keeps its word on a whole market: what it says of a month, that month's deals then show."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.ranges import measure
from exchange.market.importing import import_market

pytestmark = pytest.mark.django_db


def test_a_month_that_was_not_known_lies_in_the_range_as_often_as_it_says(market_folder: Path) -> None:
    import_market(market_folder)
    found = measure(2)["all"]
    ours, plain = found["range"], found["last ± 20%"]
    assert ours["n"] >= 500
    # Nearly every deal has a range, on a small market too.
    assert ours["told"] >= 0.9
    # It promises 80%; five hundred deals of a small market scatter by a few per cent around what it is.
    assert 0.72 <= ours["coverage"] <= 0.88
    # The promise is kept by knowing, not by being wide.
    assert ours["width"] < 0.6 * plain["width"]
