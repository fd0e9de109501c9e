"""What still names a good after it was merged: its survivor is meant, and after an undo the good itself again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages

from accounts.actor import Actor
from catalog import services
from catalog.errors import ListingRefused, ProposalRefused
from catalog.models import Good, GoodChange, Listing, ReferencePrice
from catalog.pricing.references import best_references
from catalog.services import merge_goods, retire_good, undo_merge
from catalog.services.listing_values import ListingValues
from tests.catalog.bulk import HEADER, problems, uploaded, verdicts, written
from tests.catalog.factories import (
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
)
from tests.catalog.good_factories import proposed
from zcy import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
GTIN = "06901234567892"
OTHER = "06901234567908"


@pytest.fixture
def staff() -> Actor:
    return a_catalog_actor()


def merged_pair(staff: Actor, **values: Any) -> tuple[Good, Good, int]:
    """(survivor, merged good, the merge)."""
    survivor = a_good("惠普 M126a 一体机", model="M126a")
    merged = a_good("HP M126a 多功能一体机", model="M126A", **values)
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    survivor.refresh_from_db()
    merged.refresh_from_db()
    return survivor, merged, merge.pk


def references_file(good: Good, price: str = "99.00") -> bytes:
    return (
        "good,source,kind,price,observed_at\n"
        f"{good.pk},官网,maker,{price},{clock.today() - timedelta(days=1):%Y-%m-%d}\n"
    ).encode()


# References


def test_a_reference_that_names_a_merged_good_caps_the_survivor_until_the_merge_is_undone(
    staff: Actor,
) -> None:
    survivor, merged, merge = merged_pair(staff)
    assert services.import_references(references_file(merged), actor=staff).kept == 1
    assert best_references([survivor.pk], clock.today())[survivor.pk].price == Decimal("99.00")
    assert services.import_references(references_file(merged), actor=staff).known == 1
    own = references_file(survivor, "88.00")
    services.import_references(own, actor=staff)

    undo_merge(actor=staff, merge_id=merge)
    assert ReferencePrice.objects.get(good=merged).price == Decimal("99.00")
    assert ReferencePrice.objects.get(good=survivor).price == Decimal("88.00"), "it named the survivor"


def test_a_reference_follows_merge_after_merge_and_goes_back_step_by_step(staff: Actor) -> None:
    middle, first, earlier = merged_pair(staff)
    last = a_good("惠普 M126 系列", model="M126")
    later = merge_goods(actor=staff, survivor_id=last.pk, merged_id=middle.pk)
    services.import_references(references_file(first), actor=staff)
    assert ReferencePrice.objects.get().good_id == last.pk
    undo_merge(actor=staff, merge_id=later.pk)
    assert ReferencePrice.objects.get().good_id == middle.pk
    undo_merge(actor=staff, merge_id=earlier)
    assert ReferencePrice.objects.get().good_id == first.pk


def test_a_reference_typed_for_a_merged_good_stands_at_the_survivor(staff: Actor) -> None:
    survivor, merged, merge = merged_pair(staff)
    reference = ReferencePrice(
        good=merged, seen_at="官网", kind="maker", price=Decimal(90), observed_at=clock.now()
    )
    assert services.keep_reference(reference, actor=staff).good_id == survivor.pk
    undo_merge(actor=staff, merge_id=merge)
    assert ReferencePrice.objects.get().good_id == merged.pk


# Identity


def test_a_survivor_without_gtin_and_maker_takes_them_over_and_gives_them_back(staff: Actor) -> None:
    survivor, merged, merge = merged_pair(staff, gtin=GTIN, maker="惠普中国", origin="中国")
    assert (survivor.gtin, survivor.maker, survivor.origin) == (GTIN, "惠普中国", "中国")
    change = GoodChange.objects.get(good=survivor, kind="absorbed")
    assert change.changes["gtin"] == ["", GTIN]
    assert change.changes["maker"] == ["", "惠普中国"]

    undo_merge(actor=staff, merge_id=merge)
    survivor.refresh_from_db()
    merged.refresh_from_db()
    assert (survivor.gtin, survivor.maker, survivor.origin) == ("", "", "")
    assert (merged.gtin, merged.maker, merged.state) == (GTIN, "惠普中国", "active")
    assert GoodChange.objects.get(good=survivor, kind="unmerged").changes["gtin"] == [GTIN, ""]


def test_what_the_survivor_says_itself_stays_and_so_does_what_was_changed_since(staff: Actor) -> None:
    survivor = a_good("惠普 M126a 一体机", model="M126a", gtin=OTHER)
    merged = a_good("HP M126a 多功能一体机", model="M126A", gtin=GTIN, maker="惠普中国")
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    survivor.refresh_from_db()
    assert (survivor.gtin, survivor.model) == (OTHER, "M126a")
    Good.objects.filter(pk=survivor.pk).update(maker="惠普（重庆）")
    undo_merge(actor=staff, merge_id=merge.pk)
    survivor.refresh_from_db()
    assert (survivor.gtin, survivor.maker) == (OTHER, "惠普（重庆）")


def test_a_retired_good_hands_on_no_gtin_that_a_third_one_bears(staff: Actor) -> None:
    survivor = a_good("惠普 M126a 一体机", model="M126a")
    retired = a_good("惠普 M126a 旧", model="M126a", gtin=GTIN, state="retired")
    a_good("惠普 M126b", model="M126b", gtin=GTIN)
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=retired.pk)
    survivor.refresh_from_db()
    assert survivor.gtin == ""


# Proposals


def test_the_gtin_of_a_merged_good_cannot_be_proposed_the_survivor_is_named(staff: Actor) -> None:
    survivor = a_good("惠普 M126a 一体机", model="M126a", gtin=OTHER)
    merged = a_good("HP M126a", model="M126A", gtin=GTIN)
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    with pytest.raises(ProposalRefused, match=rf"was merged into “惠普 M126a 一体机” \({survivor.pk}\)"):
        proposed(gtin=GTIN)
    proposal = proposed()
    with pytest.raises(ProposalRefused, match="is the same as"):
        services.approve_proposal(
            actor=staff, proposal_id=proposal.pk, version=proposal.version, values={"gtin": GTIN}
        )
    assert Good.objects.filter(gtin=GTIN).count() == 1


def test_the_gtin_of_a_retired_good_leads_to_its_successor(staff: Actor) -> None:
    successor = a_good("惠普 M126b", model="M126b")
    retired = a_good("惠普 M126a", model="M126a", gtin=GTIN)
    retire_good(actor=staff, good_id=retired.pk, version=retired.version, successor_id=successor.pk)
    with pytest.raises(ProposalRefused, match=rf"offer its successor “惠普 M126b” \({successor.pk}\)"):
        proposed(gtin=GTIN)


def test_about_a_good_retired_without_successor_the_operator_decides(staff: Actor) -> None:
    retired = a_good("惠普 M126a", model="M126a", gtin=GTIN)
    retire_good(actor=staff, good_id=retired.pk, version=retired.version)
    proposal = proposed(gtin=GTIN)
    assert proposal.state == "proposed"
    with pytest.raises(ProposalRefused, match="take it up again"):
        services.approve_proposal(actor=staff, proposal_id=proposal.pk, version=proposal.version, values={})
    assert Good.objects.filter(gtin=GTIN).count() == 1


def test_a_proposal_that_is_said_to_be_a_merged_good_is_the_survivor(staff: Actor) -> None:
    survivor, merged, _merge = merged_pair(staff)
    proposal = proposed()
    done = services.recognise_proposal(
        actor=staff, proposal_id=proposal.pk, version=proposal.version, good_id=merged.pk
    )
    assert done.good_id == survivor.pk


# Offers


def test_rows_that_name_a_merged_good_by_number_or_gtin_offer_the_survivor_and_say_so(staff: Actor) -> None:
    survivor = a_good("惠普 M126a 一体机", model="M126a", gtin=OTHER)
    merged = a_good("HP M126a", model="M126A", gtin=GTIN)
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    by_number, by_gtin = a_supplier_actor(), a_supplier_actor()
    made = uploaded(by_number, HEADER, (merged.pk, 100, 10, 3))
    assert (verdicts(made), problems(made)) == ({2: "new"}, {})
    page = (
        a_client_of(by_number)
        .get(f"/supplier/imports/{made.pk}/", headers={"accept-language": "en"})
        .content.decode()
    )
    assert f"No. {merged.pk} was merged into this good (No. {survivor.pk})" in page
    written(by_number, made)
    assert Listing.objects.get(supplier=by_number.organisation).good_id == survivor.pk

    made = uploaded(by_gtin, ("GTIN", *HEADER[1:]), (GTIN, 100, 10, 3))
    assert (verdicts(made), made.rows.get().good_id) == ({2: "new"}, survivor.pk)


def test_a_row_with_its_listing_and_the_old_number_of_the_good_is_the_same_row(staff: Actor) -> None:
    seller = a_supplier_actor()
    survivor = a_good("惠普 M126a 一体机", model="M126a")
    merged = a_good("HP M126a", model="M126A")
    listing = a_listing_on_sale(merged, supplier=seller.organisation, price="100")
    header = ("Listing number", *HEADER)
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    made = uploaded(seller, header, (listing.pk, merged.pk, 101, 50, 3))
    assert (verdicts(made), problems(made)) == ({2: "changed"}, {})
    other = a_good("惠普 别的", model="X9")
    made = uploaded(seller, header, (listing.pk, other.pk, 101, 50, 3))
    assert verdicts(made) == {2: "error"}


def test_a_gtin_on_a_retired_and_on_an_active_good_means_the_active_one(staff: Actor) -> None:
    a_good("惠普 M126a", model="M126a", gtin=GTIN, state="retired")
    active = a_good("惠普 M126a 新", model="M126a", gtin=GTIN)
    made = uploaded(a_supplier_actor(), ("GTIN", *HEADER[1:]), (GTIN, 100, 10, 3))
    assert (verdicts(made), made.rows.get().good_id) == ({2: "new"}, active.pk)


def values_of(price: str = "100.00") -> ListingValues:
    return ListingValues(price=Decimal(price), stock=Decimal(5), min_quantity=Decimal(1), delivery_days=3)


def test_an_offer_of_a_merged_good_becomes_one_of_the_survivor_and_of_a_retired_one_is_refused(
    staff: Actor,
) -> None:
    survivor, merged, _merge = merged_pair(staff)
    listing = services.create_listing(actor=a_supplier_actor(), good=merged, values=values_of())
    assert listing.good_id == survivor.pk
    with pytest.raises(ListingRefused, match="retired"):
        services.create_listing(
            actor=a_supplier_actor(), good=a_good("旧", model="Z1", state="retired"), values=values_of()
        )


@pytest.mark.parametrize("address", ["/supplier/listings/join/{}/", "/supplier/listings/new/{}/"])
def test_the_forms_of_a_merged_good_lead_on_to_the_survivor_and_lose_nothing_typed(
    staff: Actor, address: str
) -> None:
    survivor, merged, _merge = merged_pair(staff)
    seller = a_supplier_actor()
    client = a_client_of(seller)
    answer = client.get(address.format(merged.pk), headers={"accept-language": "en"})
    assert (answer.status_code, answer["Location"]) == (302, address.format(survivor.pk))
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"No. {merged.pk} was merged into “{survivor.name}”: this is the good to offer."
    ]
    typed = {"price": "100", "stock": "5", "min_quantity": "1", "delivery_days": "3"}
    assert client.post(address.format(merged.pk), typed).status_code == 302
    assert Listing.objects.get(supplier=seller.organisation).good_id == survivor.pk
    Good.objects.filter(pk=survivor.pk).update(state="retired")
    assert a_client_of(a_supplier_actor()).get(address.format(merged.pk)).status_code == 404
