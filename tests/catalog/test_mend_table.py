"""A supplier mends many listings in one table."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actor import Actor
from catalog import services
from catalog.errors import MendRefused
from catalog.models import (
    AlertSettings,
    Listing,
    ListingAlert,
    ListingThreshold,
    PriceChange,
)
from catalog.services import Mend
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    many_goods_on_sale,
)
from zcy.errors import NotAllowed
from zcy.models import AuditEntry

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


def typed(*listings: Listing, **changes: Any) -> dict[str, Any]:
    """The table as the page first shows it, with fields changed: `price_0="99"`."""
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(listings), "form-INITIAL_FORMS": len(listings)}
    for number, listing in enumerate(listings):
        stock = "" if listing.stock is None else f"{listing.stock:f}"
        for name, value in {
            "listing": listing.pk,
            "version": listing.version,
            "price": listing.price,
            "price_seen": listing.price,
            "stock": stock,
            "stock_seen": stock,
            "low_stock": "",
            "low_stock_seen": "",
        }.items():
            data[f"form-{number}-{name}"] = value
    for changed, typed_value in changes.items():
        field, _blank, at = changed.rpartition("_")
        data[f"form-{at}-{field}"] = typed_value
    return data


def test_many_are_changed_in_one_table_after_a_last_look(actor: Actor) -> None:
    one, two, same = an_offer(actor, "0"), an_offer(actor, "0"), an_offer(actor, "0")
    services.refresh_alerts()
    browser = a_client_of(actor)
    html = browser.get("/supplier/mend/low_stock/").content.decode()
    assert html.count('name="form-0-stock"') == 1
    data = typed(one, two, same, stock_0="80", price_1="1500", low_stock_1="6", stock_1="9")
    html = browser.post("/supplier/mend/low_stock/", data).content.decode()
    assert "Change 2 listings?" in html
    assert "¥1,980.00" in html
    assert "¥1,500.00" in html
    assert Listing.objects.filter(stock=0).count() == 3
    response = browser.post("/supplier/mend/low_stock/", data | {"confirmed": "1"}, follow=True)
    assert "2 listings were changed" in response.content.decode()
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.stock, one.version, two.price, two.stock) == (80, 2, Decimal("1500.00"), 9)
    assert ListingThreshold.objects.get().listing_id == two.pk
    assert PriceChange.objects.get().new_price == Decimal("1500.00")
    assert set(ListingAlert.objects.values_list("listing_id", flat=True)) == {same.pk}
    assert AuditEntry.objects.filter(action="listing.edited").count() == 2


def test_a_line_of_one_s_own_is_taken_away_by_emptying_the_field(actor: Actor) -> None:
    listing = an_offer(actor)
    ListingThreshold.objects.create(listing=listing, low_stock=60)
    data = typed(listing) | {"form-0-low_stock_seen": "60", "form-0-low_stock": "", "confirmed": "1"}
    assert a_client_of(actor).post("/supplier/mend/low_stock/", data).status_code == 302
    assert not ListingThreshold.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "0"),
        ("price", "1000000000000"),
        ("price", "1.999"),
        ("price", "cheap"),
        ("price", ""),
        ("stock", "-1"),
        ("stock", ""),
        ("stock", "NaN"),
        ("low_stock", "-1"),
    ],
)
def test_what_cannot_be_meant_is_told_beside_the_field_and_nothing_is_lost(
    actor: Actor, field: str, value: str
) -> None:
    one, two = an_offer(actor, "0"), an_offer(actor, "0")
    data = typed(one, two, stock_1="77", **{f"{field}_0": value})
    response = a_client_of(actor).post("/supplier/mend/low_stock/", data | {"confirmed": "1"})
    html = response.content.decode()
    assert response.status_code == 400
    assert 'class="field-error"' in html
    assert 'value="77"' in html
    assert Listing.objects.filter(stock=0).count() == 2


def test_when_somebody_else_came_between_nothing_is_changed_and_it_can_be_saved_again(actor: Actor) -> None:
    one, two = an_offer(actor, "0"), an_offer(actor, "0")
    data = typed(one, two, stock_0="5", price_1="1500")
    Listing.objects.filter(pk=two.pk).update(version=7, price=Decimal("1700.00"))
    browser = a_client_of(actor)
    response = browser.post("/supplier/mend/low_stock/", data | {"confirmed": "1"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody changed this listing" in html
    assert "¥1,700.00" in html
    assert 'value="1500"' in html
    assert Listing.objects.filter(stock=0).count() == 2
    again = data | {"form-1-version": "7", "form-1-price_seen": "1700.00", "confirmed": "1"}
    assert browser.post("/supplier/mend/low_stock/", again).status_code == 302
    assert Listing.objects.get(pk=two.pk).price == Decimal("1500.00")


def test_an_order_that_took_from_the_stock_in_between_is_not_undone(actor: Actor) -> None:
    listing = an_offer(actor, "50")
    data = typed(listing, price_0="1500")
    services.reserve_stock(quantities={listing.pk: Decimal(20)})
    a_client_of(actor).post("/supplier/mend/low_stock/", data | {"confirmed": "1"})
    listing.refresh_from_db()
    assert (listing.price, listing.stock) == (Decimal("1500.00"), 30)
    data = typed(listing, stock_0="99") | {"form-0-stock_seen": "50", "form-0-version": listing.version}
    response = a_client_of(actor).post("/supplier/mend/low_stock/", data | {"confirmed": "1"})
    assert response.status_code == 409
    listing.refresh_from_db()
    assert listing.stock == 30


def test_listings_of_others_are_neither_shown_nor_changed(actor: Actor) -> None:
    theirs = an_offer(a_supplier_actor(), "0")
    services.refresh_alerts()
    browser = a_client_of(actor)
    assert "Nothing to mend here" in browser.get("/supplier/mend/low_stock/").content.decode()
    data = typed(theirs, stock_0="5")
    assert browser.post("/supplier/mend/low_stock/", data | {"confirmed": "1"}).status_code == 400
    with pytest.raises(MendRefused):
        services.mend_listings(actor=actor, mends=[Mend(theirs.pk, 1, stock=Decimal(5))])
    assert Listing.objects.get().stock == 0
    assert a_client_of(a_buyer_actor()).get("/supplier/mend/").status_code == 403
    assert browser.get("/supplier/mend/nothing/").status_code == 404


def test_nobody_but_the_supplier_mends(actor: Actor) -> None:
    listing = an_offer(actor, "0")
    with pytest.raises((MendRefused, NotAllowed)):
        services.mend_listings(actor=a_buyer_actor(), mends=[Mend(listing.pk, 1, stock=Decimal(5))])


def test_settings_are_kept_checked_and_used_at_once(actor: Actor) -> None:
    listing = an_offer(actor, "12")
    browser = a_client_of(actor)
    values = {"days_left": "7", "low_stock": "12", "above_lowest": "10"}
    assert browser.post("/supplier/mend/", values).status_code == 302
    assert AlertSettings.objects.get().low_stock == 12
    assert ListingAlert.objects.get().listing_id == listing.pk
    for wrong in ({"days_left": "400"}, {"above_lowest": "-1"}, {"low_stock": "x"}):
        assert browser.post("/supplier/mend/", values | wrong).status_code == 400
    assert AlertSettings.objects.get().days_left == 7


def test_work_list_menu_and_list_of_listings_lead_there(actor: Actor) -> None:
    low, fine = an_offer(actor, "0"), an_offer(actor)
    services.refresh_alerts()
    browser = a_client_of(actor)
    html = browser.get("/").content.decode()
    assert "/supplier/mend/low_stock/" in html
    assert "State the stock" in html
    html = browser.get("/supplier/listings/?mend=low_stock").content.decode()
    assert f"/supplier/listings/{low.pk}/" in html
    assert f"/supplier/listings/{fine.pk}/" not in html
    assert browser.get("/supplier/listings/?mend=other").status_code == 400


def test_the_table_needs_the_same_statements_for_10_and_for_40_rows() -> None:
    def statements(count: int, brand: str) -> int:
        goods = many_goods_on_sale(count, brand=brand)
        Listing.objects.update(stock=0)
        services.refresh_alerts()
        browser = a_client_of(a_supplier_actor(goods[0].listings.get().supplier))
        browser.get("/supplier/mend/low_stock/?size=50")
        with CaptureQueriesContext(connection) as caught:
            html = browser.get("/supplier/mend/low_stock/?size=50").content.decode()
        assert html.count("-price_seen") >= count
        return len(caught)

    assert statements(10, "得力") == statements(40, "惠普")
