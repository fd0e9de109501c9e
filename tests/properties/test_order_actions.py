"""Any sequence of order actions keeps stock, budget and sums right, and reaches only states of the table."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from catalog.models import PriceObservation
from orders import services
from orders.models import BudgetEntry, Order, OrderEvent
from orders.services import Decision
from orders.states import State
from orders.transitions import NEW, TABLE
from tests.factories import Trade, a_key, a_listing_on_sale, a_plan, a_trade, submit
from zcy import clock
from zcy.errors import DomainError
from zcy.money import ZERO

# 1 on every run; `make soak` raises it.
SCALE = float(os.environ.get("ZCY_TEST_SCALE", "1"))
STOCK, BUDGET = Decimal(20), Decimal(2500)
FREED = {State.CANCELLED, State.REFUSED, State.REJECTED}
MOVES = {(str(row.before), row.action.value, row.after.value) for row in TABLE}

quantities = st.integers(0, 6).map(Decimal)
amounts = st.sampled_from(["0", "0.01", "50", "99.99", "100", "250", "600"]).map(Decimal)
some = st.integers(0, 5)
who = st.sampled_from(["purchaser", "approver", "acceptor", "finance", "manager", "seller"])


class OrderActions(RuleBasedStateMachine):
    """One buyer, one offer, one budget; people of both sides do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.orders: list[Order] = []
        self.keys: list[str] = []

    @initialize(
        limit=st.sampled_from([0, 250, 10_000]), ordered=st.lists(st.integers(1, 4), min_size=1, max_size=3)
    )
    def open_the_shop(self, limit: int, ordered: list[int]) -> None:
        listing = a_listing_on_sale(stock=STOCK)
        self.trade: Trade = a_trade(listing=listing, budget=BUDGET)
        self.other_plan = a_plan(self.trade.buyer, amount=100)
        services.set_approval_limit(actor=self.trade.people.manager, limit=Decimal(limit))
        for quantity in ordered:
            self.submit(Decimal(quantity), again=False, small=False)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    def actor(self, name: str) -> Any:
        return self.trade.seller if name == "seller" else getattr(self.trade.people, name)

    def attempt(self, act: Callable[[], Any]) -> Any:
        """A refusal is a possible outcome; it must leave nothing half done, which the invariants see."""
        try:
            return act()
        except DomainError:
            return None

    def pick(self, position: int) -> Order | None:
        return self.orders[position % len(self.orders)] if self.orders else None

    @rule(quantity=quantities, again=st.booleans(), small=st.booleans())
    def submit(self, quantity: Decimal, again: bool, small: bool) -> None:
        key = self.keys[-1] if again and self.keys else a_key()
        plan = self.other_plan if small else self.trade.plan
        order = self.attempt(
            lambda: submit(self.trade, quantity=quantity, key=key, plans={self.trade.supplier.pk: plan.pk})
        )
        if order and all(order.pk != known.pk for known in self.orders):
            self.orders.append(order)
            self.keys.append(key)

    @rule(
        position=some, name=who, action=st.sampled_from(["approve", "reject", "confirm", "refuse", "cancel"])
    )
    def decide(self, position: int, name: str, action: str) -> None:
        order, actor = self.pick(position), self.actor(name)
        if order is None:
            return
        number = order.number
        acts: dict[str, Callable[[], Any]] = {
            "approve": lambda: services.approve_order(actor=actor, number=number),
            "reject": lambda: services.reject_order(actor=actor, number=number, reason="x"),
            "confirm": lambda: services.confirm_order(actor=actor, number=number, promised_on=clock.today()),
            "refuse": lambda: services.refuse_order(actor=actor, number=number, reason="x"),
            "cancel": lambda: services.cancel_order(actor=actor, number=number, reason="x"),
        }
        self.attempt(acts[action])

    @rule(position=some, quantity=quantities)
    def ship(self, position: int, quantity: Decimal) -> None:
        if order := self.pick(position):
            line = order.lines.get()
            self.attempt(
                lambda: services.ship_order(
                    actor=self.trade.seller,
                    number=order.number,
                    quantities={line.pk: quantity},
                    carrier="顺丰",
                    tracking_number="SF",
                    idempotency_key=a_key(),
                )
            )

    @rule(position=some, which=some, name=who, sign=st.booleans())
    def arrive(self, position: int, which: int, name: str, sign: bool) -> None:
        order = self.pick(position)
        shipments = list(order.shipments.all()) if order else []
        if order and shipments:
            act = services.sign_for if sign else services.mark_delivered
            shipment = shipments[which % len(shipments)]
            self.attempt(lambda: act(actor=self.actor(name), number=order.number, shipment_id=shipment.pk))

    @rule(position=some, name=who, accepted=quantities, refused=quantities)
    def accept(self, position: int, name: str, accepted: Decimal, refused: Decimal) -> None:
        if order := self.pick(position):
            decisions = {order.lines.get().pk: Decision(accepted, refused, "坏了")}
            self.attempt(
                lambda: services.accept_delivery(
                    actor=self.actor(name), number=order.number, decisions=decisions, idempotency_key=a_key()
                )
            )

    @rule(position=some, steps=st.integers(1, 9), refused=quantities, parts=st.integers(1, 2))
    def advance(self, position: int, steps: int, refused: Decimal, parts: int) -> None:
        """Random steps alone seldom come far: this walks a stretch along the usual way."""
        for _step in range(steps if self.orders else 0):
            order = Order.objects.get(pk=self.orders[position % len(self.orders)].pk)
            line = order.lines.get()
            open_quantity = line.quantity - line.accepted_quantity - line.refused_quantity
            share = (order.accepted_total / parts).quantize(Decimal("0.01"))
            if order.state == State.SUBMITTED:
                self.decide(position, "approver", "approve")
            elif order.state == State.APPROVED:
                self.decide(position, "seller", "confirm")
            elif order.state == State.CONFIRMED:
                self.ship(position, line.quantity)
            elif order.state == State.SHIPPED:
                for which in range(order.shipments.count()):
                    self.arrive(position, which, "seller", sign=False)
            elif order.state == State.DELIVERED:
                turned_away = min(refused, open_quantity)
                self.accept(position, "acceptor", open_quantity - turned_away, turned_away)
            elif order.state in {State.ACCEPTED, State.INVOICED}:
                self.invoice(position, "seller", share, 0)
                self.request(position, "seller", share)
            elif order.state == State.PAYMENT_REQUESTED:
                self.pay(position, "finance", share, twice=True)
                self.invoice(position, "finance", share, 0)
                self.request(position, "seller", share)

    @rule(position=some, name=who, amount=amounts, days=st.integers(-2, 1))
    def invoice(self, position: int, name: str, amount: Decimal, days: int) -> None:
        if order := self.pick(position):
            self.attempt(
                lambda: services.record_invoice(
                    actor=self.actor(name),
                    number=order.number,
                    invoice_number=a_key(),
                    date=clock.today() + timedelta(days=days),
                    amount=amount,
                )
            )

    @rule(position=some, name=who, amount=amounts)
    def request(self, position: int, name: str, amount: Decimal) -> None:
        if order := self.pick(position):
            self.attempt(
                lambda: services.request_payment(
                    actor=self.actor(name), number=order.number, amount=amount, idempotency_key=a_key()
                )
            )

    @rule(position=some, name=who, amount=amounts, twice=st.booleans())
    def pay(self, position: int, name: str, amount: Decimal, twice: bool) -> None:
        if order := self.pick(position):
            key = a_key()
            for _click in range(1 + twice):
                self.attempt(
                    lambda: services.pay_order(
                        actor=self.actor(name), number=order.number, amount=amount, idempotency_key=key
                    )
                )

    @rule(change=amounts, cut=st.booleans())
    def grant(self, change: Decimal, cut: bool) -> None:
        self.attempt(
            lambda: services.grant_budget(
                actor=self.trade.people.finance,
                plan_id=self.trade.plan.pk,
                change=-change if cut else change,
                idempotency_key=a_key(),
            )
        )

    @rule(position=some, name=who, stars=st.integers(0, 6))
    def evaluate(self, position: int, name: str, stars: int) -> None:
        if order := self.pick(position):
            self.attempt(
                lambda: services.evaluate_order(actor=self.actor(name), number=order.number, stars=stars)
            )

    # --- What always holds ------------------------------------------------------------------------------------------

    def fresh(self) -> list[Order]:
        return list(Order.objects.filter(pk__in=[order.pk for order in self.orders]))

    @invariant()
    def stock_is_what_was_not_ordered(self) -> None:
        if hasattr(self, "trade"):
            self.trade.listing.refresh_from_db()
            bound = sum((o.lines.get().quantity for o in self.fresh() if o.state not in FREED), Decimal(0))
            assert self.trade.listing.stock == STOCK - bound >= 0

    @invariant()
    def plans_are_what_their_ledgers_say(self) -> None:
        if not hasattr(self, "trade"):
            return
        for plan in (self.trade.plan, self.other_plan):
            plan.refresh_from_db()
            sums = BudgetEntry.objects.filter(plan=plan).aggregate(
                amount=Sum("amount_change"),
                frozen=Sum("frozen_change", default=ZERO),
                spent=Sum("spent_change", default=ZERO),
            )
            assert (plan.amount, plan.frozen, plan.spent) == (sums["amount"], sums["frozen"], sums["spent"])
            assert plan.frozen >= 0 and plan.spent >= 0 and plan.frozen + plan.spent <= plan.amount

    @invariant()
    def each_order_binds_what_it_may_still_cost(self) -> None:
        for order in self.fresh():
            sums = order.budget_entries.aggregate(
                frozen=Sum("frozen_change", default=ZERO), spent=Sum("spent_change", default=ZERO)
            )
            paid = order.payments.aggregate(sum=Sum("amount", default=ZERO))["sum"]
            decided = order.state in {
                State.ACCEPTED,
                State.INVOICED,
                State.PAYMENT_REQUESTED,
                State.PAID,
                State.FAILED,
            }
            bound = order.accepted_total if decided else order.total
            assert sums["spent"] == paid
            assert sums["frozen"] == (0 if order.state in FREED else bound - paid)

    @invariant()
    def sums_stay_within_each_other(self) -> None:
        for order in self.fresh():
            invoiced = order.invoices.aggregate(sum=Sum("amount", default=ZERO))["sum"]
            requested = order.payment_requests.aggregate(sum=Sum("amount", default=ZERO))["sum"]
            paid = order.payments.aggregate(sum=Sum("amount", default=ZERO))["sum"]
            assert 0 <= paid <= requested <= invoiced <= order.accepted_total <= order.total
            for line in order.lines.all():
                arrived = line.shipment_lines.filter(shipment__delivered_at__isnull=False)
                decided = line.accepted_quantity + line.refused_quantity
                assert (
                    decided
                    <= (arrived.aggregate(sum=Sum("quantity", default=Decimal(0)))["sum"])
                    <= line.quantity
                )

    @invariant()
    def every_order_walked_along_the_table(self) -> None:
        for order in self.fresh():
            state = NEW
            for before, action, after in OrderEvent.objects.filter(order=order).values_list(
                "from_state", "action", "to_state"
            ):
                assert before == state and (before, action, after) in MOVES
                state = after
            assert order.state == state

    @invariant()
    def deals_are_confirmed_orders_that_nobody_cancelled_or_refused_whole(self) -> None:
        for order in self.fresh():
            seen = PriceObservation.objects.filter(order_id=order.pk, withdrawn_at=None).count()
            undone = order.state in (State.CANCELLED, State.FAILED)
            assert seen == (order.confirmed_at is not None and not undone)


@pytest.mark.django_db
def test_any_sequence_of_order_actions_keeps_the_books() -> None:
    run_state_machine_as_test(
        OrderActions,
        settings=settings(
            max_examples=max(1, int(12 * SCALE)),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
