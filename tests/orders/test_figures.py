"""What the night counts of suppliers and goods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organisation, SupplierFigures
from catalog.models import GoodFigures, Listing
from orders.figures import compute_figures
from orders.history import first_day
from orders.models import Acceptance, Evaluation, Order, OrderLine, Shipment
from tests.factories import a_listing_on_sale, an_imported_order
from zcy.clock import SHANGHAI

pytestmark = pytest.mark.django_db

NIGHT = date(2026, 3, 31)  # a Tuesday


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def listing() -> Listing:
    return a_listing_on_sale(price="10.00")


def an_order(
    listing: Listing, *, placed: date = date(2026, 3, 2), confirmed: date | None = None, **values: Any
) -> Order:
    return an_imported_order(
        listing=listing, placed_at=at(placed), confirmed_at=at(confirmed or placed, 12), quantity=3, **values
    )


def figures(supplier: Organisation, night: date = NIGHT) -> SupplierFigures:
    compute_figures(night)
    return SupplierFigures.objects.get(supplier=supplier)


def test_confirmed_within_one_working_day(listing: Listing) -> None:
    an_order(listing, placed=date(2026, 3, 6), confirmed=date(2026, 3, 9))  # Friday → Monday
    an_order(listing, placed=date(2026, 3, 6), confirmed=date(2026, 3, 10))
    kept = figures(listing.supplier)
    assert (kept.orders, kept.confirmed_in_time) == (2, 0.5)


def test_delivered_in_time_means_at_most_one_working_day_late(listing: Listing) -> None:
    for arrived in (date(2026, 3, 13), date(2026, 3, 16), date(2026, 3, 17)):  # promised for a Friday
        order = an_order(listing, promised_on=date(2026, 3, 13))
        Shipment.objects.create(order=order, delivered_at=at(arrived), origin="imported")
    an_order(listing, promised_on=date(2026, 3, 20))  # overdue, and nothing has come
    an_order(listing, promised_on=date(2026, 4, 20))  # not due yet
    an_order(listing)  # nothing promised
    assert figures(listing.supplier).delivered_in_time == 0.5


def test_the_last_part_counts(listing: Listing) -> None:
    order = an_order(listing, promised_on=date(2026, 3, 13))
    for arrived in (date(2026, 3, 10), date(2026, 3, 25)):
        Shipment.objects.create(order=order, delivered_at=at(arrived), origin="imported")
    assert figures(listing.supplier).delivered_in_time == 0


def test_the_first_acceptance_and_the_stars(listing: Listing) -> None:
    for results in (["failed", "passed"], ["passed"], [""], []):
        order = an_order(listing)
        for day, result in enumerate(results, start=10):
            Acceptance.objects.create(
                order=order, at=at(date(2026, 3, day)), result=result, origin="imported"
            )
    for stars, side in ((5, "buyer"), (2, "buyer"), (1, "supplier")):
        Evaluation.objects.create(
            order=order, by_side=side, at=at(date(2026, 3, 20)), stars=stars, origin="imported"
        )
    kept = figures(listing.supplier)
    assert (kept.accepted_at_once, kept.stars, kept.evaluations) == (0.5, 3.5, 2)


def test_orders_of_which_something_was_sent_back_are_told(listing: Listing) -> None:
    for refused, result in ((0, "passed"), (1, "partial"), (0, "passed"), (0, "passed"), (0, "")):
        order = an_order(listing)
        OrderLine.objects.filter(order=order).update(refused_quantity=refused)
        Acceptance.objects.create(order=order, at=at(date(2026, 3, 12)), result=result, origin="imported")
    assert figures(listing.supplier).returned == 0.25


def test_cancelled_orders_and_those_of_other_years_do_not_count(listing: Listing) -> None:
    an_order(listing)
    an_order(listing, cancelled_at=at(date(2026, 3, 5)))
    an_order(listing, cancelled_at=at(date(2026, 4, 5)))  # not yet, that night
    an_order(listing, placed=NIGHT - timedelta(days=365))
    an_order(listing, placed=NIGHT - timedelta(days=364))
    an_order(listing, placed=NIGHT + timedelta(days=1))
    assert figures(listing.supplier).orders == 3
    sold = GoodFigures.objects.get(good=listing.good)
    assert (sold.orders, sold.quantity, sold.amount) == (3, Decimal(9), Decimal("90.00"))


def test_a_second_run_changes_nothing_and_old_figures_fade(listing: Listing) -> None:
    an_order(listing)
    assert compute_figures(NIGHT)["rows"] > 0
    assert compute_figures(NIGHT) == {"rows": 0, "suppliers": 0, "goods": 0}
    compute_figures(NIGHT + timedelta(days=400))
    assert GoodFigures.objects.get(good=listing.good).orders == 0
    kept = SupplierFigures.objects.get(supplier=listing.supplier)
    assert (kept.orders, kept.confirmed_in_time) == (0, None)


def test_history_begins_with_the_first_order(listing: Listing) -> None:
    assert first_day() is None
    an_order(listing, placed=date(2026, 3, 9))
    an_order(listing, placed=date(2026, 3, 2))
    assert first_day() == date(2026, 3, 2)
