"""Price statistics of goods, kept up each night by the share rule of performance.md.

A group (good × tier × quantity band; 0 = all) is computed anew when lines worth 5% of it have been replaced since its
last computation (as many as entered the window, or as many as left it: the larger), at once when a line in it was
withdrawn, corrected or came late, and all of them once a week. Lines are deals of the last 90 days (local dates d with
D − 90 < d ≤ D), not cancelled by D, accessories left out.

A night reads what has moved since the night before; groups that wait carry their counts. Goods are split by their id
into SHARDS parts, each with its own mark of how far it has come, so that two workers share a night.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from catalog.kept import forget_lists
from catalog.models import PriceStatisticsMark
from catalog.pricing import statistics_sql as sql
from catalog.pricing.formulas import WINDOW_DAYS
from zcy.clock import start_of
from zcy.registries import NightContext

SHARE: Final = 0.05
FULL_EVERY_DAYS: Final = 7
SUNDAY: Final = 6
SHARDS: Final = 2
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('catalog.price_statistics'), %s)"
_OLD_TABLES: Final = "DROP TABLE IF EXISTS hit_group, touched_group, fresh_group"


def run_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `price_statistics`: the last night of the gap decides, earlier ones leave no trace."""
    mine = [shard for shard in range(SHARDS) if shard % context.shards == context.shard]
    return refresh_statistics(context.last, shards=mine)


def refresh_statistics(
    day: date, *, full: bool | None = None, shards: Collection[int] = range(SHARDS)
) -> dict[str, Any]:
    """Bring the statistics to the end of a day.

    Args:
        day: local date.
        full: compute every group; None: on Sundays, after a gap of a week, and for a day before the last one.
        shards: which parts of the goods.

    Returns:
        rows written or removed, groups that were computed, and whether it was a full computation.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor, shards)
        marks = list(PriceStatisticsMark.objects.filter(shard__in=shards))
        before = min((mark.as_of for mark in marks), default=day)
        if len(marks) < len(shards):
            full = True
        elif full is None:
            full = day.weekday() == SUNDAY or not 0 <= (day - before).days <= FULL_EVERY_DAYS
        began = _began(cursor)
        params = _params(day, shards) | {"began": began}
        cursor.execute(_OLD_TABLES)
        if full:
            cursor.execute(sql.ALL, params)
            groups = cursor.rowcount
        else:
            cursor.execute(
                sql.HIT, params | _since(before, day) | {"seen": min(mark.seen_to for mark in marks)}
            )
            cursor.execute(sql.COUNT)
            cursor.execute(sql.DUE)
            groups = cursor.rowcount
        rows = _compute(cursor, params, sql.COMPUTE_ALL if full else sql.COMPUTE_SOME)
        for shard in shards:
            PriceStatisticsMark.objects.update_or_create(
                shard=shard, defaults={"as_of": day, "seen_to": began}
            )
        return {"rows": rows, "groups": groups, "full": full}


def refresh_statistics_of(good_ids: Collection[int]) -> int:
    """Compute all groups of these goods anew as of the last night, after their deals have changed hands.

    Args:
        good_ids: a few goods.

    Returns:
        rows written or removed; 0 where no night has computed any.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        shards = sorted({good_id % SHARDS for good_id in good_ids})
        _lock(cursor, shards)
        day = PriceStatisticsMark.objects.aggregate(day=Max("as_of"))["day"]
        if day is None:
            return 0
        params = _params(day, shards) | {"goods": list(good_ids), "began": _began(cursor)}
        cursor.execute(_OLD_TABLES)
        cursor.execute(sql.OF_GOODS, params)
        rows = _compute(cursor, params, sql.COMPUTE_SOME)
        cursor.execute(_OLD_TABLES)
        return rows


def _lock(cursor: Any, shards: Iterable[int]) -> None:
    for shard in sorted(shards):
        cursor.execute(_LOCK, [shard])


def _began(cursor: Any) -> datetime:
    cursor.execute(sql.BEGAN)
    moment: datetime = cursor.fetchone()[0]
    return moment


def _compute(cursor: Any, params: dict[str, Any], compute: str) -> int:
    """Write the groups of `touched_group`; how many rows were written or removed."""
    cursor.execute("ANALYZE touched_group")
    cursor.execute(compute, params)
    cursor.execute(sql.DELETE)
    removed = cursor.rowcount
    cursor.execute(sql.WRITE, params)
    forget_lists()
    return int(cursor.rowcount + removed)


def _params(day: date, shards: Iterable[int]) -> dict[str, Any]:
    return {
        "day": day,
        "window": WINDOW_DAYS,
        "window_from": start_of(day - timedelta(days=WINDOW_DAYS - 1)),
        "share": SHARE,
        "shards": list(shards),
        "of_shards": SHARDS,
    }


def _since(before: date, day: date) -> dict[str, Any]:
    """What separates the windows of two nights, in dates and moments."""
    first, window = before + timedelta(days=1), timedelta(days=WINDOW_DAYS)
    return {
        "before": before,
        "entered_from": start_of(first),
        "entered_to": start_of(day + timedelta(days=1)),
        "left_from": start_of(first - window),
        "left_to": start_of(day + timedelta(days=1) - window),
    }
