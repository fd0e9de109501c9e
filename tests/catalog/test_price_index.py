"""The price index: matched goods only, weighed by what was spent, chained, and told where it cannot be told."""

from __future__ import annotations

import csv
import io
import math
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, PriceIndex, PriceObservation
from catalog.pricing.index import before, chained, index_of, refresh_index
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, deals

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 10)


def bought(good: object, day: date, prices: list[str], quantity: str = "1") -> list[int]:
    orders = deals(good, prices, quantity=quantity)  # type: ignore[arg-type]
    PriceObservation.objects.filter(order_id__in=orders).update(
        confirmed_on=day, confirmed_at=f"{day}T04:00:00Z"
    )
    return orders


def test_a_link_weighs_each_good_by_its_share_in_both_months() -> None:
    category = a_category()
    goods = [a_good(f"商品{n}", model=f"M{n}", category=category) for n in range(5)]
    for good in goods:
        bought(good, MARCH, ["100"])
        bought(good, APRIL, ["100"])
    # One more that doubles: shares 100 of 600 before, 200 of 700 after.
    rising = a_good("涨", model="R", category=category)
    bought(rising, MARCH, ["100"])
    bought(rising, APRIL, ["200"])
    # Came new: takes no part.
    bought(a_good("新", model="N", category=category), APRIL, ["9000"])
    refresh_index(date(2026, 4, 30), full=True)
    months = index_of(category.pk)
    link = (100 / 600 + 200 / 700) / 2 * math.log(2)
    assert [(row.month, row.goods, row.deals) for row in months] == [
        (date(2026, 3, 1), 0, 6), (date(2026, 4, 1), 6, 7),
    ]  # fmt: skip
    assert months[0].value == 100
    assert months[1].value == pytest.approx(100 * math.exp(link))
    assert months[1].monthly == pytest.approx(math.exp(link) - 1)


@pytest.mark.parametrize(("count", "linked"), [(4, False), (5, True)])
def test_fewer_than_five_matches_give_no_link(count: int, linked: bool) -> None:
    category = a_category()
    for n in range(count):
        good = a_good(f"商品{n}", model=f"M{n}", category=category)
        bought(good, MARCH, ["100"])
        bought(good, APRIL, ["110"])
    refresh_index(date(2026, 4, 30), full=True)
    last = index_of(category.pk)[-1]
    assert last.linked is linked
    assert last.value == pytest.approx(110 if linked else 100)


def test_goods_count_in_all_categories_above_theirs() -> None:
    root = a_category("A02", "设备")
    leaf = a_category("A02021003", "打印机", root)
    bought(a_good(category=leaf), MARCH, ["100"])
    refresh_index(date(2026, 3, 31), full=True)
    assert set(PriceIndex.objects.values_list("category__code", flat=True)) == {"A02", "A02021003"}


def test_some_months_computed_again_are_what_all_computed_at_once_are() -> None:
    category = a_category()
    for n in range(6):
        good = a_good(f"商品{n}", model=f"M{n}", category=category)
        for month in (2, 3, 4):
            bought(good, date(2026, month, 5), [str(90 + 10 * month + n)])
    refresh_index(date(2026, 3, 31), full=True)
    refresh_index(date(2026, 4, 30), full=False)
    found = list(PriceIndex.objects.order_by("month").values_list("month", "link", "goods", "deals"))
    assert refresh_index(date(2026, 4, 30), full=True)["rows"] == 0
    assert len(found) == 3


def test_the_year_before_needs_every_link_between() -> None:
    links = [(date(2025 + (m + 3) // 12, (m + 3) % 12 + 1, 1), 0.01 if m else None, 9, 9) for m in range(13)]
    months = chained(links)
    assert months[-1].month == date(2026, 4, 1)
    assert months[-1].yearly == pytest.approx(math.expm1(0.12))
    broken = [*links[:5], (links[5][0], None, 2, 9), *links[6:]]
    assert chained(broken)[-1].yearly is None
    assert chained(broken)[-1].monthly == pytest.approx(math.expm1(0.01))


def test_a_month_without_deals_breaks_the_chain() -> None:
    months = chained([(date(2026, 1, 1), None, 0, 5), (date(2026, 3, 1), 0.5, 9, 5)])
    assert months[1].monthly is None
    assert months[1].value == 100


def test_the_month_before_january_is_december() -> None:
    assert before(date(2026, 1, 31)) == date(2025, 12, 1)


def test_everyone_reads_the_index_its_formula_and_its_figures(client: Client) -> None:
    category = a_category()
    assert client.get("/open/index/").status_code == 200
    assert client.get(f"/open/index/{category.code}/").status_code == 200
    for n in range(5):
        good = a_good(f"商品{n}", model=f"M{n}", category=category)
        bought(good, MARCH, ["100"])
        bought(good, APRIL, ["110"])
    refresh_index(date(2026, 4, 30), full=True)
    assert category.code in client.get("/open/index/").content.decode()
    html = client.get(f"/open/index/{category.code}/").content.decode()
    assert "2026-03" in html
    assert "exp(" in html
    rows = b"".join(client.get(f"/open/index/{category.code}/?format=csv")).decode()
    assert "2026-03,100.0" in rows
    assert client.get("/open/index/none/").status_code == 404


def rising(code: str = "A02021003", name: str = "打印机") -> Category:
    """A category whose goods have all become dearer by a tenth."""
    category = a_category(code, name)
    for n in range(5):
        good = a_good(f"{name}{n}", model=f"{code}-{n}", category=category)
        a_listing_on_sale(good)
        bought(good, MARCH, ["100"])
        bought(good, APRIL, ["110"])
    return category


def test_all_indices_are_downloaded_as_csv_and_json_with_the_formula_named(client: Client) -> None:
    first, second = rising(), rising("A05010201", "办公桌")
    lonely = a_category("A05010301", "办公椅")
    bought(a_good("椅", model="Y", category=lonely), MARCH, ["100"])
    refresh_index(date(2026, 4, 30), full=True)
    lines = list(
        csv.DictReader(io.StringIO(b"".join(client.get("/open/index/?format=csv")).decode("utf-8-sig")))
    )
    assert [(line["品目编码"], line["月份"]) for line in lines] == [
        (first.code, "2026-03"), (first.code, "2026-04"), (second.code, "2026-03"), (second.code, "2026-04"),
    ]  # fmt: skip
    assert all("Törnqvist" in line["计算公式"] for line in lines)
    response = client.get("/open/index/?format=json")
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''price-index.json"
    found = response.json()
    assert "Törnqvist" in found["formula"]
    assert found["least_goods_in_both_months"] == 5
    assert [category["code"] for category in found["categories"]] == [first.code, second.code]
    assert found["categories"][0]["months"] == [
        {"month": "2026-03", "index": 100.0, "to_month_before": None, "to_year_before": None,
         "goods_in_both_months": 0, "deals": 5},
        {"month": "2026-04", "index": 110.0, "to_month_before": 0.1, "to_year_before": None,
         "goods_in_both_months": 5, "deals": 5},
    ]  # fmt: skip


def test_one_index_is_downloaded_alone(client: Client) -> None:
    first = rising()
    rising("A05010201", "办公桌")
    refresh_index(date(2026, 4, 30), full=True)
    found = client.get(f"/open/index/{first.code}/?format=json").json()
    assert [(row["code"], row["name"], len(row["months"])) for row in found["categories"]] == [
        (first.code, "打印机", 2)
    ]
    none = a_category("A05010301", "办公椅")
    assert client.get(f"/open/index/{none.code}/?format=json").json()["categories"] == []


def test_all_indices_cost_the_same_however_many_there_are(client: Client) -> None:
    counts = []
    for code in ("A01", "A02", "A03"):
        rising(code, code)
        refresh_index(date(2026, 4, 30), full=True)
        client.get("/open/index/")
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get("/open/index/?format=csv"))
        counts.append(len(captured))
    assert counts[0] == counts[-1]


def test_a_category_leads_to_its_own_index_if_it_has_one(client: Client) -> None:
    category = rising()
    link = f'href="/open/index/{category.code}/"'
    assert link not in client.get(f"/categories/{category.code}/").content.decode()
    refresh_index(date(2026, 4, 30), full=True)
    cache.clear()
    assert link in client.get(f"/categories/{category.code}/").content.decode()
    assert 'href="/open/index/?format=json"' in client.get("/open/").content.decode()


def test_where_no_two_months_can_be_compared_no_index_is_told(client: Client) -> None:
    category = a_category()
    good = a_good(category=category)
    bought(good, MARCH, ["100"])
    bought(good, APRIL, ["110"])
    refresh_index(date(2026, 4, 30), full=True)
    assert f"/open/index/{category.code}/" not in client.get("/open/index/").content.decode()
    html = client.get(f"/open/index/{category.code}/", headers={"accept-language": "en"}).content.decode()
    assert "No index yet" in html
    assert "<table" not in html
