"""The order of hits: the formula at its bounds, its SQL in step with the pure function, and the page that explains it."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import SupplierStanding
from catalog import services
from catalog.models import Good, GoodFigures, GoodPriceStatistics
from catalog.pricing.statistics import refresh_statistics
from catalog.search.explain import explain
from catalog.search.filters import Filters
from catalog.search.find import find_goods
from catalog.search.ranking import Standing, factors, place
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_staff_client,
    an_organisation,
    deals,
)
from zcy import clock


def standing(**values: Any) -> Standing:
    known: dict[str, Any] = {
        "credit": 1.0, "sold": 0, "lowest": None, "low": None, "high": None, "deals": 0, "delivery_days": None,
        "offers": 0, "in_stock": True,
    }  # fmt: skip
    return Standing(**(known | values))


def test_what_is_not_known_counts_nothing() -> None:
    assert factors(standing()).merit == 1.0


@pytest.mark.parametrize(("sold", "factor"), [(0, 1.0), (1000, 1.1), (50_000, 1.1)])
def test_sales_raise_by_a_tenth_at_most(sold: int, factor: float) -> None:
    assert factors(standing(sold=sold)).sales == pytest.approx(factor)


def test_thirty_orders_raise_by_half_of_it() -> None:
    assert factors(standing(sold=30)).sales == pytest.approx(1 + 0.1 * math.log(31) / math.log(1001))


@pytest.mark.parametrize(
    ("lowest", "deals_known", "factor"),
    [
        ("100", 9, 1.05),
        ("90", 9, 1.05),
        ("150", 9, 1.0),
        ("200", 9, 0.95),
        ("900", 9, 0.95),
        ("100", 1, 1.0),
        ("125", 9, 1.025),
    ],
)
def test_the_price_counts_by_its_place_between_what_is_usually_paid(
    lowest: str, deals_known: int, factor: float
) -> None:
    good = standing(lowest=Decimal(lowest), low=100.0, high=200.0, deals=deals_known)
    assert factors(good).price == pytest.approx(factor)


@pytest.mark.parametrize(
    ("days", "factor"), [(0, 1.05), (1, 1.05), (4, 1.025), (7, 1.0), (30, 1.0), (None, 1.0)]
)
def test_fast_delivery_raises(days: int | None, factor: float) -> None:
    assert factors(standing(delivery_days=days)).delivery == pytest.approx(factor)


def test_sold_out_goods_come_later() -> None:
    assert factors(standing(in_stock=False)).merit == pytest.approx(0.8)


def test_place_by_hand() -> None:
    assert place(text=0.6, synonyms=0.5, is_model=False, merit=1.1) == 770_000
    assert place(text=0.0, synonyms=0.0, is_model=True, merit=0.8) == 800_000


@pytest.fixture
def shop(db: None) -> list[Good]:
    """Goods that differ in every factor."""
    made = []
    for number in range(6):
        supplier = an_organisation()
        SupplierStanding.objects.create(
            supplier=supplier,
            ranking_factor=Decimal("0.90") + Decimal("0.04") * number,
            score=50 + number,
            grade="A",
        )
        good = a_good(f"奔图 打印机 P330{number}", brand="奔图", model=f"P330{number}")
        deals(good, ["1000", "1500", "1800", "2000", "2100"])
        a_listing_on_sale(
            good, supplier=supplier, price=str(900 + 250 * number), delivery_days=(None, 1, 3, 7, 30, 2)[number],
            stock=Decimal(number % 3),
        )  # fmt: skip
        if number % 2:
            GoodFigures.objects.create(good=good, orders=7**number % 1500)
        made.append(good)
    refresh_statistics(clock.today(), full=True)
    GoodPriceStatistics.objects.filter(good=made[2]).delete()
    services.refresh_goods()
    return made


def test_the_kept_merit_is_that_of_the_pure_function(shop: list[Good]) -> None:
    _words, rows = explain("打印机")
    assert len(rows) == 6
    assert len({round(row.merit, 4) for row in rows}) > 3
    for row in rows:
        assert row.factors.merit == pytest.approx(row.merit, abs=0.000002), row
        assert not row.is_stale


def test_places_are_those_of_the_pure_function_and_the_list_has_their_order(shop: list[Good]) -> None:
    for q in ("打印机", "P3303", "奔图 打印机", "dayinji"):
        _words, rows = explain(q)
        assert rows
        for row in rows:
            assert abs(row.place - row.computed) <= 1, (q, row)
        assert [row.id for row in find_goods(Filters(q=q)).rows] == [row.id for row in rows]


def test_the_model_that_is_typed_comes_first_whatever_its_merit(shop: list[Good]) -> None:
    _words, rows = explain("p3300")
    assert rows[0].is_model
    assert rows[0].id == shop[0].pk


def test_credit_moves_a_good_within_its_bounds_only(shop: list[Good]) -> None:
    _words, rows = explain("打印机")
    assert all(0.9 <= row.factors.credit <= 1.1 for row in rows)


def test_the_catalog_s_staff_see_why_and_nobody_else(shop: list[Good], settings: Any) -> None:
    html = a_staff_client(settings).get("/operator/search/?q=打印机").content.decode()
    assert "P3303" in html
    assert "1.100" in html
    assert a_client_of(a_buyer_actor()).get("/operator/search/?q=打印机").status_code == 403


@pytest.mark.parametrize("q", ["", "量子", "%", "'", "\x00", "打隐机", "a" * 300])
def test_the_page_answers_whatever_is_typed(shop: list[Good], q: str, settings: Any) -> None:
    services.rebuild_vocabulary()
    assert a_staff_client(settings).get("/operator/search/", {"q": q}).status_code == 200


def test_a_change_that_is_not_yet_kept_is_told(shop: list[Good]) -> None:
    Good.objects.filter(pk=shop[3].pk).update(delivery_days=1)
    _words, rows = explain("打印机")
    assert [row.id for row in rows if row.is_stale] == [shop[3].pk]
