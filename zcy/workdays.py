"""Working days in China: Monday to Friday, but for days off and make-up days that the State Council announces.

The special days stand in `Holiday`: first the built-in calendar, corrected by people and by imports. `Workday` holds
every date with a running count, so that Python and SQL compute wd(a, b) by one subtraction.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, transaction

from zcy import clock
from zcy.models import DayKind, Holiday, Workday

FIRST: Final = date(2010, 1, 1)
LAST: Final = date(2040, 12, 31)
# SQL of wd(a, b) for two expressions of type date; NULL where either is NULL. Zero or less: b is not after a.
SQL_WD: Final = (
    "((select cumulative from zcy_workday where date = ({b}))"
    " - (select cumulative from zcy_workday where date = ({a})))"
)
VERSION_KEY: Final = "workdays.version"
LOOK_EVERY: Final = 5.0
REBUILD_LOCK: Final = 7_310_002


def wd(a: date | datetime, b: date | datetime) -> int:
    """The number of working days d with date(a) < d ≤ date(b); 0 where b is not after a.

    Source: rule-definitions, "Working days". Times count by their date in Asia/Shanghai.
    """
    start, end = _local(a), _local(b)
    return max(0, _calendar().count(end) - _calendar().count(start)) if end > start else 0


def is_working_day(day: date) -> bool:
    """Whether people work on this date."""
    return _calendar().count(day) > _calendar().count(day - timedelta(days=1))


def add(start: date | datetime, days: int) -> date:
    """The date on which `days` working days after `start` have passed: the last day of a time limit.

    Raises:
        ValueError: the limit is negative or reaches beyond the calendar.
    """
    if days < 0:
        raise ValueError(f"a time limit of {days} working days")
    day = _local(start)
    return day if days == 0 else _calendar().date_of(_calendar().count(day) + days)


def is_provisional(day: date) -> bool:
    """Whether the year's days off are not announced yet: a deadline on this date may still move."""
    return day.year > last_announced_year() and day.year not in _calendar().confirmed_years


def _china(first_year: int = FIRST.year, last_year: int = LAST.year) -> Any:
    """The built-in calendar; loaded when first needed, for it costs every process a tenth of a second."""
    from holidays.countries.china import China

    # Named as the State Council's notices name them, whatever the language of the process.
    return China(years=range(first_year, last_year + 1), language="zh_CN")  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def last_announced_year() -> int:
    """The last year whose make-up days the built-in calendar knows."""
    return int(max(day.year for day in _china().weekend_workdays))


def load_builtin(first_year: int | None = None, last_year: int | None = None) -> int:
    """Write the built-in calendar of some years into the table; days from elsewhere stay as they are.

    Returns:
        How many special days were added or changed.
    """
    years = range(first_year or FIRST.year, (last_year or LAST.year) + 1)
    days = _china(years[0], years[-1])
    wanted: dict[date, tuple[str, str]] = {}
    for day, name in days.items():
        wanted[day] = (DayKind.HOLIDAY, name)
    for day in days.weekend_workdays:
        if day.year in years:
            wanted[day] = (DayKind.WORKDAY, "")
    announced = last_announced_year()
    with transaction.atomic():
        present = {
            h.date: h for h in Holiday.objects.filter(date__year__gte=years[0], date__year__lte=years[-1])
        }
        changed = 0
        for day, (kind, name) in wanted.items():
            known = present.pop(day, None)
            provisional = day.year > announced
            if known is None:
                Holiday.objects.create(date=day, kind=kind, name=name[:60], provisional=provisional)
            elif known.source == "builtin" and (known.kind, known.provisional) != (kind, provisional):
                known.kind, known.name, known.provisional = kind, name[:60], provisional
                known.save()
            else:
                continue
            changed += 1
        gone = [holiday.pk for holiday in present.values() if holiday.source == "builtin"]
        Holiday.objects.filter(pk__in=gone).delete()
        if changed or gone or not Workday.objects.exists():
            rebuild()
    return changed + len(gone)


def rebuild() -> None:
    """Compute the running count anew; to be called in the transaction that has changed the special days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [REBUILD_LOCK])
        cursor.execute(
            """
            insert into zcy_workday (date, working, cumulative)
            select day, working, sum(working::int) over (order by day) from (
                select day::date as day, coalesce(
                    case holiday.kind when 'workday' then true when 'holiday' then false end, extract(isodow from day) < 6
                ) as working
                from generate_series(%s::date, %s::date, '1 day') as day
                left join zcy_holiday holiday on holiday.date = day::date
            ) as days
            on conflict (date) do update set working = excluded.working, cumulative = excluded.cumulative
            where (zcy_workday.working, zcy_workday.cumulative) is distinct from (excluded.working, excluded.cumulative)
            """,
            [FIRST, LAST],
        )
    _remembered.forget()
    transaction.on_commit(_announce)


def load_after_migrate(**_signal: Any) -> None:
    """Fill the table after the first migrate, and add what a newer built-in calendar brings."""
    if {Holiday._meta.db_table, Workday._meta.db_table} <= set(connection.introspection.table_names()):
        load_builtin()


@dataclass(frozen=True)
class _Calendar:
    """The running count as a list by day, from FIRST on."""

    counts: list[int]
    confirmed_years: frozenset[int]

    def count(self, day: date) -> int:
        """Working days from FIRST up to and including the day; beyond the table plainly Monday to Friday."""
        index = (day - FIRST).days
        if 0 <= index < len(self.counts):
            return self.counts[index]
        if index < 0 or not self.counts:
            return _weekdays(day) - _weekdays(FIRST - timedelta(days=1))
        return self.counts[-1] + _weekdays(day) - _weekdays(FIRST + timedelta(days=len(self.counts) - 1))

    def date_of(self, count: int) -> date:
        """The first date with this running count."""
        index = bisect_left(self.counts, count)
        if index == len(self.counts):
            raise ValueError(f"the calendar ends on {LAST}")
        return FIRST + timedelta(days=index)


def _weekdays(day: date) -> int:
    """Mondays to Fridays since the beginning of the calendar of dates (day 1 is a Monday)."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


class _Remembered:
    """The process's copy of the table; looks every few seconds whether somebody has changed it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calendar: _Calendar | None = None
        self._version: Any = None
        self._looked = 0.0

    def calendar(self) -> _Calendar:
        with self._lock:
            if self._calendar is None or time.monotonic() - self._looked > LOOK_EVERY:
                version = cache.get(VERSION_KEY)
                if self._calendar is None or version != self._version:
                    self._calendar, self._version = _read(), version
                self._looked = time.monotonic()
            return self._calendar

    def forget(self) -> None:
        with self._lock:
            self._calendar = None


def _read() -> _Calendar:
    counts = list(Workday.objects.order_by("date").values_list("cumulative", flat=True))
    years = Holiday.objects.exclude(source="builtin").filter(provisional=False).dates("date", "year")
    return _Calendar(counts, frozenset(day.year for day in years))


_remembered = _Remembered()


def _calendar() -> _Calendar:
    return _remembered.calendar()


def _announce() -> None:
    _remembered.forget()
    cache.set(VERSION_KEY, clock.now().isoformat(), None)


def _local(moment: date | datetime) -> date:
    return clock.local_date(moment) if isinstance(moment, datetime) else moment
