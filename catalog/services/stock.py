"""Stock of listings, taken and given back under row locks in the order of ids."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import connection, transaction

from catalog.errors import OutOfStock
from catalog.services.refresh_goods import refresh_goods

# Not FOR UPDATE: order lines that point to a listing take a key lock on it, which must not wait.
_LOCK = """
    SELECT l.id, l.stock, l.good_id, g.name, l.min_quantity FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id
     WHERE l.id = ANY(%s) ORDER BY l.id FOR NO KEY UPDATE OF l
"""
_MOVE = """
    UPDATE catalog_listing l SET stock = l.stock + m.quantity
      FROM unnest(%s::bigint[], %s::numeric[]) AS m(id, quantity)
     WHERE l.id = m.id AND l.stock IS NOT NULL
"""


def reserve_stock(*, quantities: Mapping[int, Decimal]) -> None:
    """Take these quantities (listing id → quantity in the good's unit) from stock, all or none.

    Raises:
        OutOfStock: some listing has less, or does not state its stock; names what is left of each.
    """
    if not quantities:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(quantities)])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
        left = {
            listing: (rows[listing][0] if listing in rows else None) or Decimal(0)
            for listing, quantity in quantities.items()
            if listing not in rows or rows[listing][0] is None or rows[listing][0] < quantity
        }
        if left:
            raise OutOfStock(left, {listing: rows[listing][2] for listing in left if listing in rows})
        cursor.execute(_MOVE, [list(quantities), [-quantity for quantity in quantities.values()]])
        sold_out = {
            rows[listing][1]
            for listing, quantity in quantities.items()
            if _is_sold_out(rows[listing][0] - quantity, rows[listing][3])
        }
    if sold_out:
        refresh_goods(sold_out)


def release_stock(*, quantities: Mapping[int, Decimal]) -> None:
    """Give these quantities (listing id → quantity) back to stock."""
    if not quantities:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(quantities)])
        rows = cursor.fetchall()
        cursor.execute(_MOVE, [list(quantities), list(quantities.values())])
    back = {
        good for _id, stock, good, _name, least in rows if stock is not None and _is_sold_out(stock, least)
    }
    if back:
        refresh_goods(back)


def _is_sold_out(stock: Decimal, least: Decimal) -> bool:
    """Nothing is left, or less than can be ordered."""
    return stock <= 0 or stock < least
