"""late-delivery at, just under and just over its limits. 2025-03-03 is a Monday."""

from __future__ import annotations

from datetime import date

import pytest

from tests.supervision.history import (
    accepted,
    an_order,
    at,
    delivered,
    outcomes,
    paid,
    run_each_night,
    run_nights,
    seen,
)

pytestmark = pytest.mark.django_db
SLUG = "late-delivery"
MONDAY = date(2025, 3, 3)


def day(n: int) -> date:
    return date(2025, 3, n)


def run(last: date = date(2025, 3, 31)) -> None:
    run_nights(date(2025, 2, 20), last, only=SLUG)


def test_one_working_day_of_grace_is_clear() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    delivered(order, shipped=day(3), arrived=day(4))
    run()
    assert seen(SLUG) == {}
    assert outcomes(SLUG) == {("clear", ""): 1}


def test_the_second_working_day_is_late_from_that_night_on() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    delivered(order, shipped=day(3), arrived=day(5))
    run()
    assert seen(SLUG) == {order.number: ("2025-03-05", 1)}


def test_a_weekend_does_not_count() -> None:
    order = an_order(day(1), promised_on=day(7))  # Friday
    delivered(order, shipped=day(8), arrived=day(10))
    run()
    assert seen(SLUG) == {}


def test_a_promise_for_a_day_off_counts_from_that_day() -> None:
    order = an_order(
        day(1), promised_on=day(8)
    )  # Saturday: Monday is the first, Tuesday the second working day
    delivered(order, shipped=day(10), arrived=day(11))
    run()
    assert seen(SLUG) == {order.number: ("2025-03-11", 1)}


def test_severity_grows_beyond_seven_calendar_days() -> None:
    seven, eight = an_order(day(1), promised_on=MONDAY), an_order(day(1), promised_on=MONDAY)
    delivered(seven, arrived=day(10))
    delivered(eight, arrived=day(11))
    run()
    assert seen(SLUG) == {seven.number: ("2025-03-05", 1), eight.number: ("2025-03-05", 2)}


def test_severity_of_what_has_not_come_grows_night_by_night() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    run_each_night(day(1), day(10), only=SLUG)
    assert seen(SLUG) == {order.number: ("2025-03-05", 1)}
    run_nights(day(11), day(11), only=SLUG)
    assert seen(SLUG) == {order.number: ("2025-03-05", 2)}


def test_the_last_row_counts_and_a_signature_stands_in_for_the_delivery() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    delivered(order, shipped=day(2), arrived=day(3))
    delivered(order, shipped=day(3), signed=day(5))
    run()
    assert seen(SLUG) == {order.number: ("2025-03-05", 1)}


def test_without_a_promise_it_is_not_evaluable() -> None:
    an_order(day(3))
    run()
    assert outcomes(SLUG) == {("not_evaluable", "no_promise"): 1}


def test_no_delivery_record_but_an_acceptance_is_not_evaluable() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    accepted(order, day(4))
    run()
    assert seen(SLUG) == {}
    assert outcomes(SLUG) == {("not_evaluable", "no_delivery_record"): 1}


@pytest.mark.parametrize(("prepaid", "flagged"), [(True, True), (None, False), (False, False)])
def test_a_payment_shows_that_the_delivery_is_only_missing_unless_it_was_prepaid(
    prepaid: bool | None, flagged: bool
) -> None:
    order = an_order(day(1), promised_on=MONDAY)
    paid(order, day(4), prepaid=prepaid)
    run()
    assert bool(seen(SLUG)) is flagged


def test_cancelled_by_the_end_of_the_night_is_left_out_and_later_stays() -> None:
    same = an_order(day(1), promised_on=MONDAY, cancelled_at=at(day(5), 23))
    later = an_order(day(1), promised_on=MONDAY, cancelled_at=at(day(6), 0))
    run()
    assert seen(SLUG) == {later.number: ("2025-03-05", 1)}
    assert same.number not in seen(SLUG)


def test_a_promise_for_a_day_before_the_order_is_overdue_on_the_day_of_the_order() -> None:
    order = an_order(day(10), promised_on=MONDAY)
    run_nights(day(10), day(12), only=SLUG)
    assert seen(SLUG) == {order.number: ("2025-03-10", 2)}


def test_local_dates_count_not_those_of_utc() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    # 2025-03-04 23:30 in Shanghai is still the 4th; 00:30 on the 5th is the 4th in UTC.
    delivered(order, signed=at(day(5), 0, 30))
    run()
    assert seen(SLUG) == {order.number: ("2025-03-05", 1)}


def test_corrected_data_close_the_warning_by_themselves() -> None:
    order = an_order(day(1), promised_on=MONDAY)
    run_nights(day(1), day(5), only=SLUG)
    assert order.number in seen(SLUG)
    delivered(order, arrived=day(3))
    run_nights(day(6), day(6), only=SLUG)
    from supervision.models import Warning

    warning = Warning.objects.get()
    assert (warning.state, warning.self_closed) == ("closed", True)
    assert list(warning.events.values_list("action", flat=True)) == ["raised", "closed_by_data"]
