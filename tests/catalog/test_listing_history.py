"""The history of an offer, and one click back to former values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.errors import ListingChanged, WrongState
from catalog.models import Listing, ListingVersion, PriceChange, Review
from catalog.queries.listing_history import listing_history
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import a_catalog_actor, a_client_of, a_good, a_listing_on_sale, a_supplier_actor
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


def test_every_version_is_kept_with_who_when_and_what_changed() -> None:
    actor, good = a_supplier_actor(), a_good()
    a_known_range(good, "90", "110")
    listing = services.create_listing(actor=actor, good=good, values=typed())
    listing = services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    services.edit_listing(actor=actor, listing_id=listing.pk, version=2, values=typed(price=Decimal(105)))
    entries = listing_history(Listing.objects.get(pk=listing.pk))
    assert [(entry.version, entry.who) for entry in entries] == [
        (number, str(actor.user)) for number in (3, 2, 1)
    ]
    assert [difference[1:] for difference in entries[0].differences] == [("100.00", "105.00")]
    assert entries[1].decision is not None
    assert entries[1].decision.by_checks
    assert [entry.may_restore for entry in entries] == [False, True, True]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_listingversion SET version = 9")


def test_a_supplier_goes_back_with_one_click_and_the_stock_stays() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100", origin="imported")
    services.edit_listing(
        actor=actor, listing_id=listing.pk, version=1, values=typed(price=Decimal(80), stock=Decimal(7))
    )
    browser = a_client_of(actor)
    html = browser.get(f"/supplier/listings/{listing.pk}/history/").content.decode()
    assert 'name="to" value="1"' in html  # as it was found before the first edit
    url = f"/supplier/listings/{listing.pk}/restore/"
    assert browser.post(url, {"version": "2", "to": "1"}).status_code == 302
    listing.refresh_from_db()
    assert (listing.price, listing.stock, listing.version) == (100, 7, 3)
    browser.post(url, {"version": "2", "to": "1"})  # an older look changes nothing
    browser.post(url, {"version": "x", "to": "99999999999"})
    listing.refresh_from_db()
    assert listing.version == 3
    assert PriceChange.objects.count() == 2


def test_a_stranger_sees_and_restores_nothing() -> None:
    listing = a_listing_on_sale()
    stranger = a_supplier_actor()
    assert a_client_of(stranger).get(f"/supplier/listings/{listing.pk}/history/").status_code == 404
    with pytest.raises(Missing):
        services.restore_version(actor=stranger, listing_id=listing.pk, version=1, to_version=1)


def test_a_reviewer_puts_back_what_was_approved_and_approves_it_thereby() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = services.create_listing(actor=actor, good=a_good(), values=typed())
    listing = services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    with pytest.raises(WrongState):
        services.restore_approved(actor=staff, listing_id=listing.pk, version=listing.version)
    services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    listing.refresh_from_db()
    listing = services.edit_listing(
        actor=actor,
        listing_id=listing.pk,
        version=listing.version,
        values=typed(price=Decimal(200), stock=Decimal(3)),
    )
    assert listing.review == Review.PENDING
    with pytest.raises(NotAllowed):
        services.restore_approved(actor=actor, listing_id=listing.pk, version=listing.version)
    with pytest.raises(ListingChanged):
        services.restore_approved(actor=staff, listing_id=listing.pk, version=1)
    services.restore_approved(actor=staff, listing_id=listing.pk, version=listing.version)
    listing.refresh_from_db()
    assert (listing.price, listing.stock, listing.review) == (100, 3, Review.APPROVED)
    kept = ListingVersion.objects.filter(listing=listing).order_by("-version").first()
    assert kept is not None
    assert kept.action == "restore"


def test_a_long_history_costs_no_more_statements_than_a_short_one() -> None:
    def counted(steps: int) -> int:
        actor = a_supplier_actor()
        listing = a_listing_on_sale(supplier=actor.organisation, price="100")
        for number in range(steps):
            services.edit_listing(
                actor=actor,
                listing_id=listing.pk,
                version=number + 1,
                values=typed(stock=Decimal(number + 100)),
            )
        with CaptureQueriesContext(connection) as queries:
            assert len(listing_history(listing)) == steps + 1
        return len(queries)

    assert counted(3) == counted(12)
