"""A source that still speaks of a good which was merged here: its listings and deals stay with the survivor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Good, GoodChange, Listing, PriceObservation, ReferencePrice
from catalog.services import merge_goods, undo_merge
from exchange.market.importing import import_market
from orders.models import OrderLine
from tests.catalog.factories import a_catalog_actor
from tests.exchange.small_market import Table, with_value, write_market
from zcy import clock

pytestmark = pytest.mark.django_db


def test_importing_again_after_a_merge_brings_nothing_back(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    merged = Good.objects.get(external_id="g1")
    survivor = Good.objects.create(
        category=merged.category, brand=merged.brand, name="得力复印纸", unit="箱", pack_size=Decimal(5)
    )
    merge_goods(actor=a_catalog_actor(), survivor_id=survivor.pk, merged_id=merged.pk)

    import_market(write_market(tmp_path, order_lines=with_value("order_lines", 1, "quantity", "13")))

    assert set(Listing.objects.values_list("good_id", flat=True)) == {survivor.pk}
    line = OrderLine.objects.get(external_id="ol1")
    assert (line.quantity, line.good_id) == (13, merged.pk)
    seen = PriceObservation.objects.get(order_line_id=line.pk)
    assert (seen.quantity, seen.good_id) == (13, survivor.pk)
    assert Good.objects.get(pk=merged.pk).state == "merged"


def test_references_that_still_name_the_merged_good_stand_at_the_survivor_until_an_undo(
    tmp_path: Path,
) -> None:
    def seen(*prices: str) -> Table:
        rows = [["g1", "maker", price, "2026-03-01T10:00:00+08:00"] for price in prices]
        return [["good", "source", "price", "observed_at"], *rows]

    import_market(write_market(tmp_path, reference_prices=seen("90")))
    merged = Good.objects.get(external_id="g1")
    before = set(ReferencePrice.objects.filter(good=merged).values_list("pk", flat=True))
    assert before
    survivor = Good.objects.create(
        category=merged.category, brand=merged.brand, name="得力复印纸", unit="箱", pack_size=Decimal(5)
    )
    staff = a_catalog_actor()
    merge = merge_goods(actor=staff, survivor_id=survivor.pk, merged_id=merged.pk)
    own = ReferencePrice.objects.create(
        good=survivor, seen_at="官网", kind="maker", price=99, observed_at=clock.now()
    )
    for _again in range(2):
        import_market(write_market(tmp_path, reference_prices=seen("90", "91.5")))
    assert not ReferencePrice.objects.filter(good=merged).exists()
    late = ReferencePrice.objects.get(price=Decimal("91.5"))
    assert late.good_id == survivor.pk
    undo_merge(actor=staff, merge_id=merge.pk)
    back = set(ReferencePrice.objects.filter(good=merged).values_list("pk", flat=True))
    assert back == before | {late.pk}
    assert list(ReferencePrice.objects.filter(good=survivor)) == [own]


def test_key_attributes_of_imported_goods_are_hashed_at_once(tmp_path: Path) -> None:
    from catalog.models import Category, CategoryAttribute

    import_market(write_market(tmp_path))
    assert not Good.objects.exclude(key_hash="").exists()
    CategoryAttribute.objects.create(
        category=Category.objects.get(code="A05040101"),
        key="weight",
        label="克重",
        type="number",
        is_key=True,
    )
    import_market(write_market(tmp_path, goods=with_value("goods", 1, "name", "得力 A4-70 复印纸")))
    assert Good.objects.get(external_id="g1").key_hash
    assert not Good.objects.get(external_id="g2").key_hash


def test_what_an_import_changes_of_a_known_good_stands_in_its_history(tmp_path: Path) -> None:
    import_market(write_market(tmp_path))
    import_market(tmp_path)
    assert not GoodChange.objects.exists()
    goods = with_value("goods", 1, "name", "得力复印纸")
    goods[1][goods[0].index("spec")] = '{"size": "A3", "weight": 70.0}'
    goods[1][goods[0].index("pack_size")] = ""
    import_market(write_market(tmp_path, goods=goods))
    change = GoodChange.objects.get()
    good = Good.objects.get(external_id="g1")
    assert (change.good_id, change.kind, change.author_id, change.version) == (
        good.pk,
        "edited",
        None,
        good.version,
    )
    assert change.author_name
    assert change.changes == {
        "name": ["得力 A4-70（70g 500张）复印纸", "得力复印纸"],
        "pack_size": ["5", ""],
        "spec.size": ["A4", "A3"],
    }
