"""Filters as SQL: one place for the rows and for the counts beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.search.filters import Filters, range_of
from catalog.search.matching import match


@dataclass
class Conditions:
    """The WHERE of a list, and for a search the words it is ranked by."""

    clauses: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    # What can be chosen several times, or is counted as if it were open: name of the facet → (condition, parameters).
    choices: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    rank_query: str = ""
    synonym_query: str = ""
    whole_model: str = ""
    is_branch: bool = False

    def add(self, clause: str, *params: Any) -> None:
        self.clauses.append(clause)
        self.params.extend(params)

    @property
    def where(self) -> str:
        return " AND ".join(self.clauses)


def conditions(filters: Filters, *, open_choices: bool = False, only_offered: bool = True) -> Conditions:
    """The conditions of a list; with `open_choices` those of its facets stand apart, in `choices`."""
    found = Conditions()
    found.add("g.state = 'active'")
    if only_offered:
        found.add("g.offers > 0")
    if filters.category:
        ids = filters.category.subtree
        found.add("g.category_id = %s", ids[0]) if len(ids) == 1 else found.add(
            "g.category_id = ANY(%s)", ids
        )
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
    if filters.hall is not None:
        clause, params = filters.hall.condition()
        found.add(clause, *params)
    if filters.q:
        words = match(filters.q)
        found.add(words.clause, *words.params)
        found.rank_query, found.synonym_query = words.rank_query, words.synonym_query
        found.whole_model, found.is_branch = words.whole_model, words.is_branch
    found.choices = _choices(filters)
    if not open_choices:
        for clause, params in found.choices.values():
            found.add(clause, *params)
    return found


def _choices(filters: Filters) -> dict[str, tuple[str, list[Any]]]:
    """Conditions that are never NULL: a facet's counts need to know which one a good fails."""
    found: dict[str, tuple[str, list[Any]]] = {}
    if filters.brands:
        found["brand"] = ("coalesce(g.brand_id = ANY(%s), false)", [list(filters.brands)])
    if filters.days is not None:
        found["days"] = ("coalesce(g.delivery_days <= %s, false)", [filters.days])
    for name, column, values in (
        ("label", "labels", filters.labels),
        ("size", "supplier_sizes", filters.sizes),
    ):
        if values:
            found[name] = (f"g.{column} && %s::varchar[]", [list(values)])
    if filters.grades:
        found["grade"] = ("g.best_grade = ANY(%s)", [list(filters.grades)])
    for key, wanted in filters.chosen.items():
        found[f"a.{key}"] = _any_of(key, wanted)
    return found


def _any_of(key: str, values: tuple[str, ...]) -> tuple[str, list[Any]]:
    """One of some values of an attribute, or within one of some ranges."""
    ranges = {value: ends for value in values if (ends := range_of(value)) is not None}
    ways: list[str] = []
    params: list[Any] = []
    if plain := [form for value in values if value not in ranges for form in _as_json(key, value)]:
        ways.append("g.spec @> ANY(%s::jsonb[])")
        params.append(plain)
    for low, high in ranges.values():
        ways.append(
            "coalesce(CASE WHEN jsonb_typeof(g.spec -> %s) = 'number' THEN (g.spec ->> %s)::numeric END"
            " BETWEEN coalesce(%s, '-infinity'::numeric) AND coalesce(%s, 'infinity'::numeric), false)"
        )
        params += [key, key, low, high]
    return f"({' OR '.join(ways)})", params


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
