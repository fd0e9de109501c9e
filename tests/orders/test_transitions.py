"""The table of transitions: what is in it works as it says, everything else is refused, by the code and the database."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from accounts.roles import Role
from orders.errors import FourEyes, WrongState
from orders.models import Order
from orders.states import State
from orders.transitions import (
    FINAL_STATES,
    INITIAL_STATES,
    NEW,
    STATE_CHANGES,
    TABLE,
    Action,
    Facts,
    next_state,
)
from tests.factories import (
    a_listing_on_sale,
    a_submitted_order,
    a_trade,
    an_approved_order,
    an_imported_order,
)
from zcy.errors import NotAllowed

ALL_ROLES = frozenset(Role.values)
ALL_FACTS = [Facts(*values) for values in product([False, True], repeat=5)]
PAIRS = list(product([NEW, *State.values], Action))


@pytest.mark.parametrize(("before", "action"), PAIRS)
def test_every_pair_leads_where_the_table_says_or_is_refused(before: str, action: Action) -> None:
    rows = [row for row in TABLE if row.before == before and row.action == action]
    for facts in ALL_FACTS:
        open_rows = [row for row in rows if row.guard is None or row.guard.holds(facts)]
        assert len(open_rows) <= 1, "two ways at once"
        if open_rows:
            assert next_state(before, action, roles=ALL_ROLES, facts=facts) == open_rows[0].after
        else:
            with pytest.raises(WrongState):
                next_state(before, action, roles=ALL_ROLES, facts=facts)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.before or 'new'}-{row.action}-{row.after}")
def test_each_role_that_a_row_does_not_name_is_refused(row: Any) -> None:
    facts = next(facts for facts in ALL_FACTS if row.guard is None or row.guard.holds(facts))
    for role in Role:
        if role in row.roles:
            assert next_state(row.before, row.action, roles=frozenset({role}), facts=facts) == row.after
        else:
            with pytest.raises(NotAllowed):
                next_state(row.before, row.action, roles=frozenset({role}), facts=facts)


def test_who_placed_the_order_neither_approves_nor_accepts_it() -> None:
    for action in (Action.APPROVE, Action.REJECT, Action.ACCEPT):
        for row in TABLE:
            if row.action == action:
                facts = next(facts for facts in ALL_FACTS if row.guard is None or row.guard.holds(facts))
                with pytest.raises(FourEyes):
                    next_state(row.before, action, roles=ALL_ROLES, facts=facts, is_purchaser=True)


def test_an_order_ends_paid_or_without_a_deal() -> None:
    assert {str(state) for state in FINAL_STATES} == {"paid", "rejected", "refused", "cancelled", "failed"}


def test_every_state_can_be_reached() -> None:
    reached = set(INITIAL_STATES)
    while new := {after for before, after in STATE_CHANGES if before in reached} - reached:
        reached |= new
    assert reached == set(State.values)


def _force(order: Order, state: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "UPDATE orders_order SET state = %s, cancelled_at = now() WHERE id = %s", [state, order.pk]
        )


@pytest.mark.django_db
def test_the_database_refuses_every_other_change_of_a_live_order() -> None:
    trade = a_trade()
    order = a_submitted_order(trade)
    for target in State.values:
        if target != State.SUBMITTED and ("submitted", target) not in STATE_CHANGES:
            with pytest.raises(DatabaseError, match="no way from submitted"):
                _force(order, target)
    order = an_approved_order(trade)
    for target in State.values:
        if target != State.APPROVED and ("approved", target) not in STATE_CHANGES:
            with pytest.raises(DatabaseError, match="no way from approved"):
                _force(order, target)


@pytest.mark.django_db
def test_the_database_lets_no_live_order_begin_in_the_middle() -> None:
    order = an_approved_order()
    order.pk, order.number, order.idempotency_key, order.state = None, "X1", None, State.PAID
    with pytest.raises(IntegrityError, match="does not begin as paid"), transaction.atomic():
        order.save(force_insert=True)


@pytest.mark.django_db
def test_no_live_order_becomes_history() -> None:
    order = an_approved_order()
    with pytest.raises(IntegrityError, match="origin"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(origin="imported")


@pytest.mark.django_db
def test_history_may_be_in_any_state() -> None:
    order = an_imported_order(listing=a_listing_on_sale(), state="paid")
    for state in State.values:
        _force(order, state)


def test_the_drawing_in_the_docs_is_up_to_date() -> None:
    call_command("draw_transitions", "--check")
