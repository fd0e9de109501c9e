"""Lists that can be walked, narrowed and widened again without losing a good."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import Region, SupplierStanding
from catalog import services
from catalog.models import Good, Listing
from catalog.search import facets
from catalog.search.facets import Facets, Value, count_facets
from catalog.search.filters import read_filters
from catalog.search.find import find_goods
from tests.catalog.factories import (
    a_buyer_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    an_attribute,
    an_organisation,
    many_goods_on_sale,
)

pytestmark = pytest.mark.django_db


def walk(query: str, *, backwards: bool = False) -> list[int]:
    """The ids of all pages, from the first to the last or from the last back to the first."""
    pages = []
    page = find_goods(read_filters(QueryDict(query)))
    pages.append([row.id for row in page.rows])
    while page.next_url:
        page = find_goods(read_filters(QueryDict(page.next_url[1:])))
        pages.append([row.id for row in page.rows])
    if backwards:
        pages = [[row.id for row in page.rows]]
        while page.previous_url:
            page = find_goods(read_filters(QueryDict(page.previous_url[1:])))
            pages.insert(0, [row.id for row in page.rows])
    return [pk for rows in pages for pk in rows]


@pytest.mark.parametrize("query", ["q=打印机", "q=", "q=打印机&sort=price", "sort=price", "sort=-price"])
def test_ties_and_the_widest_prices_are_walked_without_loss_both_ways(query: str) -> None:
    goods = many_goods_on_sale(110)
    prices = ["0.00", "0.01", "-3.50", "999999999999.99", *["88.00"] * 106]
    for good, price in zip(goods, prices, strict=True):
        with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
            Listing.objects.filter(good=good).update(price=Decimal(price), origin="imported")
    services.refresh_goods()
    wanted = {good.pk for good in goods}
    forwards = walk(query)
    assert len(forwards) == 110
    assert set(forwards) == wanted
    assert walk(query, backwards=True) == forwards


def a_shelf() -> str:
    """Goods of two categories, three brands, several prices and attributes; the code of their branch."""
    root = a_category("A02", "设备")
    leaves = [a_category("A02021003", "A4黑白打印机", root), a_category("A02021004", "A4彩色打印机", root)]
    for leaf in leaves:
        an_attribute(leaf, "duplex", "双面", type="boolean", filterable=True)
        an_attribute(leaf, "ppm", "速度", type="number", unit="页/分", filterable=True)
        an_attribute(leaf, "link", "接口", type="choice", choices=["USB", "有线  网络"], filterable=True)
    suppliers = [an_organisation(size=size) for size in ("micro", "small", "")]
    SupplierStanding.objects.create(supplier=suppliers[0], grade="AAA", score="92")
    SupplierStanding.objects.create(supplier=suppliers[1], grade="BB", score="55")
    for number in range(36):
        spec = {
            "duplex": number % 2 == 0,
            "ppm": [22, 33.5, 40][number % 3],
            "link": ["USB", "有线  网络"][number % 5 > 2],
        }
        good = a_good(
            f"打印机 {number}", brand=("惠普", "佳能", "奔图")[number % 3], model=f"X{number}",
            category=leaves[number % 4 > 2], spec=spec, labels=[[], ["green"], ["green", "energy_saving"]][number % 3],
        )  # fmt: skip
        a_listing_on_sale(
            good, supplier=suppliers[number % 3], price=str(500 + 137 * (number % 11)), index=False,
            stock=Decimal(number % 2), delivery_days=(1, 3, 5, 30, None)[number % 5],
        )  # fmt: skip
    services.index_goods()
    return leaves[0].code


def choices(found: Facets) -> list[Value]:
    return [value for _name, value in named_choices(found)]


def named_choices(facets: Facets) -> list[tuple[str, Value]]:
    """(facet, choice); those of one facet add to each other."""
    listed = [(name, value) for name in ("categories", "prices", "days") for value in getattr(facets, name)]
    for name in ("brands", "labels", "sizes", "grades"):
        listed += [(name, value) for value in getattr(facets, name)]
    return listed + [(facet.title, value) for facet in facets.attributes for value in facet.values]


@pytest.mark.parametrize(
    "start", ["", "q=打印机", "q=打印机&stock=1", "category={leaf}", "category={leaf}&sort=price&max=1500"]
)
def test_a_count_is_the_number_of_hits_when_it_is_clicked_and_clicked_again(start: str) -> None:
    start = start.format(leaf=a_shelf())
    checked = 0
    first = count_facets(read_filters(QueryDict(start)))
    for name, value in named_choices(first):
        if value.chosen:
            continue
        narrowed = read_filters(QueryDict(value.url[1:]))
        assert not narrowed.errors
        assert len(walk(value.url[1:])) == value.count, value
        for other, second in named_choices(count_facets(narrowed)):
            if second.chosen or (other == name and name not in ("categories", "prices", "days")):
                continue  # a second choice of a facet adds its own to those of the first
            assert len(walk(second.url[1:])) == second.count, (value, second)
            checked += 1
    assert checked > 20


def test_a_second_value_of_an_attribute_adds_its_goods_and_its_count_stands_beside_the_first() -> None:
    leaf = a_shelf()
    facet = next(
        one
        for one in count_facets(read_filters(QueryDict(f"category={leaf}"))).attributes
        if one.title == "速度"
    )
    one, other = facet.values[:2]
    both = count_facets(read_filters(QueryDict(one.url[1:])))
    again = next(found for found in both.attributes if found.title == "速度")
    assert {value.label: value.count for value in again.values} == {
        value.label: value.count for value in facet.values
    }
    assert [value.chosen for value in again.values] == [True, False, False]
    url = next(value.url for value in again.values if value.label == other.label)
    assert len(walk(url[1:])) == one.count + other.count
    assert both.total == one.count


def test_values_of_two_attributes_narrow_each_other() -> None:
    leaf = a_shelf()
    goods = Good.objects.filter(category__code=leaf)
    wanted = {good.pk for good in goods if good.spec["ppm"] in (22, 40) and good.spec["link"] == "USB"}
    assert set(walk(f"category={leaf}&a.ppm=22&a.ppm=40&a.link=USB")) == wanted
    assert 0 < len(wanted) < goods.count()


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("22..33.5", {22, 33.5}),
        ("23..", {33.5, 40}),
        ("..33.4", {22}),
        ("33.5..33.5", {33.5}),
        ("41..", set()),
    ],
)
def test_a_number_is_asked_for_by_a_range_with_both_ends_in_it(value: str, fits: set[float]) -> None:
    leaf = a_shelf()
    found = walk(f"category={leaf}&a.ppm={value}")
    assert set(found) == {
        good.pk for good in Good.objects.filter(category__code=leaf) if good.spec["ppm"] in fits
    }


@pytest.mark.parametrize("value", ["40..22", "a..b", "..", "1e99..", "NaN.."])
def test_a_range_that_is_none_is_named(value: str) -> None:
    leaf = a_shelf()
    assert read_filters(QueryDict(f"category={leaf}&a.ppm={value}")).errors


def test_typed_ends_of_a_range_become_one_filter() -> None:
    leaf = a_shelf()
    filters = read_filters(QueryDict(f"category={leaf}&a.ppm.min=23&a.ppm.max=40"))
    assert filters.attributes == (("ppm", "23..40"),)
    assert not filters.errors
    assert read_filters(QueryDict(f"category={leaf}&a.ppm.min=50&a.ppm.max=40")).errors


def test_a_number_with_many_values_is_offered_in_ranges_that_hold_all_goods() -> None:
    leaf = a_category("A02021003", "A4黑白打印机")
    an_attribute(leaf, "weight", "重量", type="number", unit="kg", filterable=True)
    for number in range(23):
        a_listing_on_sale(
            a_good(f"打印机 {number}", model=f"W{number}", category=leaf, spec={"weight": number / 2}),
            index=False,
        )
    services.index_goods()
    (facet,) = count_facets(read_filters(QueryDict(f"category={leaf.code}"))).attributes
    assert len(facet.values) == 4
    assert sum(value.count for value in facet.values) == 23
    for value in facet.values:
        assert len(walk(value.url[1:])) == value.count


@pytest.mark.parametrize(
    ("sort", "field", "reverse"),
    [("sold", "sold", True), ("delivery", "delivery_days", False), ("credit", "best_score", True)],
)
def test_lists_are_ordered_by_sales_delivery_and_credit(sort: str, field: str, reverse: bool) -> None:
    a_shelf()
    Good.objects.filter(pk__in=Good.objects.values("pk")[:9]).update(sold=7)
    rows = walk(f"q=打印机&sort={sort}")
    values = [getattr(Good.objects.get(pk=pk), field) for pk in rows]
    ordered = [value if value is not None else 32767 for value in values]
    assert len(set(rows)) == 36
    assert ordered == sorted(ordered, reverse=reverse)
    assert walk(f"q=打印机&sort={sort}", backwards=True) == rows


def test_a_second_brand_adds_its_goods() -> None:
    a_shelf()
    facets = count_facets(read_filters(QueryDict("q=打印机")))
    one, other = facets.brands[:2]
    both = count_facets(read_filters(QueryDict(one.url[1:])))
    url = next(value.url for value in both.brands if value.label == other.label)
    assert len(walk(url[1:])) == one.count + other.count


def test_filters_that_leave_nothing_are_still_chips_that_can_be_removed(client: Client) -> None:
    leaf = a_shelf()
    brand = Good.objects.filter(brand__name="惠普").values_list("brand_id", flat=True)[0]
    query = f"category={leaf}&brand={brand}&min=900000&a.ppm=40&a.duplex=true"
    html = client.get(f"/search/?{query}").content.decode()
    assert html.count('class="chip"') == 5
    assert "<b>惠普</b>" in html
    assert "40 页/分" in html
    for name in ("brand", "min", "a.ppm", "a.duplex"):
        kept = "&amp;".join(part for part in query.split("&") if not part.startswith(f"{name}="))
        assert f'href="?{kept}"' in html, name


def test_every_filter_stands_in_the_address_of_the_next_page() -> None:
    a_shelf()
    query = "q=打印机&category=A02&min=1&max=99999&stock=1&sort=price&region=330106"
    a_region()
    filters = read_filters(QueryDict(query))
    assert not filters.errors
    again = read_filters(QueryDict(filters.address("after=500.00_1")[1:]))
    assert again.pairs() == filters.pairs()
    assert again.position is not None


def three_regions() -> tuple[Region, Region, Region]:
    province = a_region("330000", "浙江省", "province")
    city = a_region("330100", "杭州市", "city", province)
    county = Region.objects.filter(code="330106").first() or a_region("330106", "西湖区", "county", city)
    return province, city, county


def test_what_no_supplier_delivers_to_a_region_can_be_left_out() -> None:
    province, city, county = three_regions()
    areas: dict[str, list[list[str]]] = {
        "everywhere": [[]],
        "province": [[province.path]],
        "city": [[city.path]],
        "elsewhere": [["330000/330200/"]],
        "one of two": [["330000/330200/"], [city.path, "330000/330300/"]],
        "one everywhere": [["330000/330200/"], []],
    }
    for name, offers in areas.items():
        good = a_good(f"打印机 {name}", model=name)
        for paths in offers:
            a_listing_on_sale(good, delivery_paths=paths)

    def names(code: str) -> set[str]:
        rows = find_goods(read_filters(QueryDict(f"q=打印机&region={code}"))).rows
        return set(Good.objects.filter(pk__in=[row.id for row in rows]).values_list("model", flat=True))

    assert names(county.code) == {"everywhere", "province", "city", "one of two", "one everywhere"}
    assert names(city.code) == names(county.code)
    assert names(province.code) == {"everywhere", "province", "one everywhere"}
    assert read_filters(QueryDict("region=999999")).errors


def test_a_buyer_is_offered_what_is_delivered_to_its_region(client: Client) -> None:
    a_listing_on_sale()
    box = 'name="region" value="330106"'
    assert box not in client.get("/search/").content.decode()
    assert box in a_client_of(a_buyer_actor()).get("/search/").content.decode()


def test_stock_below_the_least_quantity_counts_as_sold_out() -> None:
    listing = a_listing_on_sale(stock=Decimal(12), min_quantity=Decimal(10))

    def in_stock() -> bool:
        listing.good.refresh_from_db()
        return listing.good.in_stock

    assert in_stock()
    services.reserve_stock(quantities={listing.pk: Decimal(3)})
    assert not in_stock()
    services.release_stock(quantities={listing.pk: Decimal(1)})
    assert in_stock()


def test_rare_brands_are_folded_not_lost(client: Client) -> None:
    for number in range(15):
        a_listing_on_sale(a_good(f"打印机 {number}", brand=f"品牌{number}", model=f"N{number}"), index=False)
    services.index_goods()
    html = client.get("/search/?q=打印机").content.decode()
    assert all(f"品牌{number}<" in html for number in range(15))
    assert "<details><summary>" in html


def test_prices_of_less_than_a_yuan_have_classes_with_two_ends() -> None:
    for number, price in enumerate(itertools.islice(itertools.cycle(["0.01", "0.02", "0.60", "7"]), 12)):
        a_listing_on_sale(a_good(f"打印机 {number}", model=f"N{number}"), price=price, index=False)
    services.index_goods()
    prices = count_facets(read_filters(QueryDict("q=打印机"))).prices
    assert sum(value.count for value in prices) == 12
    assert not any("None" in value.label or "–¥0.00" in value.label for value in prices)
    for value in prices:
        assert len(walk(value.url[1:])) == value.count


def test_counts_are_exact_up_to_the_cap_and_told_to_be_more_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    a_shelf()
    monkeypatch.setattr(facets, "CAP", 36)
    exact = count_facets(read_filters(QueryDict("q=打印机")))
    assert (exact.total, exact.capped) == (36, False)
    monkeypatch.setattr(facets, "CAP", 35)
    more = count_facets(read_filters(QueryDict("q=打印机")))
    assert (more.total, more.capped) == (35, True)
    # A choice that leaves fewer is counted exactly, though the list without it is longer than the cap.
    brand = Good.objects.filter(brand__name="惠普").values_list("brand_id", flat=True)[0]
    chosen = count_facets(read_filters(QueryDict(f"q=打印机&brand={brand}")))
    assert (chosen.total, chosen.capped) == (12, False)


def test_many_choices_of_all_facets_at_once_are_one_statement(django_assert_num_queries: Any) -> None:
    leaf = a_shelf()
    filters = read_filters(
        QueryDict(
            f"category={leaf}&label=green&label=energy_saving&size_of=micro&size_of=small&grade=AAA&grade=BB&days=15"
            "&a.ppm=20..50&a.duplex=true&a.duplex=false&stock=1"
        )
    )
    assert not filters.errors
    find_goods(filters)
    with django_assert_num_queries(1):
        counted = count_facets(filters)
    assert counted.total == len(find_goods(filters).rows) > 0
    assert all(value.chosen for value in counted.labels)
