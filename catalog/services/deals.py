"""What was paid, recorded in the transaction that confirms or cancels an order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.pricing.kept import forget, forget_all
from zcy import clock


@dataclass(frozen=True)
class DealLine:
    """One order line that the supplier has confirmed: unit price in yuan per unit of the good."""

    order_line_id: int
    order_id: int
    good_id: int
    region_id: int
    supplier_id: int
    buyer_id: int
    unit_price: Decimal
    quantity: Decimal
    listing_id: int | None = None
    accessory: bool = False


# The same expressions make observations of confirmed orders here and of imported ones (`OBSERVATION_COLUMNS`).
QUANTITY_BAND_SQL = "CASE WHEN {q} < 10 THEN 1 WHEN {q} < 100 THEN 2 WHEN {q} < 1000 THEN 3 ELSE 4 END"
TIER_SQL = "CASE {level} WHEN 'province' THEN 1 WHEN 'city' THEN 2 ELSE 3 END"
X_SQL = "CASE WHEN {price} > 0 THEN ln(({price} / coalesce({pack}, 1))::double precision) END"

_RECORD = f"""
    INSERT INTO catalog_priceobservation
        (order_line_id, order_id, good_id, category_id, spec_hash, region_id, tier, quantity_band, supplier_id,
         buyer_id, listing_id, unit_price, pack_size, x, quantity, accessory, confirmed_at, confirmed_on)
    SELECT l.line, l.ord, g.id, g.category_id, g.spec_hash, r.id, {TIER_SQL.format(level="r.level")},
           {QUANTITY_BAND_SQL.format(q="l.quantity")}, l.supplier, l.buyer, l.listing, l.price,
           coalesce(g.pack_size, 1), {X_SQL.format(price="l.price", pack="g.pack_size")}, l.quantity, l.accessory,
           %s::timestamptz, (%s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                  %s::numeric[], %s::numeric[], %s::boolean[])
           AS l(line, ord, good, region, supplier, buyer, listing, price, quantity, accessory)
      JOIN catalog_good ordered ON ordered.id = l.good
      -- What was ordered before a merge and is confirmed after it counts with the good that stays.
      JOIN catalog_good g ON g.id = coalesce(ordered.merged_into_id, ordered.id)
      JOIN accounts_region r ON r.id = l.region
     ORDER BY l.line
        ON CONFLICT (order_line_id) DO NOTHING
    RETURNING good_id, category_id, spec_hash
"""


def record_deals(*, lines: Sequence[DealLine], confirmed_at: datetime) -> int:
    """Write one price observation for each line; a line that is recorded already stays as it is.

    Returns:
        how many observations are new.
    """
    if not lines:
        return 0
    columns: list[Any] = [
        [line.order_line_id for line in lines],
        [line.order_id for line in lines],
        [line.good_id for line in lines],
        [line.region_id for line in lines],
        [line.supplier_id for line in lines],
        [line.buyer_id for line in lines],
        [line.listing_id for line in lines],
        [line.unit_price for line in lines],
        [line.quantity for line in lines],
        [line.accessory for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [confirmed_at, confirmed_at, *columns])
        written = cursor.fetchall()
    forget(written)
    return len(written)


_REFRESH = f"""
    UPDATE catalog_priceobservation o
       SET category_id = g.category_id, spec_hash = g.spec_hash, pack_size = coalesce(g.pack_size, 1),
           x = {X_SQL.format(price="o.unit_price", pack="g.pack_size")}
      FROM catalog_good g
     WHERE g.id = o.good_id AND g.id = ANY(%s)
       AND (o.category_id, o.spec_hash, o.pack_size)
           IS DISTINCT FROM (g.category_id, g.spec_hash, coalesce(g.pack_size, 1))
"""

_REFRESH_QUOTES = """
    UPDATE catalog_quoteobservation q SET pack_size = coalesce(g.pack_size, 1) FROM catalog_good g
     WHERE g.id = q.good_id AND g.id = ANY(%s) AND q.pack_size <> coalesce(g.pack_size, 1)
"""


def refresh_observations(good_ids: Collection[int]) -> int:
    """Take the observations of goods along whose category, specification or pack was corrected.

    Returns:
        how many were changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, [list(good_ids)])
        changed = int(cursor.rowcount)
        # Losing quotes keep the good's pack too; no panel shows them.
        cursor.execute(_REFRESH_QUOTES, [list(good_ids)])
    if changed:
        forget_all()
    return changed


def withdraw_deals(*, order_ids: Collection[int], at: datetime | None = None) -> int:
    """Take the observations of cancelled orders out of every statistic from `at` (now) on.

    Returns:
        how many observations are withdrawn.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_priceobservation SET withdrawn_at = %s"
            " WHERE order_id = ANY(%s) AND withdrawn_at IS NULL RETURNING good_id, category_id, spec_hash",
            [at or clock.now(), list(order_ids)],
        )
        withdrawn = cursor.fetchall()
    forget(withdrawn)
    return len(withdrawn)


def withdraw_lines(*, order_line_ids: Collection[int], at: datetime | None = None) -> int:
    """Take the observations of wholly returned order lines out of every statistic from `at` (now) on.

    A return withdraws a line only when its whole quantity has come back; a part leaves the price that was agreed.

    Returns:
        how many observations are withdrawn; a line that is withdrawn already keeps its time.
    """
    if not order_line_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_priceobservation SET withdrawn_at = %s"
            " WHERE order_line_id = ANY(%s) AND withdrawn_at IS NULL RETURNING good_id, category_id, spec_hash",
            [at or clock.now(), list(order_line_ids)],
        )
        withdrawn = cursor.fetchall()
    forget(withdrawn)
    return len(withdrawn)
