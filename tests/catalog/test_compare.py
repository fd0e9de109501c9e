"""The comparison: up to six goods or offers, differences marked, kept in the address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute

pytestmark = pytest.mark.django_db


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_goods_stand_side_by_side_with_their_differences_marked(client: Client) -> None:
    category = a_category()
    an_attribute(category, "memory", "内存", unit="GB", type="number")
    first = a_good("甲机", model="A", category=category, spec={"memory": 8, "colour-x": "白"})
    second = a_good("乙机", model="B", category=category, spec={"memory": 16, "colour-x": "白"})
    a_listing_on_sale(first, price="1980")
    html = page(client, f"/compare/?goods={first.pk},{second.pk}")
    assert "甲机" in html and "乙机" in html
    assert "8 GB" in html and "16 GB" in html
    assert "¥1,980.00/台" in html
    only = page(client, f"/compare/?goods={first.pk},{second.pk}&only=differences")
    assert "内存" in only
    assert "colour-x" in html
    assert "colour-x" not in only


def test_offers_of_one_good_are_compared_too(client: Client) -> None:
    good = a_good()
    first, second = a_listing_on_sale(good, price="100"), a_listing_on_sale(good, price="120")
    html = page(client, f"/compare/?offers={first.pk},{second.pk}")
    assert "¥100.00" in html and "¥120.00" in html
    assert first.supplier.name in html and second.supplier.name in html


def test_goods_are_added_from_their_pages_up_to_six_and_taken_away(client: Client) -> None:
    goods = [a_good(f"商品{n}", model=f"M{n}") for n in range(7)]
    for good in goods[:6]:
        response = client.get(f"/compare/?add_good={good.pk}")
        assert response.status_code == 302
    ids = ",".join(str(good.pk) for good in goods[:6])
    assert response["Location"] == f"/compare/?goods={ids}"
    assert client.get(f"/compare/?add_good={goods[6].pk}")["Location"] == f"/compare/?goods={ids}"
    assert client.get("/compare/")["Location"] == f"/compare/?goods={ids}"
    html = page(client, f"/compare/?goods={ids}")
    left = ",".join(str(good.pk) for good in goods[1:6])
    assert f'href="/compare/?goods={left}"' in html


def test_what_is_gone_is_said_and_nonsense_is_left_out(client: Client) -> None:
    good = a_good()
    hidden = a_listing_on_sale(good, sale="off_sale")
    html = page(client, f"/compare/?goods={good.pk},999999,abc,-1,{10**30}&offers={hidden.pk}")
    assert good.name in html
    assert html.count('class="btn btn-secondary no-print"') == 1
    assert page(client, "/compare/?goods=")
    assert page(client, "/compare/?goods=abc")


def test_the_page_costs_the_same_for_two_and_for_six(client: Client) -> None:
    goods = [a_listing_on_sale(a_good(f"商品{n}", model=f"M{n}")).good_id for n in range(6)]
    counts = []
    for size in (2, 6):
        url = f"/compare/?goods={','.join(map(str, goods[:size]))}"
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
