"""What people and the platform keep about a good goes with it into a merge, and comes back when it is undone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.actor import Actor
from catalog import services
from catalog.models import (
    Favourite,
    Good,
    GoodOrigin,
    HallGood,
    Listing,
    OriginCounty,
    PriceLevel,
    ReferencePrice,
)
from catalog.pricing.learn import refresh_levels
from catalog.pricing.ranges import reasonable_range
from catalog.services import merge_goods, undo_merge
from tests.catalog.bulk import priced, uploaded, verdicts, written
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    deals,
    many_goods_on_sale,
)
from tests.catalog.test_halls import a_county, a_hall, inside
from zcy import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HEADER = ("Standard good number", "Unit price in yuan, tax included", "Stock", "Delivery days")


@pytest.fixture
def staff() -> Actor:
    return a_catalog_actor()


@pytest.fixture
def pair() -> tuple[Good, Good]:
    return a_good("惠普 M126a 一体机", model="M126a"), a_good("HP M126a 多功能一体机", model="M126A")


def test_a_favourite_follows_and_of_two_of_one_person_the_second_comes_back(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    survivor, merged = pair
    both, only_merged = a_buyer_actor(), a_buyer_actor()
    kept = services.add_favourite(actor=both, good_id=survivor.pk, note="旧的")
    twin = services.add_favourite(actor=both, good_id=merged.pk, note="新的")
    single = services.add_favourite(actor=only_merged, good_id=merged.pk)
    before = list(Favourite.objects.order_by("pk").values())

    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert set(Favourite.objects.values_list("pk", "good_id")) == {
        (kept.pk, survivor.pk),
        (single.pk, survivor.pk),
    }
    undo_merge(actor=staff, merge_id=merge.pk)
    assert list(Favourite.objects.order_by("pk").values()) == before
    assert Favourite.objects.get(pk=twin.pk).note == "新的"


def test_the_answer_to_a_demand_leads_to_the_survivor(staff: Actor, pair: tuple[Good, Good]) -> None:
    survivor, merged = pair
    demand = services.ask_for_good(actor=a_buyer_actor(), query="惠普一体机", contact="王芳")
    services.decide_demands(actor=staff, key=demand.key, state="answered", answer="有了", good_id=merged.pk)
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    demand.refresh_from_db()
    assert demand.good_id == survivor.pk
    undo_merge(actor=staff, merge_id=merge.pk)
    demand.refresh_from_db()
    assert demand.good_id == merged.pk


def test_reference_prices_follow_and_come_back(staff: Actor, pair: tuple[Good, Good]) -> None:
    survivor, merged = pair
    for good, price in ((survivor, 900), (merged, 800)):
        ReferencePrice.objects.create(
            good=good, seen_at="官网", kind="maker", price=price, observed_at=clock.now() - timedelta(days=1)
        )
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert ReferencePrice.objects.filter(good=survivor).count() == 2
    undo_merge(actor=staff, merge_id=merge.pk)
    assert ReferencePrice.objects.get(good=merged).price == Decimal(800)


def test_the_origin_follows_where_the_survivor_has_none_and_halls_are_filled_anew(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    survivor, merged = pair
    hall = a_hall("rural", "rural", origin=[])
    a_listing_on_sale(survivor)
    a_listing_on_sale(merged)
    GoodOrigin.objects.create(good=merged, county=a_county(), producer="合作社", share=Decimal("0.8"))
    assert inside(hall) == {merged.pk}
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert inside(hall) == {survivor.pk}
    assert HallGood.objects.get(hall=hall).offers == 2
    assert GoodOrigin.objects.get().good_id == survivor.pk
    undo_merge(actor=staff, merge_id=merge.pk)
    assert inside(hall) == {merged.pk}
    assert GoodOrigin.objects.get().good_id == merged.pk


def test_of_two_origins_the_survivor_s_holds_and_the_other_comes_back(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    survivor, merged = pair
    hall = a_hall("rural", "rural", origin=["云南省"])
    a_listing_on_sale(survivor)
    a_listing_on_sale(merged)
    GoodOrigin.objects.create(good=survivor, county=a_county(), producer="甲", share=Decimal("0.8"))
    GoodOrigin.objects.create(
        good=merged, county=a_county("360000", "某县", "江西省"), producer="乙", share=Decimal("0.9")
    )
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    assert GoodOrigin.objects.get().producer == "甲"
    assert HallGood.objects.get(hall=hall).offers == 2
    undo_merge(actor=staff, merge_id=merge.pk)
    assert {row.good_id: row.producer for row in GoodOrigin.objects.all()} == {
        survivor.pk: "甲",
        merged.pk: "乙",
    }
    assert OriginCounty.objects.count() == 2
    assert HallGood.objects.get(hall=hall).offers == 1


def test_the_reasonable_range_counts_the_deals_of_both_and_again_those_of_each(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    survivor, merged = pair
    deals(survivor, ["1000", "1010", "990"], days_ago=20)
    deals(merged, ["980", "1005", "995", "1015"], days_ago=25)
    refresh_levels(clock.today())
    before = {row.pk: (row.n, row.own) for row in PriceLevel.objects.all()}
    assert before[survivor.pk][0] == 3
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    level = PriceLevel.objects.get(good=survivor)
    assert (level.n, level.suppliers) == (7, 7)
    assert reasonable_range(good=survivor).n == 7
    assert PriceLevel.objects.get(good=merged).n == 0
    undo_merge(actor=staff, merge_id=merge.pk)
    after = {row.pk: (row.n, row.own) for row in PriceLevel.objects.all()}
    assert {pk: n for pk, (n, _own) in after.items()} == {pk: n for pk, (n, _own) in before.items()}
    for pk, (_n, own) in before.items():
        assert after[pk][1] == pytest.approx(own, abs=1e-3)


def test_a_merge_before_anything_was_learned_leaves_levels_alone(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    merge_goods(actor=staff, survivor_id=pair[0].pk, merged_id=pair[1].pk)
    assert not PriceLevel.objects.exists()


def test_rows_of_an_import_that_waits_go_to_the_survivor(staff: Actor, pair: tuple[Good, Good]) -> None:
    survivor, merged = pair
    many_goods_on_sale(1)
    seller = a_supplier_actor()
    made = uploaded(seller, HEADER, *priced([merged]))
    assert verdicts(made) == {2: "new"}
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    written(seller, made)
    assert Listing.objects.get(supplier=seller.organisation).good_id == survivor.pk


def test_a_row_for_each_of_two_goods_that_become_one_makes_one_listing(
    staff: Actor, pair: tuple[Good, Good]
) -> None:
    survivor, merged = pair
    seller = a_supplier_actor()
    made = uploaded(seller, HEADER, *priced([survivor, merged]))
    merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    done = written(seller, made)
    assert done.state == "done"
    assert Listing.objects.get(supplier=seller.organisation).good_id == survivor.pk
    assert sorted(verdicts(done).values()) == ["conflict", "new"]
