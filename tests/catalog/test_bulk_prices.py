"""Many prices by one rule: previewed, confirmed, taken back within a day; and by a call of the supplier's system."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest

from accounts.actor import Actor
from catalog import services
from catalog.bulk.errors import ImportMoved
from catalog.bulk.price_rules import new_price
from catalog.errors import ListingRefused
from catalog.models import ImportState, Listing, ListingImport, PriceChange, PriceRule, Sale
from catalog.services import bulk
from catalog.services.bulk import PriceAndStock
from catalog.services.listing_values import ListingValues
from tests.catalog.bulk import problems, read, verdicts, written
from tests.catalog.factories import (
    a_buyer_actor,
    a_category,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
)
from zcy import clock
from zcy.errors import Conflict, NotAllowed
from zcy.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize(
    ("price", "step", "value", "rounding", "expected"),
    [
        ("100", "percent", "-5", "cent", "95.00"),
        ("99.99", "percent", "-5", "cent", "94.99"),  # 94.9905
        ("0.10", "percent", "5", "cent", "0.11"),  # 0.105: half up
        ("100", "amount", "2.5", "cent", "102.50"),
        ("100", "amount", "-100", "cent", "0.00"),
        ("100", "percent", "3.33", "tenth", "103.30"),
        ("100.05", "amount", "0", "tenth", "100.10"),
        ("100.49", "amount", "0", "whole", "100.00"),
        ("100.50", "amount", "0", "whole", "101.00"),
        ("100", "amount", "0", "ninety", "99.90"),
        ("100.39", "amount", "0", "ninety", "99.90"),
        ("100.40", "amount", "0", "ninety", "100.90"),  # as far from both: the higher one
        ("0.20", "amount", "0", "ninety", "0.90"),
        ("100", "amount", "0", "ninety_nine", "99.99"),
        ("100.49", "amount", "0", "ninety_nine", "100.99"),
        ("0.30", "amount", "0", "whole", "0.00"),
    ],
)
def test_a_rule_makes_of_a_price(price: str, step: str, value: str, rounding: str, expected: str) -> None:
    assert new_price(Decimal(price), step, Decimal(value), rounding) == Decimal(expected)


def ruled(actor: Actor, value: str = "-10", rounding: str = "cent", **filters: object) -> ListingImport:
    """A rule whose new prices were computed."""
    made = bulk.preview_price_rule(
        actor=actor, step="percent", value=Decimal(value), rounding=rounding, filters=filters
    )
    return read(made)


def a_shop(actor: Actor, *prices: str) -> list[Listing]:
    return [
        a_listing_on_sale(
            a_good(f"打印机 {number}", model=f"M{number}"),
            supplier=actor.organisation,
            price=price,
            index=False,
        )
        for number, price in enumerate(prices)
    ]


def prices(*listings: Listing) -> list[Decimal]:
    found = dict(Listing.objects.values_list("pk", "price"))
    return [found[listing.pk] for listing in listings]


def test_new_prices_are_shown_then_written_and_taken_back_exactly() -> None:
    actor = a_supplier_actor()
    shop = a_shop(actor, "100", "19.99", "0.01")
    stranger = a_listing_on_sale(a_good(model="X"), price="100")
    made = ruled(actor)
    assert (made.state, made.changed, made.same) == (ImportState.PREVIEW, 2, 1)
    assert prices(*shop) == [100, Decimal("19.99"), Decimal("0.01")]
    done = written(actor, made, submit=False)
    assert done.written == 2
    assert prices(*shop, stranger) == [90, Decimal("17.99"), Decimal("0.01"), 100]
    back = read(bulk.take_back(actor=actor, import_id=made.pk))
    assert (back.state, back.written, back.conflicts) == (ImportState.DONE, 2, 0)
    assert prices(*shop) == [100, Decimal("19.99"), Decimal("0.01")]
    assert PriceChange.objects.filter(listing=shop[0]).count() == 2
    with pytest.raises(ImportMoved):
        bulk.take_back(actor=actor, import_id=made.pk)


def test_a_listing_priced_anew_since_is_left_and_named() -> None:
    actor = a_supplier_actor()
    left, back, edited = a_shop(actor, "100", "100", "100")
    made = written(actor, ruled(actor), submit=False)
    for price in (95, 90):  # away from the rule's price and to it again: it was changed all the same
        left.refresh_from_db()
        values = ListingValues(price=Decimal(price), stock=Decimal(50), delivery_days=3)
        services.edit_listing(actor=actor, listing_id=left.pk, version=left.version, values=values)
    edited.refresh_from_db()
    values = ListingValues(price=Decimal(90), stock=Decimal(7), delivery_days=3)
    services.edit_listing(actor=actor, listing_id=edited.pk, version=edited.version, values=values)
    undone = read(bulk.take_back(actor=actor, import_id=made.pk))
    assert (undone.written, undone.conflicts) == (2, 1)
    assert prices(left, back, edited) == [90, 100, 100]
    edited.refresh_from_db()
    assert edited.stock == 7
    assert undone.rows.get(verdict="conflict").listing_id == left.pk


def test_after_a_day_a_price_change_stays() -> None:
    actor = a_supplier_actor()
    a_shop(actor, "100")
    made = written(actor, ruled(actor), submit=False)
    ListingImport.objects.filter(pk=made.pk).update(ended_at=clock.now() - timedelta(hours=24, minutes=1))
    with pytest.raises(ImportMoved):
        bulk.take_back(actor=actor, import_id=made.pk)


def test_a_rule_concerns_only_what_was_chosen() -> None:
    actor = a_supplier_actor()
    above = a_category("A02", "设备")
    here, there = a_category("A0202", "打印机", parent=above), a_category("A05", "家具")
    inside = a_listing_on_sale(
        a_good(model="A", category=here, brand="惠普"), supplier=actor.organisation, price="100"
    )
    other_brand = a_listing_on_sale(
        a_good("佳能", model="B", category=here, brand="佳能"), supplier=actor.organisation, price="100"
    )
    outside = a_listing_on_sale(a_good(model="C", category=there), supplier=actor.organisation, price="100")
    brand = inside.good.brand_id
    written(actor, ruled(actor, category=["A02"], brand=[brand]), submit=False)
    assert prices(inside, other_brand, outside) == [90, 100, 100]
    written(actor, ruled(actor, q="佳能"), submit=False)
    assert prices(inside, other_brand, outside) == [90, 90, 100]


def test_a_price_that_no_listing_takes_and_a_frozen_listing_are_errors() -> None:
    actor = a_supplier_actor()
    low, frozen = a_shop(actor, "0.04", "100")
    Listing.objects.filter(pk=frozen.pk).update(sale=Sale.FROZEN)
    made = ruled(actor, value="-90")
    assert verdicts(made) == {1: "error", 2: "error"}
    said = [text for texts in problems(made).values() for text in texts]
    assert "between ¥0.01 and" in said[0]
    assert "frozen" in said[1]
    assert prices(low) == [Decimal("0.04")]


def test_a_rule_does_not_submit_drafts() -> None:
    actor = a_supplier_actor()
    listing = a_shop(actor, "100")[0]
    with pgtrigger.ignore("catalog.Listing:moves_by_the_table"):
        Listing.objects.filter(pk=listing.pk).update(sale=Sale.DRAFT, review="none")
    written(actor, ruled(actor), submit=False)
    listing.refresh_from_db()
    assert (listing.price, listing.sale, listing.review) == (90, Sale.DRAFT, "none")


def test_checking_a_rule_again_makes_a_rule_of_its_own() -> None:
    actor = a_supplier_actor()
    a_shop(actor, "100")
    first = ruled(actor)
    second = read(bulk.check_again(actor=actor, import_id=first.pk))
    first.refresh_from_db()
    assert (first.state, second.state, PriceRule.objects.count()) == ("cancelled", "preview", 2)


# --- A call of the supplier's system ---


def test_prices_and_stock_are_set_with_their_history_and_a_repeated_call_changes_nothing() -> None:
    actor = a_supplier_actor()
    first, second, third = a_shop(actor, "100", "100", "100")
    Listing.objects.filter(pk=second.pk).update(source="erp", external_id="SKU-2")
    items = [
        PriceAndStock(first.pk, price=Decimal("88.80"), stock=Decimal(3)),
        PriceAndStock("SKU-2", stock=Decimal(0)),
        PriceAndStock(third.pk, price=Decimal(100)),
        PriceAndStock(third.pk + 1000, price=Decimal(1)),
        PriceAndStock("nothing", price=Decimal(1)),
    ]
    result = bulk.set_price_and_stock(actor=actor, items=items, key="call-1")
    assert (result.changed, result.same, sorted(result.refused)) == (2, 1, [3, 4])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.price, first.stock, first.version) == (Decimal("88.80"), 3, 2)
    assert (second.price, second.stock) == (100, 0)
    assert PriceChange.objects.get().listing_id == first.pk
    assert AuditEntry.objects.filter(action="listing.edited").count() == 2
    assert bulk.set_price_and_stock(actor=actor, items=items, key="call-1") == result
    assert PriceChange.objects.count() == 1
    with pytest.raises(Conflict):
        bulk.set_price_and_stock(actor=actor, items=items[:1], key="call-1")


def test_a_call_is_bounded_and_only_of_the_supplier() -> None:
    actor = a_supplier_actor()
    stranger = a_listing_on_sale(price="100")
    result = bulk.set_price_and_stock(
        actor=actor, items=[PriceAndStock(stranger.pk, price=Decimal(1))], key="k"
    )
    assert list(result.refused) == [0]
    for items, key in (
        ([], "a"),
        ([PriceAndStock(1)] * 1001, "b"),
        ([PriceAndStock(1)], ""),
        ([PriceAndStock(1)], "k" * 101),
    ):
        with pytest.raises(ListingRefused):
            bulk.set_price_and_stock(actor=actor, items=items, key=key)
    with pytest.raises(NotAllowed):
        bulk.set_price_and_stock(actor=a_buyer_actor(), items=[PriceAndStock(1)], key="c")


@pytest.mark.parametrize(
    ("price", "stock"),
    [("0", None), ("1.999", None), ("NaN", None), (None, "-1"), (None, "1.5"), ("1e12", "1")],
)
def test_a_value_that_no_form_takes_is_refused_in_a_call(price: str | None, stock: str | None) -> None:
    actor = a_supplier_actor()
    listing = a_shop(actor, "100")[0]
    item = PriceAndStock(
        listing.pk, None if price is None else Decimal(price), None if stock is None else Decimal(stock)
    )
    assert list(bulk.set_price_and_stock(actor=actor, items=[item], key="k").refused) == [0]
    assert prices(listing) == [100]


def test_the_second_item_about_one_listing_is_refused() -> None:
    actor = a_supplier_actor()
    listing = a_shop(actor, "100")[0]
    items = [PriceAndStock(listing.pk, price=Decimal(1)), PriceAndStock(listing.pk, price=Decimal(2))]
    result = bulk.set_price_and_stock(actor=actor, items=items, key="k")
    assert (result.changed, list(result.refused)) == (1, [1])
    assert prices(listing) == [1]
