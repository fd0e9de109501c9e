"""What nobody can do to live orders and plans with SQL alone, past all services."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalog.models import Listing
from orders.models import BudgetEntry, Order, OrderEvent, OrderLine, Plan
from tests.factories import (
    a_buyer,
    a_confirmed_order,
    a_key,
    a_paid_order,
    a_plan,
    a_supplier,
    a_trade,
    a_user,
    an_approved_order,
    an_imported_order,
)
from zcy import clock

pytestmark = pytest.mark.django_db


def refuses(words: str, act: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def entry(plan: Plan, order: Order | None, kind: str, **changes: Any) -> BudgetEntry:
    return BudgetEntry.objects.create(plan=plan, order=order, kind=kind, key=a_key(), **changes)


def test_what_was_agreed_stays() -> None:
    order = an_approved_order()
    rows = Order.objects.filter(pk=order.pk)
    changes: list[dict[str, Any]] = [
        {"total": 1},
        {"buyer": a_buyer()},
        {"supplier": a_supplier()},
        {"plan": a_plan(order.buyer)},
        {"placed_by": a_user()},
        {"placed_at": clock.now()},
        {"terms": {}},
    ]
    for values in changes:
        refuses("what was agreed stays", partial(rows.update, **values))
    lines = OrderLine.objects.filter(order=order)
    changes = [{"unit_price": 1}, {"quantity": 1}, {"total": 1}, {"snapshot": {}}, {"listing": None}]
    for values in changes:
        refuses("what was agreed stays", partial(lines.update, **values))


def test_the_timeline_and_the_ledger_are_only_added_to() -> None:
    order = an_approved_order()
    events, entries = OrderEvent.objects.filter(order=order), BudgetEntry.objects.filter(order=order)
    refuses("Cannot update or delete", lambda: events.update(action="pay"))
    refuses("Cannot update or delete", lambda: events._raw_delete(events.db))
    refuses("Cannot update or delete", lambda: entries.update(frozen_change=0))
    refuses("Cannot update or delete", lambda: entries._raw_delete(entries.db))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("orders_budgetentry", "orders_orderevent"):
        refuses("append only", partial(run, f"TRUNCATE {table} CASCADE"))


def test_history_can_be_mended() -> None:
    order = an_imported_order()
    Order.objects.filter(pk=order.pk).update(total=1, supplier=a_supplier())
    OrderLine.objects.filter(order=order).update(unit_price=1)


def test_a_plan_is_live_or_history_for_ever() -> None:
    plan = a_plan(a_buyer(), amount=100)
    refuses(
        "origin of a plan", lambda: Plan.objects.filter(pk=plan.pk).update(origin="imported", amount=10**6)
    )
    refuses("origin of a plan", lambda: Plan.objects.filter(pk=plan.pk).update(origin="imported"))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("granted", {"frozen_change": -1}),
        ("granted", {"amount_change": 5}),  # of an order
        ("frozen", {"frozen_change": 0}),
        ("frozen", {"frozen_change": -1}),
        ("frozen", {"frozen_change": 1, "amount_change": 1}),
        ("released", {"frozen_change": 1}),
        ("released", {"frozen_change": -1, "spent_change": 1}),
        ("spent", {"spent_change": 1}),
        ("spent", {"spent_change": 2, "frozen_change": -1}),
        ("spent", {"spent_change": -1, "frozen_change": 1}),
        ("stolen", {"amount_change": -1}),
    ],
)
def test_an_entry_moves_what_its_kind_says(kind: str, changes: dict[str, Any]) -> None:
    order = an_approved_order()
    assert order.plan is not None
    refuses("budget_entry_", lambda: entry(order.plan, order, kind, **changes))  # type: ignore[arg-type]


def test_money_is_frozen_for_an_order_only() -> None:
    plan = a_plan(a_buyer())
    refuses("budget_entry_moves", lambda: entry(plan, None, "frozen", frozen_change=1))


def test_an_order_is_paid_from_its_own_plan_and_spends_no_more_than_it_has_frozen() -> None:
    trade = a_trade()
    order, another = an_approved_order(trade), an_approved_order(trade)
    other_plan = a_plan(trade.buyer)
    refuses("own plan", lambda: entry(other_plan, order, "frozen", frozen_change=1))
    over = order.total + 1
    assert another.total > 1, "the plan as a whole has enough frozen"
    refuses("no more than", lambda: entry(trade.plan, order, "released", frozen_change=-over))
    refuses("no more than", lambda: entry(trade.plan, order, "spent", spent_change=over, frozen_change=-over))
    paid = a_paid_order(trade)
    refuses("no more than", lambda: entry(trade.plan, paid, "spent", spent_change=1, frozen_change=-1))
    trade.plan.refresh_from_db()
    assert trade.plan.frozen == order.total + another.total


def test_the_same_act_is_booked_once() -> None:
    order = an_approved_order()
    freeze = order.budget_entries.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetEntry.objects.create(
            plan=freeze.plan, order=order, kind="frozen", frozen_change=1, key=freeze.key
        )


def test_stock_is_never_negative() -> None:
    trade = a_trade()
    refuses("stock_is_not_negative", lambda: Listing.objects.filter(pk=trade.listing.pk).update(stock=-1))


def test_sums_of_a_live_order_stay_within_each_other() -> None:
    order = a_confirmed_order()
    rows, lines = Order.objects.filter(pk=order.pk), OrderLine.objects.filter(order=order)
    refuses("accepts_no_more", lambda: rows.update(accepted_total=order.total + Decimal("0.01")))
    refuses("accepts_no_more", lambda: rows.update(accepted_total=-1))
    refuses("no_more_is_decided", lambda: lines.update(accepted_quantity=2, refused_quantity=1))
    refuses("live_order_is_confirmed_after", lambda: rows.update(confirmed_at="2020-01-01T00:00:00Z"))
    refuses("submitted_once", lambda: _a_twin(order))


def _a_twin(order: Order) -> None:
    twin = Order.objects.get(pk=order.pk)
    twin.pk, twin.number, twin.state = None, "ZJ0", "submitted"
    twin._state.adding = True
    twin.save()
