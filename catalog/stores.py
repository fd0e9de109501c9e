"""What a supplier offers, for its own page."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from catalog.search.filters import DEAREST, Filters
from catalog.search.matching import match
from zcy.formats import money, quantity

_LISTINGS: Final = """
    SELECT l.id, g.id, g.name, g.unit, c.name, l.price, l.stock, l.delivery_days, l.warranty_months
      FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id JOIN catalog_category c ON c.id = g.category_id
     WHERE l.supplier_id = %s AND l.sale = 'on_sale' AND l.review = 'approved' AND g.state = 'active' {condition}
     ORDER BY l.price {direction}, l.id {direction} LIMIT %s
"""


@dataclass
class StoreGoods:
    """One page of a store."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""


def store_goods(supplier_id: int, filters: Filters) -> StoreGoods:
    """The listings of a store by price, in one statement."""
    condition = ""
    params: list[Any] = [supplier_id]
    if filters.q:
        words = match(filters.q)
        condition += f" AND {words.clause}"
        params += words.params
    position = filters.position
    backwards = position is not None and position.backwards
    upwards = (filters.sort != DEAREST) != backwards
    if position is not None:
        condition += f" AND (l.price, l.id) {'>' if upwards else '<'} (%s, %s)"
        params += [Decimal(position.key), position.id]
    sql = _LISTINGS.format(condition=condition, direction="ASC" if upwards else "DESC")
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, filters.size + 1])
        found = cursor.fetchall()
    more = len(found) > filters.size
    found = found[: filters.size]
    if backwards:
        found.reverse()
    page = StoreGoods(
        [
            {
                "url": f"/goods/{good}/",
                "name": name,
                "category": category,
                "price": money(price),
                "unit": unit,
                "stock": quantity(stock, unit) if stock is not None else "–",
                "days": days,
                "warranty": warranty,
            }
            for _pk, good, name, unit, category, price, stock, days, warranty in found
        ]
    )
    if found and (more or backwards):
        page.next_url = filters.address(f"after={found[-1][5]}_{found[-1][0]}")
    if found and (more if backwards else position is not None):
        page.previous_url = filters.address(f"before={found[0][5]}_{found[0][0]}")
        page.first_url = filters.address()
    return page
