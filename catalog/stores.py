"""What a supplier offers, for its own page: in one statement, by price, sales or age, all or one of its own categories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.search.filters import SIZES, Filters, read_filters
from catalog.search.matching import match
from zcy.formats import money, quantity

# The key of each order is a number, so that the position in the address is one too.
_KEYS: Final = {
    "price": "l.price",
    "-price": "l.price",
    "sales": "coalesce(s.quantity, 0)",
    "newest": "coalesce(extract(epoch FROM l.listed_at) * 1000000, 0)::bigint",
}
_UPWARDS: Final = frozenset(["price"])
_LISTINGS: Final = """
    SELECT l.id, g.id, g.name, g.unit, c.name, l.price, l.stock, l.delivery_days, l.warranty_months, {key}
      FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id JOIN catalog_category c ON c.id = g.category_id
      LEFT JOIN catalog_listingsales s ON s.listing_id = l.id
     WHERE l.supplier_id = %s AND l.sale = 'on_sale' AND l.review = 'approved' AND g.state = 'active' {condition}
     ORDER BY {key} {direction}, l.id {direction} LIMIT %s
"""


@dataclass(frozen=True)
class StoreFilters:
    """What a store's page was asked for, checked."""

    q: str = ""
    sort: str = "price"
    # The number of one of the supplier's own categories, from 0.
    group: int | None = None
    size: int = SIZES[0]
    base: Filters = field(default_factory=Filters)

    @property
    def errors(self) -> tuple[str, ...]:
        return self.base.errors

    def address(self, position: str = "", **changes: Any) -> str:
        """The query string of these filters with some changed, from the first page unless a position is given."""
        wanted = replace(self, **changes) if changes else self
        pairs: list[tuple[str, str]] = [("q", wanted.q)] if wanted.q else []
        if wanted.group is not None:
            pairs.append(("group", str(wanted.group)))
        if wanted.sort != "price":
            pairs.append(("sort", wanted.sort))
        if wanted.size != SIZES[0]:
            pairs.append(("size", str(wanted.size)))
        return "?" + "&".join(part for part in (urlencode(pairs), position) if part)


def read_store_filters(params: QueryDict, *, groups: int = 0) -> StoreFilters:
    """Check the parameters of an address; what cannot be meant is left out and named in `errors`.

    Args:
        params: of the address.
        groups: how many categories of its own the store has.
    """
    plain = params.copy()
    sort, group = plain.pop("sort", [""])[-1], plain.pop("group", [""])[-1]
    base = read_filters(plain)
    errors = list(base.errors)
    if sort and sort not in _KEYS:
        errors.append(_("“%(value)s” is no choice for %(name)s.") % {"value": sort[:40], "name": _("Sort")})
        sort = ""
    number = int(group) if group.isascii() and group.isdigit() and len(group) < 4 else None
    if group and (number is None or number >= groups):
        errors.append(_("This store has no such category."))
        number = None
    return StoreFilters(base.q, sort or "price", number, base.size, replace(base, errors=tuple(errors)))


@dataclass
class StoreGoods:
    """One page of a store."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""


def store_goods(supplier_id: int, filters: StoreFilters, among: Collection[int] | None = None) -> StoreGoods:
    """The listings of a store.

    Args:
        supplier_id: whose.
        filters: what was asked for.
        among: only these listings, those of one of the store's own categories.
    """
    condition, params = "", [supplier_id]
    if among is not None:
        condition += " AND l.id = ANY(%s)"
        params.append(list(among))  # type: ignore[arg-type]
    if filters.q:
        words = match(filters.q)
        condition += f" AND {words.clause}"
        params += words.params
    key = _KEYS[filters.sort]
    position = filters.base.position
    backwards = position is not None and position.backwards
    upwards = (filters.sort in _UPWARDS) != backwards
    if position is not None:
        condition += f" AND ({key}, l.id) {'>' if upwards else '<'} (%s, %s)"
        params += [Decimal(position.key), position.id]  # type: ignore[list-item]
    sql = _LISTINGS.format(condition=condition, key=key, direction="ASC" if upwards else "DESC")
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, filters.size + 1])
        found = cursor.fetchall()
    more = len(found) > filters.size
    found = found[: filters.size]
    if backwards:
        found.reverse()
    page = StoreGoods([_row(row) for row in found])
    if found and (more or backwards):
        page.next_url = filters.address(f"after={found[-1][-1]}_{found[-1][0]}")
    if found and (more if backwards else position is not None):
        page.previous_url = filters.address(f"before={found[0][-1]}_{found[0][0]}")
        page.first_url = filters.address()
    return page


def featured_goods(supplier_id: int, ids: Collection[int]) -> list[dict[str, Any]]:
    """The featured listings that are on sale, in their order."""
    if not ids:
        return []
    sql = _LISTINGS.format(key="l.id", condition=" AND l.id = ANY(%s)", direction="ASC")
    with connection.cursor() as cursor:
        cursor.execute(sql, [supplier_id, list(ids), len(ids)])
        rows = {row[0]: _row(row) for row in cursor.fetchall()}
    return [rows[pk] for pk in ids if pk in rows]


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    _pk, good, name, unit, category, price, stock, days, warranty, _key = row
    return {
        "url": f"/goods/{good}/",
        "name": name,
        "category": category,
        "price": money(price),
        "unit": unit,
        "stock": quantity(stock, unit) if stock is not None else "–",
        "days": days,
        "warranty": warranty,
    }
