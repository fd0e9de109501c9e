"""What every step of an order's life does: find and lock the order, ask the table, write down what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from catalog.services import release_stock
from orders.errors import HistoricOrder
from orders.models import Order, OrderEvent, Origin
from orders.states import State
from orders.transitions import Action, Facts, next_state
from zcy import audit
from zcy.errors import Missing

if TYPE_CHECKING:
    from accounts.actor import Actor


def locked_order(*, actor: Actor, number: str) -> Order:
    """The order, locked until the transaction ends. The order is always locked before plan and listings.

    Raises:
        Missing: there is none of this number that the actor may see.
        HistoricOrder: it was imported.
    """
    order = (
        Order.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("buyer", "supplier", "plan")
        .filter(number=number)
        .first()
    )
    if order is None:
        raise Missing
    if order.origin != Origin.LIVE:
        raise HistoricOrder
    return order


def done_already(order: Order, action: Action, *, actor: Actor) -> bool:
    """Whether the last thing that happened to the order is this action by this person: a second click."""
    last = order.events.order_by("-id").first()
    return (
        last is not None
        and last.action == action
        and last.by_id == actor.user_id
        and last.to_state == order.state
    )


def allowed_state(order: Order, action: Action, *, actor: Actor, facts: Facts | None = None) -> State:
    """The state that the action leads to; raises what the table refuses."""
    return next_state(
        order.state, action, roles=actor.roles, facts=facts, is_purchaser=actor.stands_for(order.placed_by_id)
    )


def take_step(
    order: Order,
    action: Action,
    *,
    actor: Actor,
    state: State,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> OrderEvent:
    """Move the order to `state` with the changed fields, and write timeline and audit."""
    before = order.state
    order.state = state
    order.version += 1
    for name, value in (changes or {}).items():
        setattr(order, name, value)
    order.save(update_fields=["state", "version", *(changes or {})])
    event = OrderEvent.objects.create(
        order=order,
        action=action,
        from_state=before,
        to_state=state,
        by_id=actor.user_id,
        organisation_id=actor.organisation_id,
        data=dict(data or {}),
    )
    audit.record(
        actor=actor,
        action=f"order.{action.value}",
        subject=order,
        data={"number": order.number, "from": before, "to": state, **(data or {})},
    )
    return event


def give_back_stock(order: Order) -> None:
    """Give everything that the order had reserved back to its listings."""
    lines = order.lines.filter(listing__isnull=False).values_list("listing_id", "quantity")
    release_stock(
        quantities={listing_id: quantity for listing_id, quantity in lines if listing_id is not None}
    )
