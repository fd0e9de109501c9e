"""Rows that cannot be taken: each says what is wrong and what would be right, and the others are taken."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.bulk.judge import is_gtin
from catalog.models import Good, Listing, Sale
from catalog.models.goods import GoodState
from tests.catalog.bulk import HEADER, problems, some_goods, uploaded, verdicts
from tests.catalog.factories import (
    a_category,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
    an_attribute,
    an_organisation,
)
from zcy import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

GOOD_ROW = {"price": "10", "stock": "5", "min_quantity": "1", "delivery_days": "3"}


def refused(values: dict[str, Any]) -> list[str]:
    """What is said of a row for a new listing with these values."""
    actor, goods = a_supplier_actor(), some_goods(1)
    row = GOOD_ROW | values
    made = uploaded(actor, ("good", *row), (goods[0].pk, *row.values()))
    assert made.new + made.errors == 1
    return problems(made).get(2, [])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("price", "0", "between ¥0.01 and"),
        ("price", "0.00", "between ¥0.01 and"),
        ("price", "0.001", "between ¥0.01 and"),
        ("price", "1000000000000", "between ¥0.01 and"),
        ("price", "1e12", "between ¥0.01 and"),
        ("price", "-5", "between ¥0.01 and"),
        ("price", "1.999", "two decimal places"),
        ("price", "abc", "Write a number"),
        ("price", "面议", "Write a number"),
        ("price", "12,34", "Write a number"),
        ("price", "", "A new listing needs"),
        ("price", "-", "Write a number"),
        ("stock", "-1", "at most 99,999,999"),
        ("stock", "1.5", "whole units"),
        ("stock", "1e9", "at most 99,999,999"),
        ("stock", "有货", "Write a number"),
        ("stock", "", "A new listing needs"),
        ("min_quantity", "0", "at most 99,999,999"),
        ("min_quantity", "0.5", "whole units"),
        ("delivery_days", "400", "0 to 365 days"),
        ("delivery_days", "3.5", "whole number"),
        ("delivery_days", "三天", "whole number"),
        ("delivery_days", "", "A new listing needs"),
        ("delivery_days", "-", "whole number"),
        ("warranty_months", "300", "0 to 240 months"),
        ("own_public_price", "0", "between ¥0.01 and"),
        ("own_public_price", "1.999", "two decimal places"),
        ("note", "x" * 301, "at most 300 characters"),
        ("note", "x" * 2001, "longer than 2000"),
        ("delivery_areas", "月球", "no region"),
    ],
)
def test_a_value_that_no_form_takes_is_refused_with_what_would_be_right(
    column: str, value: str, said: str
) -> None:
    found = refused({column: value})
    assert any(said in text for text in found), found


@pytest.mark.parametrize(
    ("column", "value"),
    [("price", "0.01"), ("price", "999999999.99"), ("price", "1.990"), ("stock", "0"), ("stock", "99999999"),
     ("min_quantity", "99999999"), ("delivery_days", "0"), ("delivery_days", "365"), ("warranty_months", "0"),
     ("warranty_months", "240"), ("note", "x" * 300), ("own_public_price", ""), ("delivery_areas", "")],
)  # fmt: skip
def test_the_ends_of_what_is_taken_are_taken(column: str, value: str) -> None:
    assert refused({column: value}) == []


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = refused({"price": "0", "stock": "-1", "delivery_days": "x", "note": "y" * 301})
    assert len(found) == 4


def test_a_row_with_more_cells_than_the_header_is_an_error() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, (goods[0].pk, 1, 234, 5, 3))
    assert "more cells than the header" in problems(made)[2][0]


# --- Which good is meant ---


def said_of(header: tuple[str, ...], *row: Any) -> list[str]:
    made = uploaded(a_supplier_actor(), (*header, "price", "stock", "delivery_days"), (*row, 10, 1, 1))
    return problems(made).get(2, [])


def test_a_good_is_named_by_number_or_by_brand_and_model() -> None:
    good = some_goods(1)[0]
    for header, row in (
        (("good",), (good.pk,)),
        (("brand", "model"), ("得力", "P00000")),
        (("brand", "model"), ("deli", "p-0000 0")),
        (("品牌", "规格型号"), ("得力(Deli)", "P00000")),
        (("model",), ("P00000",)),
        (("name",), ("得力 打印机 P00000",)),
    ):
        assert said_of(header, *row) == [], (header, row)


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (("good",), ("999999999",), "no standard good with this number"),
        (("good",), ("9" * 40,), "whole number"),
        (("good",), ("-3",), "whole number"),
        (("good",), ("M403",), "whole number"),
        (("brand", "model"), ("得力", "不存在"), "No standard good fits"),
        (("brand", "model"), ("惠普", "P00000"), "No standard good fits"),
        (("brand", "model"), ("得力", ""), "State the number"),
        (("name",), ("别的",), "No standard good fits"),
        (("listing",), ("123456789",), "no listing with this number"),
        (("listing",), ("abc",), "whole number"),
    ],
)
def test_a_good_that_cannot_be_found_is_told_of(
    header: tuple[str, ...], row: tuple[str, ...], said: str
) -> None:
    some_goods(1)
    found = said_of(header, *row)
    assert any(said in text for text in found), found


def test_several_goods_that_fit_are_named_and_a_key_attribute_decides() -> None:
    category = a_category()
    an_attribute(category, "memory", "内存", type="number", unit="GB", is_key=True)
    from catalog import services

    goods = [
        a_good(f"联想 E14 {size}G", brand="联想", model="E14", spec={"memory": size}, category=category)
        for size in (8, 16)
    ]
    services.index_goods()
    found = said_of(("brand", "model"), "联想", "E14")
    assert "2 standard goods fit" in found[0]
    assert all(str(good.pk) in found[0] for good in goods)
    assert said_of(("brand", "model", "内存 (GB)"), "联想", "E14", "16") == []
    assert said_of(("brand", "model", "内存"), "联想", "E14", "16GB") == []
    assert "No standard good fits" in said_of(("brand", "model", "内存"), "联想", "E14", "32")[0]


def test_a_row_that_contradicts_the_good_that_it_names_is_an_error() -> None:
    category = a_category()
    an_attribute(category, "memory", "内存", type="number", unit="GB")
    good = a_good(brand="联想", model="E14", spec={"memory": 8}, category=category)
    for header, row in (
        (("good", "brand"), (good.pk, "戴尔")),
        (("good", "model"), (good.pk, "E15")),
        (("good", "内存"), (good.pk, "16")),
    ):
        assert "Correct one of them" in said_of(header, *row)[0]
    assert said_of(("good", "brand", "model", "内存", "name"), good.pk, "联想", "e-14", "8 GB", "随便") == []


def test_a_category_narrows_where_goods_are_looked_for() -> None:
    here, there = a_category("A01", "这里"), a_category("A02", "那里")
    from catalog import services

    for category in (here, there):
        a_good("联想 E14", brand="联想", model="E14", category=category)
    services.index_goods()
    actor = a_supplier_actor()
    row = ("联想", "E14", 10, 1, 1)
    header = ("brand", "model", "price", "stock", "delivery_days")
    assert verdicts(uploaded(actor, header, row)) == {2: "error"}
    made = uploaded(actor, header, row, ("联想", "E14 ", 11, 1, 1), category=here)
    assert made.rows.get(number=2).good_id == Good.objects.get(category=here).pk


def test_a_retired_good_gets_no_new_listing_and_keeps_the_old_one() -> None:
    shop, good = an_organisation(), a_good()
    Good.objects.update(state=GoodState.RETIRED)
    assert "retired" in said_of(("good",), good.pk)[0]
    listing = Listing.objects.create(good=good, supplier=shop, price=5, stock=1)
    made = uploaded(a_supplier_actor(shop), ("listing", "price"), (listing.pk, 6))
    assert verdicts(made) == {2: "changed"}


def test_frozen_and_ended_listings_are_not_changed() -> None:
    actor = a_supplier_actor()
    frozen = a_listing_on_sale(supplier=actor.organisation, price="5", sale=Sale.FROZEN)
    ended = a_listing_on_sale(
        a_good(model="B"), supplier=actor.organisation, price="5",
        sale=Sale.OFF_SALE, delisted_at=clock.now() - timedelta(days=1),
    )  # fmt: skip
    made = uploaded(actor, ("listing", "price"), (frozen.pk, 6), (ended.pk, 6))
    assert "frozen" in problems(made)[2][0]
    assert "has ended" in problems(made)[3][0]
    same = uploaded(actor, ("listing", "price"), (frozen.pk, 5))
    assert verdicts(same) == {2: "same"}


def test_a_strangers_listing_is_not_found() -> None:
    listing = a_listing_on_sale(price="5")
    made = uploaded(a_supplier_actor(), ("listing", "price"), (listing.pk, 6))
    assert "no listing with this number" in problems(made)[2][0]


def test_several_listings_of_one_good_have_to_be_named_by_number() -> None:
    actor, good = a_supplier_actor(), a_good()
    two = [
        a_listing_on_sale(
            good, supplier=actor.organisation, origin="imported", source="x", external_id=str(n)
        )
        for n in range(2)
    ]
    made = uploaded(actor, ("good", "price"), (good.pk, 6))
    assert all(str(listing.pk) in problems(made)[2][0] for listing in two)
    assert verdicts(uploaded(actor, ("listing", "price"), (two[1].pk, 6))) == {2: "changed"}


def test_regions_of_one_name_are_named_by_code_or_by_what_lies_above() -> None:
    for code, name in (("350100", "福州市"), ("320100", "南京市")):
        city = a_region(code, name, "city")
        a_region(code[:4] + "06", "鼓楼区", "county", parent=city)
    found = refused({"delivery_areas": "鼓楼区"})
    assert "350106" in found[0]
    assert "320106" in found[0]
    assert refused({"delivery_areas": "南京市鼓楼区；350106"}) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [("6901234567892", True), ("6901234567893", False), ("96385074", True), ("036000291452", True), ("123", False),
     ("690123456789x", False), ("６９０１２３４５６７８９２", False)],
)  # fmt: skip
def test_a_gtin_checks_itself(text: str, right: bool) -> None:
    assert is_gtin(text) is right


def test_a_fraction_is_taken_where_the_category_is_not_counted() -> None:
    category = a_category("A09", "电缆", counted=False, unit="米")
    good = a_good(category=category)
    made = uploaded(a_supplier_actor(), HEADER, (good.pk, "1.5", "0.5", 1))
    assert made.rows.get().stock == Decimal("0.5")
    assert verdicts(made) == {2: "new"}
