"""Handing offers in: what the checks decide, what goes to people, for one offer and for thousands alike."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import settings as region_settings
from accounts.actor import Actor
from accounts.models import RegionSetting
from catalog import services
from catalog.checks import check_listings
from catalog.errors import WrongState
from catalog.models import CheckVerdict, Finding, Good, Listing, MarkedVerdict, Review, ReviewDecision, Sale
from catalog.services.keep_verdicts import APPROVAL, is_drawn
from tests.catalog.checking import a_known_range, in_good_standing, typed
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    many_goods_on_sale,
)
from zcy import clock
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


def decide(region: Any, **values: Any) -> None:
    for name, value in values.items():
        RegionSetting.objects.update_or_create(region=region, key=f"checks.{name}", defaults={"value": value})
    region_settings.forget()


@pytest.fixture(autouse=True)
def _fresh_settings() -> Any:
    region_settings.forget()
    yield
    region_settings.forget()


def a_draft(actor: Actor, good: Good | None = None, **values: Any) -> Listing:
    return services.create_listing(actor=actor, good=good or a_good(), values=typed(**values))


def a_good_with_a_range(name: str = "A") -> Good:
    good = a_good(f"打印机 {name}", model=name)
    a_known_range(good, "90", "110")
    return good


def test_what_every_check_finds_clear_goes_on_sale_by_itself() -> None:
    actor, good = a_supplier_actor(), a_good_with_a_range()
    listing = services.submit_listing_for_review(actor=actor, listing_id=a_draft(actor, good).pk)
    assert (listing.sale, listing.review) == (Sale.ON_SALE, Review.APPROVED)
    decision = ReviewDecision.objects.get()
    assert (decision.approved, decision.by_checks, decision.decided_by) == (True, True, None)
    assert (decision.listing_version, decision.values["price"]) == (listing.version, "100.00")
    good.refresh_from_db()
    assert (good.offers, good.lowest_price) == (1, 100)
    verdicts = dict(
        CheckVerdict.objects.filter(listing_version=listing.version).values_list("check_code", "finding")
    )
    assert verdicts["price_range"] == Finding.CLEAR
    assert verdicts["price_reference"] == Finding.NOT_COMPUTABLE


def test_what_is_doubtful_waits_for_a_person_and_says_what_was_seen() -> None:
    actor = a_supplier_actor()
    draft = a_draft(actor, a_good_with_a_range(), price=Decimal(120))
    outcome = services.submit_many(actor=actor, listing_ids=[draft.pk])[draft.pk]
    assert outcome.review == Review.PENDING
    assert [(doubt.reason, doubt.blocks) for doubt in outcome.doubts] == [("price_too_high", False)]
    assert "120" in outcome.doubts[0].saw
    assert not ReviewDecision.objects.exists()


def test_a_price_without_any_evidence_waits_for_a_person_without_a_doubt() -> None:
    actor = a_supplier_actor()
    draft = a_draft(actor)
    outcome = services.submit_many(actor=actor, listing_ids=[draft.pk])[draft.pk]
    assert (outcome.review, list(outcome.doubts)) == (Review.PENDING, [])


def test_what_a_check_blocks_is_rejected_with_its_reason_and_can_be_mended() -> None:
    actor, good = a_supplier_actor(), a_good_with_a_range()
    listing = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, good, note="联系 13812345678").pk
    )
    assert (listing.sale, listing.review, listing.needs_person) == (Sale.OFF_SALE, Review.REJECTED, False)
    decision = ReviewDecision.objects.get()
    assert (decision.approved, decision.by_checks, decision.reasons) == (False, True, ["luring_off_platform"])
    assert "13812345678" in decision.text
    services.edit_listing(
        actor=actor, listing_id=listing.pk, version=listing.version, values=typed(note="现货")
    )
    assert services.submit_listing_for_review(actor=actor, listing_id=listing.pk).review == Review.APPROVED


def test_what_a_person_has_rejected_a_person_approves_again() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, a_good_with_a_range(), price=Decimal(120)).pk
    )
    services.decide_review(actor=staff, listing_id=listing.pk, approve=False, reasons=["price_too_high"])
    listing.refresh_from_db()
    services.edit_listing(actor=actor, listing_id=listing.pk, version=listing.version, values=typed())
    assert services.submit_listing_for_review(actor=actor, listing_id=listing.pk).review == Review.PENDING


def test_a_region_may_keep_approval_to_people_and_let_them_read_every_remark() -> None:
    actor = a_supplier_actor()
    assert actor.region
    decide(actor.region, machine_approves=False)
    first = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, a_good_with_a_range("A")).pk
    )
    decide(actor.region, machine_approves=True, always_reviewed=["note"])
    second = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, a_good_with_a_range("B"), note="现货").pk
    )
    third = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, a_good_with_a_range("C")).pk
    )
    assert [first.review, second.review, third.review] == ["pending", "pending", "approved"]


def test_many_are_submitted_at_once_each_with_its_own_outcome() -> None:
    actor = a_supplier_actor()
    clear = a_draft(actor, a_good_with_a_range("A"))
    dear = a_draft(actor, a_good_with_a_range("B"), price=Decimal(120))
    absurd = a_draft(actor, a_good_with_a_range("C"), price=Decimal(1000))
    selling = a_listing_on_sale(a_good_with_a_range("D"), supplier=actor.organisation)
    foreign = a_listing_on_sale(a_good_with_a_range("E"))
    retired = a_draft(actor, a_good_with_a_range("F"))
    Good.objects.filter(pk=retired.good_id).update(state="retired")
    wanted = [clear, dear, absurd, selling, foreign, retired]
    outcomes = services.submit_many(actor=actor, listing_ids=[listing.pk for listing in wanted] + [0])
    assert [outcomes[listing.pk].review for listing in wanted] == [
        "approved",
        "pending",
        "rejected",
        "",
        "",
        "",
    ]
    assert isinstance(outcomes[selling.pk].refused, WrongState)
    assert isinstance(outcomes[foreign.pk].refused, Missing)
    assert isinstance(outcomes[0].refused, Missing)
    assert outcomes[retired.pk].refused is not None
    foreign.refresh_from_db()
    assert foreign.version == 1
    with pytest.raises(NotAllowed):
        services.submit_many(actor=a_buyer_actor(), listing_ids=[clear.pk])


def test_a_second_submission_of_the_same_changes_nothing() -> None:
    actor = a_supplier_actor()
    draft = a_draft(actor, a_good_with_a_range())
    services.submit_many(actor=actor, listing_ids=[draft.pk, draft.pk])
    again = services.submit_many(actor=actor, listing_ids=[draft.pk])[draft.pk]
    assert isinstance(again.refused, WrongState)
    assert ReviewDecision.objects.count() == 1


def test_submitting_and_checking_cost_the_same_statements_for_ten_and_for_forty() -> None:
    def counted(count: int, code: str) -> tuple[int, int]:
        actor = a_supplier_actor()
        goods = many_goods_on_sale(count, brand=f"牌{code}")
        Listing.objects.bulk_create(
            Listing(
                good=good,
                supplier=actor.organisation,
                price=Decimal(10),
                stock=Decimal(1),
                note="现货",
                delivery_days=3,
            )
            for good in goods
        )
        mine = list(Listing.objects.filter(supplier=actor.organisation).values_list("pk", flat=True))
        check_listings(mine)  # settings of regions are remembered from here on
        with CaptureQueriesContext(connection) as checking:
            check_listings(mine)
        with CaptureQueriesContext(connection) as submitting:
            outcomes = services.submit_many(actor=actor, listing_ids=mine)
        assert len(outcomes) == count
        return len(checking), len(submitting)

    assert counted(10, "A") == counted(40, "B")


def test_verdicts_are_drawn_for_marking_as_the_seed_says_and_the_draw_can_be_repeated() -> None:
    actor = a_supplier_actor()
    assert actor.region
    decide(actor.region, marking_share="0.5", marking_seed="2026-11")
    ids = []
    for number in range(12):
        good = a_good_with_a_range(f"N{number}")
        ids.append(a_draft(actor, good, price=Decimal(120 if number % 2 else 100)).pk)
    services.submit_many(actor=actor, listing_ids=ids)
    expected = {
        (pk, check)
        for pk, review, version in Listing.objects.values_list("pk", "review", "version")
        for check in [APPROVAL if review == Review.APPROVED else "price_range"]
        if is_drawn(seed="2026-11", share=Decimal("0.5"), listing_id=pk, version=version, check=check)
    }
    drawn = set(MarkedVerdict.objects.values_list("listing_id", "check_code"))
    assert drawn == expected
    assert set(MarkedVerdict.objects.values_list("seed", "share")) <= {("2026-11", Decimal("0.5000"))}


@pytest.mark.parametrize(("share", "count"), [("0", 0), ("1", 1000), ("0.1", 100)])
def test_the_share_drawn_is_the_share_asked_for(share: str, count: int) -> None:
    drawn = sum(
        is_drawn(seed="x", share=Decimal(share), listing_id=number, version=1, check=APPROVAL)
        for number in range(1000)
    )
    assert abs(drawn - count) <= 30


def test_an_excluded_suppliers_offers_are_refused_at_the_door() -> None:
    actor = a_supplier_actor()
    assert actor.organisation
    actor.organisation.excluded_from = clock.today() - timedelta(days=1)
    actor.organisation.save()
    in_good_standing(actor.organisation, suspended=True)
    listing = services.submit_listing_for_review(
        actor=actor, listing_id=a_draft(actor, a_good_with_a_range()).pk
    )
    assert listing.review == Review.REJECTED
    assert set(ReviewDecision.objects.get().reasons) == {"supplier_excluded", "credit_too_low"}
