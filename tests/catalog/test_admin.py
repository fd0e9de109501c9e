"""What the operator's catalog staff do in the administration."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.roles import OrganisationKind, Role
from catalog import services
from catalog.models import Good, Listing, PriceObservation, Review, Synonym
from catalog.services.listing_values import ListingValues
from catalog.tasks import index_some
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_person,
    a_region,
    a_supplier_actor,
    an_attribute,
    an_organisation,
    deals,
)
from tests.catalog.good_factories import NO_ROWS
from zcy import clock
from zcy.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(settings: Any) -> Client:
    actor = a_catalog_actor()
    assert actor.user
    settings.DEMONSTRATION = True
    actor.user.demonstration = True
    actor.user.save()
    return a_client_of(actor)


def test_a_listing_in_review_is_seen_with_its_range_and_approved(staff: Client) -> None:
    listing = a_listing_on_sale(review=Review.PENDING, price="500")
    deals(listing.good, [str(90 + number) for number in range(12)])
    assert str(listing.good) in staff.get("/admin/catalog/listing/?review__exact=pending").content.decode()
    url = f"/admin/catalog/listing/{listing.pk}/review/"
    html = staff.get(url).content.decode()
    assert "¥500.00" in html
    assert 'class="band-range"' in html
    response = staff.post(url, {"version": listing.version, "approve": "1"})
    assert response.headers["Location"] == "/admin/catalog/listing/"
    listing.refresh_from_db()
    assert listing.review == Review.APPROVED


def test_a_rejection_without_a_reason_is_refused_and_keeps_the_text(staff: Client) -> None:
    listing = a_listing_on_sale(review=Review.PENDING)
    url = f"/admin/catalog/listing/{listing.pk}/review/"
    response = staff.post(url, {"version": 1, "reject": "1", "text": "请补充"})
    assert response.status_code == 400
    assert "请补充" in response.content.decode()
    response = staff.post(url, {"version": 1, "reject": "1", "reasons": ["no such"]})
    assert response.status_code == 400
    assert staff.post(url, {"version": 7, "approve": "1"}).status_code == 409
    staff.post(url, {"version": 1, "reject": "1", "reasons": ["keyword_stuffing"], "text": "请补充"})
    listing.refresh_from_db()
    assert listing.review == Review.REJECTED
    assert listing.decisions.get().reasons == ["keyword_stuffing"]
    assert staff.get("/admin/catalog/reviewdecision/").status_code == 200


def test_several_are_decided_at_once(staff: Client) -> None:
    listings = [a_listing_on_sale(a_good(model=f"M{number}"), review=Review.PENDING) for number in range(3)]
    seen = {"seen_at": clock.now().isoformat()}
    chosen = seen | {"_selected_action": [listing.pk for listing in listings[:2]]}
    staff.post("/admin/catalog/listing/", chosen | {"action": "approve"})
    assert Listing.objects.filter(review=Review.APPROVED).count() == 2
    last = seen | {"_selected_action": [listings[2].pk], "action": "reject"}
    assert staff.post("/admin/catalog/listing/", last).status_code == 200
    assert staff.post("/admin/catalog/listing/", last | {"decided": "1", "reject": "1"}).status_code == 400
    staff.post("/admin/catalog/listing/", last | {"decided": "1", "reject": "1", "reasons": ["price_lure"]})
    assert Listing.objects.filter(review=Review.REJECTED).count() == 1


def test_others_may_look_but_not_decide(settings: Any) -> None:
    listing = a_listing_on_sale(review=Review.PENDING)
    settings.DEMONSTRATION = True
    user = a_person(Role.SERVICE, an_organisation(OrganisationKind.OPERATOR))
    user.demonstration = True
    user.save()
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/admin/catalog/listing/{listing.pk}/review/"
    assert 'name="approve"' not in browser.get(url).content.decode()
    assert browser.post(url, {"version": listing.version, "approve": "1"}).status_code == 403
    listing.refresh_from_db()
    assert listing.review == Review.PENDING
    assert a_client_of(a_supplier_actor()).get("/admin/catalog/listing/").status_code == 403


def test_a_listing_opens_where_it_is_decided_about_under_the_name_of_its_good(staff: Client) -> None:
    listing = a_listing_on_sale(review=Review.APPROVED)
    page = staff.get(f"/admin/catalog/listing/{listing.pk}/change/", follow=True)
    assert listing.good.name in page.content.decode()
    assert f"{listing.good_id} @ {listing.supplier_id}" not in page.content.decode()
    assert staff.get("/admin/catalog/listing/no-number/change/").status_code == 404


def good_values(good: Good, **changes: Any) -> dict[str, Any]:
    return {
        "category": good.category_id, "brand": good.brand_id, "model": "X1", "name": "惠普 X1 打印机", "unit": "台",
        "attr_ppm": "30", "pack_size": "", "origin": "中国", "description": "", "gtin": "", "maker": "",
        "seen_version": good.version,
    } | NO_ROWS | changes  # fmt: skip


def picture(size: tuple[int, int] = (300, 200), kind: str = "JPEG") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(
        data, kind, **({"exif": b"Exif\x00\x00secret"} if kind == "JPEG" else {})
    )
    return SimpleUploadedFile("../../evil.php.jpg", data.getvalue(), content_type="image/jpeg")


def test_a_good_is_mended_hashed_and_found_under_its_new_words(staff: Client) -> None:
    category = a_category()
    an_attribute(category, "ppm", "速度", type="number", required=True)
    good = a_good(category=category)
    url = f"/admin/catalog/good/{good.pk}/change/"
    assert staff.get(url).status_code == 200
    response = staff.post(url, good_values(good, picture=picture()))
    assert response.status_code == 302, response.content.decode()[:3000]
    good.refresh_from_db()
    assert (good.spec, good.model_key, len(good.spec_hash)) == ({"ppm": 30}, "X1", 32)
    assert good.picture.name
    assert good.picture.name.startswith("goods/")
    assert good.picture.name.endswith(".webp")
    assert "evil" not in good.picture.name
    with good.picture.open("rb") as file:
        assert b"secret" not in file.read()


@pytest.mark.parametrize(
    "changes",
    [
        {"attr_ppm": ""},
        {"attr_ppm": "fast"},
        {"attr_ppm": "NaN"},
        {"attr_ppm": "1e400"},
        {"gtin": "6901234567890"},
        {"gtin": "69012345"},
        {"gtin": "abc"},
        {"name": ""},
        {"pack_size": "0"},
        {"picture": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")},
        {"picture": SimpleUploadedFile("a.jpg", b"", content_type="image/jpeg")},
        {"picture": picture((50, 50))},
        {"picture": picture((300, 300), "BMP")},
    ],
)
def test_a_good_that_does_not_fit_is_refused(staff: Client, changes: dict[str, Any]) -> None:
    category = a_category()
    an_attribute(category, "ppm", "速度", type="number", required=True)
    good = a_good(category=category)
    response = staff.post(f"/admin/catalog/good/{good.pk}/change/", good_values(good, **changes))
    assert response.status_code == 200
    assert "errorlist" in response.content.decode() or "errornote" in response.content.decode()
    good.refresh_from_db()
    assert good.model == "M403d"


@pytest.mark.parametrize("page", ["good", "brand", "category", "listing", "reviewdecision"])
def test_every_list_and_search_opens(staff: Client, page: str) -> None:
    a_listing_on_sale()
    assert staff.get(f"/admin/catalog/{page}/").status_code == 200
    assert staff.get(f"/admin/catalog/{page}/?q=惠普").status_code == 200
    if page == "category":
        assert staff.get(f"/admin/catalog/category/{a_category().pk}/change/").status_code == 200


def test_synonyms_are_kept_in_the_administration_and_searched_at_once(staff: Client) -> None:
    a_listing_on_sale(a_good("联想 便携式计算机", brand="联想", model="E14"))
    assert "便携式" not in staff.get("/search/?q=手提").content.decode()
    assert staff.get("/admin/catalog/synonym/add/").status_code == 200
    response = staff.post("/admin/catalog/synonym/add/", {"words": "手提, 便携式计算机、手提"})
    assert response.status_code == 302
    assert Synonym.objects.get().words == ["手提", "便携式计算机"]
    assert "便携式" in staff.get("/search/?q=手提").content.decode()


@pytest.mark.parametrize("words", ["", "电脑", "电脑、电脑", "Ａ,a", "电脑," + "长" * 41])
def test_synonyms_that_say_nothing_are_refused(staff: Client, words: str) -> None:
    response = staff.post("/admin/catalog/synonym/add/", {"words": words})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Synonym.objects.exists()


def test_goods_are_found_under_the_new_name_of_their_brand_and_category(staff: Client) -> None:
    listing = a_listing_on_sale()
    brand, category = listing.good.brand, listing.good.category
    assert brand
    staff.post(f"/admin/catalog/brand/{brand.pk}/change/", {"name": "慧普", "latin": "HP"})
    values = {"name": "台式打印设备", "unit": "台", "counted": "on", "order": "10"}
    forms = {f"attributes-{name}_FORMS": number for name, number in
             (("TOTAL", 0), ("INITIAL", 0), ("MIN_NUM", 0), ("MAX_NUM", 1000))}  # fmt: skip
    response = staff.post(f"/admin/catalog/category/{category.pk}/change/", values | forms)
    assert response.status_code == 302, response.content.decode()[:2000]
    waiting = OutboxMessage.objects.filter(task="catalog.tasks.index_some")
    assert waiting.count() == 2
    for message in waiting:
        index_some(**message.kwargs)
    for q in ("慧普", "台式打印设备"):
        assert f"/goods/{listing.good_id}/" in staff.get(f"/search/?q={q}").content.decode()


def test_a_second_review_shows_what_changed_since_the_approval(staff: Client) -> None:
    supplier = a_supplier_actor()
    area = a_region("330100", "杭州市", "city")
    typed = ListingValues(price=Decimal(100), stock=Decimal(5), note="现货", delivery_days=2)
    listing = services.create_listing(actor=supplier, good=a_good(), values=typed)
    services.submit_listing_for_review(actor=supplier, listing_id=listing.pk)
    url = f"/admin/catalog/listing/{listing.pk}/review/"
    assert 'id="changed"' not in staff.get(url).content.decode()
    services.decide_review(actor=a_catalog_actor(), listing_id=listing.pk, approve=True)
    listing.refresh_from_db()
    services.edit_listing(
        actor=supplier, listing_id=listing.pk, version=listing.version,
        values=replace(typed, price=Decimal(120), note="加微信优惠", delivery_areas=(area,)),
    )  # fmt: skip
    html = staff.get(url).content.decode()
    changed = html[html.index('id="changed"') :]
    for before, now in (("100.00", "120.00"), ("现货", "加微信优惠")):
        assert f"<del>{before}</del>" in changed
        assert f"<ins>{now}</ins>" in changed
    assert "<ins>杭州市</ins>" in changed
    assert "<del>2</del>" not in changed  # what is as it was is not listed


def test_a_corrected_good_takes_its_old_deals_along(staff: Client) -> None:
    other = a_category("A02021004", "A4彩色打印机")
    an_attribute(other, "ppm", "速度", type="number")
    good = a_good()
    deals(good, ["100"] * 3)
    values = good_values(good, category=other.pk, pack_size="4")
    assert staff.post(f"/admin/catalog/good/{good.pk}/change/", values).status_code == 302
    good.refresh_from_db()
    for seen in PriceObservation.objects.all():
        assert (seen.category_id, seen.spec_hash, seen.pack_size) == (other.pk, good.spec_hash, Decimal(4))
        assert seen.x == pytest.approx(math.log(25))


def test_the_review_list_needs_the_same_statements_for_10_and_for_40_listings(staff: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get("/admin/catalog/listing/?review__exact=pending").status_code == 200
        return len(captured)

    statements()
    counted = []
    for more in (10, 30):
        for number in range(more):
            a_listing_on_sale(a_good(f"打印机 {more}-{number}"), review=Review.PENDING, index=False)
        counted.append(statements())
    assert counted[0] == counted[1]


def test_what_was_changed_since_the_list_was_shown_is_not_decided_unseen(staff: Client) -> None:
    supplier = a_supplier_actor()
    listing, other = (
        a_listing_on_sale(a_good(model=model), supplier=supplier.organisation, review=Review.PENDING)
        for model in ("M1", "M2")
    )
    html = staff.get("/admin/catalog/listing/?review__exact=pending").content.decode()
    seen_at = html.split('name="seen_at" value="')[1].split('"')[0]
    services.edit_listing(
        actor=supplier, listing_id=listing.pk, version=listing.version,
        values=ListingValues(price=Decimal(9999), stock=Decimal(1), note="加微信"),
    )  # fmt: skip
    for odd in (seen_at, "", "yesterday", "2026-01-01"):
        chosen = {"_selected_action": [listing.pk], "action": "approve", "seen_at": odd}
        staff.post("/admin/catalog/listing/", chosen)
        listing.refresh_from_db()
        assert listing.review == Review.PENDING
    staff.post(
        "/admin/catalog/listing/",
        {"_selected_action": [other.pk], "action": "approve", "seen_at": seen_at},
    )
    other.refresh_from_db()
    assert other.review == Review.APPROVED
