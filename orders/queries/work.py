"""What waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.http import QueryDict

from accounts.roles import Role
from orders.deadlines import due_on
from orders.models import (
    Order,
)
from orders.queries.orders import attach_next_step, for_lists, order_of
from orders.settings import order_settings
from orders.states import State
from zcy import clock
from zcy.paging import KeysetPage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actor import Actor


# What waits for whom: a role, and the states in which its people act.
WORK: dict[str, tuple[str, ...]] = {
    Role.APPROVER: (State.SUBMITTED,),
    Role.PURCHASER: (State.SHIPPED,),
    Role.ACCEPTOR: (State.DELIVERED,),
    Role.FINANCE: (State.PAYMENT_REQUESTED,),
    Role.SUPPLIER_ADMIN: (State.APPROVED, State.CONFIRMED, State.SHIPPED, State.ACCEPTED, State.INVOICED),
    Role.SUPPLIER_CLERK: (State.APPROVED, State.CONFIRMED, State.SHIPPED, State.ACCEPTED, State.INVOICED),
}


@dataclass(frozen=True)
class WorkItem:
    """A heap of orders that wait for the actor: how many, and the first day on which one is due."""

    state: State
    count: int
    due_on: date | None


def waiting_orders(actor: Actor, *states: str) -> QuerySet[Order]:
    """Live orders in these states that the actor may work on; an approver's and acceptor's own orders are left out."""
    orders = Order.objects.visible_to(actor).filter(origin="live", state__in=states)
    if set(states) <= {State.SUBMITTED, State.DELIVERED}:
        orders = orders.exclude(placed_by_id=actor.user_id)
    return orders


def work_page(actor: Actor, params: QueryDict, *states: str, size: int = 20) -> KeysetPage[Order]:
    """A work list, the oldest first or as `sort` says, as rows of `order_page`."""
    wanted = order_of(params, "placed")
    page = KeysetPage.of(for_lists(waiting_orders(actor, *states)), params, order=wanted, size=size)
    for order in page.rows:
        attach_next_step(order)
    return page


def work_items(actor: Actor) -> list[WorkItem]:
    """What waits for the actor, by state, in two statements."""
    states = {state for role in actor.roles for state in WORK.get(role, ())}
    if not states or actor.region is None:
        return []
    orders = Order.objects.visible_to(actor).filter(origin="live", state__in=states)
    own = {State.SUBMITTED, State.DELIVERED}
    if states & own:
        orders = orders.exclude(state__in=own, placed_by_id=actor.user_id)
    counts = dict(orders.order_by().values_list("state").annotate(count=Count("pk")))
    first: dict[str, Order] = {}
    for order in orders.order_by("state", "placed_at", "pk").distinct("state").select_related("region"):
        first[order.state] = order
    return [
        WorkItem(State(state), counts[state], due_on(first[state], order_settings(first[state].region)))
        for state in State.values
        if state in counts and state in first
    ]


def orders_due(actor: Actor, *, within: int) -> list[Order]:
    """Live orders of the organisation whose next step is due in that many days or is overdue, in two statements.

    The 200 that moved last are looked at: the rest of a larger unit is in the lists, by state.
    """
    open_states = {state for states in WORK.values() for state in states}
    orders = Order.objects.visible_to(actor).filter(origin="live", state__in=open_states)
    limit = clock.today() + timedelta(days=within)
    found = []
    for order in for_lists(orders).order_by("-placed_at", "-id")[:200]:
        attach_next_step(order)
        if order.next_step.due_on is not None and order.next_step.due_on <= limit:  # type: ignore[attr-defined]
            found.append(order)
    return sorted(found, key=lambda order: (order.next_step.due_on, order.pk))  # type: ignore[attr-defined]


def last_orders(actor: Actor, count: int) -> list[Order]:
    """The newest orders that the person placed for the organisation."""
    own = Order.objects.visible_to(actor).filter(placed_by_id=actor.user_id).exclude(state=State.REJECTED)
    return list(for_lists(own).order_by("-placed_at", "-id")[:count])
