"""Working days, to the letter of the rule definitions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from zcy import workdays
from zcy.models import Holiday

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2026-11-23", "2026-11-23", 0),  # a day does not count from itself
        ("2026-11-23", "2026-11-24", 1),
        ("2026-11-20", "2026-11-23", 1),  # Friday to Monday
        ("2026-11-21", "2026-11-23", 1),  # a start on a day off counts from that day
        ("2026-11-19", "2026-11-22", 1),  # an end on a day off counts as the working day before
        ("2026-11-24", "2026-11-23", 0),
        ("2026-09-30", "2026-10-08", 1),  # National Day
        ("2026-02-13", "2026-02-14", 1),  # a Saturday that is worked for Spring Festival
        ("2026-02-13", "2026-02-24", 2),
        ("2040-12-31", "2041-01-02", 2),  # beyond the table: Monday to Friday
    ],
)
def test_wd(a: str, b: str, days: int):
    assert workdays.wd(date.fromisoformat(a), date.fromisoformat(b)) == days


def test_times_count_by_their_date_in_shanghai():
    monday_evening = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # already Monday there
    assert workdays.wd(monday_evening, date(2026, 11, 24)) == 1


def test_sql_says_the_same_as_python():
    with connection.cursor() as cursor:
        for a, b in [(date(2026, 1, 1), date(2026, 3, 1)), (date(2024, 5, 1), date(2027, 5, 1))]:
            cursor.execute("select " + workdays.SQL_WD.format(a="%s::date", b="%s::date"), [b, a])
            assert cursor.fetchone() == (workdays.wd(a, b),)


def test_a_time_limit_ends_on_a_working_day():
    assert workdays.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert workdays.add(date(2026, 11, 21), 0) == date(2026, 11, 21)


def test_a_day_that_somebody_gives_replaces_the_builtin_one_and_stays():
    Holiday.objects.update_or_create(
        date=date(2026, 11, 25), defaults={"kind": "holiday", "source": "market"}
    )
    workdays.rebuild()
    assert workdays.wd(date(2026, 11, 24), date(2026, 11, 26)) == 1
    workdays.load_builtin()
    assert not workdays.is_working_day(date(2026, 11, 25))


def test_a_year_that_is_not_announced_is_provisional():
    assert not workdays.is_provisional(date(2026, 5, 6))
    assert workdays.is_provisional(date(2027, 5, 6))
    assert Holiday.objects.get(date=date(2027, 10, 1)).provisional
