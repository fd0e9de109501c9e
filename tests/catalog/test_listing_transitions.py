"""The table of a listing's life: what is in it works as it says, everything else is refused, step by step."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.core.management import call_command

from accounts.models import Notice
from accounts.roles import Role
from catalog import services
from catalog.errors import ListingRefused, WrongState
from catalog.models import Listing, ListingVersion, Review, Sale
from catalog.tasks import end_listings
from catalog.transitions import (
    NEW,
    STANDINGS,
    TABLE,
    Action,
    Facts,
    Standing,
    Transition,
    Verdict,
    actions_for,
    next_state,
)
from tests.catalog.factories import a_catalog_actor, a_listing_on_sale, a_supplier_actor
from zcy import clock
from zcy.errors import NotAllowed
from zcy.models import AuditEntry

ALL_ROLES = frozenset(Role.values)
ALL_FACTS = [Facts(verdict, ended) for verdict, ended in product(Verdict, [False, True])]
EVERYWHERE = [NEW, *(Standing(sale, review) for sale, review in product(Sale.values, Review.values))]


def _who(row: Transition) -> frozenset[str] | None:
    return ALL_ROLES if row.roles else None


@pytest.mark.parametrize(("before", "action"), list(product(EVERYWHERE, Action)))
def test_every_pair_leads_where_the_table_says_or_is_refused(before: Standing, action: Action) -> None:
    rows = [row for row in TABLE if row.before == before and row.action == action]
    for facts in ALL_FACTS:
        open_rows = [row for row in rows if row.guard is None or row.guard.holds(facts)]
        assert len(open_rows) <= 1, "two ways at once"
        if open_rows:
            assert next_state(before, action, roles=_who(open_rows[0]), facts=facts) == open_rows[0].after
        else:
            with pytest.raises(WrongState):
                next_state(before, action, roles=ALL_ROLES, facts=facts)


@pytest.mark.parametrize(
    "row", TABLE, ids=lambda row: f"{'-'.join(row.before)}-{row.action}-{'-'.join(row.after)}"
)
def test_each_role_that_a_row_does_not_name_is_refused(row: Transition) -> None:
    facts = next(facts for facts in ALL_FACTS if row.guard is None or row.guard.holds(facts))
    for role in Role:
        if role in row.roles:
            assert next_state(row.before, row.action, roles=frozenset({role}), facts=facts) == row.after
        else:
            with pytest.raises(NotAllowed):
                next_state(row.before, row.action, roles=frozenset({role}), facts=facts)
    if row.roles:  # the platform does by itself only what nobody else does
        with pytest.raises(NotAllowed):
            next_state(row.before, row.action, roles=None, facts=facts)


def test_the_table_leads_only_to_states_that_can_be_and_reaches_all_but_none() -> None:
    assert {row.after for row in TABLE} <= set(STANDINGS)
    reached, todo = {NEW}, [NEW]
    while todo:
        before = todo.pop()
        for row in TABLE:
            if row.before == before and row.after not in reached:
                reached.add(row.after)
                todo.append(row.after)
    # A draft is handed in and then on or off sale: no draft waits, is approved or rejected.
    unreached = {Standing("draft", "pending"), Standing("draft", "approved"), Standing("draft", "rejected")}
    assert set(STANDINGS) - reached == unreached


def test_no_state_is_a_trap_for_its_supplier() -> None:
    for standing in STANDINGS:
        if standing.sale != Sale.FROZEN and standing != Standing("draft", "approved"):
            assert actions_for(standing, roles=frozenset({Role.SUPPLIER_CLERK})) or standing == Standing(
                "draft", "pending"
            )
    assert not actions_for(Standing("frozen", "approved"), roles=frozenset({Role.SUPPLIER_CLERK}))


def test_the_drawing_in_the_docs_is_up_to_date() -> None:
    call_command("draw_listing_life", "--check")


@pytest.mark.django_db
def test_a_frozen_offer_disappears_tells_why_and_comes_back_off_sale() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    with pytest.raises(NotAllowed):
        services.freeze_listing(actor=actor, listing_id=listing.pk, reason="x")
    with pytest.raises(ListingRefused):
        services.freeze_listing(actor=staff, listing_id=listing.pk, reason="  \x00 ")
    services.freeze_listing(actor=staff, listing_id=listing.pk, reason="被投诉假货，核查中")
    listing.refresh_from_db()
    listing.good.refresh_from_db()
    assert (listing.sale, listing.review, listing.frozen_reason) == (
        Sale.FROZEN,
        Review.APPROVED,
        "被投诉假货，核查中",
    )
    assert listing.good.offers == 0
    assert Notice.objects.get(user=actor.user).kind == "listing_freeze"
    for act in (services.put_on_sale, services.take_off_sale, services.submit_listing_for_review):
        with pytest.raises(WrongState, match=r"frozen|冻结"):
            act(actor=actor, listing_id=listing.pk)
    with pytest.raises(WrongState):
        services.freeze_listing(actor=staff, listing_id=listing.pk, reason="again")
    services.unfreeze_listing(actor=staff, listing_id=listing.pk, reason="查无问题")
    listing = services.put_on_sale(actor=actor, listing_id=listing.pk)
    assert (listing.sale, listing.frozen_reason) == (Sale.ON_SALE, "")
    acts = list(
        ListingVersion.objects.filter(listing=listing).order_by("version").values_list("action", "note")
    )
    assert acts == [("freeze", "被投诉假货，核查中"), ("unfreeze", "查无问题"), ("put_on", "")]


@pytest.mark.django_db
def test_an_imported_offer_whose_end_passes_is_taken_off_and_a_second_run_changes_nothing() -> None:
    now = clock.now()
    ended = a_listing_on_sale(origin="imported", delisted_at=now - timedelta(seconds=1))
    other = a_listing_on_sale(ended.good, origin="imported", delisted_at=now + timedelta(hours=1))
    end_listings()
    ended.refresh_from_db()
    other.refresh_from_db()
    assert (ended.sale, ended.review, ended.version) == (Sale.OFF_SALE, Review.APPROVED, 2)
    assert other.sale == Sale.ON_SALE
    ended.good.refresh_from_db()
    assert ended.good.offers == 1
    assert services.end_listings() == 0
    assert AuditEntry.objects.filter(action="listings.ended").count() == 1
    assert Listing.objects.get(pk=ended.pk).versions.get().action == "expire"


@pytest.mark.django_db
def test_what_has_ended_is_neither_put_on_sale_nor_submitted() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(
        supplier=actor.organisation, sale=Sale.OFF_SALE, delisted_at=clock.now() - timedelta(days=1)
    )
    with pytest.raises(WrongState):
        services.put_on_sale(actor=actor, listing_id=listing.pk)


@pytest.mark.django_db
def test_an_offer_is_taken_back_from_review() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, review=Review.PENDING)
    listing = services.withdraw_from_review(actor=actor, listing_id=listing.pk)
    assert (listing.sale, listing.review) == (Sale.OFF_SALE, Review.NONE)
    with pytest.raises(WrongState):
        services.withdraw_from_review(actor=actor, listing_id=listing.pk)


@pytest.mark.django_db
def test_a_reopened_review_is_decided_by_a_person_whatever_the_checks_say() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    services.reopen_review(actor=staff, listing_id=listing.pk, reason="价格与合同不符")
    listing.refresh_from_db()
    assert (listing.review, listing.needs_person) == (Review.PENDING, True)
    services.withdraw_from_review(actor=actor, listing_id=listing.pk)
    listing = services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
    assert listing.review == Review.PENDING
    services.decide_review(actor=staff, listing_id=listing.pk, approve=True)
    listing.refresh_from_db()
    assert (listing.review, listing.needs_person) == (Review.APPROVED, False)
