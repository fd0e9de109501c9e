"""The nightly statistics: exact when computed, quiet when nothing has moved, and true to the share rule."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from catalog import services
from catalog.models import GoodPriceStatistics, PriceObservation, PriceStatisticsMark
from catalog.pricing.formulas import mad, quantile_r7
from catalog.pricing.statistics import refresh_statistics, run_night
from tests.catalog.factories import a_good, a_region, deals
from zcy import clock
from zcy.registries import NightContext, nightly_parts

pytestmark = pytest.mark.django_db

PRICES = ["100", "120", "90", "110", "105", "400", "98"]


def rows() -> list[Any]:
    found = GoodPriceStatistics.objects.order_by("good_id", "tier", "quantity_band").values()
    # When they were computed is no part of what they say.
    return [{name: value for name, value in row.items() if name != "computed_at"} for row in found]


def monday() -> int:
    """Days from today to a day that is no Sunday, so that the night is not a full one by itself."""
    return 1 if clock.today().weekday() == 6 else 0


def test_statistics_agree_with_the_formulas() -> None:
    good = a_good()
    deals(good, PRICES)
    result = refresh_statistics(clock.today())
    assert result["full"]
    every = GoodPriceStatistics.objects.get(tier=0, quantity_band=0)
    numbers = [float(price) for price in PRICES]
    assert (every.n, every.suppliers) == (7, 7)
    assert float(every.median) == quantile_r7(numbers, 0.5) == 105
    assert float(every.p10) == pytest.approx(quantile_r7(numbers, 0.1), abs=0.01)
    assert float(every.p90) == pytest.approx(quantile_r7(numbers, 0.9), abs=0.01)
    assert every.mad == pytest.approx(mad([math.log(number) for number in numbers]))
    assert GoodPriceStatistics.objects.count() == 4  # all, tier, band, tier × band


def test_a_second_run_changes_nothing() -> None:
    deals(a_good(), PRICES)
    night = NightContext(run_id=1, first=clock.today(), last=clock.today())
    run_night(night)
    before = rows()
    assert run_night(night)["rows"] == 0
    assert rows() == before


def test_observations_know_their_tier_band_and_logarithm() -> None:
    good = a_good(pack_size=5)
    city = a_region("330100", "杭州市", "city")
    deals(good, ["50"], quantity="9.999", region=city)
    deals(good, ["50"], quantity="10", region=city)
    deals(good, ["50"], quantity="1000", region=city)
    found = PriceObservation.objects.order_by("quantity").values_list(
        "tier", "quantity_band", "x", "confirmed_on"
    )
    day = clock.local_date(clock.now() - timedelta(days=5))
    assert [(tier, band, day_) for tier, band, _x, day_ in found] == [(2, 1, day), (2, 2, day), (2, 4, day)]
    assert found[0][2] == pytest.approx(math.log(10))


def test_recording_a_line_twice_records_it_once() -> None:
    from catalog.services import DealLine

    good = a_good()
    order = deals(good, ["10"])[0]
    seen = PriceObservation.objects.get()
    line = DealLine(
        order_line_id=order, order_id=order, good_id=good.pk, region_id=seen.region_id,
        supplier_id=seen.supplier_id, buyer_id=seen.buyer_id, unit_price=seen.unit_price, quantity=seen.quantity,
    )  # fmt: skip
    assert services.record_deals(lines=[line], confirmed_at=clock.now()) == 0
    assert services.withdraw_deals(order_ids=[order]) == 1
    assert services.withdraw_deals(order_ids=[order]) == 0


def test_a_group_waits_for_five_per_cent_and_a_withdrawn_line_does_not_wait() -> None:
    good = a_good()
    start = clock.today() + timedelta(days=monday())
    deals(good, ["100"] * 30)
    refresh_statistics(start, full=True)
    deals(good, ["500"], days_ago=-1 - monday())
    next_day = start + timedelta(days=1)
    assert refresh_statistics(next_day, full=False)["groups"] == 0  # 1 of 30 is 3.3%
    deals(good, ["500"], days_ago=-1 - monday())
    assert refresh_statistics(next_day, full=False)["groups"] == 4  # 2 of 30 is 6.7%
    assert GoodPriceStatistics.objects.get(tier=0, quantity_band=0).n == 32


def test_a_withdrawn_line_leaves_at_once() -> None:
    good = a_good()
    orders = deals(good, ["100"] * 50)
    day = clock.today()
    refresh_statistics(day - timedelta(days=1), full=True)
    services.withdraw_deals(order_ids=orders[:1])
    assert refresh_statistics(day, full=False)["groups"] == 4
    assert GoodPriceStatistics.objects.get(tier=0, quantity_band=0).n == 49


def test_what_enters_and_what_leaves_replaces_each_other_and_counts_once() -> None:
    good = a_good()
    start = clock.today() + timedelta(days=monday())
    deals(good, ["100"], days_ago=89 - monday())
    deals(good, ["100"] * 29, days_ago=10)
    refresh_statistics(start, full=True)
    deals(good, ["100"], days_ago=-1 - monday())
    # One of thirty has left and another has come: 3.3% have been replaced, not 6.7%.
    assert refresh_statistics(start + timedelta(days=1), full=False)["groups"] == 0
    every = GoodPriceStatistics.objects.get(tier=0, quantity_band=0)
    assert (every.n, every.entered_lines, every.left_lines) == (30, 1, 1)


def test_a_night_once_more_counts_nothing_twice() -> None:
    good = a_good()
    start = clock.today() + timedelta(days=monday())
    deals(good, ["100"] * 30)
    refresh_statistics(start, full=True)
    deals(good, ["500"], days_ago=-1 - monday())
    for _time in range(3):
        assert refresh_statistics(start + timedelta(days=1), full=False)["groups"] == 0
    assert GoodPriceStatistics.objects.get(tier=0, quantity_band=0).entered_lines == 1


def test_a_late_deal_counts_at_once() -> None:
    good = a_good()
    start = clock.today() + timedelta(days=monday())
    deals(good, ["100"] * 50)
    refresh_statistics(start, full=True)
    deals(good, ["500"], days_ago=3)
    assert refresh_statistics(start + timedelta(days=1), full=False)["groups"] == 4
    assert GoodPriceStatistics.objects.get(tier=0, quantity_band=0).n == 51


def test_a_corrected_price_counts_at_once() -> None:
    good = a_good()
    start = clock.today() + timedelta(days=monday())
    orders = deals(good, ["100"] * 50)
    refresh_statistics(start, full=True)
    PriceObservation.objects.filter(order_line_id=orders[0]).update(unit_price=700, x=math.log(700))
    assert refresh_statistics(start + timedelta(days=1), full=False)["groups"] == 4
    assert GoodPriceStatistics.objects.get(tier=0, quantity_band=0).highest == 700


def test_two_workers_do_the_night_that_one_does() -> None:
    day = clock.today() + timedelta(days=monday())
    for name in "甲乙丙丁":
        deals(a_good(name, model=name), PRICES)
    refresh_statistics(day, full=True)
    alone = [row | {"id": None} for row in rows()]
    GoodPriceStatistics.objects.all().delete()
    PriceStatisticsMark.objects.all().delete()
    nights = [NightContext(1, day, day, shard, 2) for shard in (0, 1)]
    halves = [run_night(night) for night in nights]
    assert [row | {"id": None} for row in rows()] == alone
    assert sum(half["rows"] for half in halves) == len(alone)
    assert all(half["rows"] > 0 for half in halves)
    assert [run_night(night)["rows"] for night in nights] == [0, 0]


def test_a_group_whose_lines_have_all_left_the_window_goes() -> None:
    deals(a_good(), ["100"] * 3, days_ago=5)
    refresh_statistics(clock.today(), full=True)
    assert refresh_statistics(clock.today() + timedelta(days=85), full=False)["rows"] == 4
    assert not rows()


def test_incremental_and_full_agree_once_everything_has_moved() -> None:
    good = a_good()
    day = clock.today()
    deals(good, PRICES)
    refresh_statistics(day - timedelta(days=6), full=True)
    refresh_statistics(day, full=False)
    incremental = rows()
    GoodPriceStatistics.objects.all().delete()
    refresh_statistics(day, full=True)
    full = rows()
    for row in (*incremental, *full):
        row.pop("id")
    assert incremental == full


def test_the_night_knows_the_part() -> None:
    assert nightly_parts["price_statistics"].stage == 1
