"""Price statistics: from scratch, in two sessions of half the goods each, of ordinary days, and how far waiting drifts."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

RUNS: Final = 3
#: Ordinary days one after the other: the first after a full night is not yet what the others are.
DAYS: Final = 5
SUNDAY: Final = 6
_WAITING: Final = """
    CREATE TEMPORARY TABLE waiting AS
    SELECT good_id, tier, quantity_band, median FROM catalog_goodpricestatistics WHERE entered_lines + left_lines > 0
"""
_DRIFT: Final = """
    SELECT count(*), percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY abs(w.median / s.median - 1)::float8)
      FROM waiting w JOIN catalog_goodpricestatistics s USING (good_id, tier, quantity_band)
"""


def measure() -> dict[str, Any]:
    """Seconds of each way to compute the statistics of the last days that have deals, and what they moved."""
    from django.db.models import Count, Max

    from catalog.models import PriceObservation
    from catalog.pricing.statistics import SHARDS, refresh_statistics

    last = PriceObservation.objects.aggregate(day=Max("confirmed_on"))["day"]
    if last is None:
        return {}
    while last.weekday() == SUNDAY:  # all groups are computed anew on Sundays
        last -= timedelta(days=1)
    first = last - timedelta(days=DAYS)
    # Another day each time, or nothing would be written.
    scratch = [
        _timed(partial(refresh_statistics, first - timedelta(days=RUNS - 1 - run), full=True))
        for run in range(RUNS)
    ]
    nights = [
        _timed(partial(refresh_statistics, first + timedelta(days=number + 1), full=False))
        for number in range(DAYS)
    ]
    found = {
        "from scratch": [seconds for seconds, _moved in scratch],
        "one day": [seconds for seconds, _moved in nights],
        "groups from scratch": scratch[-1][1]["groups"],
        "groups of one day": nights[-1][1]["groups"],
    }
    drift = _drift(last)
    two = [_timed(partial(_side_by_side, last - timedelta(days=run + 1), SHARDS))[0] for run in range(RUNS)]
    return {
        **found,
        "from scratch in two sessions": two,
        **drift,
        "lines of the day": PriceObservation.objects.filter(confirmed_on=last).aggregate(n=Count("pk"))["n"],
        "lines": PriceObservation.objects.count(),
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def _side_by_side(day: date, shards: int) -> None:
    from django.db import connection

    from catalog.pricing.statistics import refresh_statistics

    def part(shard: int) -> None:
        try:
            refresh_statistics(day, full=True, shards=[shard])
        finally:
            connection.close()

    with ThreadPoolExecutor(shards) as pool:
        list(pool.map(part, range(shards)))


def _drift(day: date) -> dict[str, Any]:
    """How far the medians that wait lie from the exact ones."""
    from django.db import connection

    from catalog.pricing.statistics import refresh_statistics

    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        refresh_statistics(day, full=True)
        cursor.execute(_DRIFT)
        groups, shares = cursor.fetchone()
    typical, widest = shares or (0.0, 0.0)
    return {"waiting groups": groups, "median off, typical": typical, "median off, 99%": widest}
