"""Filters as SQL: one place for the rows and for the counts beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from catalog import segmentation
from catalog.search.brands import learn_brands
from catalog.search.filters import Filters
from catalog.tree import Node

MOST_WORDS: Final = 12


@dataclass
class Conditions:
    """The WHERE of a list, and for a search the words it is ranked by."""

    clauses: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    rank_query: str = ""
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
        ids = subtree(filters.category)
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
    for key, value in filters.attributes:
        found.add("g.spec @> ANY(%s::jsonb[])", _as_json(key, value))
    if filters.q:
        _match(found, filters.q)
    return found


def subtree(node: Node) -> list[int]:
    """The ids of a category and of all below it."""
    return [node.id, *(pk for child in node.children for pk in subtree(child))]


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


def _match(found: Conditions, q: str) -> None:
    """Every word must be found: as a word, as pinyin or initials, or as part of a model number."""
    learn_brands()
    words = segmentation.query_words(q)[:MOST_WORDS]
    whole = segmentation.model_key(q)
    if not words:
        found.add("false")
        return
    clauses: list[str] = []
    params: list[Any] = []
    for word in words:
        if segmentation.is_chinese(word):
            clauses.append("g.search @@ %s::tsquery")
            params.append(lexeme(word))
            continue
        ways = ["g.search @@ %s::tsquery"]
        params.append(lexeme(word, prefix=len(word) > 1 and not word.isdecimal()))
        key = segmentation.model_key(word)
        if len(key) >= 3:
            ways.append("g.model_key LIKE %s")
            params.append(f"%{key}%")
        if len(word) >= 4 and word.isalpha():
            ways.append("g.pinyin LIKE %s")
            params.append(f"%{word}%")
        clauses.append(f"({' OR '.join(ways)})")
    clause = " AND ".join(clauses)
    if len(words) > 1 and len(whole) >= 3 and not segmentation.is_chinese(q):
        clause = f"({clause} OR g.model_key LIKE %s)"
        params.append(f"%{whole}%")
    found.add(clause, *params)
    found.rank_query = " | ".join(lexeme(word) for word in words)
    found.whole_model = whole


def lexeme(word: str, *, prefix: bool = False) -> str:
    """A word as a tsquery, quoted; the word is taken as it is, by no parser."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if prefix else f"'{quoted}'"
