"""Counts beside a list: categories, brands, prices and attributes, over one materialised set with a cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from catalog.attributes import Attribute, attributes_of
from catalog.models import AttributeType
from catalog.search.conditions import conditions
from catalog.search.filters import Filters
from catalog.tree import category_tree
from zcy.formats import short_money

# Above this the counts are those of the first goods found, and the page says so.
CAP: Final = 5000
MOST_VALUES: Final = 60
MOST_ATTRIBUTES: Final = 4
# Price classes end at quartiles, rounded to two digits.
_FACETS: Final = """
    WITH hits AS MATERIALIZED (
        SELECT g.category_id, g.brand_id, g.lowest_price, {brand_ok} AS chosen, {values} AS vals
          FROM catalog_good g WHERE {where} LIMIT {limit}
    ), edges AS (
        SELECT array(
            SELECT DISTINCT round(p, (1 - floor(log(greatest(p, 1))))::int) FROM unnest((
                SELECT percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY lowest_price) FROM hits WHERE chosen
            )) AS p WHERE p > 0 ORDER BY 1
        ) AS at
    ), cell AS (
        SELECT grouping(category_id, brand_id, class) AS which, category_id, brand_id, class,
               count(*) FILTER (WHERE chosen) AS chosen, count(*) AS n
          FROM (SELECT h.*, width_bucket(lowest_price, e.at) AS class FROM hits h CROSS JOIN edges e) AS classed
         GROUP BY GROUPING SETS ((), (category_id), (brand_id), (class))
    )
    SELECT which, coalesce(category_id, brand_id, class), chosen, n, b.name, NULL, e.at
      FROM cell CROSS JOIN edges e LEFT JOIN catalog_brand b ON b.id = cell.brand_id
    UNION ALL
    SELECT 8, i.number, count(*), count(*), NULL, i.value, NULL
      FROM hits CROSS JOIN LATERAL unnest(vals) WITH ORDINALITY AS i(value, number)
     WHERE chosen AND i.value IS NOT NULL GROUP BY i.number, i.value
"""
_TOTAL, _CATEGORY, _BRAND, _CLASS, _VALUE = 7, 3, 5, 6, 8


@dataclass(frozen=True)
class Value:
    """One choice of a facet: what it is called, how many goods, and the address that takes or drops it."""

    label: str
    count: int
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A group of choices."""

    title: str
    values: Sequence[Value]


@dataclass
class Facets:
    """What stands beside a list."""

    total: int = 0
    # More than CAP: total and counts are lower bounds.
    capped: bool = False
    categories: list[Value] = field(default_factory=list)
    brands: list[Value] = field(default_factory=list)
    prices: list[Value] = field(default_factory=list)
    attributes: list[Facet] = field(default_factory=list)
    brand_names: dict[int, str] = field(default_factory=dict)


def count_facets(filters: Filters) -> Facets:
    """Count once per page. Brands are counted as if none were chosen, so that a second one can be added."""
    wanted = conditions(filters, with_brands=False)
    schema = _filterable(filters)
    params: list[Any] = []
    brand_ok = "true"
    if filters.brands:
        brand_ok = "coalesce(g.brand_id = ANY(%s), false)"
        params.append(list(filters.brands))
    values = "NULL::text[]"
    if schema:
        values = f"ARRAY[{', '.join(['g.spec ->> %s'] * len(schema))}]"
        params += [attribute.key for attribute in schema]
    sql = _FACETS.format(brand_ok=brand_ok, values=values, where=wanted.where, limit=CAP + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *wanted.params])
        return _read(cursor.fetchall(), filters, schema)


def _filterable(filters: Filters) -> list[Attribute]:
    kinds = (AttributeType.CHOICE, AttributeType.BOOLEAN, AttributeType.NUMBER)
    listed = [item for item in attributes_of(filters.category) if item.filterable and item.type in kinds]
    return listed[:MOST_ATTRIBUTES]


def _read(rows: list[tuple[Any, ...]], filters: Filters, schema: list[Attribute]) -> Facets:
    facets = Facets()
    edges: list[Decimal] = []
    categories: list[tuple[Any, int]] = []
    brands: list[tuple[int, str, int]] = []
    listed: dict[int, list[tuple[str, int]]] = {}
    classes: dict[int, int] = {}
    for which, key, chosen, n, brand, value, at in sorted(
        rows, key=lambda row: (-row[3], row[4] or row[5] or "")
    ):
        if which == _TOTAL:
            facets.capped = n > CAP
            facets.total = min(chosen, CAP)
            edges = at or []
        elif which == _CATEGORY and chosen and key is not None:
            categories.append((key, chosen))
        elif which == _BRAND and key is not None and brand is not None:
            brands.append((key, brand, n))
        elif which == _CLASS and chosen and key is not None:
            classes[key] = chosen
        elif which == _VALUE:
            listed.setdefault(key, []).append((value, chosen))
    facets.brand_names = {key: brand for key, brand, _n in brands}
    facets.categories = _categories(filters, categories)
    facets.brands = _brands(filters, brands)
    facets.prices = _prices(filters, edges, classes)
    for number, attribute in enumerate(schema, start=1):
        if attribute_values := listed.get(number):
            facets.attributes.append(_attribute(filters, attribute, attribute_values))
    return facets


def _categories(filters: Filters, counted: list[tuple[int, int]]) -> list[Value]:
    if filters.category and not filters.category.children:
        return []
    tree = category_tree()
    nodes = [(tree.by_id[key], chosen) for key, chosen in counted if key in tree.by_id][:MOST_VALUES]
    return [Value(node.name, chosen, _category_url(filters, node)) for node, chosen in nodes]


def _brands(filters: Filters, counted: list[tuple[int, str, int]]) -> list[Value]:
    """The chosen ones first, then the most frequent; a market has hundreds, so the others get no address."""
    picked = [item for item in counted if item[0] in filters.brands]
    others = [item for item in counted if item[0] not in filters.brands][:MOST_VALUES]
    return [
        Value(brand, n, filters.address(brands=tuple(pk for pk in filters.brands if pk != key)), True)
        for key, brand, n in picked
    ] + [Value(brand, n, filters.address(brands=(*filters.brands, key))) for key, brand, n in others]


def _category_url(filters: Filters, node: Any) -> str:
    if filters.fixed_category:
        return str(node.url) + filters.address(attributes=())
    return filters.address(category=node, attributes=())


def _prices(filters: Filters, edges: list[Decimal], classes: dict[int, int]) -> list[Value]:
    if len(classes) < 2:
        return []
    values = []
    for number in range(len(edges) + 1):
        if not classes.get(number):
            continue
        low = edges[number - 1] if number else None
        # Classes do not overlap: the next one starts where this one ends.
        high = edges[number] - Decimal("0.01") if number < len(edges) else None
        label = (
            f"{short_money(low) if low is not None else '¥0'}–{short_money(edges[number])}"
            if high is not None
            else f"≥ {short_money(low)}"
        )
        values.append(
            Value(
                label,
                classes[number],
                filters.address(low=_larger(low, filters.low), high=_smaller(high, filters.high)),
            )
        )
    return values


def _larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _attribute(filters: Filters, attribute: Attribute, counted: list[tuple[str, int]]) -> Facet:
    values = []
    for value, count in counted[:MOST_VALUES]:
        pair = (attribute.key, value)
        picked = pair in filters.attributes
        others = tuple(item for item in filters.attributes if item[0] != attribute.key)
        values.append(
            Value(
                attribute.show_text(value),
                count,
                filters.address(attributes=others if picked else (*others, pair)),
                picked,
            )
        )
    return Facet(attribute.label, values)
