"""Submitting: what becomes an order, what is refused, and that one click makes one order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import SupplierStanding
from catalog.errors import OutOfStock
from catalog.models import Listing
from orders import services
from orders.errors import (
    BudgetExceeded,
    EmptyCart,
    InvalidQuantity,
    NotDeliveredThere,
    NotOrderable,
    OverCeiling,
    PlanNotFitting,
    PriceChanged,
)
from orders.models import Ceiling, Order, OrderEvent
from orders.services import OrderedLine
from orders.states import State
from tests.factories import (
    Trade,
    a_buyer,
    a_category,
    a_good,
    a_key,
    a_listing_on_sale,
    a_plan,
    a_region,
    a_trade,
    an_address,
    an_imported_order,
    people,
    submit,
    without_role,
)
from tests.orders.submitting import books, refused
from zcy import clock
from zcy.errors import DomainError, Missing, NotAllowed
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def test_an_order_within_the_limit_goes_to_the_supplier(trade: Trade) -> None:
    order = submit(trade, quantity=2)
    assert order.state == State.APPROVED and order.approved_at is not None
    assert order.total == Decimal("200.00")
    assert books(trade) == (Decimal("200.00"), Decimal(0), Decimal(98))
    assert OrderEvent.objects.get(order=order).action == "submit"
    assert AuditEntry.objects.filter(action="order.submit", subject_id=str(order.pk)).count() == 1


def test_an_order_above_the_limit_waits_for_an_approver(trade: Trade) -> None:
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(200))
    assert submit(trade, quantity=2).state == State.APPROVED
    assert submit(trade, quantity=3).state == State.SUBMITTED


def test_without_an_own_limit_the_regions_holds(trade: Trade) -> None:
    assert submit(trade, quantity=100).state == State.APPROVED
    Listing.objects.filter(pk=trade.listing.pk).update(stock=1000)
    assert submit(trade, quantity=101).state == State.SUBMITTED


def test_prices_and_terms_are_kept_as_they_were(trade: Trade) -> None:
    order = submit(trade)
    Listing.objects.filter(pk=trade.listing.pk).update(price=Decimal(999), warranty_months=1)
    trade.listing.good.name = "另一个名字"
    trade.listing.good.save()
    line = order.lines.get()
    assert (line.unit_price, line.total) == (Decimal("100.00"), Decimal("200.00"))
    assert line.snapshot["name"].startswith("打印纸") and line.snapshot["warranty_months"] == 12
    assert order.terms["contact"]["name"] == "王老师" and order.terms["payment_days"] == 30


def test_one_order_per_supplier_all_or_none(trade: Trade) -> None:
    other = a_listing_on_sale(price="5.00", stock=3)
    lines = [
        OrderedLine(trade.listing.pk, Decimal(1), trade.listing.price),
        OrderedLine(other.pk, Decimal(3), other.price),
    ]
    plans = {trade.supplier.pk: trade.plan.pk, other.supplier_id: trade.plan.pk}
    refused(trade, OutOfStock, plans=plans, lines=[lines[0], OrderedLine(other.pk, Decimal(4), other.price)])
    first = submit(trade, lines=lines, plans=plans)
    orders = Order.objects.filter(idempotency_key=first.idempotency_key)
    assert sorted(order.total for order in orders) == [Decimal("15.00"), Decimal("100.00")]
    assert books(trade)[0] == Decimal("115.00")


def test_the_same_key_gives_the_same_order(trade: Trade) -> None:
    key = a_key()
    first, again = submit(trade, key=key), submit(trade, key=key)
    assert first.pk == again.pk
    assert books(trade) == (Decimal("200.00"), Decimal(0), Decimal(98))
    assert submit(trade).pk != first.pk


def test_a_retry_gives_its_order_although_the_offer_is_gone(trade: Trade) -> None:
    key = a_key()
    first = submit(trade, key=key)
    Listing.objects.filter(pk=trade.listing.pk).update(sale="off_sale")
    assert submit(trade, key=key).pk == first.pk


def test_what_was_ordered_leaves_the_cart(trade: Trade) -> None:
    purchaser = trade.people.purchaser
    line = services.cart_add(actor=purchaser, listing_id=trade.listing.pk, quantity=Decimal(2))
    kept = services.cart_add(actor=purchaser, listing_id=a_listing_on_sale().pk, quantity=Decimal(2))
    submit(trade)
    assert list(line.cart.lines.all()) == [kept]


def test_a_changed_price_is_shown_old_and_new(trade: Trade) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(price=Decimal("120.00"))
    error = refused(trade, PriceChanged, lines=[OrderedLine(trade.listing.pk, Decimal(2), Decimal("100.00"))])
    assert isinstance(error, PriceChanged) and error.status == 409
    (change,) = error.changes
    assert (change.old, change.new) == (Decimal("100.00"), Decimal("120.00"))


def test_more_than_the_stock_is_refused(trade: Trade) -> None:
    assert refused(trade, OutOfStock, quantity=101).status == 409


@pytest.mark.parametrize(
    "change",
    [{"sale": "off_sale"}, {"sale": "frozen"}, {"review": "pending"}, {"stock": None}],
    ids=lambda change: "-".join(change),
)
def test_an_offer_that_is_not_on_sale_is_refused(trade: Trade, change: dict[str, Any]) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(**change)
    refused(trade, NotOrderable)


def test_a_suspended_excluded_or_unlicensed_supplier_sells_nothing(trade: Trade) -> None:
    standing = SupplierStanding.objects.create(supplier=trade.supplier, suspended=True)
    refused(trade, NotOrderable)
    standing.delete()
    for name, value in {
        "excluded_from": clock.today(),
        "licence_expires_on": clock.today() - timedelta(days=1),
        "active": False,
    }.items():
        old = getattr(trade.supplier, name)
        setattr(trade.supplier, name, value)
        trade.supplier.save()
        refused(trade, NotOrderable)
        setattr(trade.supplier, name, old)
        trade.supplier.save()
    submit(trade)


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "1E+20"])
def test_quantities_that_make_no_sense_are_refused(trade: Trade, quantity: str) -> None:
    refused(trade, InvalidQuantity, quantity=quantity)


def test_less_than_the_minimum_quantity_is_refused(trade: Trade) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(min_quantity=5)
    refused(trade, InvalidQuantity, quantity=4)
    submit(trade, quantity=5)


def test_parts_of_a_unit_where_it_is_measured(trade: Trade) -> None:
    good = a_good(category=a_category(counted=False))
    listing = a_listing_on_sale(good=good, price="3.33", stock=Decimal("10.000"))
    order = submit(trade, listing=listing, quantity="1.255")
    assert order.total == Decimal("4.18")


def test_an_address_outside_the_delivery_areas_is_refused(trade: Trade) -> None:
    Listing.objects.filter(pk=trade.listing.pk).update(delivery_paths=[a_region("330200").path])
    assert refused(trade, NotDeliveredThere).field == "address"
    Listing.objects.filter(pk=trade.listing.pk).update(delivery_paths=[a_region("330100").path])
    submit(trade)


def test_an_empty_order_and_a_line_twice_are_refused(trade: Trade) -> None:
    with pytest.raises(EmptyCart):
        services.submit_orders(
            actor=trade.people.purchaser,
            lines=[],
            plans={},
            address_id=trade.address.pk,
            invoice_title_id=trade.title.pk,
            idempotency_key=a_key(),
        )
    line = OrderedLine(trade.listing.pk, Decimal(1), trade.listing.price)
    refused(trade, NotOrderable, lines=[line, line])


def test_only_a_purchaser_orders(trade: Trade) -> None:
    for actor in (
        trade.people.finance,
        trade.people.manager,
        trade.seller,
        without_role(trade.people.purchaser, "purchaser"),
    ):
        refused(trade, NotAllowed, actor=actor)


def test_addresses_titles_and_listings_of_others_do_not_exist(trade: Trade) -> None:
    other = a_trade()
    refused(trade, Missing, address_id=other.address.pk)
    refused(trade, Missing, invoice_title_id=other.title.pk)
    refused(trade, Missing, lines=[OrderedLine(10**12, Decimal(1), Decimal(1))])


def test_a_damaged_key_is_refused(trade: Trade) -> None:
    for key in ("short", "x" * 49, "ключключключ"):
        refused(trade, DomainError, key=key)


# --- Plans and ceilings ---------------------------------------------------------------------------------------------


def test_the_plan_must_fit(trade: Trade) -> None:
    field = f"plan_{trade.supplier.pk}"
    stranger = a_plan(a_buyer())
    wrong_category = a_plan(trade.buyer, category_id=a_category().pk)
    closed = a_plan(trade.buyer)
    services.close_plan(actor=trade.people.finance, plan_id=closed.pk)
    next_year = a_plan(trade.buyer, year=clock.today().year + 1)
    for plan in (stranger, wrong_category, closed, next_year):
        assert refused(trade, PlanNotFitting, plans={trade.supplier.pk: plan.pk}).field == field
    assert refused(trade, PlanNotFitting, plans={}).field == field


def test_a_plan_for_a_category_pays_for_what_is_below_it() -> None:
    parent = a_category()
    listing = a_listing_on_sale(good=a_good(category=a_category(f"{parent.code}01", parent=parent)))
    trade = a_trade(listing=listing)
    plan = a_plan(trade.buyer, category_id=parent.pk)
    assert submit(trade, plans={trade.supplier.pk: plan.pk}).plan == plan


def test_the_budget_is_never_overdrawn() -> None:
    trade = a_trade(budget=250)
    submit(trade, quantity=2)
    error = refused(trade, BudgetExceeded, quantity=1)
    assert "50.00" in str(error)


def ceiling(region: str, amount: int, category: Any = None) -> None:
    Ceiling.objects.create(region=a_region(region), method="direct", category=category, ceiling=amount)


def test_a_direct_order_stays_below_the_ceiling(trade: Trade) -> None:
    ceiling("330000", 500)
    assert submit(trade, quantity=4).total == Decimal(400)
    assert "500" in str(refused(trade, OverCeiling, quantity=5))


def test_the_nearest_region_with_any_row_decides_and_in_it_the_most_special_category() -> None:
    parent = a_category()
    leaf = a_category(f"{parent.code}01", parent=parent)
    trade = a_trade(listing=a_listing_on_sale(good=a_good(category=leaf)))
    ceiling("330000", 100, leaf)
    ceiling("330100", 1000)
    submit(trade, quantity=9)
    ceiling("330100", 600, parent)
    refused(trade, OverCeiling, quantity=6)
    ceiling("330100", 800, leaf)
    submit(trade, quantity=7)
    refused(trade, OverCeiling, quantity=8)
    ceiling("330106", 300, a_category())
    submit(trade, quantity=9)  # the county decides, and has no row for this category


def test_history_is_not_worked_on(trade: Trade) -> None:
    from orders.errors import HistoricOrder

    order = an_imported_order(buyer=trade.buyer, listing=trade.listing, state="approved")
    with pytest.raises(HistoricOrder):
        services.confirm_order(actor=trade.seller, number=order.number, promised_on=clock.today())
    with pytest.raises(HistoricOrder):
        services.cancel_order(actor=people(trade.buyer).purchaser, number=order.number, reason="x")


def test_an_address_elsewhere_may_be_delivered_to(trade: Trade) -> None:
    address = an_address(trade.buyer, region=a_region("330200"))
    Listing.objects.filter(pk=trade.listing.pk).update(delivery_paths=[a_region("330200").path])
    assert submit(trade, address_id=address.pk).terms["address"]["line"] == "文三路 1 号"
