"""A gap caught up at once, a second run, and one rule's version that changes in between."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orders.models import Ceiling
from supervision.models import CategorySpread, RuleNight, Warning, WarningEvent
from supervision.rules import RULES
from tests.supervision.history import (
    a_buyer,
    a_category,
    a_deal,
    a_good,
    a_region,
    a_supplier,
    accepted,
    at,
    delivered,
    paid,
    run_each_night,
    run_nights,
)

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 5, 1), date(2025, 6, 20)


def a_small_market(seed: int = 7) -> None:
    """Three weeks of 120 orders with every kind of trouble."""
    rng = random.Random(seed)
    Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(3000))
    category = a_category()
    goods = [a_good(category=category) for _n in range(2)]
    suppliers, buyers = [a_supplier() for _n in range(11)], [a_buyer() for _n in range(4)]
    for _n in range(120):
        day = FIRST + timedelta(days=rng.randrange(20))
        price = Decimal(str(round(100 * rng.lognormvariate(0, 0.05) * (1.5 if rng.random() < 0.1 else 1), 2)))
        order = a_deal(
            day,
            rng.choice(goods),
            price,
            supplier=rng.choice(suppliers),
            buyer=rng.choice(buyers),
            quantity=rng.choice([1, 2, 9, 12, 25]),
            cancelled=day + timedelta(days=rng.randrange(5)) if rng.random() < 0.1 else None,
            promised_on=day + timedelta(days=4) if rng.random() < 0.9 else None,
            contract=rng.choice(["", "", "C1"]),
        )
        arrives = day + timedelta(days=rng.randrange(1, 14))
        for _part in range(rng.choice([0, 1, 1, 2])):
            delivered(order, shipped=day, arrived=arrives if rng.random() < 0.9 else None, signed=arrives)
        if rng.random() < 0.8:
            accepted(
                order,
                arrives + timedelta(days=rng.randrange(-1, 4)),
                rng.choice(["passed"] * 4 + ["partial"]),
            )
        if rng.random() < 0.6:
            due = arrives + timedelta(days=30) if rng.random() < 0.3 else None
            paid(order, arrives + timedelta(days=rng.randrange(0, 40)), due_on=due)


def found() -> list[tuple[Any, ...]]:
    names = (
        "rule__slug",
        "subject_kind",
        "subject_ids",
        "first_seen",
        "last_seen",
        "times_seen",
        "severity",
        "value",
    )
    return sorted(Warning.objects.values_list(*names))


def figures() -> list[tuple[Any, ...]]:
    return sorted(
        RuleNight.objects.values_list(
            "rule__slug", "night", "region_id", "outcome", "reason", "count", "value"
        )
    )


def test_one_catch_up_equals_every_night() -> None:
    a_small_market(seed=11)
    run_each_night(FIRST, LAST)
    every_night, numbers = found(), figures()
    assert {row[0] for row in every_night} == set(RULES)
    raised = WarningEvent.objects.count()
    run_nights(FIRST, LAST)
    assert WarningEvent.objects.count() == raised
    assert found() == every_night
    assert figures() == numbers


def test_a_second_run_changes_nothing() -> None:
    a_small_market()
    run_nights(FIRST, LAST)
    rows = list(Warning.objects.order_by("id").values())
    nights = list(RuleNight.objects.order_by("id").values())
    spreads = list(CategorySpread.objects.order_by("id").values())
    events = WarningEvent.objects.count()
    again = run_nights(FIRST, LAST)
    assert [part["rows"] for part in again.values()] == [0] * len(again)
    assert list(Warning.objects.order_by("id").values()) == rows
    assert list(RuleNight.objects.order_by("id").values()) == nights
    assert list(CategorySpread.objects.order_by("id").values()) == spreads
    assert WarningEvent.objects.count() == events


def test_old_episodes_are_historic_and_have_no_deadline() -> None:
    a_small_market()
    run_nights(FIRST, LAST)
    assert not Warning.objects.filter(historic=False).exists()
    assert not Warning.objects.filter(due_at__isnull=False).exists()
    assert at(FIRST) < Warning.objects.earliest("raised_at").raised_at
