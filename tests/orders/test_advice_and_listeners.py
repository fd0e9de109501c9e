"""What advisors say and listeners hear of a submission, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from orders import advice as advice_module
from orders.advice import Advice, Advisor, Outcome, Projected
from orders.errors import (
    AdviceGiven,
)
from orders.models import BudgetEntry, Order
from orders.services import OrderedLine
from orders.signals import advice_given, order_approved, order_submitted
from tests.factories import (
    Trade,
    a_listing_on_sale,
    a_trade,
    submit,
)
from tests.orders.submitting import refused
from zcy.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


# --- Advice ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def advisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """An advisor that says what the list says; a function in it is called."""
    says: list[Any] = []

    def ask(projected: Projected) -> list[Advice]:
        return [one for item in says for one in (item(projected) if callable(item) else [item])]

    registry: Any = type(advice_module.advisors)("advisors of a test")
    registry.register(Advisor("test-rule", ask))
    monkeypatch.setattr(advice_module, "advisors", registry)
    yield says


FLAG = Advice("test-rule", Outcome.FLAGGED, key="k1", title="太贵", text="有更便宜的")


def test_new_advice_returns_the_buyer_to_the_page(trade: Trade, advisor: list[Any]) -> None:
    advisor.append(FLAG)
    heard: list[Any] = []

    def hear(**values: Any) -> None:
        heard.append(values)

    advice_given.connect(hear)
    try:
        error = refused(trade, AdviceGiven)
    finally:
        advice_given.disconnect(hear)
    assert isinstance(error, AdviceGiven) and error.advice == (FLAG,)
    assert heard[0]["stage"] == "submit" and heard[0]["projected"].orders[0].total == Decimal(200)


def test_answered_advice_is_kept_in_the_dossier(trade: Trade, advisor: list[Any]) -> None:
    advisor.append(FLAG)
    refused(trade, AdviceGiven, answers={"k1": "  "})
    refused(trade, AdviceGiven, answers={"k2": "other"})
    order = submit(trade, answers={"k1": "只有这一家有货"})
    (kept,) = order.dossier["advice"]
    assert (kept["outcome"], kept["answer"]) == ("flagged", "只有这一家有货")


def test_a_failing_or_slow_advisor_costs_no_order_and_is_not_clear(trade: Trade, advisor: list[Any]) -> None:
    from django.db import connection

    def fail(projected: Projected) -> list[Advice]:
        raise RuntimeError("broken")

    def sleep(projected: Projected) -> list[Advice]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return []

    def broken_sql(projected: Projected) -> list[Advice]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return []

    for behaviour in (fail, sleep, broken_sql):
        advisor[:] = [behaviour]
        order = submit(trade)
        assert [one["outcome"] for one in order.dossier["advice"]] == ["unchecked"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_silence_is_clear(trade: Trade, advisor: list[Any]) -> None:
    assert [one["outcome"] for one in submit(trade).dossier["advice"]] == ["clear"]


def test_an_advisor_that_answers_too_late_was_not_heard(advisor: list[Any], trade: Trade) -> None:
    from orders.services.submission import projected, read_items, split_by_supplier

    state = projected(
        trade.people.purchaser,
        split_by_supplier(read_items([OrderedLine(trade.listing.pk, Decimal(1), Decimal(1))])),
    )
    advisor.append(FLAG)
    ticks = iter([0.0, 0.3])
    (answer,) = advice_module.advise(state, clock=lambda: next(ticks))
    assert answer.outcome is Outcome.UNCHECKED


# --- What listeners hear, and what it costs -------------------------------------------------------------------------


def test_listeners_hear_of_it_inside_the_transaction(trade: Trade) -> None:
    heard: list[str] = []

    def hear(signal: Any, order: Order, **_values: Any) -> None:
        assert BudgetEntry.objects.filter(order=order).exists()
        heard.append("submitted" if signal is order_submitted else "approved")

    for signal in (order_submitted, order_approved):
        signal.connect(hear)
    try:
        submit(trade)
    finally:
        for signal in (order_submitted, order_approved):
            signal.disconnect(hear)
    assert heard == ["submitted", "approved"]


def test_a_listener_that_fails_undoes_the_order(trade: Trade) -> None:
    def fail(**_values: Any) -> None:
        raise NotAllowed

    order_submitted.connect(fail)
    try:
        refused(trade, NotAllowed)
    finally:
        order_submitted.disconnect(fail)


def test_five_lines_cost_as_many_statements_as_one(
    trade: Trade, advisor: list[Any], django_assert_max_num_queries: Any
) -> None:
    """Savepoints and the advisors' time limit included; what an advisor itself asks comes on top."""
    listings = [a_listing_on_sale(supplier=trade.supplier) for _n in range(5)]
    lines = [OrderedLine(listing.pk, Decimal(1), listing.price) for listing in listings]
    submit(trade)  # the region's settings are remembered from here on
    with django_assert_max_num_queries(30) as one:
        submit(trade, lines=lines[:1])
    with django_assert_max_num_queries(30) as five:
        submit(trade, lines=lines)
    assert len(one) == len(five)
