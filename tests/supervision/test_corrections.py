"""Nights that are computed anew after the data were corrected: what was wrong closes, what is so is there at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orders.models import Order
from supervision.models import Warning
from supervision.services.deadlines import assign_by
from supervision.services.suppress_warning import suppress_warning
from tests.factories import a_supervisor
from tests.supervision.history import an_order, delivered, run_nights, seen
from zcy import clock

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 3, 1), date(2025, 4, 30)


def states() -> list[tuple[str, str, bool]]:
    found = Warning.objects.order_by("first_seen").values_list("first_seen", "state", "self_closed")
    return [(first.isoformat(), state, closed) for first, state, closed in found]


@pytest.mark.parametrize(
    ("promised", "night"), [(date(2025, 3, 17), "2025-03-19"), (date(2025, 3, 3), "2025-03-05")]
)
def test_an_order_whose_night_has_moved_is_flagged_on_its_new_night_at_once(
    promised: date, night: str
) -> None:
    order = an_order(FIRST, promised_on=date(2025, 3, 10))
    delivered(order, shipped=FIRST, arrived=LAST)
    run_nights(FIRST, LAST, only="late-delivery")
    assert seen("late-delivery") == {order.number: ("2025-03-12", 2)}

    type(order).objects.update(promised_on=promised)
    run_nights(FIRST, LAST, only="late-delivery")

    assert sorted(states()) == sorted([("2025-03-12", "closed", True), (night, "open", False)])


def test_an_order_that_is_right_after_the_correction_only_closes() -> None:
    order = an_order(FIRST, promised_on=date(2025, 3, 10))
    delivered(order, shipped=FIRST, arrived=LAST)
    run_nights(FIRST, LAST, only="late-delivery")
    type(order).objects.update(promised_on=LAST)
    run_nights(FIRST, LAST, only="late-delivery")
    assert states() == [("2025-03-12", "closed", True)]


def a_fresh_late_order() -> Order:
    today = clock.today()
    return an_order(today - timedelta(days=20), promised_on=today - timedelta(days=15))


def look(last: date) -> None:
    run_nights(last - timedelta(days=25), last, only="late-delivery")


def test_what_shows_again_after_a_correction_waits_anew_for_somebody() -> None:
    order, today = a_fresh_late_order(), clock.today()
    look(today)
    arrival = delivered(order, arrived=today - timedelta(days=15))
    look(today)
    warning = Warning.objects.get()
    assert (warning.self_closed, warning.due_at) == (True, None)

    arrival.delete()
    look(today)
    warning.refresh_from_db()
    assert (warning.state, warning.self_closed, warning.closed_at) == ("open", False, None)
    assert warning.due_at == assign_by(clock.now())
    assert list(warning.events.values_list("action", flat=True)) == ["raised", "closed_by_data", "reopened"]


def test_what_was_suppressed_stays_silent_when_it_shows_again() -> None:
    order, today = a_fresh_late_order(), clock.today()
    look(today)
    warning = Warning.objects.get()
    suppress_warning(actor=a_supervisor(), warning_id=warning.pk, days=30, reason="Agreed with the supplier.")
    arrival = delivered(order, arrived=today - timedelta(days=15))
    look(today)
    arrival.delete()
    look(today)
    warning.refresh_from_db()
    assert (warning.state, warning.self_closed, warning.due_at) == ("suppressed", False, None)
