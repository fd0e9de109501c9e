"""The repair queue: rejected offers grouped by reason, mended and submitted again several at once."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.text import capfirst

from accounts.actor import Actor
from catalog import review_reasons, services
from catalog.mending import NOTE, PRICE
from catalog.models import Listing, PriceLevel, Review
from catalog.queries.repair import repair_groups
from catalog.services.mend_rejected import plan_mending
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import a_client_of, a_good, a_supplier_actor

pytestmark = pytest.mark.django_db


def rejected(actor: Actor, name: str, **values: Any) -> Listing:
    good = a_good(f"打印机 {name}", model=name)
    a_known_range(good, "90", "110")
    listing = services.create_listing(actor=actor, good=good, values=typed(**values))
    listing = services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    assert listing.review == Review.REJECTED
    return listing


def test_offers_are_grouped_by_the_reasons_of_their_last_decision() -> None:
    actor = a_supplier_actor()
    dear = [rejected(actor, f"D{number}", price=Decimal(400)) for number in range(2)]
    rejected(actor, "N", note="QQ 12345678")
    rejected(a_supplier_actor(), "X", price=Decimal(400))
    groups = repair_groups(actor.organisation_id or 0)
    assert [(group.reason.code, group.count, group.mend) for group in groups] == [
        ("price_too_high", 2, PRICE),
        ("luring_off_platform", 1, NOTE),
    ]
    services.edit_listing(
        actor=actor, listing_id=dear[0].pk, version=dear[0].version, values=typed(note="国家级")
    )
    services.submit_many(actor=actor, listing_ids=[dear[0].pk])
    codes = {group.reason.code: group.count for group in repair_groups(actor.organisation_id or 0)}
    assert codes == {"price_too_high": 1, "luring_off_platform": 1, "advertising_words": 1}


def test_prices_are_brought_into_the_range_in_one_click_with_confirmation() -> None:
    actor = a_supplier_actor()
    first, second = (rejected(actor, name, price=Decimal(400)) for name in "AB")
    browser = a_client_of(actor)
    everything = browser.get("/supplier/listings/repair/").content.decode()
    title = capfirst(str(review_reasons.BY_CODE["price_too_high"].title))
    assert everything.count(f">{title}</td>") == 2  # each row says why, not only the group
    html = browser.get("/supplier/listings/repair/?reason=price_too_high").content.decode()
    assert f'value="{first.pk}"' in html
    chosen = {"mend": "price", "chosen": [first.pk, second.pk], "reason": "price_too_high"}
    html = browser.post("/supplier/listings/repair/mend/", chosen).content.decode()
    assert f'name="to-{first.pk}" value="110.00"' in html
    assert Listing.objects.filter(review="rejected").count() == 2
    PriceLevel.objects.filter(good=second.good).update(own=math.log(50))  # deals at half the price came in
    confirmed = chosen | {"confirmed": "1", f"to-{first.pk}": "110.00", f"to-{second.pk}": "110.00"}
    browser.post("/supplier/listings/repair/mend/", confirmed)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.price, first.review) == (110, Review.APPROVED)
    # The range has moved since the person looked: nothing is done that was not seen.
    assert (second.price, second.review) == (400, Review.REJECTED)


def test_a_price_goes_down_to_the_lowest_of_what_bounds_it_and_never_up() -> None:
    actor = a_supplier_actor()
    listing = rejected(actor, "A", price=Decimal(400), own_public_price=Decimal("95.50"))
    (mending,) = plan_mending([listing], PRICE)
    assert (mending.before, mending.after, mending.possible) == ("400.00", "95.50", True)
    note = rejected(actor, "B", note="QQ 12345678", price=Decimal(100))
    assert not plan_mending([note], PRICE)[0].possible


def test_remarks_are_removed_and_the_offers_submitted() -> None:
    actor = a_supplier_actor()
    listing = rejected(actor, "A", note="联系 13812345678")
    outcomes = services.mend_rejected(
        actor=actor, listing_ids=[listing.pk], kind=NOTE, expected={listing.pk: ""}
    )
    assert outcomes[listing.pk].review == Review.APPROVED
    listing.refresh_from_db()
    assert listing.note == ""


def test_a_strangers_offers_are_not_mended_and_nonsense_is_answered() -> None:
    actor = a_supplier_actor()
    listing = rejected(actor, "A", price=Decimal(400))
    stranger = a_client_of(a_supplier_actor())
    posted = {
        "mend": "price",
        "chosen": [listing.pk, "x", "9" * 30],
        "confirmed": "1",
        f"to-{listing.pk}": "110.00",
    }
    assert stranger.post("/supplier/listings/repair/mend/", posted).status_code == 302
    listing.refresh_from_db()
    assert listing.price == 400
    browser = a_client_of(actor)
    for wrong in ({"mend": "nonsense", "chosen": [listing.pk]}, {"mend": "price"}):
        assert browser.post("/supplier/listings/repair/mend/", wrong).status_code == 302
    assert browser.get("/supplier/listings/repair/?reason=%00&sort=x&after=zz").status_code == 200
    # A reason of which nothing is left shows the rest.
    html = browser.get("/supplier/listings/repair/?reason=stolen_picture").content.decode()
    assert f'value="{listing.pk}"' in html
    assert browser.get("/supplier/listings/repair/mend/").status_code == 405


def test_the_queue_is_exported_with_reason_and_remedy() -> None:
    actor = a_supplier_actor()
    rejected(actor, "A", note="QQ 12345678")
    response = a_client_of(actor).get("/supplier/listings/repair/?reason=luring_off_platform&format=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").strip().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "QQ 12345678" in lines[1]


def test_an_empty_queue_says_so() -> None:
    html = a_client_of(a_supplier_actor()).get("/supplier/listings/repair/").content.decode()
    assert 'class="empty"' in html


def test_the_queue_costs_the_same_statements_for_ten_and_for_forty() -> None:
    def counted(count: int) -> int:
        actor = a_supplier_actor()
        for number in range(count):
            rejected(actor, f"{count}-{number}", price=Decimal(400))
        browser = a_client_of(actor)
        browser.get("/supplier/listings/repair/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/supplier/listings/repair/?reason=price_too_high&size=50")
        return len(queries)

    assert counted(10) == counted(40)
