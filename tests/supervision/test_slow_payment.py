"""slow-payment at, just under and just over its limits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.supervision.history import accepted, an_order, at, outcomes, paid, run_each_night, run_nights, seen

pytestmark = pytest.mark.django_db
SLUG = "slow-payment"
PASSED = date(2025, 3, 3)
DUE = PASSED + timedelta(days=30)


def run(last: date = date(2025, 7, 31)) -> None:
    run_nights(date(2025, 2, 20), last, only=SLUG)


@pytest.mark.parametrize(("days", "flagged"), [(29, False), (30, False), (31, True)])
def test_thirty_days_after_the_first_acceptance(days: int, flagged: bool) -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, PASSED)
    accepted(order, PASSED + timedelta(days=9))
    paid(order, PASSED + timedelta(days=days))
    run()
    assert seen(SLUG) == ({order.number: ((DUE + timedelta(days=1)).isoformat(), 2)} if flagged else {})
    assert outcomes(SLUG) == {("flagged" if flagged else "clear", ""): 1}


def test_the_payment_that_completes_the_total_decides_to_the_cent() -> None:
    short, full = an_order(date(2025, 3, 1), total="100.00"), an_order(date(2025, 3, 1), total="100.00")
    for order, rest in ((short, "49.99"), (full, "50.00")):
        accepted(order, PASSED)
        paid(order, DUE - timedelta(days=1), "50.00")
        paid(order, DUE, rest)
    paid(short, DUE + timedelta(days=1), "0.01")
    run()
    assert set(seen(SLUG)) == {short.number}


def test_the_contract_term_goes_before_the_thirty_days() -> None:
    long, short = an_order(date(2025, 3, 1)), an_order(date(2025, 3, 1))
    for order in (long, short):
        accepted(order, PASSED)
    paid(long, DUE + timedelta(days=20), due_on=DUE + timedelta(days=20))
    paid(short, DUE, due_on=DUE - timedelta(days=1))
    run()
    assert seen(SLUG) == {short.number: (DUE.isoformat(), 2)}


@pytest.mark.parametrize(("days", "severity"), [(60, 2), (61, 3)])
def test_serious_beyond_sixty_days_after_acceptance(days: int, severity: int) -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, PASSED)
    paid(order, PASSED + timedelta(days=days))
    run()
    assert seen(SLUG)[order.number][1] == severity


def test_what_is_not_paid_becomes_serious_on_the_night_after_sixty_days() -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, PASSED)
    run_nights(PASSED, PASSED + timedelta(days=60), only=SLUG)
    assert seen(SLUG)[order.number][1] == 2
    run_each_night(PASSED + timedelta(days=61), PASSED + timedelta(days=61), only=SLUG)
    assert seen(SLUG)[order.number][1] == 3


def test_a_partial_acceptance_starts_no_term() -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, PASSED, "partial")
    run()
    assert seen(SLUG) == {}


def test_paid_without_any_acceptance_or_term_is_not_evaluable() -> None:
    paid(an_order(date(2025, 3, 1)), date(2025, 3, 20))
    run()
    assert outcomes(SLUG) == {("not_evaluable", "no_acceptance_record"): 1}


def test_an_order_cancelled_on_the_first_overdue_night_is_left_out() -> None:
    overdue = DUE + timedelta(days=1)
    gone = an_order(date(2025, 3, 1), cancelled_at=at(overdue, 23))
    stays = an_order(date(2025, 3, 1), cancelled_at=at(overdue + timedelta(days=1), 0))
    for order in (gone, stays):
        accepted(order, PASSED)
    run()
    assert set(seen(SLUG)) == {stays.number}


def test_what_was_due_before_it_was_ordered_is_overdue_on_the_night_of_ordering() -> None:
    order = an_order(date(2025, 3, 10))
    paid(order, date(2025, 3, 20), due_on=date(2025, 3, 5))
    run_each_night(date(2025, 3, 8), date(2025, 3, 12), only=SLUG)
    assert seen(SLUG) == {order.number: ("2025-03-10", 2)}


def test_a_total_of_zero_is_never_owed() -> None:
    accepted(an_order(date(2025, 3, 1), total=Decimal(0)), PASSED)
    run()
    assert seen(SLUG) == {}


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_in_which_payments_of_one_moment_came_in_decides_nothing(turned: bool) -> None:
    order = an_order(date(2025, 3, 1), total=100)
    accepted(order, PASSED)
    terms = [date(2025, 4, 1), date(2025, 4, 9)]
    for due in reversed(terms) if turned else terms:
        paid(order, date(2025, 4, 5), 50, due_on=due)
    run()
    assert seen(SLUG) == {order.number: ("2025-04-02", 2)}
