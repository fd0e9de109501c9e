"""The statements that write a chunk of rows: each takes import, supplier, now, and the numbers of first and last row."""

from __future__ import annotations

import json
from typing import Any, Final

from catalog.models import Listing, ListingImportRow

_AREAS: Final = Listing.delivery_areas.through._meta.db_table
_ROWS: Final = ListingImportRow._meta.db_table
# Rows of the chunk of one verdict that are not written yet.
_OF: Final = "r.import_id = %(task)s AND r.number > %(first)s AND r.number <= %(last)s AND NOT r.written AND r.verdict = "

LOCK: Final = f"""
    SELECT l.id FROM catalog_listing l JOIN {_ROWS} r ON r.listing_id = l.id
     WHERE {_OF} 'changed' ORDER BY l.id FOR NO KEY UPDATE OF l
"""
CONFLICTS_OF_CHANGED: Final = f"""
    UPDATE {_ROWS} u SET verdict = 'conflict', problems = jsonb_build_array(jsonb_build_array('listing', why.text))
      FROM (SELECT r.id, CASE
                   WHEN l.sale = 'frozen' OR l.delisted_at <= %(now)s OR l.supplier_id <> %(supplier)s THEN %(frozen)s
                   WHEN l.version <> r.version THEN %(edited)s
                   WHEN r.changes ? 'stock' AND l.stock IS DISTINCT FROM r.stock_seen THEN %(ordered)s
               END::text AS text
              FROM {_ROWS} r JOIN catalog_listing l ON l.id = r.listing_id WHERE {_OF} 'changed') why
     WHERE u.id = why.id AND why.text IS NOT NULL
"""
CONFLICTS_OF_NEW: Final = f"""
    UPDATE {_ROWS} u SET verdict = 'conflict', problems = jsonb_build_array(jsonb_build_array('good', why.text))
      FROM (SELECT r.id, CASE
                   WHEN g.state <> 'active' THEN %(retired)s
                   WHEN EXISTS (SELECT 1 FROM catalog_listing l
                                 WHERE l.good_id = g.id AND l.supplier_id = %(supplier)s
                                   AND (l.delisted_at IS NULL OR l.delisted_at > %(now)s)) THEN %(offered)s
               END::text AS text
              FROM {_ROWS} r JOIN catalog_good g ON g.id = r.good_id WHERE {_OF} 'new') why
     WHERE u.id = why.id AND why.text IS NOT NULL
"""
# The key makes a price change of one row one price change, however often it is tried.
PRICE_CHANGES: Final = f"""
    INSERT INTO catalog_pricechange (listing_id, at, old_price, new_price, changed_by_id, source, row_key)
    SELECT l.id, %(now)s, l.price, r.price, %(actor)s, 'bulk', r.import_id || '-' || r.number
      FROM {_ROWS} r JOIN catalog_listing l ON l.id = r.listing_id
     WHERE {_OF} 'changed' AND r.changes ? 'price' AND l.price <> r.price
"""
# Orders take from stock and make no version: a stock that the row leaves alone stays what it has become.
UPDATE: Final = f"""
    WITH changed AS (
        UPDATE catalog_listing l
           SET price = r.price,
               stock = CASE WHEN r.changes ? 'stock' THEN r.stock ELSE l.stock END,
               min_quantity = r.min_quantity, delivery_days = r.delivery_days,
               warranty_months = r.warranty_months, note = r.note, own_public_price = r.own_public_price,
               delivery_paths = r.delivery_paths,
               version = l.version + 1, changed_at = %(now)s
          FROM {_ROWS} r
         WHERE l.id = r.listing_id AND {_OF} 'changed'
        RETURNING l.id, l.good_id, r.id AS row_id, r.changes
    )
    UPDATE {_ROWS} r SET written = true FROM changed WHERE r.id = changed.row_id
    RETURNING changed.id, changed.good_id, changed.changes
"""
CLEAR_AREAS: Final = f"""
    DELETE FROM {_AREAS} a USING {_ROWS} r
     WHERE a.listing_id = r.listing_id AND r.changes ? 'delivery_areas' AND r.verdict = 'changed' AND r.written
       AND r.import_id = %(task)s AND r.number > %(first)s AND r.number <= %(last)s
"""
AREAS: Final = f"""
    INSERT INTO {_AREAS} (listing_id, region_id)
    SELECT DISTINCT r.listing_id, area
      FROM {_ROWS} r, unnest(r.area_ids) AS area
     WHERE r.written AND (r.verdict = 'new' OR (r.verdict = 'changed' AND r.changes ? 'delivery_areas'))
       AND r.import_id = %(task)s AND r.number > %(first)s AND r.number <= %(last)s
    ON CONFLICT DO NOTHING
"""
# Somebody has made the same listing while this chunk was written.
LATE_TWINS: Final = f"""
    UPDATE {_ROWS} r
       SET verdict = 'conflict', problems = jsonb_build_array(jsonb_build_array('good', %(offered)s::text))
     WHERE {_OF} 'new'
"""
# Of two rows whose goods have been merged since the preview the first one is written.
_INSERT: Final = f"""
    WITH wanted AS (
        SELECT DISTINCT ON (r.good_id) r.* FROM {_ROWS} r WHERE {_OF} 'new' ORDER BY r.good_id, r.number
    ), made AS (
        INSERT INTO catalog_listing
               (good_id, supplier_id, price, stock, min_quantity, delivery_days, delivery_paths, warranty_months, note,
                own_public_price, sale, review, version, origin, changed_at{{columns}})
        SELECT r.good_id, %(supplier)s, r.price, r.stock, r.min_quantity, r.delivery_days, r.delivery_paths,
               r.warranty_months, r.note, r.own_public_price, 'draft', 'none', 1, 'live', %(now)s{{values}}
          FROM wanted r ORDER BY r.good_id
        ON CONFLICT (good_id, supplier_id) WHERE origin = 'live' AND delisted_at IS NULL DO NOTHING
        RETURNING id, good_id, price
    )
    UPDATE {_ROWS} r SET written = true, listing_id = made.id
      FROM made JOIN wanted USING (good_id) WHERE wanted.id = r.id
    RETURNING made.id, made.good_id, made.price
"""
_SET: Final = frozenset(
    [
        "id", "good_id", "supplier_id", "price", "stock", "min_quantity", "delivery_days", "delivery_paths",
        "warranty_months", "note", "own_public_price", "sale", "review", "version", "origin", "changed_at",
    ]
)  # fmt: skip


def insert() -> tuple[str, dict[str, Any]]:
    """The statement that makes new listings, and the values of the model's defaults that the table does not know."""
    from django.db import connection

    defaults: dict[str, Any] = {}
    for known in Listing._meta.concrete_fields:
        if known.column and known.column not in _SET and not known.null and not known.has_db_default():
            defaults[known.column] = known.get_db_prep_save(known.get_default(), connection)
    columns = "".join(f", {name}" for name in defaults)
    values = "".join(f", %(default_{name})s" for name in defaults)
    statement = _INSERT.replace("{columns}", columns).replace("{values}", values)
    return statement, {f"default_{name}": value for name, value in defaults.items()}


def loaded(changes: Any) -> Any:
    """A jsonb column as a plain cursor gives it."""
    return json.loads(changes) if isinstance(changes, str) else changes
