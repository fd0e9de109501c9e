"""What pages read: lists, one order, work lists, plans; in a fixed number of statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from orders import queries, services
from orders.deadlines import Party
from orders.filters import OrderFilter
from orders.models import Order
from orders.states import State
from orders.transitions import Action
from tests.factories import (
    Trade,
    a_buyer,
    a_confirmed_order,
    a_delivered_order,
    a_listing_on_sale,
    a_paid_order,
    a_submitted_order,
    a_supervisor,
    a_trade,
    an_approved_order,
    an_imported_order,
    people,
)
from zcy.errors import Missing

pytestmark = pytest.mark.django_db


def numbers(actor: Any, query: str = "") -> list[str]:
    params = QueryDict(query)
    page = queries.order_page(actor, params, OrderFilter.parse(params.dict()))
    return [order.number for order in page.rows]


def test_buyer_supplier_and_supervisor_see_their_orders_and_strangers_none() -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    for actor in (
        trade.people.purchaser,
        trade.people.finance,
        trade.seller,
        a_supervisor(trade.buyer.region),
    ):
        assert numbers(actor) == [order.number]
    for stranger in (people(a_buyer()).purchaser, a_trade().seller):
        assert numbers(stranger) == []


def test_the_supplier_does_not_see_what_is_not_approved() -> None:
    trade = a_trade()
    order = a_submitted_order(trade)
    assert numbers(trade.seller) == []
    with pytest.raises(Missing):
        queries.order_detail(trade.seller, order.number)
    services.reject_order(actor=trade.people.approver, number=order.number, reason="太贵")
    assert numbers(trade.seller) == []


def test_filters_narrow_the_list() -> None:
    trade = a_trade()
    cheap, dear = an_approved_order(trade, quantity=1), a_confirmed_order(trade, quantity=50)
    actor = trade.people.purchaser
    name = trade.listing.good.name
    assert numbers(actor) == [dear.number, cheap.number]
    assert numbers(actor, "state=confirmed") == [dear.number]
    assert numbers(actor, "state=open&least=5000") == [dear.number]
    assert numbers(actor, "most=100") == [cheap.number]
    assert numbers(actor, "since=2099-01-01") == []
    assert numbers(actor, f"q={name}") == [dear.number, cheap.number]
    assert numbers(actor, f"q={cheap.number}") == [cheap.number]
    assert numbers(actor, f"counterparty={trade.supplier.name}&q=nothing") == []


@pytest.mark.parametrize(
    "query",
    [
        "state=x",
        "since=31.12.2026",
        "until=0001-01-01",
        "least=abc",
        "most=-1",
        "least=NaN",
        "q=%00",
        "q=" + "x" * 101,
    ],
)
def test_a_filter_that_makes_no_sense_is_said_beside_its_field(query: str) -> None:
    wanted = OrderFilter.parse(QueryDict(query).dict())
    assert list(wanted.errors) == [query.split("=")[0]]


def test_a_list_takes_as_many_statements_for_one_order_as_for_many(django_assert_num_queries: Any) -> None:
    trade = a_trade()
    a_confirmed_order(trade)
    with django_assert_num_queries(2):
        numbers(trade.people.purchaser)
    for _again in range(4):
        an_approved_order(trade)
    with django_assert_num_queries(2):
        numbers(trade.people.purchaser)


def test_an_order_takes_as_many_statements_at_its_beginning_as_at_its_end(
    django_assert_num_queries: Any,
) -> None:
    trade = a_trade()
    new, old = a_confirmed_order(trade), a_paid_order(trade)
    with django_assert_num_queries(9):
        queries.order_detail(trade.people.purchaser, new.number)
    with django_assert_num_queries(12):
        queries.order_detail(trade.people.purchaser, old.number)


def test_an_order_shows_who_acts_next_and_what_the_reader_can_do() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    detail = queries.order_detail(trade.seller, order.number)
    assert detail.next_step.party is Party.SUPPLIER
    assert detail.next_step.due_on is not None and not detail.next_step.overdue
    assert detail.actions == {Action.CONFIRM, Action.REFUSE}
    assert queries.order_detail(trade.people.purchaser, order.number).actions == {Action.CANCEL}
    assert queries.order_detail(trade.people.acceptor, order.number).actions == frozenset()


def test_history_offers_no_actions() -> None:
    trade = a_trade()
    order = an_imported_order(buyer=trade.buyer, listing=trade.listing, state="approved")
    assert queries.order_detail(trade.seller, order.number).actions == frozenset()


def waiting(actor: Any) -> list[tuple[State, int]]:
    return [(item.state, item.count) for item in queries.work_items(actor)]


def test_work_lists_show_what_waits_for_whom(trade: Trade) -> None:
    a_submitted_order(trade)
    assert waiting(trade.people.approver) == [(State.SUBMITTED, 1)]
    assert waiting(trade.people.acceptor) == []
    assert waiting(trade.seller) == []
    a_delivered_order(trade)
    assert waiting(trade.people.acceptor) == [(State.DELIVERED, 1)]
    assert waiting(trade.people.finance) == []


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def test_the_cart_is_split_by_supplier(trade: Trade) -> None:
    other = a_listing_on_sale(price="7.50")
    purchaser = trade.people.purchaser
    services.cart_add(actor=purchaser, listing_id=trade.listing.pk, quantity=Decimal(2))
    line = services.cart_add(actor=purchaser, listing_id=other.pk, quantity=Decimal(4))
    view = queries.cart_view(purchaser)
    assert [(group.supplier_id, group.total) for group in view.groups] == [
        (trade.supplier.pk, Decimal("200.00")),
        (other.supplier_id, Decimal("30.00")),
    ]
    services.cart_change(actor=purchaser, line_id=line.pk, selected=False)
    view = queries.cart_view(purchaser)
    assert view.total == Decimal("200.00")
    assert [one.listing_id for one in view.selected] == [trade.listing.pk]


def test_checkout_offers_plans_that_can_pay(trade: Trade) -> None:
    purchaser = trade.people.purchaser
    services.cart_add(actor=purchaser, listing_id=trade.listing.pk, quantity=Decimal(2))
    view = queries.checkout_view(purchaser)
    assert view.plans == {trade.supplier.pk: (trade.plan,)}
    assert list(view.addresses) == [trade.address]
    services.cart_change(
        actor=purchaser, line_id=view.cart.groups[0].rows[0].line.pk, quantity=Decimal(10_001)
    )
    assert queries.checkout_view(purchaser).plans == {trade.supplier.pk: ()}


def test_a_plan_shows_its_ledger_and_that_it_adds_up(trade: Trade) -> None:
    a_paid_order(trade, quantity=2)
    detail = queries.plan_detail(trade.people.finance, trade.plan.pk, QueryDict())
    assert [entry.kind for entry in detail.ledger.rows] == ["spent", "frozen", "granted"]
    assert detail.adds_up and detail.left == Decimal("999800.00")
    (row,) = queries.plan_rows(trade.people.finance)
    assert (row.left, row.orders) == (Decimal("999800.00"), 1)
    with pytest.raises(Missing):
        queries.plan_detail(people(a_buyer()).finance, trade.plan.pk, QueryDict())


def test_an_order_cancelled_before_its_approval_never_reaches_the_supplier() -> None:
    trade = a_trade()
    order = a_submitted_order(trade)
    services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="内部原因")
    assert not Order.objects.visible_to(trade.seller).exists()
    other = an_approved_order(trade)
    services.cancel_order(actor=trade.people.purchaser, number=other.number, reason="改计划")
    assert list(Order.objects.visible_to(trade.seller)) == [other]
