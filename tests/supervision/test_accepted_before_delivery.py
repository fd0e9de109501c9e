"""accepted-before-delivery to the second."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.supervision.history import accepted, an_order, at, delivered, outcomes, paid, run_nights, seen

pytestmark = pytest.mark.django_db
SLUG = "accepted-before-delivery"
DAY = date(2025, 3, 5)


def run(last: date = date(2025, 4, 30)) -> None:
    run_nights(date(2025, 2, 20), last, only=SLUG)


@pytest.mark.parametrize(("seconds", "flagged"), [(-1, True), (0, False), (1, False)])
def test_the_first_acceptance_against_the_last_signature(seconds: int, flagged: bool) -> None:
    order = an_order(date(2025, 3, 1))
    signed = at(DAY, 12)
    delivered(order, signed=signed)
    accepted(order, signed + timedelta(seconds=seconds))
    run()
    assert seen(SLUG) == ({order.number: ("2025-03-05", 3)} if flagged else {})


def test_parts_of_a_second_do_not_count() -> None:
    order = an_order(date(2025, 3, 1))
    delivered(order, signed=at(DAY, 12) + timedelta(milliseconds=900))
    accepted(order, at(DAY, 12))
    run()
    assert seen(SLUG) == {}


def test_it_is_known_on_the_night_of_the_signature() -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, date(2025, 3, 3))
    delivered(order, shipped=date(2025, 3, 2), signed=DAY)
    run(date(2025, 3, 4))
    assert seen(SLUG) == {}
    run()
    assert seen(SLUG) == {order.number: ("2025-03-05", 3)}


def test_a_partial_acceptance_is_not_the_acceptance_of_the_first_half() -> None:
    order = an_order(date(2025, 3, 1))
    accepted(order, date(2025, 3, 3), "partial")
    delivered(order, signed=DAY)
    accepted(order, date(2025, 3, 7))
    run()
    assert seen(SLUG) == {}


@pytest.mark.parametrize(
    ("prepaid", "result", "seconds", "flagged"),
    [
        (None, "passed", -1, True),
        (False, "passed", -1, True),
        (True, "passed", -1, False),
        (None, "passed", 0, False),
        (None, "partial", -1, True),
        (None, "partial", 1, False),
        (None, "failed", 1, True),
    ],
)
def test_a_payment_before_the_acceptance(
    prepaid: bool | None, result: str, seconds: int, flagged: bool
) -> None:
    order = an_order(date(2025, 3, 1))
    delivered(order, shipped=date(2025, 3, 2), signed=date(2025, 3, 3))
    accepted(order, at(DAY, 12), result)
    paid(order, at(DAY, 12) + timedelta(seconds=seconds), prepaid=prepaid)
    run()
    assert bool(seen(SLUG)) is flagged


def test_without_any_delivery_record_it_is_not_evaluable() -> None:
    order = an_order(date(2025, 3, 1))
    paid(order, date(2025, 3, 3))
    accepted(order, date(2025, 3, 4))
    run()
    assert seen(SLUG) == {}
    assert outcomes(SLUG) == {("not_evaluable", "no_delivery_record"): 1}


def test_an_acceptance_without_a_signature_is_not_evaluable() -> None:
    order = an_order(date(2025, 3, 1))
    delivered(order, shipped=date(2025, 3, 2), arrived=date(2025, 3, 3))
    accepted(order, date(2025, 3, 4))
    run()
    assert outcomes(SLUG) == {("not_evaluable", "no_signature"): 1}


def test_cancelled_by_the_night_is_left_out() -> None:
    order = an_order(date(2025, 3, 1), cancelled_at=at(DAY, 23))
    accepted(order, date(2025, 3, 3))
    delivered(order, signed=DAY)
    run()
    assert seen(SLUG) == {}
