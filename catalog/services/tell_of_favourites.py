"""Tell people whose favourites have become cheaper or are no longer offered: set-based, each event once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import Notice
from zcy.formats import money

# A fall by less is no news.
LEAST_FALL: Final = Decimal("0.01")
BATCH: Final = 2000
_FELL: Final = """
    WITH due AS (
        SELECT f.id, f.known_price AS before, g.lowest_price AS now
          FROM catalog_favourite f JOIN catalog_good g ON g.id = f.good_id
         WHERE g.offers > 0 AND g.state = 'active' AND g.lowest_price > 0
           AND g.lowest_price <= round(f.known_price * (1 - %s), 2)
         ORDER BY f.id LIMIT %s FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE catalog_favourite f SET known_price = due.now
      FROM due, catalog_favouritelist l, catalog_good g
     WHERE f.id = due.id AND l.id = f.list_id AND g.id = f.good_id
    RETURNING f.id, f.user_id, l.organisation_id, g.id, g.name, due.before, due.now
"""
_ENDED: Final = """
    WITH due AS (
        SELECT f.id FROM catalog_favourite f JOIN catalog_good g ON g.id = f.good_id
         WHERE f.ended_at IS NULL AND f.known_price IS NOT NULL AND (g.offers = 0 OR g.state <> 'active')
         ORDER BY f.id LIMIT %s FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE catalog_favourite f SET ended_at = clock_timestamp()
      FROM due, catalog_favouritelist l, catalog_good g
     WHERE f.id = due.id AND l.id = f.list_id AND g.id = f.good_id
    RETURNING f.id, f.user_id, l.organisation_id, g.id, g.name, f.ended_at
"""
# Offered again, or for the first time: from this price on.
_BACK: Final = """
    UPDATE catalog_favourite f SET ended_at = NULL, known_price = coalesce(f.known_price, g.lowest_price)
      FROM catalog_good g
     WHERE g.id = f.good_id AND g.offers > 0 AND g.state = 'active'
       AND (f.ended_at IS NOT NULL OR f.known_price IS NULL)
"""


def tell_of_favourites() -> int:
    """Look through all favourites.

    Returns:
        how many notices were given.
    """
    told = 0
    with connection.cursor() as cursor:
        cursor.execute(_BACK)
    steps: list[tuple[str, list[Any], str]] = [
        (_FELL, [LEAST_FALL, BATCH], "favourite_fell"),
        (_ENDED, [BATCH], "favourite_ended"),
    ]
    for statement, params, kind in steps:
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, params)
                rows = cursor.fetchall()
                Notice.objects.bulk_create(
                    [_notice(kind, *row) for row in rows], ignore_conflicts=True, batch_size=BATCH
                )
            told += len(rows)
            if len(rows) < BATCH:
                break
    return told


def _notice(
    kind: str, pk: int, user_id: int, organisation_id: int, good_id: int, name: str, *figures: Any
) -> Notice:
    data = {"good": name}
    if kind == "favourite_fell":
        before, now = figures
        data |= {"before": money(before), "now": money(now)}
        key = f"{kind}-{pk}-{now}"
    else:
        key = f"{kind}-{pk}-{figures[0]:%Y%m%d%H%M%S%f}"
    return Notice(
        user_id=user_id,
        organisation_id=organisation_id,
        kind=kind,
        data=data,
        url=f"/goods/{good_id}/",
        key=key,
    )
