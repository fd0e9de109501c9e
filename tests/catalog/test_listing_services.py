"""A listing from draft to sale, and everything that is refused on the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Notice
from accounts.roles import Role
from catalog import services
from catalog.errors import AlreadyListed, ListingChanged, ListingRefused, OutOfStock, WrongState
from catalog.models import Listing, PriceChange, Review, Sale
from catalog.services.listing_values import ListingValues, paths
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
    an_organisation,
)
from zcy import clock
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


def values(**changes: Any) -> ListingValues:
    typed: dict[str, Any] = {"price": Decimal("99.50"), "stock": Decimal(10), "delivery_days": 3}
    return ListingValues(**(typed | changes))


def test_a_listing_goes_from_draft_through_review_to_sale() -> None:
    actor, staff, good = a_supplier_actor(), a_catalog_actor(), a_good()
    listing = services.create_listing(actor=actor, good=good, values=values())
    assert (listing.sale, listing.review) == (Sale.DRAFT, Review.NONE)
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    good.refresh_from_db()
    assert good.offers == 0
    decision = services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    good.refresh_from_db()
    assert (good.offers, good.lowest_price, good.in_stock, good.delivery_days) == (
        1,
        Decimal("99.50"),
        True,
        3,
    )
    assert Notice.objects.get(user=actor.user).kind == "listing_approved"
    services.take_off_sale(actor=actor, listing_id=listing.pk)
    good.refresh_from_db()
    assert (good.offers, good.lowest_price) == (0, None)
    listing = services.put_on_sale(actor=actor, listing_id=listing.pk)
    assert (listing.sale, listing.review, decision.approved) == (Sale.ON_SALE, Review.APPROVED, True)


def test_a_rejection_carries_published_reasons_and_is_mended() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=values())
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    for reasons in ([], ["no such reason"]):
        with pytest.raises(ListingRefused):
            services.decide_review(actor=staff, listing_id=listing.pk, approve=False, reasons=reasons)
    services.decide_review(
        actor=staff, listing_id=listing.pk, approve=False, reasons=["price_too_high"], text="太高"
    )
    listing.refresh_from_db()
    assert (listing.sale, listing.review) == (Sale.OFF_SALE, Review.REJECTED)
    with pytest.raises(WrongState):
        services.put_on_sale(actor=actor, listing_id=listing.pk)
    with pytest.raises(WrongState):
        services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    listing = services.edit_listing(
        actor=actor, listing_id=listing.pk, version=listing.version, values=values(price=Decimal(80))
    )
    assert listing.review == Review.REJECTED
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    assert listing.decisions.count() == 2


def test_only_catalog_staff_decide_and_only_on_what_they_have_seen() -> None:
    actor = a_supplier_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=values())
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    with pytest.raises(NotAllowed):
        services.decide_review(actor=actor, listing_id=listing.pk, approve=True)
    with pytest.raises(ListingChanged):
        services.decide_review(actor=a_catalog_actor(), listing_id=listing.pk, approve=True, version=1)
    with pytest.raises(Missing):
        services.decide_review(actor=a_catalog_actor(), listing_id=0, approve=True)


def test_a_stranger_sees_and_changes_nothing() -> None:
    listing = a_listing_on_sale()
    stranger = a_supplier_actor()
    with pytest.raises(Missing):
        services.edit_listing(actor=stranger, listing_id=listing.pk, version=1, values=values())
    with pytest.raises(Missing):
        services.take_off_sale(actor=stranger, listing_id=listing.pk)
    with pytest.raises(NotAllowed):
        services.create_listing(actor=a_buyer_actor(), good=listing.good, values=values())
    with pytest.raises(NotAllowed):
        services.submit_listing_for_review(actor=a_buyer_actor(), listing_id=listing.pk)


def test_a_supplier_offers_a_good_once() -> None:
    actor, good = a_supplier_actor(), a_good()
    services.create_listing(actor=actor, good=good, values=values())
    with pytest.raises(AlreadyListed):
        services.create_listing(actor=actor, good=good, values=values())


def test_every_price_change_is_kept_and_cannot_be_rewritten() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    for version, price in ((1, "120"), (2, "90")):
        services.edit_listing(
            actor=actor, listing_id=listing.pk, version=version, values=values(price=Decimal(price))
        )
    kept: list[Any] = list(PriceChange.objects.values_list("old_price", "new_price", "changed_by"))
    assert kept == [(100, 120, actor.user_id), (120, 90, actor.user_id)]
    listing.good.refresh_from_db()
    assert listing.good.lowest_price == 90
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_pricechange SET new_price = 1")


def test_an_edit_on_an_older_version_is_refused_and_an_empty_one_changes_nothing() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    edited = services.edit_listing(actor=actor, listing_id=listing.pk, version=1, values=values())
    assert edited.version == 2
    with pytest.raises(ListingChanged):
        services.edit_listing(actor=actor, listing_id=listing.pk, version=1, values=values(price=Decimal(1)))
    same = services.edit_listing(actor=actor, listing_id=listing.pk, version=2, values=values())
    assert same.version == 2
    assert PriceChange.objects.count() == 1


def test_a_changed_remark_is_checked_and_reviewed_again_where_it_is_doubtful() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    listing = services.edit_listing(actor=actor, listing_id=listing.pk, version=1, values=values())
    assert listing.review == Review.APPROVED
    listing = services.edit_listing(actor=actor, listing_id=listing.pk, version=2, values=values(note="现货"))
    assert listing.review == Review.APPROVED
    listing = services.edit_listing(
        actor=actor, listing_id=listing.pk, version=3, values=values(note="全网最低")
    )
    assert listing.review == Review.PENDING


def test_a_frozen_listing_is_not_the_suppliers_to_change() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, sale=Sale.FROZEN)
    with pytest.raises(WrongState):
        services.edit_listing(actor=actor, listing_id=listing.pk, version=1, values=values())
    with pytest.raises(WrongState):
        services.put_on_sale(actor=actor, listing_id=listing.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "0"),
        ("price", "-5"),
        ("price", "1.005"),
        ("price", "1000000000"),
        ("price", "NaN"),
        ("own_public_price", "0"),
        ("stock", "-1"),
        ("stock", "1.5"),
        ("stock", "Infinity"),
        ("min_quantity", "0"),
        ("delivery_days", 366),
        ("delivery_days", -1),
        ("warranty_months", 241),
    ],
)
def test_values_that_cannot_be_meant_are_refused_beside_their_field(field: str, value: Any) -> None:
    typed = Decimal(value) if isinstance(value, str) else value
    with pytest.raises(ListingRefused) as refusal:
        services.create_listing(actor=a_supplier_actor(), good=a_good(), values=values(**{field: typed}))
    assert refusal.value.field == field
    assert not Listing.objects.exists()


def test_a_retired_good_takes_no_new_offers() -> None:
    with pytest.raises(ListingRefused):
        services.create_listing(
            actor=a_supplier_actor(role=Role.SUPPLIER_CLERK), good=a_good(state="retired"), values=values()
        )


def test_areas_below_another_area_are_folded_into_it() -> None:
    province = a_region("330000", "浙江省", "province")
    city = a_region("330100", "杭州市", "city", province)
    other = a_region("320000", "江苏省", "province")
    assert paths([city, other, province]) == ["320000/", "330000/"]


def test_stock_is_taken_all_or_none_and_says_what_is_left() -> None:
    one, two = a_listing_on_sale(stock=Decimal(3)), a_listing_on_sale(a_good(model="X2"), stock=Decimal(5))
    with pytest.raises(OutOfStock) as refusal:
        services.reserve_stock(quantities={one.pk: Decimal(4), two.pk: Decimal(1)})
    assert refusal.value.left == {one.pk: Decimal(3)}
    assert "3" in str(refusal.value)
    two.refresh_from_db()
    assert two.stock == 5
    services.reserve_stock(quantities={one.pk: Decimal(3), two.pk: Decimal(1)})
    one.good.refresh_from_db()
    assert not one.good.in_stock
    services.release_stock(quantities={one.pk: Decimal(3)})
    one.good.refresh_from_db()
    assert one.good.in_stock


def test_a_listing_that_does_not_state_its_stock_cannot_be_reserved() -> None:
    listing = a_listing_on_sale(stock=None)
    with pytest.raises(OutOfStock):
        services.reserve_stock(quantities={listing.pk: Decimal(1)})
    with pytest.raises(OutOfStock):
        services.reserve_stock(quantities={0: Decimal(1)})


def test_related_rows_follow_in_one_place() -> None:
    supplier = an_organisation()
    for number in range(3):
        a_listing_on_sale(a_good(model=f"M{number}"), supplier=supplier)
    supplier.active = False
    supplier.save()
    assert services.refresh_goods() == 3
    assert services.refresh_goods() == 0


def test_a_stock_that_orders_have_taken_from_is_not_put_back_by_an_edit() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100", stock=Decimal(50))
    services.reserve_stock(quantities={listing.pk: Decimal(12)})
    seen: dict[str, Any] = {"actor": actor, "listing_id": listing.pk, "stock_seen": Decimal(50)}
    edited = services.edit_listing(version=1, values=values(price=Decimal(90), stock=Decimal(50)), **seen)
    assert (edited.price, edited.stock) == (Decimal(90), Decimal(38))
    with pytest.raises(ListingChanged):
        services.edit_listing(version=2, values=values(stock=Decimal(60)), **seen)
    edited = services.edit_listing(
        version=2, values=values(stock=Decimal(60)), **{**seen, "stock_seen": Decimal(38)}
    )
    assert edited.stock == 60


def test_an_imported_offer_gets_no_second_one_beside_it() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, origin="imported")
    with pytest.raises(AlreadyListed):
        services.create_listing(actor=actor, good=listing.good, values=values())
    listing.delisted_at = clock.now()
    listing.save()
    assert services.create_listing(actor=actor, good=listing.good, values=values()).pk


def test_a_decision_keeps_what_was_decided_on() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=values(note="现货"))
    services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    decision = services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    assert (decision.values["price"], decision.values["note"]) == ("99.50", "现货")
