"""Whatever deals, cancellations and returns a row of days brings: night by night is the same as all at once."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.models import Good, GoodPriceStatistics, PriceObservation
from catalog.pricing import statistics
from catalog.pricing.statistics import refresh_statistics
from catalog.services import DealLine, record_deals, withdraw_deals, withdraw_lines
from tests.catalog.factories import a_good, a_region, an_organisation
from zcy import clock

pytestmark = pytest.mark.django_db
# A Monday, so that six of seven nights are not full ones by themselves.
FIRST = date(2026, 3, 2)
DAYS = 10

event = st.one_of(
    st.tuples(
        st.just("deal"),
        st.integers(0, 1),
        st.integers(0, 95),
        st.integers(1, 400),
        st.sampled_from([1, 12, 150]),
    ),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("return"), st.integers(0, 30)),
    # A price that was wrong, and a line that turns out to be an accessory or stops being one.
    st.tuples(st.just("correct"), st.integers(0, 30), st.integers(1, 400), st.booleans()),
)
history = st.lists(st.lists(event, max_size=4), min_size=DAYS, max_size=DAYS)


class World:
    """Two goods, and the lines that have been recorded."""

    def __init__(self) -> None:
        self.goods: list[Good] = [a_good("甲", model="A"), a_good("乙", model="B")]
        self.supplier, self.buyer, self.region = an_organisation(), an_organisation("buyer"), a_region()
        self.lines = 0

    def happen(self, day: date, what: tuple[Any, ...]) -> None:
        """One event of a day; deals that come late were confirmed before."""
        noon = clock.start_of(day) + timedelta(hours=12)
        if what[0] == "deal":
            _deal, good, late, price, quantity = what
            self.lines += 1
            line = DealLine(
                order_line_id=self.lines, order_id=self.lines, good_id=self.goods[good].pk, region_id=self.region.pk,
                supplier_id=self.supplier.pk, buyer_id=self.buyer.pk, unit_price=price, quantity=quantity,
            )  # fmt: skip
            record_deals(lines=[line], confirmed_at=noon - timedelta(days=late if late < 7 else 0))
        elif what[0] == "cancel":
            withdraw_deals(order_ids=[what[1]], at=noon)
        elif what[0] == "correct":
            _correct, line_id, price, accessory = what
            PriceObservation.objects.filter(order_line_id=line_id).update(
                unit_price=price, x=math.log(price), accessory=accessory
            )
        else:
            withdraw_lines(order_line_ids=[what[1]], at=noon)


def rows() -> dict[tuple[int, int, int], tuple[Any, ...]]:
    fields = ("n", "suppliers", "median", "p10", "p90", "lowest", "highest", "mad")
    found = GoodPriceStatistics.objects.values_list("good_id", "tier", "quantity_band", *fields)
    return {row[:3]: row[3:] for row in found}


def play(days: list[list[tuple[Any, ...]]]) -> None:
    """Each day's events, then its night."""
    world = World()
    for number, events in enumerate(days):
        day = FIRST + timedelta(days=number)
        for what in events:
            world.happen(day, what)
        refresh_statistics(day, full=number == 0 or None)


class NightByNight(TestCase):
    @given(history)
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_with_a_share_of_nothing_it_is_what_all_at_once_is(
        self, days: list[list[tuple[Any, ...]]]
    ) -> None:
        with patch.object(statistics, "SHARE", 0.0):
            play(days)
            found = rows()
        GoodPriceStatistics.objects.all().delete()
        refresh_statistics(FIRST + timedelta(days=DAYS - 1), full=True)
        assert found == rows()

    @given(history)
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_with_the_share_in_use_a_group_waits_for_less_than_it(
        self, days: list[list[tuple[Any, ...]]]
    ) -> None:
        play(days)
        found = rows()
        last = FIRST + timedelta(days=DAYS - 1)
        refresh_statistics(last, full=True)
        exact = rows()
        assert set(found) == set(exact)
        for key, values in found.items():
            # What waits are fewer lines than the share of the group.
            assert abs(values[0] - exact[key][0]) < max(1, statistics.SHARE * values[0])
            assert _median_lies_within_what_waits(float(values[2]), key, values[0], last)


def _median_lies_within_what_waits(median: float, key: tuple[int, int, int], n: int, day: date) -> bool:
    """The stated drift: a waiting median lies within 50% ± the share of today's prices, a rank to be rounded."""
    prices = sorted(
        float(price)
        for price, tier, band, withdrawn in PriceObservation.objects.filter(
            good_id=key[0], accessory=False, confirmed_on__gt=day - timedelta(days=90), confirmed_on__lte=day
        ).values_list("unit_price", "tier", "quantity_band", "withdrawn_at")
        if key[1] in (0, tier) and key[2] in (0, band) and withdrawn is None
    )
    middle, play_ = (len(prices) - 1) / 2, statistics.SHARE * max(n, len(prices)) + 1
    low, high = (
        prices[max(0, math.floor(middle - play_))],
        prices[min(len(prices) - 1, math.ceil(middle + play_))],
    )
    return low - 0.005 <= median <= high + 0.005
