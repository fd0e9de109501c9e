"""A source that still speaks of a good which was merged here: its listings and deals stay with the survivor."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.models import Good, Listing, PriceObservation
from catalog.services import merge_goods
from exchange.market.importing import import_market
from orders.models import OrderLine
from tests.catalog.factories import a_catalog_actor
from tests.exchange.small_market import with_value, write_market

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
