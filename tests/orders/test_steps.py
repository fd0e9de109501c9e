"""Each step from the approval to the acceptance: what it does, who may do it, what it refuses, and a second click."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import PriceObservation
from orders import services
from orders.errors import InvalidQuantity, ReasonNeeded, TooMuch, WrongState
from orders.models import Order
from orders.services import Decision
from orders.states import State
from tests.factories import (
    Trade,
    a_buyer,
    a_confirmed_order,
    a_delivered_order,
    a_key,
    a_seller,
    a_shipped_order,
    a_submitted_order,
    a_supplier,
    a_trade,
    an_approved_order,
    people,
)
from zcy import clock
from zcy.errors import DomainError, Missing, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def books(trade: Trade) -> tuple[Any, ...]:
    """Frozen, spent, stock."""
    trade.plan.refresh_from_db()
    trade.listing.refresh_from_db()
    return trade.plan.frozen, trade.plan.spent, trade.listing.stock


def deals(order: Order) -> int:
    return PriceObservation.objects.filter(order_id=order.pk, withdrawn_at=None).count()


def events(order: Order, action: str) -> int:
    return order.events.filter(action=action).count()


# --- Approval -------------------------------------------------------------------------------------------------------


def test_an_approver_lets_an_order_go_once(trade: Trade) -> None:
    order = a_submitted_order(trade)
    for _click in range(2):
        assert (
            services.approve_order(actor=trade.people.approver, number=order.number).state == State.APPROVED
        )
    assert events(order, "approve") == 1


def test_an_order_that_is_not_approved_gives_everything_back(trade: Trade) -> None:
    order = a_submitted_order(trade)
    with pytest.raises(ReasonNeeded):
        services.reject_order(actor=trade.people.approver, number=order.number, reason="  ")
    for _click in range(2):
        services.reject_order(actor=trade.people.approver, number=order.number, reason="不需要")
    assert books(trade) == (0, 0, 100)
    with pytest.raises(WrongState):
        services.approve_order(actor=trade.people.approver, number=order.number)


def test_another_approver_finds_the_decision_made(trade: Trade) -> None:
    order = a_submitted_order(trade)
    services.approve_order(actor=trade.people.approver, number=order.number)
    with pytest.raises(WrongState):
        services.approve_order(actor=people(trade.buyer).approver, number=order.number)


def test_only_an_approver_of_the_unit_approves(trade: Trade) -> None:
    order = a_submitted_order(trade)
    for actor in (trade.people.finance, trade.people.acceptor, trade.people.manager):
        with pytest.raises(NotAllowed):
            services.approve_order(actor=actor, number=order.number)
    with pytest.raises(Missing):
        services.approve_order(actor=people(a_buyer()).approver, number=order.number)


# --- The supplier's answer ------------------------------------------------------------------------------------------


def test_confirming_makes_a_deal(trade: Trade) -> None:
    order = an_approved_order(trade)
    for _click in range(2):
        services.confirm_order(actor=trade.seller, number=order.number, promised_on=clock.today())
    assert deals(order) == 1 and events(order, "confirm") == 1


@pytest.mark.parametrize("days", [-1, 366])
def test_a_promise_lies_between_today_and_a_year_from_now(trade: Trade, days: int) -> None:
    order = an_approved_order(trade)
    with pytest.raises(DomainError) as caught:
        services.confirm_order(
            actor=trade.seller, number=order.number, promised_on=clock.today() + timedelta(days=days)
        )
    assert caught.value.field == "promised_on"


def test_other_suppliers_and_the_buyer_do_not_confirm(trade: Trade) -> None:
    order = an_approved_order(trade)
    with pytest.raises(Missing):
        services.confirm_order(actor=a_seller(a_supplier()), number=order.number, promised_on=clock.today())
    with pytest.raises(NotAllowed):
        services.confirm_order(actor=trade.people.purchaser, number=order.number, promised_on=clock.today())


def test_a_refused_order_gives_everything_back(trade: Trade) -> None:
    order = an_approved_order(trade)
    for _click in range(2):
        services.refuse_order(actor=trade.seller, number=order.number, reason="缺货")
    order.refresh_from_db()
    assert (order.state, order.cancelled_by) == (State.REFUSED, "supplier")
    assert books(trade) == (0, 0, 100)


# --- Cancelling -----------------------------------------------------------------------------------------------------


def test_the_buyer_cancels_before_and_after_the_confirmation(trade: Trade) -> None:
    for order in (a_submitted_order(trade), an_approved_order(trade), a_confirmed_order(trade)):
        for _click in range(2):
            services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="不要了")
        order.refresh_from_db()
        assert (order.state, order.cancelled_by) == (State.CANCELLED, "buyer")
        assert deals(order) == 0
    assert books(trade) == (0, 0, 100)


def test_the_supplier_cancels_only_between_confirming_and_shipping(trade: Trade) -> None:
    with pytest.raises(NotAllowed):
        services.cancel_order(actor=trade.seller, number=an_approved_order(trade).number, reason="x")
    order = a_confirmed_order(trade)
    services.cancel_order(actor=trade.seller, number=order.number, reason="没货了")
    order.refresh_from_db()
    assert order.cancelled_by == "supplier" and deals(order) == 0


def test_nobody_cancels_what_is_on_its_way(trade: Trade) -> None:
    order = a_shipped_order(trade)
    for actor in (trade.people.purchaser, trade.people.manager, trade.seller):
        with pytest.raises(WrongState):
            services.cancel_order(actor=actor, number=order.number, reason="x")


# --- Shipping and arrival -------------------------------------------------------------------------------------------


def ship(trade: Trade, order: Order, quantity: Any, **values: Any) -> Any:
    line = order.lines.get()
    arguments = {"carrier": "顺丰", "tracking_number": "SF1", "idempotency_key": a_key(), **values}
    return services.ship_order(
        actor=trade.seller, number=order.number, quantities={line.pk: Decimal(quantity)}, **arguments
    )


def test_an_order_is_shipped_and_arrives_in_parts(trade: Trade) -> None:
    order = a_confirmed_order(trade, quantity=5)
    first, second = ship(trade, order, 2), ship(trade, order, 3)
    services.mark_delivered(actor=trade.seller, number=order.number, shipment_id=first.pk)
    order.refresh_from_db()
    assert order.state == State.SHIPPED and order.delivered_at is None
    services.sign_for(actor=trade.people.acceptor, number=order.number, shipment_id=second.pk)
    order.refresh_from_db()
    assert order.state == State.DELIVERED and order.delivered_at is not None
    signed = services.sign_for(
        actor=trade.people.purchaser, number=order.number, shipment_id=first.pk, signed_by="门卫"
    )
    assert signed.signed_by == "门卫"


def test_what_arrives_before_the_rest_is_shipped_is_not_everything(trade: Trade) -> None:
    order = a_confirmed_order(trade, quantity=5)
    part = ship(trade, order, 2)
    services.sign_for(actor=trade.people.purchaser, number=order.number, shipment_id=part.pk)
    order.refresh_from_db()
    assert order.state == State.SHIPPED


def test_a_part_is_shipped_once_per_click(trade: Trade) -> None:
    order, key = a_confirmed_order(trade, quantity=5), a_key()
    assert ship(trade, order, 2, idempotency_key=key) == ship(trade, order, 2, idempotency_key=key)
    assert order.shipments.count() == 1


def test_no_more_is_shipped_than_was_ordered(trade: Trade) -> None:
    order = a_confirmed_order(trade, quantity=5)
    ship(trade, order, 3)
    with pytest.raises(TooMuch):
        ship(trade, order, 3)
    with pytest.raises(TooMuch):
        ship(trade, order, 0)
    with pytest.raises(InvalidQuantity):
        ship(trade, order, "-1")
    with pytest.raises(DomainError):
        ship(trade, order, 1, carrier="")
    assert order.shipments.count() == 1


def test_marking_twice_changes_nothing(trade: Trade) -> None:
    order = a_shipped_order(trade)
    shipment = order.shipments.get()
    for _click in range(2):
        services.mark_delivered(actor=trade.seller, number=order.number, shipment_id=shipment.pk)
    for _click in range(2):
        services.sign_for(actor=trade.people.purchaser, number=order.number, shipment_id=shipment.pk)
    assert events(order, "deliver") == events(order, "sign") == 1


def test_shipments_of_another_order_are_not_here(trade: Trade) -> None:
    order, other = a_shipped_order(trade), a_shipped_order(trade)
    with pytest.raises(Missing):
        services.mark_delivered(actor=trade.seller, number=order.number, shipment_id=other.shipments.get().pk)


# --- Acceptance -----------------------------------------------------------------------------------------------------


def accept(
    trade: Trade, order: Order, accepted: Any = 0, refused: Any = 0, reason: str = "坏了", key: str = ""
) -> Any:
    line = order.lines.get()
    return services.accept_delivery(
        actor=trade.people.acceptor,
        number=order.number,
        decisions={
            line.pk: Decision(Decimal(accepted), Decimal(refused), reason if Decimal(refused) else "")
        },
        idempotency_key=key or a_key(),
    )


def test_parts_are_accepted_and_the_last_one_decides_about_the_whole(trade: Trade) -> None:
    order = a_delivered_order(trade, quantity=5)
    assert accept(trade, order, 2).result == ""
    assert accept(trade, order, 2, 1).result == "partial"
    order.refresh_from_db()
    assert (order.state, order.accepted_total) == (State.ACCEPTED, Decimal("400.00"))


def test_the_price_of_what_comes_back_whole_is_no_deal_and_that_of_a_part_stays_one(trade: Trade) -> None:
    def stands(order: Order) -> bool:
        return PriceObservation.objects.get(order_id=order.pk).withdrawn_at is None

    whole, part = a_delivered_order(trade, quantity=2), a_delivered_order(trade, quantity=2)
    accept(trade, part, 1, 1)
    assert stands(part)
    accept(trade, whole, 0, 1)
    assert stands(whole), "one of the two is not decided yet"
    last = accept(trade, whole, 0, 1)
    assert last.result == "failed"
    assert PriceObservation.objects.get(order_id=whole.pk).withdrawn_at == last.at


def test_everything_accepted_is_passed(trade: Trade) -> None:
    order = a_delivered_order(trade)
    assert accept(trade, order, 2).result == "passed"


def test_nothing_accepted_ends_the_order_and_releases_its_budget(trade: Trade) -> None:
    order = a_delivered_order(trade)
    assert accept(trade, order, 0, 2).result == "failed"
    order.refresh_from_db()
    assert (order.state, order.accepted_total) == (State.FAILED, 0)
    assert books(trade)[:2] == (0, 0)


def test_what_has_arrived_may_be_accepted_while_the_rest_is_on_its_way(trade: Trade) -> None:
    order = a_confirmed_order(trade, quantity=5)
    part = ship(trade, order, 2)
    with pytest.raises(TooMuch):
        accept(trade, order, 1)
    services.mark_delivered(actor=trade.seller, number=order.number, shipment_id=part.pk)
    with pytest.raises(TooMuch):
        accept(trade, order, 3)
    accept(trade, order, 2)
    order.refresh_from_db()
    assert order.state == State.SHIPPED


def test_a_refusal_of_goods_has_a_reason(trade: Trade) -> None:
    order = a_delivered_order(trade)
    with pytest.raises(ReasonNeeded):
        accept(trade, order, 1, 1, reason=" ")
    with pytest.raises(TooMuch):
        accept(trade, order, 0, 0)
    with pytest.raises(InvalidQuantity):
        accept(trade, order, "0.5")
    assert not order.acceptances.exists()


def test_an_acceptance_that_is_sent_twice_counts_once(trade: Trade) -> None:
    order, key = a_delivered_order(trade, quantity=5), a_key()
    assert accept(trade, order, 2, key=key) == accept(trade, order, 2, key=key)
    assert order.lines.get().accepted_quantity == 2


def test_only_an_acceptor_accepts(trade: Trade) -> None:
    order = a_delivered_order(trade)
    line = order.lines.get()
    for actor, error in (
        (trade.people.finance, NotAllowed),
        (trade.seller, NotAllowed),
        (people(a_buyer()).acceptor, Missing),
    ):
        with pytest.raises(error):
            services.accept_delivery(
                actor=actor,
                number=order.number,
                decisions={line.pk: Decision(Decimal(2))},
                idempotency_key=a_key(),
            )
