"""Filters as SQL: one place for the rows and for the counts beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.search.filters import Filters
from catalog.search.matching import match


@dataclass
class Conditions:
    """The WHERE of a list, and for a search the words it is ranked by."""

    clauses: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    rank_query: str = ""
    synonym_query: str = ""
    whole_model: str = ""

    def add(self, clause: str, *params: Any) -> None:
        self.clauses.append(clause)
        self.params.extend(params)

    @property
    def where(self) -> str:
        return " AND ".join(self.clauses)


def conditions(filters: Filters, *, with_brands: bool = True, only_offered: bool = True) -> Conditions:
    """The conditions of a list; `with_brands=False` for counts that leave the brand open."""
    found = Conditions()
    found.add("g.state = 'active'")
    if only_offered:
        found.add("g.offers > 0")
    if filters.category:
        ids = filters.category.subtree
        found.add("g.category_id = %s", ids[0]) if len(ids) == 1 else found.add(
            "g.category_id = ANY(%s)", ids
        )
    if with_brands and filters.brands:
        found.add("g.brand_id = ANY(%s)", list(filters.brands))
    if filters.low is not None:
        found.add("g.lowest_price >= %s", filters.low)
    if filters.high is not None:
        found.add("g.lowest_price <= %s", filters.high)
    if filters.in_stock:
        found.add("g.in_stock")
    if filters.region is not None:
        found.add(
            "(g.delivery_paths = '{}' OR g.delivery_paths && %s::varchar[])", _paths(filters.region.path)
        )
    for key, value in filters.attributes:
        found.add("g.spec @> ANY(%s::jsonb[])", _as_json(key, value))
    if filters.q:
        words = match(filters.q)
        found.add(words.clause, *words.params)
        found.rank_query, found.synonym_query = words.rank_query, words.synonym_query
        found.whole_model = words.whole_model
    return found


def _paths(path: str) -> list[str]:
    """A region's path and those of all regions above it: a city that is delivered to includes its counties."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[: length + 1]) + "/" for length in range(len(codes))]


def _as_json(key: str, value: str) -> list[str]:
    """A value as it may stand in a specification: a text, a number, or yes and no."""
    forms: list[Any] = [value]
    if value in ("true", "false"):
        forms.append(value == "true")
    try:
        number = Decimal(value)
        if number.is_finite() and abs(number) < 10**12:
            forms.append(int(number) if number == number.to_integral_value() else float(number))
    except ArithmeticError:
        pass
    return [json.dumps({key: form}) for form in forms]
