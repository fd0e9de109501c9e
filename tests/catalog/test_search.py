"""Search by Chinese name, model and pinyin, with filters, order and pages."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from catalog import services
from catalog.models import Category
from catalog.search.facets import count_facets
from catalog.search.filters import Filters, read_filters
from catalog.search.find import find_goods
from catalog.search.suggest import did_you_mean
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute, many_goods_on_sale

pytestmark = pytest.mark.django_db


def found(query: str) -> list[str]:
    filters = read_filters(QueryDict(query))
    assert not filters.errors
    return [row.url for row in find_goods(filters).rows]


@pytest.fixture
def printer() -> str:
    good = a_good("惠普/HP LaserJet Pro M403d 黑白激光打印机", brand="惠普", model="LaserJet Pro M403d")
    a_listing_on_sale(good)
    other = a_good(
        "得力 A4复印纸 70g500张",
        brand="得力",
        model="莱茵河",
        category=a_category("A05040101", "复印纸", unit="包"),
    )
    a_listing_on_sale(other, price="19.90")
    return f"/goods/{good.pk}/"


@pytest.mark.parametrize(
    "q",
    ["打印机", "激光打印机", "惠普 打印机", "hp", "HP", "ＨＰ打印机", "M403d", "m403", "LaserJet-Pro M403D", "dayinji",
     "dyj", "huipu", "huipu dayinji", "黑白", "heibai", "403d"],
)  # fmt: skip
def test_a_good_is_found_by_name_model_pinyin_and_initials(printer: str, q: str) -> None:
    assert found(QueryDict(mutable=True).urlencode() + f"q={q}") == [printer]


@pytest.mark.parametrize("q", ["冰箱", "打印机 复印纸", "m404", "///", "'':*|&!", "\\"])
def test_what_does_not_fit_is_not_found(printer: str, q: str) -> None:
    assert found(QueryDict("", mutable=True).urlencode() + "q=" + q.replace("&", "%26")) == []


def test_units_and_numbers_are_cut_alike_in_index_and_query(printer: str) -> None:
    assert len(found("q=70g")) == 1
    assert len(found("q=500张")) == 1
    assert found("q=fuyinzhi") == found("q=复印纸") != [printer]


def test_listings_that_are_not_searchable_do_not_show_a_good() -> None:
    listing = a_listing_on_sale(review="pending")
    assert found("q=打印机") == []
    listing.review = "approved"
    listing.save()
    services.refresh_goods([listing.good_id])
    assert len(found("q=打印机")) == 1
    listing.supplier.active = False
    listing.supplier.save()
    services.refresh_goods()
    assert found("q=打印机") == []


def test_every_page_is_reached_once_forwards_and_backwards() -> None:
    many_goods_on_sale(60)
    for sort in ("", "&sort=price", "&sort=-price"):
        for q in ("q=打印机", "q="):
            page = find_goods(read_filters(QueryDict(f"{q}{sort}")))
            pages = [[row.id for row in page.rows]]
            while page.next_url:
                page = find_goods(read_filters(QueryDict(page.next_url[1:])))
                pages.append([row.id for row in page.rows])
            assert [len(rows) for rows in pages] == [24, 24, 12]
            assert len({pk for rows in pages for pk in rows}) == 60
            back = find_goods(read_filters(QueryDict(page.previous_url[1:])))
            assert [row.id for row in back.rows] == pages[1]
            first = find_goods(read_filters(QueryDict(back.previous_url[1:])))
            assert [row.id for row in first.rows] == pages[0]
            assert not first.previous_url


def test_prices_order_and_bound_the_list() -> None:
    many_goods_on_sale(30)
    rows = find_goods(read_filters(QueryDict("sort=-price&max=1010&min=1005"))).rows
    assert [row.price for row in rows] == [
        f"¥1,0{number}.00" for number in ("10", "09", "08", "07", "06", "05")
    ]


def test_facets_count_categories_brands_prices_and_attributes() -> None:
    root = a_category("A02", "设备")
    leaf = a_category("A02021003", "A4黑白打印机", root)
    an_attribute(leaf, "duplex", "双面", type="boolean", filterable=True)
    an_attribute(leaf, "ppm", "速度", type="number", unit="页/分", filterable=True, is_key=True)
    for number in range(8):
        good = a_good(
            f"打印机 {number}", brand="惠普" if number < 5 else "佳能", model=f"X{number}", category=leaf,
            spec={"duplex": number % 2 == 0, "ppm": 30 if number < 6 else 40},
        )  # fmt: skip
        a_listing_on_sale(good, price=str(1000 * (number + 1)))
    filters = read_filters(QueryDict("q=打印机"))
    facets = count_facets(filters)
    assert facets.total == 8
    assert not facets.capped
    assert [(value.label, value.count) for value in facets.categories] == [("A4黑白打印机", 8)]
    assert [(value.label, value.count) for value in facets.brands] == [("惠普", 5), ("佳能", 3)]
    assert sum(value.count for value in facets.prices) == 8
    in_leaf = Filters(q="打印机", category=read_filters(QueryDict(f"category={leaf.code}")).category)
    titles = {
        facet.title: sorted(v.count for v in facet.values) for facet in count_facets(in_leaf).attributes
    }
    assert titles == {"双面": [4, 4], "速度": [2, 6]}
    for query, count in (("a.duplex=true", 4), ("a.ppm=40", 2), ("a.ppm=40&a.duplex=true", 1)):
        assert len(found(f"category={leaf.code}&{query}")) == count
    # A second brand can be added: brands are counted as if none were chosen.
    chosen = read_filters(QueryDict(facets.brands[0].url[1:]))
    again = count_facets(chosen)
    assert again.total == 5
    assert [(value.label, value.count, value.chosen) for value in again.brands] == [
        ("惠普", 5, True),
        ("佳能", 3, False),
    ]
    price = read_filters(QueryDict(facets.prices[0].url[1:]))
    assert len(find_goods(price).rows) == facets.prices[0].count


def test_a_parent_category_lists_what_is_below_it() -> None:
    root = a_category("A02", "设备")
    many_goods_on_sale(3, category=a_category("A02021003", "打印机", root))
    assert len(found("category=A02")) == 3
    assert Category.objects.get(code="A02").goods_count == 3


def test_relevance_puts_the_model_first_and_lets_credit_decide_among_equals() -> None:
    goods = [a_good(f"得力 订书机 D{number}", brand="得力", model=f"D{number}") for number in (1, 2)]
    for good in goods:
        a_listing_on_sale(good)
    from accounts.models import SupplierStanding

    SupplierStanding.objects.create(
        supplier=goods[0].listings.get().supplier, ranking_factor="1.1", grade="AAA"
    )
    services.refresh_goods()
    assert found("q=订书机") == [f"/goods/{goods[0].pk}/", f"/goods/{goods[1].pk}/"]
    assert found("q=D2") == [f"/goods/{goods[1].pk}/"]


def test_did_you_mean_knows_what_looks_or_sounds_alike() -> None:
    many_goods_on_sale(6, brand="惠普")
    assert services.rebuild_vocabulary() > 0
    assert did_you_mean("打印几") == "打印机"
    assert did_you_mean("dayingji") == "打印机"
    assert did_you_mean("惠普打印几") == "惠普 打印机"
    assert did_you_mean("打印机") == ""
    assert did_you_mean("xyzzy123") == ""
    assert did_you_mean("") == ""


@pytest.mark.parametrize(
    "query",
    ["min=abc", "min=-1", "max=1e999", "max=99999999999999999999999", "min=NaN", "min=5&max=4", "brand=x", "brand=-1",
     "brand=99999999999999999999999999", "category=nothing", "sort=best", "size=7", "after=zzz", "after=1_1;drop", "a.x=1",
     "q=" + "长" * 101, "before=9e9_1"],
)  # fmt: skip
def test_bad_parameters_are_named_and_left_out(query: str) -> None:
    filters = read_filters(QueryDict(query))
    assert len(filters.errors) == 1
    find_goods(filters)
    count_facets(filters)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%00打印机", "category=%00", "min=%00", "after=%00", "q=" + "a " * 45]
)
def test_strange_characters_do_no_harm(query: str) -> None:
    filters = read_filters(QueryDict(query))
    find_goods(filters)
    count_facets(filters)
    did_you_mean(filters.q)


def test_a_reindex_changes_nothing_the_second_time() -> None:
    many_goods_on_sale(5)
    assert services.index_goods() == 0
    assert services.refresh_goods() == 0
