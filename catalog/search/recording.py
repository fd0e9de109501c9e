"""What was searched for, kept beside the page: pages write nothing to the database, a task does every minute.

A search waits in the cache until then. While the cache is away nothing is kept, and nobody notices.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, transaction

from catalog import segmentation
from catalog.models.searching import LONGEST_QUERY
from zcy import clock

KEY: Final = "catalog:searches"
MOST_WAITING: Final = 50_000
BATCH: Final = 5_000
# Of one person.
MOST_KEPT: Final = 200
# Counts of searches without hits are of use for half a year.
KEPT_DAYS: Final = 180
_HISTORY: Final = """
    INSERT INTO catalog_searchhistory AS h (user_id, query, key, at, times)
    SELECT user_id, (array_agg(query ORDER BY at DESC))[1], key, max(at), count(*)
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) AS s(user_id, query, key, at)
     WHERE EXISTS (SELECT FROM accounts_user u WHERE u.id = s.user_id)
       AND NOT EXISTS (SELECT FROM catalog_searchpreference p WHERE p.user_id = s.user_id AND NOT p.keep_history)
     GROUP BY user_id, key ORDER BY user_id, key
        ON CONFLICT (user_id, key) DO UPDATE
       SET query = excluded.query, at = greatest(h.at, excluded.at), times = h.times + excluded.times
"""
_TRIM: Final = """
    DELETE FROM catalog_searchhistory h USING (
        SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY at DESC, id DESC) AS place
          FROM catalog_searchhistory WHERE user_id = ANY(%s)
    ) AS placed WHERE placed.id = h.id AND placed.place > %s
"""
_EMPTY: Final = """
    INSERT INTO catalog_emptysearch AS e (key, day, times)
    SELECT key, day, count(*) FROM unnest(%s::text[], %s::date[]) AS s(key, day) GROUP BY key, day ORDER BY key, day
        ON CONFLICT (key, day) DO UPDATE SET times = e.times + excluded.times
"""


def record_search(q: str, *, user_id: int | None, found: bool) -> None:
    """Note a search; without hits it is counted, without the person."""
    if not q or (user_id is None and found):
        return
    noted = {"q": q[:LONGEST_QUERY], "u": user_id, "n": found, "t": clock.now().timestamp()}
    cache.push(KEY, json.dumps(noted).encode(), most=MOST_WAITING)  # type: ignore[attr-defined]


def search_key(q: str) -> str:
    """The same words in any order and spelling of units: demands and counts of one thing stand together."""
    return " ".join(sorted(segmentation.query_words(q)))[:LONGEST_QUERY]


def keep_searches() -> int:
    """Write what waits.

    Returns:
        how many searches were written.
    """
    written = 0
    while waiting := cache.drain(KEY, BATCH):  # type: ignore[attr-defined]
        _write([json.loads(noted) for noted in waiting])
        written += len(waiting)
    return written


def _write(noted: list[dict[str, Any]]) -> None:
    own = [(one, segmentation.normalise(one["q"])[:LONGEST_QUERY]) for one in noted if one["u"] is not None]
    empty = [(search_key(one["q"]), clock.local_date(_at(one))) for one in noted if not one["n"]]
    empty = [(key, day) for key, day in empty if key]
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            columns = [(one["u"], one["q"], key, _at(one)) for one, key in own if key]
            people, queries, keys, times = (
                map(list, zip(*columns, strict=True)) if columns else ([], [], [], [])
            )
            cursor.execute(_HISTORY, [people, queries, keys, times])
            cursor.execute(_TRIM, [sorted(set(people)), MOST_KEPT])
        if empty:
            cursor.execute(_EMPTY, [list(column) for column in zip(*empty, strict=True)])


def _at(noted: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(noted["t"], tz=clock.SHANGHAI)


def forget_old_counts() -> int:
    """Drop counts of searches without hits that are older than half a year."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalog_emptysearch WHERE day < %s::date - %s::int", [clock.today(), KEPT_DAYS]
        )
        return int(cursor.rowcount)
