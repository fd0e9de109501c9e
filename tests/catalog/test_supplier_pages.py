"""The supplier's back office: lists, forms, refusals."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from catalog import services
from catalog.models import Listing, Review, Sale
from catalog.pricing.ranges import reasonable_range
from catalog.pricing.words import range_sentence
from catalog.queries.repair import to_repair
from catalog.services.listing_values import ListingValues
from catalog.views.listing_columns import SORTS
from tests.catalog.checking import a_known_range
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    deals,
    many_goods_on_sale,
)
from zcy import clock
from zcy.frame import count_all

pytestmark = pytest.mark.django_db

TYPED = {"price": "99.50", "stock": "10", "min_quantity": "1", "delivery_days": "3", "note": "现货"}


def test_a_supplier_finds_a_good_offers_it_and_submits_it() -> None:
    actor, good = a_supplier_actor(), a_good()
    services.index_goods()
    browser = a_client_of(actor)
    html = browser.get("/supplier/listings/new/?q=打印机").content.decode()
    assert f"/supplier/listings/new/{good.pk}/" in html
    deals(good, [str(90 + number) for number in range(12)])
    assert "<svg" in browser.get(f"/supplier/listings/new/{good.pk}/").content.decode()
    response = browser.post(f"/supplier/listings/new/{good.pk}/", TYPED | {"submit": "1"})
    listing = Listing.objects.get()
    assert response.headers["Location"] == f"/supplier/listings/{listing.pk}/"
    assert (listing.sale, listing.review, listing.note) == (Sale.ON_SALE, Review.PENDING, "现货")
    html = browser.get("/supplier/listings/new/?q=打印机").content.decode()
    assert f"/supplier/listings/{listing.pk}/" in html


@pytest.mark.parametrize(
    ("field", "value"),
    [("price", "0"), ("price", "abc"), ("price", ""), ("price", "9" * 30), ("stock", "-1"), ("stock", "1.5"),
     ("delivery_days", "1000"), ("min_quantity", "0"), ("note", "x" * 301), ("note", "a\x00b"), ("delivery_areas", "77777"),
     ("own_public_price", "-1")],
)  # fmt: skip
def test_what_does_not_fit_is_said_beside_the_field_and_kept(field: str, value: str) -> None:
    good = a_good()
    response = a_client_of(a_supplier_actor()).post(
        f"/supplier/listings/new/{good.pk}/", TYPED | {field: value}
    )
    assert response.status_code == 400
    html = response.content.decode()
    assert "data-invalid" in html
    assert 'value="10"' in html or field == "stock"
    assert not Listing.objects.exists()


def test_a_second_offer_of_a_good_leads_to_the_first() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    response = a_client_of(actor).post(f"/supplier/listings/new/{listing.good_id}/", TYPED)
    assert response.headers["Location"] == f"/supplier/listings/{listing.pk}/"


def test_an_older_edit_is_refused_with_the_difference_and_may_then_be_saved() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    services.edit_listing(
        actor=actor, listing_id=listing.pk, version=1,
        values=ListingValues(price=Decimal(70), stock=Decimal(5)),
    )  # fmt: skip
    browser = a_client_of(actor)
    response = browser.post(f"/supplier/listings/{listing.pk}/", TYPED | {"version": "1"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "70.00" in html
    assert "99.50" in html
    assert 'name="version" value="2"' in html
    response = browser.post(f"/supplier/listings/{listing.pk}/", TYPED | {"version": "2"})
    assert response.status_code == 302
    listing.refresh_from_db()
    assert listing.price == Decimal("99.50")


def test_reasons_of_a_rejection_stand_beside_the_form() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, review=Review.PENDING)
    services.decide_review(
        actor=a_catalog_actor(),
        listing_id=listing.pk,
        approve=False,
        reasons=["luring_off_platform"],
        text="请删除电话",
    )
    browser = a_client_of(actor)
    html = browser.get(f"/supplier/listings/{listing.pk}/").content.decode()
    assert "请删除电话" in html
    assert "/submit/" in html
    assert browser.post(f"/supplier/listings/{listing.pk}/submit/").status_code == 302
    assert browser.post(f"/supplier/listings/{listing.pk}/submit/").status_code == 409


def test_a_listing_is_taken_off_and_put_on_again() -> None:
    actor = a_supplier_actor(role=Role.SUPPLIER_CLERK)
    listing = a_listing_on_sale(supplier=actor.organisation)
    browser = a_client_of(actor)
    for act, sale in (("off-sale", Sale.OFF_SALE), ("on-sale", Sale.ON_SALE)):
        assert browser.post(f"/supplier/listings/{listing.pk}/{act}/").status_code == 302
        listing.refresh_from_db()
        assert listing.sale == sale
    assert browser.get(f"/supplier/listings/{listing.pk}/on-sale/").status_code == 405


def test_a_strangers_listing_is_404_and_a_buyer_is_403() -> None:
    listing = a_listing_on_sale()
    stranger = a_client_of(a_supplier_actor())
    assert stranger.get(f"/supplier/listings/{listing.pk}/").status_code == 404
    assert stranger.post(f"/supplier/listings/{listing.pk}/off-sale/").status_code == 404
    assert a_client_of(a_buyer_actor()).get("/supplier/listings/").status_code == 403


def test_the_list_is_filtered_sorted_and_exported_as_shown() -> None:
    actor = a_supplier_actor()
    for number in range(3):
        a_listing_on_sale(
            a_good(f"打印机 {number}", model=f"P{number}"),
            supplier=actor.organisation,
            price=str(100 + number),
        )
    a_listing_on_sale(a_good("别家的", model="Z"))
    browser = a_client_of(actor)
    html = browser.get("/supplier/listings/?sort=-price").content.decode()
    assert html.index("¥102.00") < html.index("¥100.00")
    assert "别家的" not in html
    response = browser.get("/supplier/listings/?q=打印机 1&sort=price&format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(text.strip().splitlines()) == 2
    assert "打印机 1,101.00" in text
    assert browser.get("/supplier/listings/?review=nonsense").status_code == 400
    assert browser.get("/supplier/listings/?after=%00&sort=nonsense&q=%00").status_code in (200, 400)


def test_the_list_needs_as_many_statements_for_forty_rows_as_for_ten() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actor = a_supplier_actor()
    browser = a_client_of(actor)
    counts = []
    for start, stop in ((0, 10), (10, 40)):
        for number in range(start, stop):
            a_listing_on_sale(
                a_good(f"打印机 {number}", model=f"P{number}"), supplier=actor.organisation, index=False
            )
        browser.get("/supplier/listings/?size=50")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/supplier/listings/?size=50")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_an_order_between_opening_and_saving_keeps_its_stock() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100", stock=Decimal(50))
    browser = a_client_of(actor)
    url = f"/supplier/listings/{listing.pk}/"
    html = browser.get(url).content.decode()
    assert 'name="stock_seen" value="50"' in html
    services.reserve_stock(quantities={listing.pk: Decimal(12)})
    opened = TYPED | {"version": "1", "stock_seen": "50"}
    response = browser.post(url, opened | {"stock": "70"})
    assert response.status_code == 409
    html = response.content.decode()
    assert 'value="70"' in html  # what was typed is kept
    assert "38.000" in html  # beside what is in force
    assert 'name="stock_seen" value="38' in html
    assert browser.post(url, opened | {"stock": "50"}).status_code == 302
    listing.refresh_from_db()
    assert (listing.stock, listing.price) == (Decimal(38), Decimal("99.50"))


def test_the_place_of_the_price_is_told_while_it_is_typed() -> None:
    good = a_good()
    deals(good, [str(90 + number) for number in range(12)])
    actor = a_supplier_actor()
    browser = a_client_of(actor)
    address = f"/supplier/listings/range/{good.pk}/"
    assert address in browser.get(f"/supplier/listings/new/{good.pk}/").content.decode()
    for price, place in (("95", "inside"), ("80", "below"), ("150", "above")):
        piece = browser.get(address, {"price": price}).content.decode()
        assert f'data-place="{place}"' in piece
        assert "<html" not in piece
    for odd in ("", "abc", "-1", "9" * 40, "NaN", "\x00"):
        answer = browser.get(address, {"price": odd})
        assert answer.status_code == 200
        assert "data-place" not in answer.content.decode()
    a_known_range(good, "140", "160")
    piece = browser.get(address, {"price": "150"}).content.decode()
    assert 'data-place="inside"' in piece, "the range that the good's page and the checks have"
    sentence = range_sentence(reasonable_range(good=good), good.unit)
    assert sentence in piece
    assert sentence in browser.get(f"/goods/{good.pk}/").content.decode()
    a_listing_on_sale(good, price="139.99", supplier=actor.organisation)
    assert 'data-place="below"' in browser.get("/supplier/listings/").content.decode()
    assert browser.get("/supplier/listings/range/999999999/").status_code == 404


def test_a_supplier_without_an_offer_is_led_to_its_first_one_from_the_home_page() -> None:
    actor = a_supplier_actor()
    browser = a_client_of(actor)
    assert 'href="/supplier/listings/new/"' in browser.get("/").content.decode()
    a_listing_on_sale(supplier=actor.organisation)
    assert 'href="/supplier/listings/new/"' not in browser.get("/").content.decode()


def test_the_list_narrows_to_a_category_which_a_price_rule_takes_over() -> None:
    actor = a_supplier_actor()
    printer = a_listing_on_sale(a_good("打印机 A", model="A"), supplier=actor.organisation)
    paper = a_listing_on_sale(
        a_good("复印纸 B", model="B", category=a_category("A05040101", "复印纸")), supplier=actor.organisation
    )
    browser = a_client_of(actor)
    html = browser.get("/supplier/listings/?category=A05040101").content.decode()
    assert f'href="/supplier/listings/{paper.pk}/"' in html
    assert f'href="/supplier/listings/{printer.pk}/"' not in html
    assert 'href="/supplier/imports/prices/?category=A05040101"' in html
    rule = browser.get("/supplier/imports/prices/?category=A05040101").content.decode()
    assert re.search(r'value="A05040101"[^>]*checked', rule)
    assert browser.get("/supplier/listings/?category=nonsense").status_code == 400


def test_the_menu_counts_what_the_repair_queue_shows() -> None:
    actor = a_supplier_actor()
    for number, sale in enumerate((Sale.OFF_SALE, Sale.FROZEN)):
        a_listing_on_sale(
            a_good(f"打印机 {number}", model=f"{number}"),
            supplier=actor.organisation,
            sale=sale,
            review=Review.REJECTED,
        )
    assert to_repair(actor.organisation_id or 0).count() == 1
    assert count_all(actor)["rejected_listings"] == 1


def test_areas_are_chosen_by_boxes_city_by_city() -> None:
    listing = a_listing_on_sale()
    actor = a_supplier_actor(listing.supplier)
    html = a_client_of(actor).get(f"/supplier/listings/{listing.pk}/").content.decode()
    assert 'type="checkbox" name="delivery_areas"' in html


def test_the_back_office_needs_the_same_statements_for_10_and_for_40_listings_and_no_more_for_none() -> None:
    actor = a_supplier_actor()
    browser = a_client_of(actor)
    urls = [
        "/supplier/listings/",
        "/supplier/listings/?sort=-price&size=50",
        "/supplier/listings/new/?q=打印机",
    ]

    def statements(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    for url in urls:
        statements(url)
    counted = [[statements(url) for url in urls]]
    for more in (10, 30):
        for number in range(more):
            a_listing_on_sale(
                a_good(f"打印机 {more}-{number}", model=f"{more}-{number}"),
                supplier=actor.organisation, index=False,
            )  # fmt: skip
        services.index_goods()
        statements(urls[-1])  # new brands: the segmenter learns them
        counted.append([statements(url) for url in urls])
    assert counted[1] == counted[2]
    assert all(none <= some for none, some in zip(counted[0], counted[1], strict=True))
    assert max(counted[1]) <= 8


def test_more_goods_than_can_be_shown_are_told_and_an_ended_offer_can_be_made_anew() -> None:
    actor = a_supplier_actor()
    browser = a_client_of(actor)
    goods = many_goods_on_sale(31)
    assert browser.get("/supplier/listings/new/?q=打印机").context["more"]
    one = f"/supplier/listings/new/?q={goods[3].model}"
    assert not browser.get(one).context["more"]
    ended = a_listing_on_sale(goods[3], supplier=actor.organisation, index=False)
    assert f"/supplier/listings/{ended.pk}/" in browser.get(one).content.decode()
    Listing.objects.filter(pk=ended.pk).update(delisted_at=clock.now() - timedelta(hours=1), sale="off_sale")
    assert f"/supplier/listings/new/{goods[3].pk}/" in browser.get(one).content.decode()


@pytest.mark.parametrize("sort", ["changed", "price"])
@pytest.mark.parametrize("downwards", ["", "-"])
def test_the_orders_by_change_and_price_are_read_from_an_index(sort: str, downwards: str) -> None:
    actor = a_supplier_actor()
    many_goods_on_sale(30)
    Listing.objects.update(supplier=actor.organisation, changed_at=clock.now(), price=5)
    field = f"{downwards}{SORTS[sort]}"
    order = [field, f"{downwards}id"]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_listing")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
    plan = Listing.objects.visible_to(actor).order_by(*order)[:21].explain()
    assert f"listing_supplier_{sort}" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("sort", ["changed", "-changed", "price", "-price", "stock", "-stock"])
def test_the_pages_of_each_order_hold_every_listing_once(sort: str) -> None:
    actor = a_supplier_actor()
    many_goods_on_sale(45)
    Listing.objects.update(supplier=actor.organisation, changed_at=clock.now(), price=5)
    Listing.objects.filter(pk__in=list(Listing.objects.values_list("pk", flat=True)[:25])).update(stock=None)
    browser = a_client_of(actor)
    url, seen = f"/supplier/listings/?sort={sort}", []
    while url:
        page = browser.get(url)
        seen += [row["listing"].pk for row in page.context["rows"]]
        url = page.context["page"].next_url and "/supplier/listings/" + page.context["page"].next_url
    assert len(seen) == len(set(seen)) == 45
