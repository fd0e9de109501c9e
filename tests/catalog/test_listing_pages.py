"""The supplier's and reviewer's pages around the checks: live, joined in one step, cloned, frozen, restored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import CheckedWord, Listing, Review, Sale
from catalog.review_reasons import BY_CODE
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import (
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
)

pytestmark = pytest.mark.django_db
RIGHT = "From 0.01 to 999,999,999.99, at most two decimal places."
TYPED = {"price": "100", "stock": "10", "min_quantity": "1", "delivery_days": "3"}


@pytest.fixture
def staff(settings: Any) -> Client:
    actor = a_catalog_actor()
    assert actor.user
    settings.DEMONSTRATION = True
    actor.user.demonstration = True
    actor.user.save()
    return a_client_of(actor)


def test_the_checks_are_shown_while_typing() -> None:
    actor, good = a_supplier_actor(), a_good()
    a_known_range(good, "90", "110")
    browser = a_client_of(actor)
    url = f"/supplier/listings/checks/{good.pk}/"
    for typed_values, tone in (
        ({}, ""),
        ({"price": "100"}, "good"),
        ({"price": "120"}, "watch"),
        ({"price": "100", "note": "QQ 12345678"}, "serious"),
    ):
        html = browser.get(url, TYPED | {"price": ""} | typed_values).content.decode()
        assert 'class="check-list"' in html
        assert not tone or f'data-tone="{tone}"' in html.split("<ul")[0]


@pytest.mark.parametrize("price", ["0", "1000000000000", "1.999", "text", "-1", "NaN", "", "9" * 60, "\x00"])
def test_a_price_that_cannot_be_meant_is_survived_live_and_refused_with_what_is_right(price: str) -> None:
    actor, good = a_supplier_actor(), a_good()
    browser = a_client_of(actor)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert browser.get(f"/supplier/listings/checks/{good.pk}/", TYPED | {"price": price}).status_code == 200
    for url in (f"/supplier/listings/join/{good.pk}/", f"/supplier/listings/new/{good.pk}/"):
        response = browser.post(url, TYPED | {"price": price})
        assert response.status_code == 400
        page = response.content.decode()
        assert "data-invalid" in page
        assert ("This field is required." if price == "" else RIGHT) in page
    assert not Listing.objects.exists()


def test_a_good_is_joined_in_one_step_with_areas_as_last_time() -> None:
    actor, first, second = a_supplier_actor(), a_good("一", model="A"), a_good("二", model="B")
    area = a_region("330106")
    services.create_listing(actor=actor, good=first, values=typed(delivery_areas=(area,), delivery_days=5))
    a_known_range(second, "90", "110")
    browser = a_client_of(actor)
    url = f"/supplier/listings/join/{second.pk}/"
    html = browser.get(url).content.decode()
    assert 'name="delivery_days" value="5"' in html
    assert f'value="{area.pk}"' in html
    response = browser.post(
        url, {"price": "100", "stock": "3", "delivery_days": "5", "delivery_areas": [area.pk]}
    )
    listing = Listing.objects.get(good=second)
    assert response.headers["Location"] == f"/supplier/listings/{listing.pk}/"
    assert (listing.sale, listing.review) == (Sale.ON_SALE, Review.APPROVED)
    assert (listing.stock, listing.min_quantity, listing.delivery_paths) == (3, 1, [area.path])
    assert browser.get(url).headers["Location"] == f"/supplier/listings/{listing.pk}/"
    assert browser.get("/supplier/listings/join/0/").status_code == 404


def test_an_offer_is_cloned_to_another_good_without_its_stock() -> None:
    actor, other = a_supplier_actor(), a_good("二", model="B")
    listing = a_listing_on_sale(supplier=actor.organisation, price="123.45", note="含税", warranty_months=24)
    browser = a_client_of(actor)
    html = browser.get(f"/supplier/listings/new/{other.pk}/?from={listing.pk}").content.decode()
    assert 'value="123.45"' in html
    assert "含税" in html
    assert 'name="stock" value' not in html
    for wrong in ("0", "x", "9" * 40, str(a_listing_on_sale(price="777.77").pk)):
        html = browser.get(f"/supplier/listings/new/{other.pk}/?from={wrong}").content.decode()
        assert "777.77" not in html


def test_the_form_says_which_change_is_reviewed_again_and_costs_a_fixed_number_of_statements() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    browser = a_client_of(actor)
    url = f"/supplier/listings/{listing.pk}/"
    assert "/history/" in browser.get(url).content.decode()
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for number in range(5):
        services.edit_listing(
            actor=actor, listing_id=listing.pk, version=number + 1, values=typed(stock=Decimal(number + 1))
        )
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(few) == len(many)


def test_the_reviewer_sees_the_doubt_highlighted(staff: Client) -> None:
    actor, good = a_supplier_actor(), a_good()
    a_known_range(good, "90", "110")
    listing = services.create_listing(actor=actor, good=good, values=typed(price=Decimal(120)))
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    html = staff.get(f"/admin/catalog/listing/{listing.pk}/review/").content.decode()
    checks = html[html.index('id="checks"') :]
    assert checks.index("<mark>") < checks.index('data-tone="good"')
    title = str(BY_CODE["price_too_high"].title)
    assert title in staff.get("/admin/catalog/listing/?review__exact=pending").content.decode()


def test_staff_freeze_lift_and_reopen_with_a_reason(staff: Client) -> None:
    listing = a_listing_on_sale()
    url = f"/admin/catalog/listing/{listing.pk}/act/"
    staff.post(url, {"act": "freeze", "reason": " "})
    listing.refresh_from_db()
    assert listing.sale == Sale.ON_SALE
    staff.post(url, {"act": "freeze", "reason": "核查"})
    listing.refresh_from_db()
    assert listing.sale == Sale.FROZEN
    assert "核查" in staff.get(f"/admin/catalog/listing/{listing.pk}/review/").content.decode()
    staff.post(url, {"act": "unfreeze", "reason": "无误"})
    staff.post(url, {"act": "reopen", "reason": "再看"})
    listing.refresh_from_db()
    assert (listing.sale, listing.review) == (Sale.OFF_SALE, Review.PENDING)
    assert staff.post(url, {"act": "nonsense"}).status_code == 404
    assert staff.get(url).status_code == 404
    supplier = a_client_of(a_supplier_actor())
    assert supplier.post(url, {"act": "freeze", "reason": "x"}).status_code in (302, 403, 404)
    listing.refresh_from_db()
    assert listing.sale == Sale.OFF_SALE


def test_the_reviewer_puts_approved_values_back_with_one_click(staff: Client) -> None:
    actor = a_supplier_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=typed())
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    services.decide_review(actor=a_catalog_actor(), listing_id=listing.pk, approve=True)
    listing.refresh_from_db()
    services.edit_listing(
        actor=actor, listing_id=listing.pk, version=listing.version, values=typed(note="全网最低")
    )
    listing.refresh_from_db()
    html = staff.get(f"/admin/catalog/listing/{listing.pk}/review/").content.decode()
    assert 'value="restore"' in html
    staff.post(f"/admin/catalog/listing/{listing.pk}/act/", {"act": "restore", "version": listing.version})
    listing.refresh_from_db()
    assert (listing.note, listing.review) == ("", Review.APPROVED)


def test_the_operator_keeps_the_words(staff: Client) -> None:
    url = "/admin/catalog/checkedword/"
    assert staff.get(url).status_code == 200
    word = {"word": "内部价", "kind": "advertising", "active": "on"}
    assert staff.post(f"{url}add/", word | {"word": "价"}).status_code == 200
    assert staff.post(f"{url}add/", word).status_code == 302
    made = CheckedWord.objects.get(word="内部价")
    assert staff.post(f"{url}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    shipped = CheckedWord.objects.filter(shipped=True).first()
    assert shipped is not None
    assert staff.post(f"{url}{shipped.pk}/delete/", {"post": "yes"}).status_code == 403
