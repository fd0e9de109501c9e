"""Suppliers are told of low stock and of prices that no longer compete, and mend many listings in one table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actor import Actor
from accounts.models import Notice
from catalog import services
from catalog.alerts import CERTIFICATE, LOW_STOCK, PRICE
from catalog.models import (
    AlertSettings,
    GoodLabel,
    Listing,
    ListingAlert,
    ListingSales,
    ListingThreshold,
    PriceLevel,
    PriceModel,
    PriceObservation,
)
from catalog.pricing.range_sql import RANGE_HIGH
from catalog.pricing.ranges import reasonable_range
from catalog.pricing.statistics import refresh_statistics
from tests.catalog.checking import a_known_range
from tests.catalog.factories import (
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    deals,
    many_goods_on_sale,
)
from zcy import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def actor() -> Actor:
    return a_supplier_actor()


def alerts(kind: str) -> set[int]:
    services.refresh_alerts()
    return set(ListingAlert.objects.filter(kind=kind).values_list("listing_id", flat=True))


def an_offer(actor: Actor, stock: str | None = "50", **values: Any) -> Listing:
    return a_listing_on_sale(
        a_good(f"商品{Listing.objects.count()}"),
        supplier=actor.organisation,
        stock=None if stock is None else Decimal(stock),
        **values,
    )


def sold(listing: Listing, quantity: str) -> None:
    ListingSales.objects.create(listing=listing, orders=1, quantity=Decimal(quantity), as_of=clock.today())


@pytest.mark.parametrize(("stock", "low"), [("0", True), ("4", True), ("5", False), (None, False)])
def test_less_than_can_be_ordered_is_low(actor: Actor, stock: str | None, low: bool) -> None:
    listing = an_offer(actor, stock, min_quantity=Decimal(5))
    assert (listing.pk in alerts(LOW_STOCK)) is low


@pytest.mark.parametrize(("stock", "low"), [("6.999", True), ("7", False)])
def test_stock_for_less_than_seven_days_of_sales_is_low(actor: Actor, stock: str, low: bool) -> None:
    listing = an_offer(actor, stock)
    sold(listing, "90")  # one a day
    assert (listing.pk in alerts(LOW_STOCK)) is low


def test_the_supplier_s_settings_decide_and_a_listing_s_own_line_goes_before_them(actor: Actor) -> None:
    many, few = an_offer(actor, "100"), an_offer(actor, "11")
    sold(many, "900")  # ten a day: lasts ten days
    assert alerts(LOW_STOCK) == set()
    AlertSettings.objects.create(supplier_id=actor.organisation_id or 0, days_left=11, low_stock=11)
    assert alerts(LOW_STOCK) == {many.pk, few.pk}
    ListingThreshold.objects.create(listing=many, low_stock=99)
    ListingThreshold.objects.create(listing=few, low_stock=10)
    assert alerts(LOW_STOCK) == set()
    ListingThreshold.objects.update(low_stock=100)
    assert alerts(LOW_STOCK) == {many.pk, few.pk}


@pytest.mark.parametrize("state", [{"sale": "off_sale"}, {"review": "pending"}])
def test_what_nobody_can_buy_needs_nobody(actor: Actor, state: dict[str, str]) -> None:
    an_offer(actor, "0", **state)
    assert alerts(LOW_STOCK) == set()


@pytest.mark.parametrize(("price", "dear"), [("110.00", False), ("110.01", True)])
def test_a_price_more_than_ten_percent_above_the_lowest_offer_does_not_compete(
    actor: Actor, price: str, dear: bool
) -> None:
    good = a_good()
    a_listing_on_sale(good, price="100")
    mine = a_listing_on_sale(good, supplier=actor.organisation, price=price)
    assert (mine.pk in alerts(PRICE)) is dear


def test_the_supplier_says_how_much_dearer_it_may_be(actor: Actor) -> None:
    good = a_good()
    a_listing_on_sale(good, price="100")
    mine = a_listing_on_sale(good, supplier=actor.organisation, price="125")
    AlertSettings.objects.create(supplier_id=actor.organisation_id or 0, above_lowest=25)
    assert alerts(PRICE) == set()
    AlertSettings.objects.update(above_lowest=24)
    assert alerts(PRICE) == {mine.pk}


def test_a_price_above_what_nine_of_ten_paid_does_not_compete_even_alone(actor: Actor) -> None:
    good = a_good()
    mine = a_listing_on_sale(good, supplier=actor.organisation, price="130")
    assert alerts(PRICE) == set()
    deals(good, [str(price) for price in range(91, 111)])
    refresh_statistics(clock.today())
    assert alerts(PRICE) == {mine.pk}
    Listing.objects.update(price=100)
    assert alerts(PRICE) == set()


def test_sales_of_ninety_days_are_counted_by_listing_and_withdrawn_ones_are_not(actor: Actor) -> None:
    listing = an_offer(actor)
    for days, quantity in ((1, "2"), (89, "3"), (95, "50")):
        orders = deals(listing.good, ["10"], quantity=quantity, days_ago=days)
        PriceObservation.objects.filter(order_id__in=orders).update(listing_id=listing.pk)
    gone = deals(listing.good, ["10"], quantity="7")
    PriceObservation.objects.filter(order_id__in=gone).update(listing_id=listing.pk)
    services.withdraw_deals(order_ids=gone)
    assert services.refresh_sales(clock.today()) == 1
    sales = ListingSales.objects.get()
    assert (sales.listing_id, sales.orders, sales.quantity) == (listing.pk, 2, Decimal("5.000"))
    assert services.refresh_sales(clock.today()) == 0
    services.refresh_sales(clock.today() + timedelta(days=200))
    assert not ListingSales.objects.exists()


def test_one_notice_a_day_for_each_kind_however_many_listings(actor: Actor) -> None:
    for _number in range(3):
        an_offer(actor, "0")
    services.refresh_alerts()
    assert services.tell_suppliers() == 1
    notice = Notice.objects.get()
    assert (notice.user_id, notice.data, notice.url) == (actor.user_id, {"n": 3}, "/supplier/mend/low_stock/")
    an_offer(actor, "0")
    services.refresh_alerts()
    assert services.tell_suppliers() == 0
    ListingAlert.objects.exclude(told_at=None).update(told_at=clock.now() - timedelta(days=1))
    Notice.objects.update(key="yesterday")
    assert services.tell_suppliers() == 1
    assert Notice.objects.latest("id").data == {"n": 4}
    ListingAlert.objects.update(told_at=clock.now() - timedelta(days=1))
    assert services.tell_suppliers() == 0


def test_a_second_run_changes_nothing_and_what_is_mended_goes(actor: Actor) -> None:
    listing = an_offer(actor, "0")
    assert services.refresh_alerts() == 1
    assert services.refresh_alerts() == 0
    Listing.objects.filter(pk=listing.pk).update(stock=50)
    assert services.refresh_alerts([listing.pk]) == 1
    assert not ListingAlert.objects.exists()


def test_the_work_is_the_same_few_statements_for_any_number_of_listings() -> None:
    def statements() -> int:
        Listing.objects.update(stock=0)
        with CaptureQueriesContext(connection) as caught:
            services.refresh_alerts()
            services.tell_suppliers()
        return len(caught)

    many_goods_on_sale(10)
    few = statements()
    many_goods_on_sale(30, brand="惠普")
    assert statements() == few


@pytest.mark.parametrize(("days", "told"), [(61, False), (60, True), (0, True), (-60, True), (-61, False)])
def test_a_label_certificate_that_ends_within_sixty_days_is_told_of(
    actor: Actor, days: int, told: bool
) -> None:
    listing = an_offer(actor)
    other = an_offer(actor)
    ends = clock.today() + timedelta(days=days)
    GoodLabel.objects.create(good=listing.good, label="energy_saving", certificate="CQC1", expires_on=ends)
    GoodLabel.objects.create(good=other.good, label="energy_saving", certificate="CQC2")
    assert (alerts(CERTIFICATE) == {listing.pk}) is told


def test_a_certificate_that_goes_on_for_longer_mends_it_and_one_of_another_label_does_not(
    actor: Actor,
) -> None:
    listing = an_offer(actor)
    soon, later = clock.today() + timedelta(days=30), clock.today() + timedelta(days=300)
    GoodLabel.objects.create(good=listing.good, label="energy_saving", certificate="CQC1", expires_on=soon)
    GoodLabel.objects.create(good=listing.good, label="green", certificate="G1", expires_on=later)
    assert alerts(CERTIFICATE) == {listing.pk}
    services.tell_suppliers()
    assert Notice.objects.get().url == f"/supplier/certificates/{listing.good_id}/", "one good: its own form"
    html = a_client_of(actor).get("/supplier/mend/label_certificate/").content.decode()
    assert "CQC1" in html
    assert f"until {soon}" in html
    assert f'href="/supplier/certificates/{listing.good_id}/"' in html
    assert 'name="form-0-stock"' not in html, "no price or stock mends it"
    GoodLabel.objects.create(good=listing.good, label="energy_saving", certificate="CQC9", expires_on=later)
    assert alerts(CERTIFICATE) == set()


def test_a_price_above_the_reasonable_range_does_not_compete_whatever_was_paid_once(actor: Actor) -> None:
    mine = an_offer(actor, price="110.00")
    a_known_range(mine.good, "90", "110")
    assert alerts(PRICE) == set()
    Listing.objects.filter(pk=mine.pk).update(price="110.01")
    assert alerts(PRICE) == {mine.pk}
    html = a_client_of(actor).get(f"/supplier/mend/{PRICE}/").content.decode()
    assert "¥90.00 – ¥110.00" in html


@pytest.mark.parametrize("pack", [None, Decimal(12)])
@pytest.mark.parametrize(
    "learned", [{}, {"own": None, "weight": 0, "n": 0}, {"prior": 4.9, "prior_spread": 0.3}]
)
@pytest.mark.parametrize(
    "model", [{}, {"drift": 0.002, "quantity_slope": -0.05, "within": 0.3}, {"drift": -0.01}]
)
def test_the_end_of_the_range_in_the_database_is_that_of_every_page(
    pack: Decimal | None, learned: dict[str, Any], model: dict[str, Any]
) -> None:
    good = a_good(pack_size=pack)
    a_known_range(good, "71", "133")
    PriceModel.objects.update(as_of=clock.today() - timedelta(days=9), **model)
    PriceLevel.objects.update(as_of=clock.today() - timedelta(days=4), usual_quantity=1.7, **learned)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RANGE_HIGH} FROM catalog_good g", {"today": clock.today()})
        ((high,),) = cursor.fetchall()
    found = reasonable_range(good=good)
    assert (high is not None) is found.known
    assert not found.known or high == found.high
