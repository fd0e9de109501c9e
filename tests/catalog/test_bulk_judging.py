"""Changes from a file are judged by the checks as single edits are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.actor import Actor
from catalog import services
from catalog.models import ImportState, Listing, ListingImport, Review, ReviewDecision
from tests.catalog.bulk import HEADER, some_goods, uploaded, written
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import a_supplier_actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WITH_REMARK = (*HEADER, "Remark")


def three_approved() -> tuple[Actor, list[Listing]]:
    actor, listings = a_supplier_actor(), []
    for good in some_goods(3):
        a_known_range(good, "90", "110")
        listing = services.create_listing(actor=actor, good=good, values=typed())
        listings.append(services.submit_listing_for_review(actor=actor, listing_id=listing.pk))
    assert {listing.review for listing in listings} == {Review.APPROVED}
    return actor, listings


def a_file_with_all_three(actor: Actor, listings: list[Listing]) -> ListingImport:
    """The first stays in its range, the second leaves it, the third leads off the platform."""
    clear, dear, luring = listings
    rows = [
        (clear.good_id, Decimal(101), 10, 3, ""),
        (dear.good_id, Decimal(120), 10, 3, ""),
        (luring.good_id, Decimal(100), 10, 3, "QQ 12345678"),
    ]
    return uploaded(actor, WITH_REMARK, *rows)


def test_what_is_clear_stays_approved_what_is_doubtful_is_reviewed_what_is_blocked_is_not_written() -> None:
    actor, listings = three_approved()
    done = written(actor, a_file_with_all_three(actor, listings))
    assert (done.state, done.written, done.conflicts) == (ImportState.DONE, 2, 1)
    clear, dear, luring = (Listing.objects.get(pk=listing.pk) for listing in listings)
    assert (clear.price, clear.review) == (101, Review.APPROVED)
    assert (dear.price, dear.review) == (120, Review.PENDING)
    assert (luring.note, luring.review, luring.version) == ("", Review.APPROVED, listings[2].version)
    assert dear.verdicts.filter(listing_version=dear.version, finding="doubt").count() == 1
    (refused,) = done.rows.filter(verdict="conflict")
    assert refused.listing_id == luring.pk
    assert "QQ" in refused.problems[0][1]
    assert list(clear.versions.order_by("version").values_list("version", flat=True))[-1] == clear.version


def test_all_or_nothing_writes_nothing_where_a_check_refuses_one_row() -> None:
    actor, listings = three_approved()
    done = written(actor, a_file_with_all_three(actor, listings), mode="all")
    assert done.written == 0
    assert done.conflicts == 1
    assert {listing.price for listing in Listing.objects.all()} == {100}


def test_new_offers_go_on_sale_by_themselves_where_no_check_has_a_doubt() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    for good in goods:
        a_known_range(good, "90", "110")
    rows = [(goods[0].pk, Decimal(100), 10, 3), (goods[1].pk, Decimal(500), 10, 3)]
    written(actor, uploaded(actor, HEADER, *rows))
    approved, refused = Listing.objects.order_by("good_id")
    assert (approved.review, refused.review) == (Review.APPROVED, Review.REJECTED)
    decision = ReviewDecision.objects.get(listing=refused)
    assert (decision.by_checks, decision.reasons) == (True, ["price_too_high"])


def test_mending_a_doubt_by_file_approves_an_offer_in_review() -> None:
    actor, listings = three_approved()
    written(actor, a_file_with_all_three(actor, listings))
    dear = listings[1]
    written(actor, uploaded(actor, HEADER, (dear.good_id, Decimal(109), 10, 3)))
    dear.refresh_from_db()
    assert (dear.price, dear.review) == (109, Review.APPROVED)
