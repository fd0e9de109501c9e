"""Price statistics: from scratch, of one ordinary day, and twice at once by halves of the goods where that is offered."""

from __future__ import annotations

import resource
import time
from datetime import timedelta
from typing import Any, Final

RUNS: Final = 3


def measure() -> dict[str, Any]:
    """Seconds of each way to compute the statistics of the last day that has deals, and what they moved."""
    from django.db.models import Count, Max

    from catalog.models import PriceObservation
    from catalog.pricing.statistics import refresh_statistics

    last = PriceObservation.objects.aggregate(day=Max("confirmed_on"))["day"]
    if last is None:
        return {}
    while last.weekday() == 6:  # all groups are computed anew on Sundays
        last -= timedelta(days=1)
    scratch, daily, moved = [], [], {}
    for _run in range(RUNS):
        began = time.perf_counter()
        moved = refresh_statistics(last - timedelta(days=1), full=True)
        scratch.append(time.perf_counter() - began)
        began = time.perf_counter()
        day = refresh_statistics(last, full=False)
        daily.append(time.perf_counter() - began)
    lines = (
        PriceObservation.objects.filter(confirmed_on=last).aggregate(n=Count("pk"))["n"],
        PriceObservation.objects.count(),
    )
    return {
        "from scratch": scratch,
        "one day": daily,
        "groups from scratch": moved["groups"],
        "groups of one day": day["groups"],
        "lines of the day": lines[0],
        "lines": lines[1],
        "memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
