"""What the labels say is what the definitions say: each planted case is flagged, no look-alike is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bench.market.sizes import Settings
from tests.market.oracle.load import Market, day_of, load, table
from tests.market.oracle.prices import Prices
from tests.market.oracle.rules import (
    Flag,
    accepted_before_delivery,
    late_delivery,
    price_above_peer,
    slow_payment,
    split_orders,
)

RULES: dict[str, Callable[[Market, date], list[Flag]]] = {
    "price-above-peer": price_above_peer,
    "split-orders": split_orders,
    "slow-payment": slow_payment,
    "late-delivery": late_delivery,
    "accepted-before-delivery": accepted_before_delivery,
}


@pytest.fixture(scope="module")
def market(market_folder: Path) -> Market:
    return load(market_folder)


def test_every_rule_is_planted_at_three_difficulties_with_look_alikes(market_folder: Path) -> None:
    rows = table(market_folder / "labels", "labels")
    found = Counter((row["rule"], row["difficulty"]) for row in rows)
    for rule in RULES:
        for difficulty in ("easy", "medium", "hard", ""):
            assert found[(rule, difficulty)] >= 4, (rule, difficulty)
    assert all(row["hard_negative"] == ("false" if row["difficulty"] else "true") for row in rows)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_planted_cases_are_flagged_by_definition_and_look_alikes_are_not(
    market_folder: Path, market: Market, settings: Settings, rule: str
) -> None:
    flagged = {flag.ids: flag for flag in RULES[rule](market, settings.end)}
    rows = [row for row in table(market_folder / "labels", "labels") if row["rule"] == rule]
    missed = [row for row in rows if row["hard_negative"] == "false" and row["subject_ids"] not in flagged]
    wrong = [row for row in rows if row["hard_negative"] == "true" and row["subject_ids"] in flagged]
    assert not missed
    assert not wrong
    assert {flagged[row["subject_ids"]].kind for row in rows if row["subject_ids"] in flagged} == {
        row["subject_kind"] for row in rows
    }


def test_most_trade_of_the_last_ninety_days_can_be_held_against_peers(
    market: Market, settings: Settings
) -> None:
    prices = Prices(market)
    value: Counter[str] = Counter()
    for order in market.orders.values():
        if order.confirmed is None or (settings.end - day_of(order.confirmed)).days >= 90:
            continue
        if not order.cancelled_by(day_of(order.confirmed)):
            value[prices.judge(order)[0]] += order.total
    assert 1 - value["not_evaluable"] / value.total() >= 0.4
