"""Price statistics of goods, kept up each night by the share rule of performance.md.

A group (good × tier × quantity band; 0 = all) is computed anew when 5% of its lines have entered or left the window
since its last computation, at once when a line in it was withdrawn, and all of them once a week. Lines are deals of
the last 90 days (local dates d with D − 90 < d ≤ D), not cancelled by D, accessories left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from catalog.kept import forget_lists
from catalog.pricing.formulas import WINDOW_DAYS
from zcy.registries import NightContext

SHARE: Final = 0.05
FULL_EVERY_DAYS: Final = 7
SUNDAY: Final = 6

# Groups that need it: new ones, and those whose changes since their own last computation reach the share.
_TOUCHED: Final = """
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    WITH moved AS (
        SELECT good_id, tier, quantity_band, confirmed_on, withdrawn_at, touched_at
          FROM catalog_priceobservation
         WHERE touched_at > (SELECT min(computed_at) FROM catalog_goodpricestatistics)
            OR NOT accessory AND unit_price > 0 AND ((confirmed_at >= %(recent)s AND confirmed_on <= %(day)s)
                OR (confirmed_at >= %(old)s AND confirmed_at < %(old_end)s)
                OR withdrawn_at >= %(recent)s)
    ), counted AS (
        SELECT m.good_id, t.tier, b.band AS quantity_band, s.n, s.as_of,
               count(*) FILTER (WHERE s.as_of IS NULL OR (m.confirmed_on > s.as_of AND m.confirmed_on <= %(day)s)
                                OR (m.confirmed_on > s.as_of - %(window)s AND m.confirmed_on <= %(day)s - %(window)s))
                   AS changed,
               bool_or(s.as_of IS NOT NULL AND m.withdrawn_at IS NOT NULL
                       AND (m.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > s.as_of
                       AND m.confirmed_on > %(day)s - %(window)s)
               -- What came late or was corrected counts at once, whatever its share.
               OR bool_or(s.as_of IS NOT NULL AND m.touched_at > s.computed_at AND m.confirmed_on <= s.as_of
                          AND m.confirmed_on > %(day)s - %(window)s) AS withdrawn
          FROM moved m
         CROSS JOIN LATERAL (VALUES (0), (m.tier)) AS t(tier)
         CROSS JOIN LATERAL (VALUES (0), (m.quantity_band)) AS b(band)
          LEFT JOIN catalog_goodpricestatistics s
            ON s.good_id = m.good_id AND s.tier = t.tier AND s.quantity_band = b.band
         GROUP BY 1, 2, 3, 4, 5
    )
    SELECT good_id, tier, quantity_band FROM counted
     WHERE withdrawn OR (changed > 0 AND (as_of IS NULL OR changed >= %(share)s * n))
"""
_ALL: Final = """
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    SELECT DISTINCT o.good_id, t.tier, b.band AS quantity_band
      FROM catalog_priceobservation o
     CROSS JOIN LATERAL (VALUES (0), (o.tier)) AS t(tier)
     CROSS JOIN LATERAL (VALUES (0), (o.quantity_band)) AS b(band)
     WHERE o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
    UNION
    SELECT good_id, tier, quantity_band FROM catalog_goodpricestatistics
"""
# Every group of some goods, those included that have no deals any more.
_OF_GOODS: Final = """
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    SELECT DISTINCT o.good_id, t.tier, b.band AS quantity_band
      FROM catalog_priceobservation o
     CROSS JOIN LATERAL (VALUES (0), (o.tier)) AS t(tier)
     CROSS JOIN LATERAL (VALUES (0), (o.quantity_band)) AS b(band)
     WHERE o.good_id = ANY(%(goods)s) AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
    UNION
    SELECT good_id, tier, quantity_band FROM catalog_goodpricestatistics WHERE good_id = ANY(%(goods)s)
"""
# Quantiles and the array side by side in one pass; the MAD from the array, and only where n ≥ 5.
_COMPUTE: Final = """
    CREATE TEMPORARY TABLE fresh_group ON COMMIT DROP AS
    WITH line AS (
        SELECT o.good_id, o.tier, o.quantity_band, o.unit_price, o.x, o.supplier_id
          FROM catalog_priceobservation o
         WHERE o.good_id IN (SELECT good_id FROM touched_group)
           AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
           AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)
           AND NOT o.accessory AND o.unit_price > 0
    ), quantile AS (
        SELECT good_id, coalesce(tier, 0) AS tier, coalesce(quantity_band, 0) AS quantity_band, count(*) AS n,
               count(DISTINCT supplier_id) AS suppliers,
               percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY unit_price::double precision) AS q,
               min(unit_price) AS lowest, max(unit_price) AS highest,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS middle, array_agg(x) AS xs
          FROM line
         GROUP BY GROUPING SETS ((good_id), (good_id, tier), (good_id, quantity_band), (good_id, tier, quantity_band))
    )
    SELECT q.good_id, q.tier, q.quantity_band, q.n, q.suppliers, round(q.q[2]::numeric, 2) AS median,
           round(q.q[1]::numeric, 2) AS p10, round(q.q[3]::numeric, 2) AS p90, q.lowest, q.highest,
           CASE WHEN q.n >= 5 THEN (
               SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(x - q.middle)) FROM unnest(q.xs) AS x
           ) END AS mad
      FROM quantile q JOIN touched_group t USING (good_id, tier, quantity_band)
"""
_DELETE: Final = """
    DELETE FROM catalog_goodpricestatistics s USING touched_group t
     WHERE s.good_id = t.good_id AND s.tier = t.tier AND s.quantity_band = t.quantity_band
       AND NOT EXISTS (SELECT FROM fresh_group f WHERE f.good_id = s.good_id AND f.tier = s.tier
                                                  AND f.quantity_band = s.quantity_band)
"""
_WRITE: Final = """
    INSERT INTO catalog_goodpricestatistics AS s
        (good_id, tier, quantity_band, window_days, n, suppliers, median, p10, p90, lowest, highest, mad,
         changed_lines, as_of, computed_at)
    SELECT good_id, tier, quantity_band, %(window)s, n, suppliers, median, p10, p90, lowest, highest, mad, 0, %(day)s,
           %(began)s
      FROM fresh_group ORDER BY good_id, tier, quantity_band
        ON CONFLICT (good_id, tier, quantity_band) DO UPDATE
       SET window_days = excluded.window_days, n = excluded.n, suppliers = excluded.suppliers,
           median = excluded.median, p10 = excluded.p10, p90 = excluded.p90, lowest = excluded.lowest,
           highest = excluded.highest, mad = excluded.mad, changed_lines = 0, as_of = excluded.as_of,
           computed_at = excluded.computed_at
     WHERE (s.window_days, s.n, s.suppliers, s.median, s.p10, s.p90, s.lowest, s.highest, s.mad, s.as_of)
           IS DISTINCT FROM (excluded.window_days, excluded.n, excluded.suppliers, excluded.median, excluded.p10,
                             excluded.p90, excluded.lowest, excluded.highest, excluded.mad, excluded.as_of)
"""


def run_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `price_statistics`: the last night of the gap decides, earlier ones leave no trace."""
    return refresh_statistics(context.last)


def refresh_statistics(day: date, *, full: bool | None = None) -> dict[str, Any]:
    """Bring the statistics to the end of a day.

    Args:
        day: local date.
        full: compute every group; None: on Sundays, after a gap of a week, and for a day before the last one.

    Returns:
        rows written or removed, groups that were computed, and whether it was a full computation.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.price_statistics'))")
        if full is None:
            full = _needs_full(cursor, day)
        params = _params(day) | {"began": _now(cursor)}
        cursor.execute("DROP TABLE IF EXISTS touched_group, fresh_group")
        cursor.execute(_ALL if full else _TOUCHED, params)
        groups = cursor.rowcount
        cursor.execute("ANALYZE touched_group")
        cursor.execute(_COMPUTE, params)
        cursor.execute(_DELETE)
        removed = cursor.rowcount
        cursor.execute(_WRITE, params)
        forget_lists()
        return {"rows": cursor.rowcount + removed, "groups": groups, "full": full}


def refresh_statistics_of(good_ids: Collection[int], day: date) -> int:
    """Compute all groups of these goods anew as of a day, after their deals have changed hands.

    Args:
        good_ids: a few goods.
        day: local date.

    Returns:
        rows written or removed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.price_statistics'))")
        params = _params(day) | {"goods": list(good_ids), "began": _now(cursor)}
        cursor.execute("DROP TABLE IF EXISTS touched_group, fresh_group")
        cursor.execute(_OF_GOODS, params)
        cursor.execute(_COMPUTE, params)
        cursor.execute(_DELETE)
        removed = cursor.rowcount
        cursor.execute(_WRITE, params)
        written = cursor.rowcount
        cursor.execute("DROP TABLE touched_group, fresh_group")
        forget_lists()
        return int(written + removed)


def _now(cursor: Any) -> datetime:
    """Before anything is read: what is written from here on is found touched the next time."""
    cursor.execute("SELECT clock_timestamp()")
    moment: datetime = cursor.fetchone()[0]
    return moment


def _needs_full(cursor: Any, day: date) -> bool:
    cursor.execute("SELECT min(as_of), max(as_of) FROM catalog_goodpricestatistics")
    oldest, latest = cursor.fetchone()
    if oldest is None or day.weekday() == SUNDAY:
        return True
    return bool(latest > day or (day - oldest).days > FULL_EVERY_DAYS)


def _params(day: date) -> dict[str, Any]:
    from zcy.clock import start_of

    first_old = day - timedelta(days=WINDOW_DAYS + FULL_EVERY_DAYS)
    return {
        "day": day,
        "window": WINDOW_DAYS,
        "share": SHARE,
        "recent": start_of(day - timedelta(days=FULL_EVERY_DAYS)),
        "old": start_of(first_old),
        "old_end": start_of(day - timedelta(days=WINDOW_DAYS - 1)),
    }
