"""Which goods are in which hall: set-based, for some goods or for all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Count, Min, Q

from catalog.halls.rules import condition_of, offered
from catalog.kept import forget_lists
from catalog.models import Hall, HallGood
from zcy import clock

SHARE_DAYS: Final = 90
_FILL: Final = """
    WITH wanted AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS id), fresh AS ({fresh}), gone AS (
        DELETE FROM catalog_hallgood h
         WHERE h.hall_id = ANY(%s) {among}
           AND NOT EXISTS (SELECT FROM fresh f WHERE f.hall_id = h.hall_id AND f.good_id = h.good_id)
        RETURNING 1
    ), kept AS (
        INSERT INTO catalog_hallgood AS h (hall_id, good_id, offers, lowest_price)
        SELECT hall_id, good_id, offers, lowest FROM fresh
            ON CONFLICT (hall_id, good_id) DO UPDATE
           SET offers = excluded.offers, lowest_price = excluded.lowest_price
         WHERE (h.offers, h.lowest_price) IS DISTINCT FROM (excluded.offers, excluded.lowest_price)
        RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)
"""
_NONE: Final = "SELECT NULL::bigint AS good_id, 0::bigint AS offers, NULL::numeric AS lowest WHERE false"
# Two that fill the same hall at a time would meet in its rows.
_LOCK: Final = "SELECT pg_advisory_xact_lock(7310021)"


def refresh_halls(good_ids: Collection[int] | None = None, *, halls: Collection[int] | None = None) -> int:
    """Bring the goods of halls to what the rules of admission and the listings say now.

    Args:
        good_ids: only these goods; all where None.
        halls: only these halls; all active ones where None.

    Returns:
        how many rows came, went or changed.
    """
    found = list(Hall.objects.filter(active=True).prefetch_related("rules"))
    if halls is not None:
        found = [hall for hall in found if hall.pk in halls]
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        if good_ids is None:
            changed += HallGood.objects.filter(hall__active=False).delete()[0]
        if not found or (good_ids is not None and not good_ids):
            return changed
        if good_ids is None:
            cursor.execute(_LOCK)
        params: list[Any] = [sorted(set(good_ids or ()))]
        parts = []
        for hall in found:
            sql, values = _admitted(hall, some=good_ids is not None)
            parts.append(f"SELECT {hall.pk} AS hall_id, good_id, offers, lowest FROM ({sql}) AS admitted")
            params += values
        params.append([hall.pk for hall in found])
        among = "" if good_ids is None else "AND h.good_id IN (SELECT id FROM wanted)"
        cursor.execute(_FILL.format(fresh=" UNION ALL ".join(parts), among=among), params)
        changed += int((cursor.fetchone() or [0])[0])
        if changed:
            forget_lists()
    return changed


def _admitted(hall: Hall, *, some: bool) -> tuple[str, tuple[Any, ...]]:
    """SQL of the goods that have an offer which meets all rules."""
    condition = Q()
    for rule in hall.rules.all():
        condition &= condition_of(rule.kind, rule.values)
    rows = offered().filter(condition)
    if some:
        # The goods are named once for all halls, however many they are.
        rows = rows.extra(where=['"catalog_listing"."good_id" IN (SELECT id FROM wanted)'])
    grouped = rows.order_by().values("good_id").annotate(offers=Count("id"), lowest=Min("price"))
    try:
        return grouped.query.sql_with_params()
    except EmptyResultSet:
        return _NONE, ()


# A deal counts for a hall when its good is in it and its supplier is of a size that the hall is for.
_SHARES: Final = """
    WITH deal AS (
        SELECT o.region_id, o.good_id, s.size, sum(o.unit_price * o.quantity) AS amount
          FROM catalog_priceobservation o JOIN accounts_organisation s ON s.id = o.supplier_id
         WHERE o.confirmed_at >= %(since)s AND o.confirmed_at < %(until)s AND o.withdrawn_at IS NULL
         GROUP BY o.region_id, o.good_id, s.size
    ), above AS (
        SELECT r.id AS region_id, a.id AS above_id
          FROM accounts_region r JOIN accounts_region a ON r.path LIKE a.path || '%%'
    ), total AS (
        SELECT above_id AS region_id, sum(amount) AS amount FROM deal JOIN above USING (region_id) GROUP BY 1
    ), inside AS (
        SELECT h.hall_id, a.above_id AS region_id, sum(d.amount) AS amount
          FROM deal d JOIN catalog_hallgood h ON h.good_id = d.good_id JOIN above a ON a.region_id = d.region_id
         WHERE NOT EXISTS (SELECT FROM catalog_hallrule u WHERE u.hall_id = h.hall_id AND u.kind = 'supplier_size'
                              AND NOT d.size = ANY(u.values))
         GROUP BY 1, 2
    ), fresh AS (
        SELECT h.id AS hall_id, t.region_id, round(coalesce(i.amount, 0), 2) AS amount, round(t.amount, 2) AS total
          FROM total t CROSS JOIN catalog_hall h
          LEFT JOIN inside i ON i.hall_id = h.id AND i.region_id = t.region_id
         WHERE h.active
    ), gone AS (
        DELETE FROM catalog_hallshare s WHERE NOT EXISTS (
            SELECT FROM fresh f WHERE f.hall_id = s.hall_id AND f.region_id = s.region_id)
    )
    INSERT INTO catalog_hallshare AS s (hall_id, region_id, amount, total, as_of)
    SELECT hall_id, region_id, amount, total, %(night)s FROM fresh
        ON CONFLICT (hall_id, region_id) DO UPDATE
       SET amount = excluded.amount, total = excluded.total, as_of = excluded.as_of
"""


def refresh_shares(night: date) -> int:
    """How much of what each region bought in the 90 days that end with a night went to each hall; rows written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _SHARES,
            {
                "night": night,
                "since": clock.end_of(night - timedelta(days=SHARE_DAYS)),
                "until": clock.end_of(night),
            },
        )
        return int(cursor.rowcount)
