"""The rows of a list in one statement, its facets in another, whatever the size of the result."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from catalog import segmentation
from catalog.attributes import attributes_of, labelled
from catalog.models import PolicyLabel
from catalog.models.goods import SLOWEST
from catalog.pricing.formulas import LEAST_OBSERVATIONS, Place, place_in_range
from catalog.pricing.panel import PLACE_WORDS
from catalog.search.conditions import Conditions, conditions
from catalog.search.filters import CHEAPEST, CREDIT, DEAREST, FASTEST, SOLD, Filters
from catalog.search.ranking import place_sql
from catalog.tree import category_tree
from zcy.formats import money

KEY_SPECS: Final = 4
_COLUMNS: Final = """
    SELECT g.id, g.name, g.model, b.name, g.category_id, g.spec, g.unit, g.lowest_price, g.offers, g.in_stock,
           g.delivery_days, g.labels, g.picture, s.n, s.p10, s.p90, {key} AS sort_key
      FROM catalog_good g
      LEFT JOIN catalog_brand b ON b.id = g.brand_id
      LEFT JOIN catalog_goodpricestatistics s ON s.good_id = g.id AND s.tier = 0 AND s.quantity_band = 0
     WHERE {where}
"""
# Sort key, whether ascending, and how its value is read back from an address.
_SORTED: Final[dict[str, tuple[str, bool, Callable[[str], Any]]]] = {
    CHEAPEST: ("g.lowest_price", True, Decimal),
    DEAREST: ("g.lowest_price", False, Decimal),
    SOLD: ("g.sold", False, lambda key: int(Decimal(key))),
    FASTEST: (f"coalesce(g.delivery_days, {SLOWEST})", True, lambda key: int(Decimal(key))),
    CREDIT: ("g.best_score", False, float),
}


@dataclass(slots=True)
class GoodRow:
    """A card of a result list, ready to render."""

    id: int
    name: SafeString
    url: str
    initials: str
    picture: str
    specs: list[tuple[str, str]]
    price: str
    unit: str
    place: str
    place_code: str
    offers: int
    in_stock: bool
    delivery_days: int | None
    labels: list[str]
    category_id: int = 0


@dataclass
class Page:
    """One page of a list with the addresses of its neighbours."""

    rows: list[GoodRow] = field(default_factory=list)
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""


def find_goods(filters: Filters) -> Page:
    """The page of goods at the position that the filters name."""
    wanted = conditions(filters)
    key, ascending, key_params, read = _order(filters, wanted)
    params = [*key_params, *wanted.params]
    where = wanted.where
    position = filters.position
    backwards = position is not None and position.backwards
    upwards = ascending != backwards
    if position is not None:
        where += f" AND ({key}, g.id) {'>' if upwards else '<'} (%s, %s)"
        params += [*key_params, read(position.key), position.id]
    direction = "ASC" if upwards else "DESC"
    sql = f"{_COLUMNS.format(key=key, where=where)} ORDER BY sort_key {direction}, g.id {direction} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, filters.size + 1])
        found = cursor.fetchall()
    more = len(found) > filters.size
    found = found[: filters.size]
    if backwards:
        found.reverse()
    page = Page(_rows(found, filters))
    if found and (more if not backwards else True):
        page.next_url = filters.address(f"after={_shown(found[-1][-1])}_{found[-1][0]}")
    if found and (more if backwards else position is not None):
        page.previous_url = filters.address(f"before={_shown(found[0][-1])}_{found[0][0]}")
        page.first_url = filters.address()
    return page


def _order(filters: Filters, wanted: Conditions) -> tuple[str, bool, list[Any], Callable[[str], Any]]:
    """(SQL of the sort key, whether ascending, its parameters, how its value is read from an address)."""
    if filters.sort in _SORTED:
        key, ascending, read = _SORTED[filters.sort]
        return key, ascending, [], read
    # The name of a branch (办公用品) says nothing of one good more than of another: weighing words would only cost time.
    if wanted.rank_query and not wanted.is_branch:
        queries = [wanted.rank_query] + ([wanted.synonym_query] if wanted.synonym_query else [])
        return (
            place_sql(synonyms=bool(wanted.synonym_query)),
            False,
            [*queries, wanted.whole_model],
            lambda text: int(Decimal(text)),
        )
    return "g.weight", False, [], float


def _shown(key: Any) -> str:
    return repr(key) if isinstance(key, float) else str(key)


def _rows(found: list[tuple[Any, ...]], filters: Filters) -> list[GoodRow]:
    tree = category_tree()
    schemas = {pk: attributes_of(tree.by_id.get(pk)) for pk in {row[4] for row in found}}
    marker = _marker(filters.q)
    labels = {value: str(label) for value, label in PolicyLabel.choices}
    rows = []
    for (
        pk,
        name,
        _model,
        brand,
        category,
        spec,
        unit,
        price,
        offers,
        stock,
        days,
        tags,
        picture,
        n,
        low,
        high,
        _key,
    ) in found:
        place = Place.UNKNOWN
        if n and n >= LEAST_OBSERVATIONS:
            place = place_in_range(float(price), float(low), float(high))
        parsed = spec if isinstance(spec, dict) else _loads(spec)
        rows.append(
            GoodRow(
                id=pk,
                name=_marked(name, marker),
                url=f"/goods/{pk}/",
                initials=(brand or name)[:2],
                picture=f"{settings.MEDIA_URL}{picture}" if picture else "",
                specs=labelled(parsed, schemas[category], only_keys=True)[:KEY_SPECS],
                price=money(price),
                unit=unit,
                place=str(PLACE_WORDS[place]),
                place_code=place.value,
                offers=offers,
                in_stock=stock,
                delivery_days=days,
                labels=[labels.get(tag, tag) for tag in tags],
                category_id=category,
            )
        )
    return rows


def _loads(spec: Any) -> dict[str, Any]:
    import json

    loaded = json.loads(spec) if isinstance(spec, str) else {}
    return loaded if isinstance(loaded, dict) else {}


def _marker(q: str) -> re.Pattern[str] | None:
    words = sorted(segmentation.query_words(q), key=len, reverse=True)[:8] if q else []
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE) if words else None


def _marked(name: str, marker: re.Pattern[str] | None) -> SafeString:
    if marker is None:
        return mark_safe(escape(name))  # noqa: S308
    parts, end = [], 0
    for match in marker.finditer(name):
        parts += [escape(name[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
        end = match.end()
    parts.append(escape(name[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


_FOR_SUPPLIER: Final = """
    SELECT g.id, g.name, c.name, g.offers, g.lowest_price,
           (SELECT max(l.id) FROM catalog_listing l WHERE l.good_id = g.id AND l.supplier_id = %s
               AND (l.delisted_at IS NULL OR l.delisted_at > now()))
      FROM catalog_good g JOIN catalog_category c ON c.id = g.category_id
     WHERE {where} ORDER BY ts_rank(g.search, %s::tsquery) DESC, g.id LIMIT %s
"""


def find_for_supplier(q: str, supplier_id: int | None, *, limit: int) -> list[dict[str, Any]]:
    """Standard goods to offer, whether anybody offers them yet or not, with the supplier's own listing."""
    wanted = conditions(Filters(q=q), only_offered=False)
    with connection.cursor() as cursor:
        cursor.execute(
            _FOR_SUPPLIER.format(where=wanted.where), [supplier_id, *wanted.params, wanted.rank_query, limit]
        )
        return [
            {"id": pk, "name": name, "category": category, "offers": offers, "lowest": price, "listing": own}
            for pk, name, category, offers, price, own in cursor.fetchall()
        ]
