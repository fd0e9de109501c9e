"""The statements of the nightly price statistics: what has moved, which groups are due, what they come to.

A group is good × tier × quantity band (0 = all). Parameters: `day`, `window` (days), `share`, `shards` (the remainders of
the good's id that are computed) of `of_shards`; for the difference to the last night also `before` (its date), `seen`
(the moment before which changes were counted then), and the ends of days as moments.
"""

from __future__ import annotations

from typing import Final

#: A line counts from its own moment on until it is withdrawn; accessories and gifts never do.
_COUNTS: Final = """
           AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
           AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)
           AND NOT o.accessory AND o.unit_price > 0
"""
_GROUPS: Final = """
     CROSS JOIN LATERAL (VALUES (0), (o.tier)) AS t(tier)
     CROSS JOIN LATERAL (VALUES (0), (o.quantity_band)) AS b(band)
"""

#: The groups that lines have entered or left since the last night, and whether they wait for more.
HIT: Final = f"""
    CREATE TEMPORARY TABLE hit_group ON COMMIT DROP AS
    WITH moved AS (
        SELECT good_id, tier, quantity_band, confirmed_on, withdrawn_at, touched_at,
               NOT accessory AND unit_price > 0 AS priced
          FROM catalog_priceobservation
         WHERE good_id %% %(of_shards)s = ANY(%(shards)s)
           AND (touched_at > %(seen)s
                OR NOT accessory AND unit_price > 0
               AND ((confirmed_at >= %(entered_from)s AND confirmed_at < %(entered_to)s)
                 OR (confirmed_at >= %(left_from)s AND confirmed_at < %(left_to)s)
                 OR (withdrawn_at >= %(entered_from)s AND withdrawn_at < %(entered_to)s)))
    ), counted AS (
        SELECT o.good_id, t.tier, b.band AS quantity_band, s.n, s.entered_lines, s.left_lines,
               count(*) FILTER (WHERE s.n IS NOT NULL AND o.confirmed_on > s.as_of AND o.confirmed_on <= %(day)s
                                  AND (o.confirmed_on > %(before)s OR o.touched_at > %(seen)s)) AS entered,
               count(*) FILTER (WHERE s.n IS NOT NULL AND o.confirmed_on > s.as_of - %(window)s
                                  AND o.confirmed_on > %(before)s - %(window)s
                                  AND o.confirmed_on <= %(day)s - %(window)s) AS "left",
               coalesce(bool_or(
                   -- A group that is not known yet.
                   s.n IS NULL AND o.priced AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
                   -- What was withdrawn, came late or was corrected counts at once, whatever its share.
                OR s.n IS NOT NULL AND o.confirmed_on > %(day)s - %(window)s
               AND ((o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > s.as_of
                    OR o.touched_at > s.computed_at AND o.confirmed_on <= s.as_of)), false) AS at_once
          FROM moved o {_GROUPS}
          LEFT JOIN catalog_goodpricestatistics s
            ON s.good_id = o.good_id AND s.tier = t.tier AND s.quantity_band = b.band
         GROUP BY 1, 2, 3, 4, 5, 6
    )
    SELECT good_id, tier, quantity_band, entered, "left",
           at_once OR greatest(entered_lines + entered, left_lines + "left") >= %(share)s * n AS due
      FROM counted WHERE at_once OR entered > 0 OR "left" > 0
"""
#: What waits keeps its count, so that no night has to look further back than to the one before.
COUNT: Final = """
    UPDATE catalog_goodpricestatistics s
       SET entered_lines = s.entered_lines + h.entered, left_lines = s.left_lines + h."left"
      FROM hit_group h
     WHERE NOT h.due AND s.good_id = h.good_id AND s.tier = h.tier AND s.quantity_band = h.quantity_band
"""
DUE: Final = """
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    SELECT good_id, tier, quantity_band FROM hit_group WHERE due
"""
ALL: Final = f"""
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    SELECT DISTINCT o.good_id, t.tier, b.band AS quantity_band
      FROM catalog_priceobservation o {_GROUPS}
     WHERE o.good_id %% %(of_shards)s = ANY(%(shards)s)
       AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
    UNION
    SELECT good_id, tier, quantity_band FROM catalog_goodpricestatistics
     WHERE good_id %% %(of_shards)s = ANY(%(shards)s)
"""
#: Every group of some goods, those included that have no deals any more.
OF_GOODS: Final = f"""
    CREATE TEMPORARY TABLE touched_group ON COMMIT DROP AS
    SELECT DISTINCT o.good_id, t.tier, b.band AS quantity_band
      FROM catalog_priceobservation o {_GROUPS}
     WHERE o.good_id = ANY(%(goods)s) AND o.confirmed_on > %(day)s - %(window)s AND o.confirmed_on <= %(day)s
    UNION
    SELECT good_id, tier, quantity_band FROM catalog_goodpricestatistics WHERE good_id = ANY(%(goods)s)
"""

# Quantiles and the array side by side in one pass; the MAD from the array, and only where n ≥ 5.
_FIGURES: Final = """
               count(*) AS n, count(DISTINCT supplier_id) AS suppliers,
               percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY unit_price::double precision) AS q,
               min(unit_price) AS lowest, max(unit_price) AS highest,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS middle, array_agg(x) AS xs
"""
_ROUNDED: Final = """
    SELECT good_id, tier, quantity_band, n, suppliers, round(q[2]::numeric, 2) AS median, round(q[1]::numeric, 2) AS p10,
           round(q[3]::numeric, 2) AS p90, lowest, highest,
           CASE WHEN n >= 5 THEN (
               SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(x - middle)) FROM unnest(xs) AS x
           ) END AS mad
      FROM quantile
"""
#: All groups side by side, from one reading of the window.
COMPUTE_ALL: Final = f"""
    CREATE TEMPORARY TABLE fresh_group ON COMMIT DROP AS
    WITH quantile AS (
        SELECT good_id, coalesce(tier, 0) AS tier, coalesce(quantity_band, 0) AS quantity_band, {_FIGURES}
          FROM catalog_priceobservation o
         WHERE good_id %% %(of_shards)s = ANY(%(shards)s) AND o.confirmed_at >= %(window_from)s {_COUNTS}
         GROUP BY GROUPING SETS ((good_id), (good_id, tier), (good_id, quantity_band), (good_id, tier, quantity_band))
    ) {_ROUNDED}
"""
#: Some groups: a line is read for those it belongs to, not for every group of its good.
COMPUTE_SOME: Final = f"""
    CREATE TEMPORARY TABLE fresh_group ON COMMIT DROP AS
    WITH quantile AS (
        SELECT g.good_id, g.tier, g.quantity_band, {_FIGURES}
          FROM touched_group g
          JOIN catalog_priceobservation o
            ON o.good_id = g.good_id AND (g.tier = 0 OR g.tier = o.tier)
           AND (g.quantity_band = 0 OR g.quantity_band = o.quantity_band)
         WHERE o.confirmed_at >= %(window_from)s {_COUNTS}
         GROUP BY 1, 2, 3
    ) {_ROUNDED}
"""
DELETE: Final = """
    DELETE FROM catalog_goodpricestatistics s USING touched_group t
     WHERE s.good_id = t.good_id AND s.tier = t.tier AND s.quantity_band = t.quantity_band
       AND NOT EXISTS (SELECT FROM fresh_group f WHERE f.good_id = s.good_id AND f.tier = s.tier
                                                  AND f.quantity_band = s.quantity_band)
"""
WRITE: Final = """
    INSERT INTO catalog_goodpricestatistics AS s
        (good_id, tier, quantity_band, window_days, n, suppliers, median, p10, p90, lowest, highest, mad,
         entered_lines, left_lines, as_of, computed_at)
    SELECT good_id, tier, quantity_band, %(window)s, n, suppliers, median, p10, p90, lowest, highest, mad, 0, 0, %(day)s,
           %(began)s
      FROM fresh_group ORDER BY good_id, tier, quantity_band
        ON CONFLICT (good_id, tier, quantity_band) DO UPDATE
       SET window_days = excluded.window_days, n = excluded.n, suppliers = excluded.suppliers,
           median = excluded.median, p10 = excluded.p10, p90 = excluded.p90, lowest = excluded.lowest,
           highest = excluded.highest, mad = excluded.mad, entered_lines = 0, left_lines = 0, as_of = excluded.as_of,
           computed_at = excluded.computed_at
     WHERE (s.window_days, s.n, s.suppliers, s.median, s.p10, s.p90, s.lowest, s.highest, s.mad, s.as_of,
            s.entered_lines, s.left_lines)
           IS DISTINCT FROM (excluded.window_days, excluded.n, excluded.suppliers, excluded.median, excluded.p10,
                             excluded.p90, excluded.lowest, excluded.highest, excluded.mad, excluded.as_of, 0, 0)
"""
#: Before anything is read, and before any writer that has not ended yet began: what is written from there on is found
#: the next time. Our own transaction is not waited for.
BEGAN: Final = """
    SELECT least(clock_timestamp(), (SELECT min(xact_start) FROM pg_stat_activity
                                      WHERE datname = current_database() AND pid <> pg_backend_pid()
                                        AND backend_xid IS NOT NULL))
"""
