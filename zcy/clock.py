"""The platform's clock: aware times, and local dates of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from django.utils import timezone as django_timezone

# China has had no summer time since 1991, so a fixed offset is exact for every date the platform meets.
SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


def now() -> datetime:
    """The current aware time (UTC); patched as a whole by time-travelling tests."""
    return django_timezone.now()


def today() -> date:
    """The local date in Asia/Shanghai."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The date that an aware time has in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The first moment of a local date, as an aware time."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after a local date: `x < end_of(d)` means "on or before d"."""
    return start_of(day + timedelta(days=1))
