"""A search without a category whose hits lie mostly in one leaf offers the attributes of that leaf."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import Category
from catalog.search.facets import Facets, count_facets
from catalog.search.filters import read_filters
from catalog.search.find import find_goods
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute

pytestmark = pytest.mark.django_db


def a_shelf(inside: int, outside: int) -> Category:
    """Printers in a leaf, every other one duplex, and covers for printers in another."""
    leaf = a_category("A02021003", "A4黑白打印机")
    an_attribute(leaf, "duplex", "双面", type="boolean", filterable=True)
    an_attribute(leaf, "ppm", "速度", type="number", unit="页/分", filterable=True)
    other = a_category("A05990000", "防尘罩")
    for n in range(inside):
        spec = {"duplex": n % 2 == 0, "ppm": 20 + n}
        a_listing_on_sale(a_good(f"打印机 {n}", model=f"P{n}", category=leaf, spec=spec), index=False)
    for n in range(outside):
        good = a_good(f"打印机 防尘罩 {n}", model=f"C{n}", category=other, spec={"duplex": True})
        a_listing_on_sale(good, index=False)
    services.index_goods()
    return leaf


def counted(query: str) -> Facets:
    filters = read_filters(QueryDict(query))
    return count_facets(filters, [row.category_id for row in find_goods(filters).rows])


@pytest.mark.parametrize(
    ("inside", "outside", "offered"),
    [(8, 2, True), (7, 2, False), (5, 0, True), (4, 0, False), (2, 7, False)],
)
def test_four_hits_of_five_and_five_at_least_have_to_lie_there(
    inside: int, outside: int, offered: bool
) -> None:
    leaf = a_shelf(inside, outside)
    facets = counted("q=打印机")
    assert facets.total == inside + outside
    assert bool(facets.leaf) is offered
    assert [facet.key for facet in facets.attributes] == (["duplex", "ppm"] if offered else [])
    if offered:
        assert facets.leaf and facets.leaf.id == leaf.pk


def test_a_choice_leads_into_the_leaf_with_as_many_goods_as_it_says() -> None:
    leaf = a_shelf(9, 2)
    (duplex, speed) = counted("q=打印机").attributes
    assert sorted(value.count for value in duplex.values) == [4, 5]
    for value in (*duplex.values, *speed.values):
        filters = read_filters(QueryDict(value.url[1:]))
        assert not filters.errors
        assert filters.category and filters.category.id == leaf.pk
        assert len(find_goods(filters).rows) == value.count
    # Its ends are typed where the category is chosen.
    assert not speed.is_number


def test_other_choices_keep_what_is_offered_and_count_within_it() -> None:
    a_shelf(9, 2)
    (duplex, _speed) = counted("q=打印机&min=1").attributes
    assert sum(value.count for value in duplex.values) == 9


def test_nothing_of_it_where_nobody_searched_or_a_category_is_chosen() -> None:
    leaf = a_shelf(9, 0)
    assert counted("").leaf is None
    inside = counted(f"q=打印机&category={leaf.code}")
    assert inside.leaf is None
    assert [facet.key for facet in inside.attributes] == ["duplex", "ppm"]


def test_the_page_says_whose_attributes_these_are_at_no_further_statement(
    client: Client, settings: Any
) -> None:
    settings.KEEP_LISTS = False
    a_shelf(9, 2)
    counts = []
    for query in ("q=打印机", "q=防尘罩"):
        client.get(f"/search/?{query}")
        with CaptureQueriesContext(connection) as captured:
            html = client.get(f"/search/?{query}", headers={"accept-language": "en"}).content.decode()
        counts.append(len(captured))
        assert ("Most of these are in A4黑白打印机" in html) is (query == "q=打印机")
    # A search of two hits looks for ways out besides.
    assert counts[0] <= counts[1]
