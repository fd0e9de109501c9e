"""Search, category, good and store pages as a visitor sees them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries  # noqa: F401 - the fixture's type

from accounts.models import RegionSetting, SupplierFigures, SupplierStanding
from catalog import services
from catalog.models import PriceChange
from tests.catalog.factories import (
    a_buyer_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    an_attribute,
    an_organisation,
    deals,
    many_goods_on_sale,
)
from zcy import clock

pytestmark = pytest.mark.django_db


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content[:500]
    return response.content.decode()


def statements(client: Client, url: str) -> int:
    from django.db import connection

    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(client, url)
    return len(captured)


def test_a_search_shows_the_hit_marked_with_price_offers_and_facets(client: Client) -> None:
    leaf = a_category()
    an_attribute(leaf, "ppm", "速度", type="number", unit="页/分", is_key=True)
    good = a_good("惠普 M403d <黑白> 激光打印机", category=leaf, spec={"ppm": 38}, labels=["energy_saving"])
    a_listing_on_sale(good, price="1980")
    html = page(client, "/search/?q=激光打印机")
    assert "<mark>激光打印机</mark>" in html
    assert "&lt;黑白&gt;" in html
    assert "¥1,980.00" in html
    assert "38 页/分" in html
    assert 'name="q"' in html
    assert 'value="激光打印机"' in html


def test_active_filters_are_chips_that_can_be_removed(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    html = page(client, f"/search/?q=hp&brand={good.brand_id}&min=10&max=5000&stock=1")
    assert html.count('class="chip"') == 4
    assert 'href="?q=hp&amp;min=10&amp;max=5000&amp;stock=1"' in html


def test_nothing_found_says_so_and_suggests_what_was_meant(client: Client) -> None:
    many_goods_on_sale(6)
    services.rebuild_vocabulary()
    html = page(client, "/search/?q=打印几")
    assert "打印几" in html
    assert 'href="?q=%E6%89%93%E5%8D%B0%E6%9C%BA"' in html


@pytest.mark.parametrize(
    "query", ["min=-3", "max=abc", "brand=%00", "sort=x", "after=%00%00", "q=" + "x" * 500]
)
def test_bad_parameters_answer_400_with_a_sentence_and_results(client: Client, query: str) -> None:
    a_listing_on_sale()
    html = page(client, f"/search/?{query}", status=400 if query != "brand=" else 200)
    assert 'role="alert"' in html


def test_what_was_typed_stays_in_the_price_fields(client: Client) -> None:
    assert 'value="abc"' in page(client, "/search/?min=abc", status=400)


@pytest.mark.parametrize(
    "url", ["/categories/NOPE/", "/goods/999999999/", "/stores/999999999/", "/goods/" + "9" * 30 + "/"]
)
def test_what_does_not_exist_is_404(client: Client, url: str) -> None:
    page(client, url, status=404)


def test_a_buyer_is_no_store(client: Client) -> None:
    page(client, f"/stores/{an_organisation('buyer').pk}/", status=404)


def test_a_category_shows_its_trail_its_children_and_its_goods(client: Client) -> None:
    root = a_category("A02", "设备")
    leaf = a_category("A02021003", "A4黑白打印机", root)
    many_goods_on_sale(3, category=leaf)
    html = page(client, "/categories/A02/")
    assert "/categories/A02021003/" in html
    assert html.count('class="result-what"') == 3
    assert "/categories/A02/" in page(client, "/categories/A02021003/")
    assert "/categories/A02021003/" in page(client, "/categories/")


def test_a_good_tells_its_reasonable_range_in_one_sentence_with_the_ground(client: Client) -> None:
    good = a_good(spec={"colour": "black"})
    a_listing_on_sale(good, price="1600")
    a_listing_on_sale(good, price="1000")
    deals(good, [str(1000 + 20 * number) for number in range(11)])  # 10%: 1020, median 1100, 90%: 1180
    html = page(client, f"/goods/{good.pk}/")
    assert "1,020–1,180" in html
    assert "¥1,100" in html
    assert 'data-place="below"' in html
    assert 'data-place="above"' in html
    assert "<svg" in html
    assert html.index("¥1,000.00") < html.index("¥1,600.00")


def test_too_few_deals_give_no_range_and_a_seldom_good_leans_on_its_specification(client: Client) -> None:
    good = a_good(spec={"size": "A4"})
    a_listing_on_sale(good)
    deals(good, ["100", "110"])
    html = page(client, f"/goods/{good.pk}/")
    assert 'class="band-range"' not in html
    twin = a_good(
        "得力 同配置",
        brand="得力",
        model="T1",
        spec={"size": "A4"},
        category=good.category,
        pack_size=Decimal(2),
    )
    deals(twin, ["200"] * 9)
    cache.clear()
    html = page(client, f"/goods/{good.pk}/")
    assert 'class="band-range"' in html
    # The twin's pack holds two: 200 for it is 100 for this good.
    assert "¥100" in html


def test_cancelled_orders_old_deals_and_accessories_leave_the_range(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    deals(good, ["500"] * 5, days_ago=90)
    deals(good, ["900"] * 5, accessory=True)
    orders = deals(good, ["700"] * 5)
    deals(good, ["100"] * 8, days_ago=89)
    assert services.withdraw_deals(order_ids=orders) == 5
    cache.clear()
    html = page(client, f"/goods/{good.pk}/")
    assert "¥100–100" in html


def test_price_changes_of_the_offers_are_shown(client: Client) -> None:
    listing = a_listing_on_sale()
    PriceChange.objects.create(
        listing=listing, at=clock.now(), old_price=Decimal(2000), new_price=Decimal(1980)
    )
    html = page(client, f"/goods/{listing.good_id}/")
    assert "¥2,000.00" in html
    assert "1.0%" in html


def test_offers_of_suspended_suppliers_and_those_in_review_are_not_shown(client: Client) -> None:
    good = a_good()
    suspended = a_listing_on_sale(good, supplier=an_organisation(name="停用公司"))
    SupplierStanding.objects.create(supplier=suspended.supplier, suspended=True)
    a_listing_on_sale(good, supplier=an_organisation(name="待审公司"), review="pending")
    html = page(client, f"/goods/{good.pk}/")
    assert "停用公司" not in html
    assert "待审公司" not in html


def test_a_region_that_publishes_first_shows_offers_in_review_to_its_buyers() -> None:
    good = a_good()
    a_listing_on_sale(good, supplier=an_organisation(name="待审公司"), review="pending")
    actor = a_buyer_actor()
    browser = a_client_of(actor)
    assert "待审公司" not in page(browser, f"/goods/{good.pk}/")
    assert actor.region
    RegionSetting.objects.create(region=actor.region, key="catalog.publish_first", value=True)
    cache.clear()
    assert "待审公司" in page(browser, f"/goods/{good.pk}/")


def test_an_offer_that_does_not_deliver_to_the_buyer_cannot_be_bought() -> None:
    listing = a_listing_on_sale(delivery_paths=["330200/"])
    browser = a_client_of(a_buyer_actor())
    html = page(browser, f"/goods/{listing.good_id}/")
    assert f'value="{listing.pk}"' not in html


def test_a_store_shows_grade_figures_and_goods(client: Client) -> None:
    supplier = an_organisation(name="杭州晨光办公")
    a_listing_on_sale(supplier=supplier, price="88")
    SupplierStanding.objects.create(supplier=supplier, grade="AA", provisional=False)
    SupplierFigures.objects.create(
        supplier=supplier, orders=12, delivered_in_time=0.913, stars=4.6, evaluations=9
    )
    html = page(client, f"/stores/{supplier.pk}/")
    for text in ("杭州晨光办公", "AA", "91.3%", "4.6", "¥88.00"):
        assert text in html
    assert "¥88.00" not in page(client, f"/stores/{supplier.pk}/?q=nothing")
    for q in ("打印机 惠普", "m403", "dayinji"):
        assert "¥88.00" in page(client, f"/stores/{supplier.pk}/?q={q}")
    page(client, f"/stores/{supplier.pk}/?after=x", status=400)


def test_store_pages_go_forwards_and_backwards(client: Client) -> None:
    goods = many_goods_on_sale(30)
    supplier = goods[0].listings.get().supplier_id
    from django.http import QueryDict

    from catalog.stores import read_store_filters, store_goods

    first = store_goods(supplier, read_store_filters(QueryDict("")))
    second = store_goods(supplier, read_store_filters(QueryDict(first.next_url[1:])))
    assert [len(first.rows), len(second.rows)] == [24, 6]
    assert not second.next_url
    assert store_goods(supplier, read_store_filters(QueryDict(second.previous_url[1:]))).rows == first.rows


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_need_few_statements_for_10_and_for_40_rows_alike(client: Client, signed_in: bool) -> None:
    if signed_in:
        client = a_client_of(a_buyer_actor())
    leaf = a_category()
    good = many_goods_on_sale(10, category=leaf)[0]
    urls = [
        "/search/?q=打印机&size=48",
        "/search/?q=打印机&sort=price&stock=1&region=330106&size=48",
        f"/categories/{leaf.code}/?size=48",
        f"/goods/{good.pk}/",
        f"/goods/{good.pk}/?tier=3&band=1&sort=grade",
        f"/stores/{good.listings.get().supplier_id}/?size=48",
        "/categories/",
    ]
    few = [statements(client, url) for url in urls]
    many_goods_on_sale(30, category=leaf, brand="惠普")
    for _number in range(30):
        a_listing_on_sale(good, index=False)
    deals(good, ["100"] * 30)
    many = [statements(client, url) for url in urls]
    assert many == few
    assert max(many) <= 8, dict(zip(urls, many, strict=True))


def test_a_supplier_is_led_from_a_good_to_an_offer_of_his_own(client: Client) -> None:
    good = many_goods_on_sale(1)[0]
    offer = f"/supplier/listings/join/{good.pk}/"
    assert offer in page(a_client_of(a_supplier_actor()), f"/goods/{good.pk}/")
    for other in (client, a_client_of(a_buyer_actor())):
        assert offer not in page(other, f"/goods/{good.pk}/")
    good.state = "retired"
    good.save()
    assert offer not in page(a_client_of(a_supplier_actor()), f"/goods/{good.pk}/")


def test_the_star_is_shown_to_those_who_may_keep_favourites(client: Client) -> None:
    address = f"/goods/{many_goods_on_sale(1)[0].pk}/"
    for who, shown in (
        (client, True),
        (a_client_of(a_buyer_actor()), True),
        (a_client_of(a_supplier_actor()), False),
    ):
        assert ("data-favourite=" in page(who, address)) is shown


def test_pages_open_on_an_empty_platform(client: Client) -> None:
    leaf = a_category()
    for url in ("/search/", "/search/?q=打印机", "/categories/", f"/categories/{leaf.code}/"):
        assert 'class="empty' in page(client, url), url


def test_ninety_days_are_counted_in_local_dates(client: Client) -> None:
    good = a_good()
    deals(good, ["100"] * 8, days_ago=0)
    from catalog.pricing.panel import price_panel

    def n(days: int) -> int:
        return price_panel(
            good_id=good.pk,
            category_id=good.category_id,
            spec_hash=good.spec_hash,
            pack_size=None,
            as_of=clock.today() + timedelta(days=days),
        ).n

    assert [n(-1), n(0), n(89), n(90)] == [0, 8, 8, 0]
