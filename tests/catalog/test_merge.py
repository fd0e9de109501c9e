"""Two standard goods become one, and two again: what follows, what stays, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.test import Client
from django.utils import translation

from accounts.actor import Actor
from accounts.models import Notice
from catalog import merging, services
from catalog.errors import GoodChanged, GoodRefused
from catalog.models import (
    Good,
    GoodChange,
    GoodFigures,
    GoodMerge,
    GoodPair,
    GoodPriceStatistics,
    Listing,
    PriceChange,
    PriceObservation,
    Sale,
)  # fmt: skip
from catalog.pricing.statistics import refresh_statistics
from catalog.services import DealLine, merge_goods, undo_merge
from orders.models import CartLine, OrderLine
from tests.catalog.factories import (
    a_catalog_actor,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    an_organisation,
    deals,
)  # fmt: skip
from tests.catalog.good_factories import rows_of
from tests.factories import an_approved_order
from zcy import clock
from zcy.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Iterator[None]:
    """Pages and services say what they refuse in English, whatever the translations become."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def staff() -> Actor:
    return a_catalog_actor()


def two_goods(**values: Any) -> tuple[Good, Good]:
    return a_good("惠普 M126a 一体机", model="M126a"), a_good(
        "HP M126a 多功能一体机", model="M126A", **values
    )


def everything(*goods: Good) -> list[Any]:
    """All that hangs on these goods, as rows."""
    ids = [good.pk for good in goods]
    found: list[Any] = [rows_of(good) for good in goods]
    for model, field in (
        (Listing, "good"), (PriceObservation, "good"), (GoodFigures, "good"), (GoodPriceStatistics, "good"),
        (Good.accessories.through, "from_good"), (Good.accessories.through, "to_good"),
    ):  # fmt: skip
        rows = model._base_manager.filter(**{f"{field}_id__in": ids}).order_by("pk").values()
        # When a row was last written is not what it says.
        skipped = {"changed_at", "version", "touched_at", "computed_at"}
        if model is GoodPriceStatistics:
            skipped.add("id")
        found += [{key: value for key, value in row.items() if key not in skipped} for row in rows]
    return found


def test_listings_prices_deals_figures_and_accessories_follow_and_come_back_exactly(staff: Actor) -> None:
    survivor, merged = two_goods()
    other = a_good("支架", model="Z1")
    a_listing_on_sale(survivor, price="1000")
    moved = a_listing_on_sale(merged, price="900")
    PriceChange.objects.create(listing=moved, at=clock.now(), old_price=950, new_price=900)
    deals(survivor, ["1000"] * 3)
    deals(merged, ["800"] * 4)
    GoodFigures.objects.create(good=survivor, orders=3, quantity=3, amount=3000)
    GoodFigures.objects.create(good=merged, orders=4, quantity=4, amount=3200, returns=1)
    merged.accessories.add(other, survivor)
    survivor.accessories.add(other)
    other.accessories.add(merged)
    refresh_statistics(clock.today(), full=True)
    services.refresh_goods([survivor.pk, merged.pk])
    services.index_goods([survivor.pk, merged.pk])
    before = everything(survivor, merged)

    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk, reason="同一型号")

    survivor.refresh_from_db()
    merged.refresh_from_db()
    assert (merged.state, merged.merged_into_id, survivor.offers, merged.offers) == (
        "merged",
        survivor.pk,
        2,
        0,
    )
    assert survivor.lowest_price == Decimal(900)
    assert PriceObservation.objects.filter(good=survivor).count() == 7
    statistics = GoodPriceStatistics.objects.get(good=survivor, tier=0, quantity_band=0)
    assert (statistics.n, statistics.median) == (7, Decimal(800))
    assert not GoodPriceStatistics.objects.filter(good=merged).exists()
    figures = GoodFigures.objects.get(good=survivor)
    assert (figures.orders, figures.amount, figures.returns) == (7, Decimal(6200), 1)
    # The same accessory stands once, and nothing is its own accessory.
    assert list(survivor.accessories.values_list("pk", flat=True)) == [other.pk]
    assert list(other.accessories.values_list("pk", flat=True)) == [survivor.pk]

    undo_merge(actor=staff, merge_id=merge.pk)
    assert everything(survivor, merged) == before


def test_the_old_address_leads_to_the_survivor_for_good(staff: Actor, client: Client) -> None:
    survivor, merged = two_goods()
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    answer = client.get(f"/goods/{merged.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/goods/{survivor.pk}/")
    undo_merge(actor=staff, merge_id=merge.pk)
    assert client.get(f"/goods/{merged.pk}/").status_code == 200


def test_what_was_merged_into_a_good_that_is_merged_itself_leads_to_the_last_one(
    staff: Actor, client: Client
) -> None:
    first, second = two_goods()
    third = a_good("惠普 M126a", model="M-126a")
    one = merge_goods(actor=staff, survivor_id=second.pk, merged_id=first.pk)
    two = merge_goods(actor=staff, survivor_id=third.pk, merged_id=second.pk)
    assert client.get(f"/goods/{first.pk}/")["Location"] == f"/goods/{third.pk}/"
    with pytest.raises(GoodRefused, match="merged on"):
        undo_merge(actor=staff, merge_id=one.pk)
    undo_merge(actor=staff, merge_id=two.pk)
    undo_merge(actor=staff, merge_id=one.pk)
    assert set(Good.objects.values_list("state", flat=True)) == {"active"}


def test_a_supplier_that_offers_both_keeps_one_listing_and_loses_none(staff: Actor) -> None:
    survivor, merged = two_goods()
    seller = a_supplier_actor()
    kept = a_listing_on_sale(survivor, supplier=seller.organisation, price="1000")
    ended = a_listing_on_sale(merged, supplier=seller.organisation, price="900", stock=Decimal(7))
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    kept.refresh_from_db()
    ended.refresh_from_db()
    assert (kept.sale, kept.delisted_at, ended.sale, ended.good_id) == (
        Sale.ON_SALE,
        None,
        Sale.OFF_SALE,
        survivor.pk,
    )
    assert ended.delisted_at == merge.at
    assert ended.stock == 7
    told = Notice.objects.get(user=seller.user)
    assert (told.kind, told.url) == ("listing_ended_by_merge", f"/supplier/listings/{kept.pk}/")
    undo_merge(actor=staff, merge_id=merge.pk)
    back = Listing.objects.get(pk=ended.pk)
    assert (back.sale, back.delisted_at, back.good_id) == (Sale.ON_SALE, None, merged.pk)


def test_the_listing_that_is_on_sale_is_kept_before_one_that_is_not(staff: Actor) -> None:
    survivor, merged = two_goods()
    shop = an_organisation()
    draft = a_listing_on_sale(survivor, supplier=shop, sale="draft", review="none")
    offered = a_listing_on_sale(merged, supplier=shop)
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    draft.refresh_from_db()
    offered.refresh_from_db()
    assert draft.delisted_at is not None
    assert (offered.delisted_at, offered.sale, offered.good_id) == (None, Sale.ON_SALE, survivor.pk)


def test_lines_of_orders_stay_as_agreed_while_what_is_confirmed_later_counts_with_the_survivor(
    staff: Actor,
) -> None:
    order = an_approved_order()
    line = order.lines.get()
    merged = line.good
    survivor = a_good(
        "同一商品", model="S", unit=merged.unit, pack_size=merged.pack_size, category=merged.category
    )
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert OrderLine.objects.get(pk=line.pk).good_id == merged.pk
    made = services.record_deals(
        lines=[
            DealLine(line.pk, order.pk, merged.pk, order.region_id, order.supplier_id, order.buyer_id,
                     line.unit_price, line.quantity, line.listing_id)
        ],
        confirmed_at=clock.now(),
    )  # fmt: skip
    assert made == 1
    assert PriceObservation.objects.get().good_id == survivor.pk
    # It was sold by a listing that goes back, so it goes back with it.
    undo_merge(actor=staff, merge_id=GoodMerge.objects.get().pk)
    assert PriceObservation.objects.get().good_id == merged.pk


def test_a_cart_goes_on_with_the_listing_that_is_kept(staff: Actor) -> None:
    from orders.models import Cart

    survivor, merged = two_goods()
    shop = an_organisation()
    kept, ended = a_listing_on_sale(survivor, supplier=shop), a_listing_on_sale(merged, supplier=shop)
    buyer = a_supplier_actor()  # whoever: the cart is only a row here
    assert buyer.user
    assert buyer.organisation
    cart = Cart.objects.create(user=buyer.user, organisation=buyer.organisation)
    CartLine.objects.create(cart=cart, listing=ended, quantity=2, price_seen=1)
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert CartLine.objects.get().listing_id == kept.pk
    undo_merge(actor=staff, merge_id=merge.pk)
    assert CartLine.objects.get().listing_id == ended.pk


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"pack_size": Decimal(12)}, "pack sizes"),
        ({"unit": "箱"}, "counted in"),
    ],
)
def test_goods_whose_prices_cannot_be_put_together_are_not_merged(
    staff: Actor, values: dict[str, Any], said: str
) -> None:
    survivor, merged = two_goods(**values)
    with pytest.raises(GoodRefused, match=said):
        merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert not GoodMerge.objects.exists()


def test_a_good_is_not_merged_into_itself_nor_into_one_that_is_not_active(staff: Actor) -> None:
    survivor, merged = two_goods()
    with pytest.raises(GoodRefused, match="into itself"):
        merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=survivor.pk)
    Good.objects.filter(pk=survivor.pk).update(state="retired")
    with pytest.raises(GoodRefused, match="not active"):
        merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    with pytest.raises(NotAllowed):
        merge_goods(actor=a_supplier_actor(), survivor_id=survivor.pk, merged_id=merged.pk)


def test_the_second_of_two_operators_is_told_that_the_good_has_changed(staff: Actor) -> None:
    survivor, merged = two_goods()
    third = a_good("第三个", model="T")
    merge_goods(
        actor=staff, survivor_id=survivor.pk, merged_id=merged.pk, survivor_version=1, merged_version=1
    )
    with pytest.raises(GoodChanged):
        merge_goods(actor=staff, survivor_id=third.pk, merged_id=survivor.pk, merged_version=1)
    with pytest.raises(GoodRefused, match="already"):
        merge_goods(actor=staff, survivor_id=third.pk, merged_id=merged.pk)


def test_a_merge_is_undone_once_and_within_thirty_days(staff: Actor) -> None:
    survivor, merged = two_goods()
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    GoodMerge.objects.filter(pk=merge.pk).update(at=clock.now() - timedelta(days=30, minutes=1))
    with pytest.raises(GoodRefused, match="30 days"):
        undo_merge(actor=staff, merge_id=merge.pk)
    GoodMerge.objects.filter(pk=merge.pk).update(at=clock.now() - timedelta(days=29, hours=23))
    undo_merge(actor=staff, merge_id=merge.pk)
    with pytest.raises(GoodRefused, match="undone already"):
        undo_merge(actor=staff, merge_id=merge.pk)


def test_both_histories_tell_of_the_merge_and_the_pair_is_settled(staff: Actor) -> None:
    survivor, merged = two_goods()
    pair = GoodPair.objects.create(first=survivor, second=merged, score=0.9)
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk, reason="重复")
    assert [(change.good_id, change.kind, change.note) for change in GoodChange.objects.order_by("id")] == [
        (merged.pk, "merged", "重复"),
        (survivor.pk, "absorbed", "重复"),
    ]
    pair.refresh_from_db()
    assert pair.state == "merged"
    undo_merge(actor=staff, merge_id=merge.pk)
    pair.refresh_from_db()
    assert pair.state == "open"
    assert GoodChange.objects.filter(kind="unmerged").count() == 2


def test_nobody_is_asked_about_a_good_that_was_merged_until_it_comes_back(staff: Actor) -> None:
    survivor, merged = two_goods()
    third = a_good("惠普 M126a 激光一体机", model="m126a")
    services.index_goods()
    services.find_pairs()
    assert GoodPair.objects.filter(state="open").count() == 3
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert list(GoodPair.objects.filter(state="open").values_list("first_id", "second_id")) == [
        (survivor.pk, third.pk)
    ]
    undo_merge(actor=staff, merge_id=merge.pk)
    services.find_pairs()
    assert GoodPair.objects.filter(state="open").count() == 3


def test_every_foreign_key_to_a_good_follows_unless_somebody_said_that_it_stays() -> None:
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model is Good
    }
    follow = {reference.name for reference in merging.references()}
    assert follow <= found
    assert {"catalog.Listing.good", "catalog.PriceObservation.good", "catalog.Good.successor"} <= follow
    assert "orders.OrderLine.good" in found - follow
