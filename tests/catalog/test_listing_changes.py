"""Which change of an approved offer needs a new review: field by field, as the table says that suppliers are shown."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Region
from catalog import changes, services
from catalog.changes import BY_FIELD, Needs
from catalog.errors import ListingRefused
from catalog.models import Listing, PriceChange, Review, ReviewDecision
from catalog.services.listing_values import ListingValues
from catalog.services.snapshot import snapshot, values_from
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import a_catalog_actor, a_good, a_listing_on_sale, a_region, a_supplier_actor

pytestmark = pytest.mark.django_db
HARMLESS: dict[str, Any] = {
    "price": Decimal(101),
    "own_public_price": Decimal(105),
    "delivery_days": 4,
    "delivery_areas": "330106",
    "note": "现货",
    "warranty_months": 12,
    "stock": Decimal(11),
    "min_quantity": Decimal(2),
}
DOUBTFUL: dict[str, Any] = {"price": Decimal(111), "delivery_days": 90, "note": "全网最低"}
REFUSED: dict[str, Any] = {"price": Decimal(400), "own_public_price": Decimal(99), "note": "QQ 12345678"}


def an_approved_offer(**values: Any) -> tuple[Any, Listing]:
    actor = a_supplier_actor()
    good = a_good()
    a_known_range(good, "90", "110")
    listing = services.create_listing(actor=actor, good=good, values=typed(**values))
    return actor, services.submit_listing_for_review(actor=actor, listing_id=listing.pk)


def edited(field: str, value: Any) -> Listing:
    actor, listing = an_approved_offer()
    assert listing.review == Review.APPROVED
    if field == "delivery_areas":
        value = (a_region(value),)
    return services.edit_listing(
        actor=actor, listing_id=listing.pk, version=listing.version, values=typed(**{field: value})
    )


def test_the_table_names_every_field_of_an_offer_once() -> None:
    assert [row.field for row in changes.TABLE] == list(BY_FIELD)
    assert set(BY_FIELD) == {field.name for field in fields(ListingValues)} == set(HARMLESS)
    assert set(BY_FIELD) == set(snapshot(a_listing_on_sale()))


@pytest.mark.parametrize("field", HARMLESS)
def test_a_harmless_change_is_reviewed_only_where_a_person_has_to(field: str) -> None:
    by_hand = BY_FIELD[field].needs is Needs.PERSON
    assert edited(field, HARMLESS[field]).review == (Review.PENDING if by_hand else Review.APPROVED)


@pytest.mark.parametrize("field", DOUBTFUL)
def test_a_doubtful_change_is_reviewed_again_and_stays_on_sale(field: str) -> None:
    assert BY_FIELD[field].needs is Needs.CHECKS
    listing = edited(field, DOUBTFUL[field])
    assert (listing.sale, listing.review) == ("on_sale", Review.PENDING)


@pytest.mark.parametrize("field", REFUSED)
def test_what_a_check_blocks_is_refused_beside_its_field_and_nothing_is_changed(field: str) -> None:
    actor, listing = an_approved_offer()
    with pytest.raises(ListingRefused) as refusal:
        services.edit_listing(
            actor=actor,
            listing_id=listing.pk,
            version=listing.version,
            values=typed(**{field: REFUSED[field]}),
        )
    assert refusal.value.field in (field, "price")
    after = Listing.objects.get(pk=listing.pk)
    assert (after.version, after.review, snapshot(after)) == (
        listing.version,
        Review.APPROVED,
        snapshot(listing),
    )
    assert not PriceChange.objects.exists()


def test_who_lowers_a_price_that_a_person_has_approved_is_not_stopped() -> None:
    actor, listing = an_approved_offer(price=Decimal(150))
    assert listing.review == Review.PENDING
    services.decide_review(actor=a_catalog_actor(), listing_id=listing.pk, approve=True)
    for price, review in (("140", Review.APPROVED), ("145", Review.PENDING)):
        listing.refresh_from_db()
        listing = services.edit_listing(
            actor=actor, listing_id=listing.pk, version=listing.version, values=typed(price=Decimal(price))
        )
        assert listing.review == review


def test_small_rises_do_not_add_up_unseen() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    reviews = []
    for price in ("120", "130", "131"):
        listing = services.edit_listing(
            actor=actor, listing_id=listing.pk, version=listing.version, values=typed(price=Decimal(price))
        )
        reviews.append(str(listing.review))
    assert reviews == ["approved", "approved", "pending"]


def test_a_mended_doubt_is_approved_by_the_checks() -> None:
    actor, listing = an_approved_offer(price=Decimal(120))
    assert listing.review == Review.PENDING
    listing = services.edit_listing(
        actor=actor, listing_id=listing.pk, version=listing.version, values=typed(price=Decimal(109))
    )
    assert listing.review == Review.APPROVED
    assert ReviewDecision.objects.get().by_checks


def test_a_change_that_a_person_reviews_is_not_approved_by_the_next_harmless_one() -> None:
    actor, listing = an_approved_offer()
    for values in (typed(warranty_months=12), typed(warranty_months=12, stock=Decimal(5))):
        listing = services.edit_listing(
            actor=actor, listing_id=listing.pk, version=listing.version, values=values
        )
        assert listing.review == Review.PENDING


def test_a_draft_is_checked_when_it_is_handed_in_and_not_before() -> None:
    actor = a_supplier_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=typed(note="微信 abcdef1"))
    listing = services.edit_listing(
        actor=actor, listing_id=listing.pk, version=1, values=typed(note="QQ 12345678")
    )
    assert (listing.sale, listing.review) == ("draft", Review.NONE)


def test_a_region_may_have_people_review_more() -> None:
    assert changes.needs("note", ["note"]) is Needs.PERSON
    assert {row.field: kind for row, kind, _words in changes.rows(["price"])}["price"] is Needs.PERSON


def test_a_snapshot_leads_back_to_its_values() -> None:
    a_region("330106")
    listing = edited("delivery_areas", "330106")
    back = values_from(snapshot(listing), stock=listing.stock)
    assert back.delivery_areas == tuple(Region.objects.filter(code="330106"))
    assert (back.price, back.stock) == (Decimal(100), Decimal(10))
    assert (back.delivery_days, back.warranty_months) == (3, None)
