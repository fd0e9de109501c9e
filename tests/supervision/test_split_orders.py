"""split-orders at, just under and just over its limits; T = 50,000."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organisation
from catalog.models import Category
from orders.models import Ceiling, Inquiry, Order
from supervision.models import Warning
from tests.supervision.history import (
    a_buyer,
    a_category,
    a_region,
    a_supplier,
    an_order,
    at,
    outcomes,
    run_each_night,
    run_nights,
    seen,
)

pytestmark = pytest.mark.django_db
SLUG = "split-orders"
DAY = date(2025, 6, 2)


class Shop:
    """A buyer in a region with a ceiling of ¥50,000."""

    def __init__(self) -> None:
        self.buyer: Organisation = a_buyer()
        self.category: Category = a_category()
        self.ids = ";".join(sorted([self.buyer.uscc, self.category.code]))
        Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(50_000))

    def buys(self, day: date, total: int | str, **values: Any) -> Order:
        return an_order(day, **{"buyer": self.buyer, "category": self.category, "total": total, **values})


@pytest.fixture
def shop() -> Shop:
    return Shop()


def run(last: date = DAY + timedelta(days=40)) -> None:
    run_nights(DAY - timedelta(days=60), last, only=SLUG)


@pytest.mark.parametrize(("second", "flagged"), [("20000.00", True), ("19999.99", False)])
def test_the_sum_reaches_the_ceiling(shop: Shop, second: str, flagged: bool) -> None:
    shop.buys(DAY - timedelta(days=3), "30000.00")
    shop.buys(DAY, second)
    run()
    assert seen(SLUG) == ({shop.ids: ("2025-06-02", 2)} if flagged else {})


@pytest.mark.parametrize(("total", "counts"), [("49999.99", True), ("50000.00", False)])
def test_each_order_is_below_the_ceiling(shop: Shop, total: str, counts: bool) -> None:
    shop.buys(DAY - timedelta(days=1), total)
    shop.buys(DAY, "1000.00")
    run()
    assert bool(seen(SLUG)) is counts


@pytest.mark.parametrize(("days", "flagged"), [(29, True), (30, False)])
def test_thirty_days_count_together(shop: Shop, days: int, flagged: bool) -> None:
    shop.buys(DAY - timedelta(days=days), 30_000)
    shop.buys(DAY, 30_000)
    run()
    assert bool(seen(SLUG)) is flagged


def test_orders_of_one_contract_are_one_unit(shop: Shop) -> None:
    for n in range(3):
        shop.buys(DAY - timedelta(days=n), 20_000, contract="C-1")
    run()
    assert seen(SLUG) == {}


def test_a_contract_counts_from_its_first_date(shop: Shop) -> None:
    shop.buys(DAY - timedelta(days=31), 20_000, contract="C-1")
    shop.buys(DAY - timedelta(days=1), 20_000, contract="C-1")
    shop.buys(DAY, 20_000)
    run()
    assert seen(SLUG) == {}


def test_another_category_buyer_or_method_is_not_counted(shop: Shop) -> None:
    Ceiling.objects.create(region=a_region("330000"), method="comparison", ceiling=Decimal(50_000))
    shop.buys(DAY - timedelta(days=1), 30_000, category=a_category())
    shop.buys(DAY - timedelta(days=1), 30_000, buyer=a_buyer())
    shop.buys(DAY - timedelta(days=1), 30_000, method="comparison")
    shop.buys(DAY, 30_000)
    run()
    assert seen(SLUG) == {}


def test_an_order_on_an_inquiry_is_not_counted(shop: Shop) -> None:
    inquiry = Inquiry.objects.create(
        buyer=shop.buyer,
        kind="inquiry",
        category=shop.category,
        title="x",
        published_at=at(DAY),
        deadline=at(DAY),
    )
    shop.buys(DAY - timedelta(days=1), 30_000, inquiry=inquiry)
    shop.buys(DAY, 30_000)
    run()
    assert seen(SLUG) == {}


def test_a_method_without_ceiling_is_not_evaluable(shop: Shop) -> None:
    shop.buys(DAY - timedelta(days=1), 30_000, method="auction")
    shop.buys(DAY, 30_000, method="auction")
    run()
    assert outcomes(SLUG) == {("not_evaluable", "no_ceiling"): 2}


def test_the_nearest_region_with_any_row_decides_and_the_special_category_goes_first(shop: Shop) -> None:
    county = a_region()
    Ceiling.objects.create(region=county, method="direct", ceiling=Decimal(80_000))
    Ceiling.objects.create(region=county, method="direct", category=shop.category, ceiling=Decimal(70_000))
    shop.buys(DAY - timedelta(days=1), 35_000)
    shop.buys(DAY, "34999.99")
    run()
    assert seen(SLUG) == {}
    shop.buys(DAY + timedelta(days=1), "0.01")
    run()
    assert seen(SLUG) == {shop.ids: ("2025-06-03", 2)}


def test_a_row_for_another_category_in_the_nearest_region_leaves_no_ceiling(shop: Shop) -> None:
    Ceiling.objects.create(region=a_region(), method="direct", category=a_category(), ceiling=Decimal(1))
    shop.buys(DAY - timedelta(days=1), 30_000)
    shop.buys(DAY, 30_000)
    run()
    assert outcomes(SLUG) == {("not_evaluable", "no_ceiling"): 2}


@pytest.mark.parametrize(
    ("second", "same", "severity"), [("35000.00", True, 3), ("34999.99", True, 2), ("35000.00", False, 2)]
)
def test_serious_where_one_supplier_gets_one_and_a_half_ceilings(
    shop: Shop, second: str, same: bool, severity: int
) -> None:
    supplier = a_supplier()
    shop.buys(DAY - timedelta(days=1), "40000.00", supplier=supplier)
    shop.buys(DAY, second, supplier=supplier if same else a_supplier())
    run()
    assert seen(SLUG)[shop.ids][1] == severity


def test_an_order_cancelled_by_the_night_is_left_out_and_a_warning_raised_before_stays(shop: Shop) -> None:
    shop.buys(DAY - timedelta(days=1), 30_000, cancelled_at=at(DAY, 23))
    shop.buys(DAY, 30_000)
    run()
    assert seen(SLUG) == {}
    shop.buys(DAY + timedelta(days=1), 30_000, cancelled_at=at(DAY + timedelta(days=2)))
    run()
    assert seen(SLUG) == {shop.ids: ("2025-06-03", 2)}


def test_a_further_order_within_the_window_belongs_to_the_episode(shop: Shop) -> None:
    for n in (3, 0):
        shop.buys(DAY - timedelta(days=n), 30_000)
    shop.buys(DAY + timedelta(days=5), 10_000)
    run()
    warning = Warning.objects.get()
    assert (warning.first_seen, warning.last_seen, warning.times_seen) == (DAY, DAY + timedelta(days=5), 2)


def test_a_clear_night_ends_the_episode(shop: Shop) -> None:
    shop.buys(DAY - timedelta(days=3), 30_000)
    shop.buys(DAY, 30_000)
    shop.buys(DAY + timedelta(days=29), 10_000)
    shop.buys(DAY + timedelta(days=35), 40_000)
    run()
    firsts = list(Warning.objects.order_by("first_seen").values_list("first_seen", flat=True))
    assert firsts == [DAY, DAY + timedelta(days=35)]


def test_catching_up_gives_the_same_episodes_as_every_night(shop: Shop) -> None:
    for n, total in enumerate([30_000, 25_000, 5_000, 49_000, 12_000, 30_000, 30_000]):
        shop.buys(DAY + timedelta(days=9 * n), total, contract="C" if n in (3, 4) else "")
    last = DAY + timedelta(days=70)

    def found() -> list[tuple[Any, ...]]:
        names = ("fingerprint", "first_seen", "last_seen", "times_seen", "value", "severity", "evidence")
        return list(Warning.objects.order_by("first_seen").values_list(*names))

    run_each_night(DAY, last, only=SLUG)
    every_night = found()
    from supervision.models import WarningEvent

    assert WarningEvent.objects.count() == len(every_night)
    run_nights(DAY, last, only=SLUG)
    assert found() == every_night
