"""A supplier's page as buyers see it, and how its listings are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actor import Actor
from accounts.models import SupplierFigures
from catalog import services
from catalog.errors import StoreRefused
from catalog.models import ListingSales, Storefront
from catalog.storefront import Announcement, Content, Group
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    many_goods_on_sale,
)
from tests.catalog.storefronts import draft, page, published, store_of
from zcy import clock
from zcy.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def actor() -> Actor:
    return a_supplier_actor()


def test_listings_are_chosen_ordered_and_taken_out(client: Client, actor: Actor) -> None:
    one, two, three = (
        a_listing_on_sale(a_good(f"商品{name}", model=name), supplier=actor.organisation).pk for name in "ABC"
    )
    theirs = a_listing_on_sale(a_good("别家的")).pk
    draft(actor, headline="x")
    mine = a_client_of(actor)
    url = "/supplier/storefront/choose/featured/"

    def press(**data: Any) -> Any:
        return mine.post(url, {"revision": Storefront.objects.get().revision, **data})

    def chosen() -> tuple[int, ...]:
        return Content.read(Storefront.objects.get().draft).featured

    press(add=[one, two, three])
    assert chosen() == (one, two, three)
    press(up=three)
    assert chosen() == (one, three, two)
    press(down=one)
    assert chosen() == (three, one, two)
    press(up=three)
    assert chosen() == (three, one, two)
    press(remove=one)
    assert chosen() == (three, two)
    assert press(add=[theirs]).status_code == 400
    assert mine.post(url, {"revision": 1, "add": [one]}).status_code == 409
    assert chosen() == (three, two)
    assert "商品A" in page(mine, f"{url}?q=商品A")
    page(mine, "/supplier/storefront/choose/7/", 404)
    services.publish_storefront(actor=actor, revision=Storefront.objects.get().revision)
    html = page(client, store_of(actor))
    assert html.index("商品C") < html.index("商品B")


def test_no_more_is_featured_than_fits(actor: Actor) -> None:
    goods = many_goods_on_sale(13)
    supplier = goods[0].listings.get().supplier
    theirs = a_supplier_actor(supplier)
    ids = [good.listings.get().pk for good in goods]
    with pytest.raises(StoreRefused, match="at most 12"):
        services.choose_listings(actor=theirs, revision=0, place="featured", change=lambda _p: ids)


def test_own_categories_filter_and_stay_in_the_address(client: Client, actor: Actor) -> None:
    paper = a_listing_on_sale(a_good("复印纸", model="P1"), supplier=actor.organisation)
    other = a_listing_on_sale(a_good("打印机", model="P2"), supplier=actor.organisation)
    published(actor, groups=(Group("纸品", (paper.pk,)), Group("空的")))
    html = page(client, f"{store_of(actor)}?group=0&sort=newest")
    assert f"/goods/{paper.good_id}/" in html
    assert f"/goods/{other.good_id}/" not in html
    assert "group=0" in html
    assert "Nothing of this category" in page(client, f"{store_of(actor)}?group=1")
    for wrong in ("2", "x", "-1"):
        assert "no such category" in page(client, f"{store_of(actor)}?group={wrong}", 400)
    assert "no choice for Sort" in page(client, f"{store_of(actor)}?sort=best", 400)


@pytest.mark.parametrize("sort", ["price", "-price", "sales", "newest"])
def test_a_big_store_is_paged_both_ways_in_every_order(sort: str) -> None:
    from django.http import QueryDict

    from catalog.stores import read_store_filters, store_goods

    goods = many_goods_on_sale(60)
    listings = [good.listings.get() for good in goods]
    ListingSales.objects.bulk_create(
        ListingSales(listing=listing, orders=1, quantity=number % 7, as_of=clock.today())
        for number, listing in enumerate(listings[:40])
    )
    supplier = listings[0].supplier_id
    seen, address = [], f"?sort={sort}"
    pages = []
    while address:
        found = store_goods(supplier, read_store_filters(QueryDict(address[1:])))
        pages.append(found.rows)
        seen += [row["url"] for row in found.rows]
        address, last = found.next_url, found
    assert len(seen) == len(set(seen)) == 60
    before = store_goods(supplier, read_store_filters(QueryDict(last.previous_url[1:])))
    assert before.rows == pages[-2]


def test_what_sold_most_comes_first(client: Client, actor: Actor) -> None:
    slow, fast = (
        a_listing_on_sale(a_good(name, model=name), supplier=actor.organisation) for name in ("慢", "快")
    )
    ListingSales.objects.create(listing=fast, orders=3, quantity=9, as_of=clock.today())
    html = page(client, f"{store_of(actor)}?sort=sales")
    assert html.index(f"/goods/{fast.good_id}/") < html.index(f"/goods/{slow.good_id}/")


def test_announcements_hold_for_their_days(actor: Actor) -> None:
    from datetime import date

    entry = Announcement("放假", "", date(2026, 10, 1), date(2026, 10, 7))
    held = [entry.holds(date(2026, 9, 30)), entry.holds(date(2026, 10, 1)), entry.holds(date(2026, 10, 7))]
    assert [*held, entry.holds(date(2026, 10, 8))] == [False, True, True, False]


def test_goods_sent_back_stand_among_the_service_figures(client: Client, actor: Actor) -> None:
    SupplierFigures.objects.create(supplier_id=actor.organisation_id or 0, orders=40, returned=0.025)
    assert "2.5%" in page(client, store_of(actor))


def test_store_pages_need_the_same_few_statements_for_one_and_many(client: Client) -> None:
    def statements(count: int, brand: str) -> int:
        goods = many_goods_on_sale(count, brand=brand)
        supplier = goods[0].listings.get().supplier
        ids = tuple(good.listings.get().pk for good in goods)
        published(a_supplier_actor(supplier), featured=ids[:12], groups=(Group("全部", ids),))
        page(client, f"/stores/{supplier.pk}/")
        with CaptureQueriesContext(connection) as caught:
            page(client, f"/stores/{supplier.pk}/")
        return len(caught)

    assert statements(10, "得力") == statements(40, "惠普") <= 5


def test_a_buyer_has_no_storefront() -> None:
    browser = a_client_of(a_buyer_actor())
    assert browser.get("/supplier/storefront/").status_code == 403
    with pytest.raises(NotAllowed):
        draft(a_buyer_actor(), headline="x")
