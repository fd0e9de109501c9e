"""Nights that are computed anew after the data were corrected: what was wrong closes, what is so is there at once."""

from __future__ import annotations

from datetime import date

import pytest

from supervision.models import Warning
from tests.supervision.history import an_order, delivered, run_nights, seen

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
