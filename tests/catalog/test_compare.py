"""The comparison: up to six goods or offers, differences marked, kept in the address."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, SupplierStanding
from catalog.models import Listing, StoreFreeze, Storefront, StoreVersion
from catalog.queries.compare import comparison
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute
from zcy import clock

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


def rows_of(*listings: Listing) -> dict[str, list[str]]:
    """Label → the values of the columns."""
    found = comparison(
        goods=[], offers=[listing.pk for listing in listings], region=None, address=lambda _goods, _offers: ""
    )
    return {row.label: row.values for _title, rows in found.sections for row in rows}


def a_store(supplier: Organisation, terms: str) -> StoreVersion:
    version = StoreVersion.objects.create(supplier=supplier, number=1, content={"terms": terms})
    Storefront.objects.create(supplier=supplier, shown=version)
    return version


@pytest.mark.usefixtures("english")
def test_credit_delivery_warranty_after_sales_and_labels_stand_beside_each_other() -> None:
    good = a_good(labels=["green", "energy_saving"])
    first = a_listing_on_sale(good, price="100", delivery_days=1, warranty_months=36)
    second = a_listing_on_sale(good, price="120", delivery_days=5)
    SupplierStanding.objects.create(supplier=first.supplier, grade="AA", score=92, as_of=clock.today())
    a_store(first.supplier, "七日内无理由退货")
    frozen = a_store(second.supplier, "概不退换")
    StoreFreeze.objects.create(version=frozen, reason="price_lure", text="请修改")
    rows = rows_of(first, second)
    assert rows["Supplier"] == [first.supplier.name, second.supplier.name]
    assert rows["Credit"] == ["AA", "–"]
    assert rows["Delivery"] == ["1 day", "5 days"]
    assert rows["Warranty"] == ["36 months", "–"]
    assert rows["After-sales terms"] == ["七日内无理由退货", "–"], "what the operator froze is not shown"
    assert rows["Policy labels"] == ["green、energy saving"] * 2


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("stock", "least", "said"),
    [("9", "10", "no"), ("10", "10", "yes"), ("0", "0.001", "no"), (None, "1", "unknown")],
)
def test_in_stock_means_what_search_means(stock: str | None, least: str, said: str) -> None:
    listing = a_listing_on_sale(
        stock=Decimal(stock) if stock is not None else None, min_quantity=Decimal(least)
    )
    assert rows_of(listing)["In stock"] == [said]
    listing.good.refresh_from_db()
    assert listing.good.in_stock is (said == "yes")


@pytest.mark.usefixtures("english")
def test_unit_and_pack_size_are_compared_with_the_price_of_one() -> None:
    paper, pens = (
        a_category("A05040101", "复印纸", unit="包"),
        a_category("A05040102", "签字笔", unit="盒"),
    )
    crate = a_listing_on_sale(a_good("纸箱装", category=paper, unit="箱", pack_size=Decimal(8)), price="200")
    box = a_listing_on_sale(
        a_good("笔", model="B", category=pens, unit="盒", pack_size=Decimal(12)), price="30"
    )
    single = a_listing_on_sale(a_good("单包", model="C", category=paper, unit="包"), price="26")
    rows = rows_of(crate, box, single)
    assert rows["Unit"] == ["箱 · 8 包/箱", "盒 · 12 per 盒", "包"]
    assert rows["Price per standard unit"] == ["¥25.00/包", "¥2.50 each", "–"]
