"""The levels of goods that traded, computed again on ordinary nights, with what was learned last."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from catalog.pricing import level_sql as sql
from catalog.pricing.likeness import Likeness
from catalog.pricing.statistics import SHARE

# Goods whose year gained or lost the share of its lines since their own last computation, or lost one by withdrawal,
# and those that have no level yet.
_TOUCHED: Final = """
    CREATE TEMPORARY TABLE price_touched ON COMMIT DROP AS
    WITH moved AS (
        SELECT o.good_id, coalesce(l.n, 0) AS n,
               count(*) FILTER (WHERE o.confirmed_on > coalesce(l.as_of, %(never)s)) AS entered,
               bool_or(o.withdrawn_at IS NOT NULL
                       AND (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > l.as_of) AS withdrawn
          FROM catalog_priceobservation o LEFT JOIN catalog_pricelevel l ON l.good_id = o.good_id
         WHERE NOT o.accessory AND o.x IS NOT NULL AND o.confirmed_on <= %(day)s
           AND (o.confirmed_at >= %(recent)s OR o.withdrawn_at >= %(recent)s)
         GROUP BY 1, 2
    )
    SELECT good_id FROM moved WHERE withdrawn OR entered > 0 AND entered >= %(share)s * n
"""
_CHOSEN: Final = (
    "CREATE TEMPORARY TABLE price_touched ON COMMIT DROP AS SELECT unnest(%(ids)s::bigint[]) AS good_id"
)
_LINES: Final = sql.LINES.replace(
    "WHERE o.confirmed_on", "WHERE o.good_id IN (SELECT good_id FROM price_touched) AND o.confirmed_on", 1
)
_PARAMETERS: Final = """
    INSERT INTO price_parameter
    SELECT c.id, coalesce(m.quantity_slope, a.quantity_slope), coalesce(m.drift, a.drift), coalesce(m.within, a.within),
           coalesce(m.half_life, a.half_life), %(day)s
      FROM catalog_category c CROSS JOIN (SELECT * FROM catalog_pricemodel WHERE category_id IS NULL) AS a
      LEFT JOIN catalog_pricemodel m ON m.category_id = c.id
     WHERE c.id IN (SELECT category_id FROM price_line)
"""
_TIERS: Final = """
    INSERT INTO price_tier
    SELECT m.category_id, t.key::integer, t.value::double precision
      FROM catalog_pricemodel m, jsonb_each_text(m.tiers) AS t WHERE m.category_id IS NOT NULL
"""
_REGIONS: Final = """
    INSERT INTO price_region
    SELECT r.key::bigint, r.value::double precision
      FROM catalog_pricemodel m, jsonb_each_text(m.regions) AS r WHERE m.category_id IS NULL
"""
_UPDATE: Final = """
    UPDATE catalog_pricelevel l
       SET as_of = %(day)s, n = coalesce(o.n, 0), recent = coalesce(o.recent, 0), suppliers = coalesce(o.suppliers, 0),
           recent_suppliers = coalesce(o.recent_suppliers, 0),
           own = CASE p.half_life WHEN 30 THEN o.h30 WHEN 90 THEN o.h90 ELSE o.h365 END, own_spread = o.own_spread,
           weight = coalesce(CASE p.half_life WHEN 30 THEN o.n30 WHEN 90 THEN o.n90 ELSE o.n365 END, 0),
           usual_quantity = o.usual_quantity
      FROM price_touched t LEFT JOIN price_own o ON o.good_id = t.good_id
      LEFT JOIN price_parameter p ON p.category_id = o.category_id
     WHERE l.good_id = t.good_id
"""
_NEW: Final = """
    SELECT g.id, g.category_id, g.brand_id, g.spec FROM catalog_good g
     WHERE NOT EXISTS (SELECT FROM catalog_pricelevel l WHERE l.good_id = g.id)
       AND (%(ids)s::bigint[] IS NULL OR g.id = ANY(%(ids)s::bigint[]))
       AND EXISTS (SELECT FROM catalog_pricemodel m WHERE m.category_id = g.category_id)
     ORDER BY g.id
"""
_ADD: Final = """
    INSERT INTO catalog_pricelevel
        (good_id, category_id, as_of, n, recent, suppliers, recent_suppliers, weight, prior, prior_spread, equivalents)
    VALUES (%s, %s, %s, 0, 0, 0, 0, 0, %s, %s, 0) ON CONFLICT DO NOTHING
"""


def refresh_touched(cursor: Any, day: date) -> int:
    """Compute the levels of goods that traded since; returns how many."""
    from zcy.clock import start_of

    _drop(cursor)
    added = _add_new(cursor, day)
    cursor.execute(
        _TOUCHED,
        {
            "day": day,
            "share": SHARE,
            "never": date(1900, 1, 1),
            "recent": start_of(day - timedelta(days=2 * 7)),
        },
    )
    return added + _compute(cursor, day)


def refresh_levels_of(good_ids: Collection[int]) -> int:
    """Compute the levels of these goods as of the last night that learned any, whose deals came or went otherwise.

    Returns:
        how many levels were written; 0 before anything was learned.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT max(as_of) FROM catalog_pricelevel")
        (day,) = cursor.fetchone()
        if day is None or not good_ids:
            return 0
        _drop(cursor)
        added = _add_new(cursor, day, good_ids)
        cursor.execute(_CHOSEN, {"ids": sorted(good_ids)})
        written = _compute(cursor, day)
        _drop(cursor)
    return max(added, written)


def _drop(cursor: Any) -> None:
    cursor.execute("DROP TABLE IF EXISTS price_touched")
    cursor.execute(sql.DROP)


def _compute(cursor: Any, day: date) -> int:
    """The levels of the goods in `price_touched`."""
    cursor.execute("ANALYZE price_touched")
    cursor.execute(_LINES, {"day": day})
    cursor.execute("ANALYZE price_line")
    cursor.execute(sql.PARAMETERS)
    for statement in (_PARAMETERS, _TIERS, _REGIONS):
        cursor.execute(statement, {"day": day})
    cursor.execute("ANALYZE price_parameter")
    cursor.execute(sql.OWN)
    cursor.execute(_UPDATE, {"day": day})
    return int(cursor.rowcount)


def tell_new(cursor: Any, ids: Collection[int] | None) -> list[tuple[int, int, float, float]]:
    """(good, category, level, spread) that the attributes tell of goods without a row; None: of all such goods."""
    cursor.execute(_NEW, {"ids": None if ids is None else list(ids)})
    goods = cursor.fetchall()
    if not goods:
        return []
    cursor.execute(
        "SELECT category_id, attributes, between FROM catalog_pricemodel WHERE category_id = ANY(%s)",
        [list({category for _g, category, _b, _s in goods})],
    )
    models = {category: (likeness_of(found), between) for category, found, between in cursor.fetchall()}
    told = []
    for good, category, brand, spec in goods:
        likeness, between = models[category]
        loaded = json.loads(spec) if isinstance(spec, str) else spec
        level = likeness.tell(brand, loaded if isinstance(loaded, dict) else {})
        if level is not None:
            told.append((good, category, level, between))
    return told


def likeness_of(found: Any) -> Likeness:
    """Stored effects and centres as the regression left them."""
    stored = json.loads(found) if isinstance(found, str) else found
    return Likeness(
        effects=stored.get("effects", {}),
        centres={key: (pair[0], pair[1]) for key, pair in stored.get("centres", {}).items()},
    )


def _add_new(cursor: Any, day: date, ids: Collection[int] | None = None) -> int:
    told = tell_new(cursor, ids)
    if told:
        cursor.executemany(
            _ADD, [(good, category, day, level, spread) for good, category, level, spread in told]
        )
    return len(told)
