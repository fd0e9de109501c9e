"""Counts beside a list: one statement over one materialised set, for as many facets as there are.

A facet in which something is chosen is counted as if it were open, so that a second choice can be added: each good of
the set bears a bit for every chosen facet that it fails, and goods that fail one facet only count for that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from catalog.attributes import Attribute, attributes_of
from catalog.models import AttributeType
from catalog.search.conditions import Conditions, conditions
from catalog.search.facet_values import Facet, Value, Values
from catalog.search.filters import Filters
from catalog.tree import Node, category_tree

__all__ = ["CAP", "Facet", "Facets", "Value", "count_facets"]

# Counts are exact up to here; above, those of the first goods found, and the page says so.
CAP: Final = 10_000
FACETED: Final = (AttributeType.CHOICE, AttributeType.BOOLEAN, AttributeType.NUMBER)
# Of one statement; no category of the official list has more that are worth a facet.
MOST_ATTRIBUTES: Final = 24
# A search without a category has its hits in one leaf if this share of them lies there; its attributes are then offered.
MOSTLY: Final = 0.8
# Of a page of hits, from which the leaf is guessed before all are counted; of fewer hits nothing is told.
GUESSED: Final = 0.6
LEAST_HITS: Final = 5
# About 5 ms; a leaf with more goods offers its attributes once it is chosen.
MOST_GOODS: Final = 1_000
# Delivered within so many days.
DAYS: Final = (1, 3, 7, 15)
# Price classes end at quartiles, rounded to two digits.
_FACETS: Final = """
    WITH hits AS MATERIALIZED ({hits}), edges AS (
        SELECT array(
            SELECT DISTINCT round(p, (1 - floor(log(greatest(p, 1))))::int) FROM unnest((
                SELECT percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY lowest_price)
                  FROM hits WHERE failed = 0
            )) AS p WHERE p > 0 ORDER BY 1
        ) AS at
    ), cell AS (
        SELECT grouping(category_id, brand_id, class, within, best_grade) AS which, category_id, brand_id, class, within,
               best_grade, count(*) FILTER (WHERE failed = 0) AS chosen,
               count(*) FILTER (WHERE failed IN (0, %s)) AS of_brand, count(*) FILTER (WHERE failed IN (0, %s)) AS of_days,
               count(*) FILTER (WHERE failed IN (0, %s)) AS of_grade,
               count(*) FILTER (WHERE failed = 0 AND in_stock) AS in_stock
          FROM (SELECT h.*, width_bucket(lowest_price, e.at) AS class, width_bucket(delivery_days - 1, %s::int[]) AS within
                  FROM hits h CROSS JOIN edges e) AS classed
         GROUP BY GROUPING SETS ((), (category_id), (brand_id), (class), (within), (best_grade))
    )
    SELECT which, coalesce(category_id, brand_id, class, within), CASE which WHEN 23 THEN of_brand WHEN 29 THEN of_days
           WHEN 30 THEN of_grade ELSE chosen END, in_stock, coalesce(b.name, best_grade), e.at
      FROM cell CROSS JOIN edges e LEFT JOIN catalog_brand b ON b.id = cell.brand_id
    UNION ALL
    SELECT 100, i.number, count(*), 0, i.value, NULL
      FROM hits CROSS JOIN LATERAL unnest(vals) WITH ORDINALITY AS i(value, number)
     WHERE i.value IS NOT NULL AND failed IN (0, (%s::int[])[i.number]) GROUP BY i.number, i.value
    UNION ALL
    SELECT 101, 0, count(*), 0, i.value, NULL FROM hits CROSS JOIN LATERAL unnest(labels) AS i(value)
     WHERE failed IN (0, %s) GROUP BY i.value
    UNION ALL
    SELECT 102, 0, count(*), 0, i.value, NULL FROM hits CROSS JOIN LATERAL unnest(supplier_sizes) AS i(value)
     WHERE failed IN (0, %s) GROUP BY i.value
"""
_HITS: Final = """
    SELECT g.category_id, g.brand_id, g.lowest_price, g.delivery_days, g.in_stock, g.labels, g.supplier_sizes,
           g.best_grade, {failed} AS failed, {values} AS vals
      FROM catalog_good g {joined} WHERE {where} LIMIT {limit}
"""
_CATEGORY, _BRAND, _CLASS, _DAYS, _GRADE, _TOTAL = 15, 23, 27, 29, 30, 31
_VALUE, _LABEL, _SIZE = 100, 101, 102


@dataclass
class Facets:
    """What stands beside a list."""

    total: int = 0
    # More than CAP: total and counts are lower bounds.
    capped: bool = False
    in_stock: int = 0
    categories: list[Value] = field(default_factory=list)
    brands: list[Value] = field(default_factory=list)
    prices: list[Value] = field(default_factory=list)
    days: list[Value] = field(default_factory=list)
    labels: list[Value] = field(default_factory=list)
    sizes: list[Value] = field(default_factory=list)
    grades: list[Value] = field(default_factory=list)
    attributes: list[Facet] = field(default_factory=list)
    # The leaf whose attributes these are, where no category was chosen: a choice among them chooses it too.
    leaf: Node | None = None
    brand_names: dict[int, str] = field(default_factory=dict)


def count_facets(filters: Filters, among: Iterable[int] = ()) -> Facets:
    """Count once per page.

    Args:
        filters: what is asked for.
        among: categories of the hits on the page: of a search in which no category is chosen, the attributes of the leaf
            are counted in which most of them lie, and offered if most of all hits do.
    """
    wanted = conditions(filters, open_choices=True)
    leaf = _likely_leaf(among) if filters.q and filters.category is None else None
    schema = _filterable(leaf or filters.category)
    bits = {name: 1 << number for number, name in enumerate(wanted.choices)}
    hits, params = _hits(wanted, bits, schema, leaf)
    params += [bits.get(name, 0) for name in ("brand", "days", "grade")]
    params += [list(DAYS), [bits.get(f"a.{attribute.key}", 0) for attribute in schema]]
    params += [bits.get(name, 0) for name in ("label", "size")]
    with connection.cursor() as cursor:
        cursor.execute(_FACETS.format(hits=hits), params)
        return _read(cursor.fetchall(), filters, schema, leaf)


def _likely_leaf(among: Iterable[int]) -> Node | None:
    """The leaf in which most hits of a page lie."""
    counted = Counter(among)
    if counted.total() < LEAST_HITS:
        return None
    category, n = counted.most_common(1)[0]
    node = category_tree().by_id.get(category)
    if node is None or node.children or node.goods > MOST_GOODS or n < GUESSED * counted.total():
        return None
    return node


def _filterable(category: Node | None) -> list[Attribute]:
    listed = [item for item in attributes_of(category) if item.filterable and item.type in FACETED]
    return listed[:MOST_ATTRIBUTES]


def _hits(
    wanted: Conditions, bits: dict[str, int], schema: list[Attribute], leaf: Node | None
) -> tuple[str, list[Any]]:
    """(SQL, parameters) of the goods to count: those that fit, and those that fail a single chosen facet."""
    values = "NULL::text[]"
    keys: list[Any] = [attribute.key for attribute in schema]
    if schema:
        values = f"ARRAY[{', '.join(['g.spec ->> %s'] * len(schema))}]"
    if schema and leaf is not None:
        values, keys = f"CASE WHEN g.category_id = %s THEN {values} END", [leaf.id, *keys]
    limit = CAP + 1
    clauses = [clause for clause, _params in wanted.choices.values()]
    chosen = [param for _clause, params in wanted.choices.values() for param in params]
    fits = _HITS.format(
        failed="0", values=values, joined="", where=" AND ".join([wanted.where, *clauses]), limit=limit
    )
    params = [*keys, *wanted.params, *chosen]
    if not bits:
        return fits, params
    failed = " + ".join(
        f"CASE WHEN {clause} THEN 0 ELSE {bits[name]} END" for name, (clause, _) in wanted.choices.items()
    )
    nearly = _HITS.format(
        failed="f.failed",
        values=values,
        joined=f"CROSS JOIN LATERAL (SELECT {failed} AS failed OFFSET 0) AS f",
        where=f"{wanted.where} AND f.failed > 0 AND f.failed & (f.failed - 1) = 0",
        limit=limit,
    )
    return f"({fits}) UNION ALL ({nearly})", [*params, *keys, *chosen, *wanted.params]


def _read(
    rows: list[tuple[Any, ...]], filters: Filters, schema: list[Attribute], leaf: Node | None
) -> Facets:
    facets = Facets()
    edges: list[Decimal] = []
    counted: dict[int, list[tuple[Any, int, str]]] = {}
    listed: dict[int, list[tuple[str, int]]] = {}
    for which, key, n, in_stock, text, at in sorted(rows, key=lambda row: (-row[2], row[4] or "")):
        if which == _TOTAL:
            facets.capped, facets.total, facets.in_stock, edges = n > CAP, min(n, CAP), in_stock, at or []
        elif which == _VALUE:
            listed.setdefault(key, []).append((text, n))
        elif n:
            counted.setdefault(which, []).append((key, n, text))
    values = Values(filters)
    facets.brand_names = {
        key: brand for key, _n, brand in counted.get(_BRAND, ()) if key is not None and brand
    }
    facets.categories = values.categories(counted.get(_CATEGORY, ()))
    facets.brands = values.brands(counted.get(_BRAND, ()))
    facets.prices = values.prices(
        edges, {key: n for key, n, _text in counted.get(_CLASS, ()) if key is not None}
    )
    facets.days = values.days(DAYS, {key: n for key, n, _text in counted.get(_DAYS, ()) if key is not None})
    facets.labels = values.labels(counted.get(_LABEL, ()))
    facets.sizes = values.sizes(counted.get(_SIZE, ()))
    facets.grades = values.grades(counted.get(_GRADE, ()))
    if leaf is not None:
        inside = next((n for key, n, _text in counted.get(_CATEGORY, ()) if key == leaf.id), 0)
        if inside < LEAST_HITS or inside < MOSTLY * sum(n for _key, n, _text in counted[_CATEGORY]):
            return facets
        facets.leaf, values = leaf, Values(filters.changed(category=leaf))
    for number, attribute in enumerate(schema, start=1):
        if attribute_values := listed.get(number):
            facet = values.attribute(attribute, attribute_values)
            # Ends are typed where the category is chosen: the form of prices beside them does not choose it.
            facets.attributes.append(replace(facet, is_number=False) if leaf else facet)
    return facets
