"""Why a hit stands where it stands: every factor of its place, with its numbers, for a given search."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from catalog.search.conditions import conditions
from catalog.search.filters import Filters
from catalog.search.matching import Match, match
from catalog.search.ranking import MODEL_SQL, TEXT_SQL, Factors, Standing, factors, place, place_sql

MOST: Final = 50
_ROWS: Final = """
    SELECT g.id, g.name, {place} AS place, {text} AS text, {synonyms} AS synonyms, {model} AS is_model,
           array(SELECT lexeme || ' ' || array_to_string(weights, '') FROM unnest(ts_filter(g.search, '{{a,b,c,d}}'))
                  WHERE lexeme = ANY(%s) ORDER BY 1) AS words,
           g.merit, g.ranking_factor, g.sold, g.lowest_price, s.p10, s.p90, coalesce(s.n, 0), g.delivery_days, g.offers,
           g.in_stock, g.best_grade
      FROM catalog_good g
      LEFT JOIN catalog_goodpricestatistics s ON s.good_id = g.id AND s.tier = 0 AND s.quantity_band = 0
     WHERE {where} ORDER BY place DESC, g.id DESC LIMIT %s
"""


@dataclass(frozen=True)
class Explained:
    """A hit with what its place is made of."""

    number: int
    id: int
    name: str
    place: int
    text: float
    synonyms: float
    is_model: bool
    # The words of the query that the good is found by, each with the weights it has there.
    words: tuple[str, ...]
    standing: Standing
    factors: Factors
    # As it is kept on the good; it differs from the product of the factors until the good is refreshed.
    merit: float
    grade: str

    @property
    def url(self) -> str:
        return f"/goods/{self.id}/"

    @property
    def is_stale(self) -> bool:
        """Whether something has changed since the good's merit was kept."""
        return abs(self.factors.merit - self.merit) > 0.000002

    @property
    def computed(self) -> int:
        """The place by the pure function: the same as in the list but for rounding."""
        return place(text=self.text, synonyms=self.synonyms, is_model=self.is_model, merit=self.merit)


def explain(q: str) -> tuple[Match, list[Explained]]:
    """How a query is understood, and its first hits explained."""
    words = match(q)
    if not words.rank_query:
        return words, []
    wanted = conditions(Filters(q=q))
    has_synonyms = bool(wanted.synonym_query)
    queries = [wanted.rank_query] + ([wanted.synonym_query] if has_synonyms else [])
    sql = _ROWS.format(
        place=place_sql(synonyms=has_synonyms),
        text=TEXT_SQL,
        synonyms=TEXT_SQL if has_synonyms else "0",
        model=MODEL_SQL,
        where=wanted.where,
    )
    forms = [form for query in queries for form in _lexemes(query)]
    params: list[Any] = [
        *queries,
        wanted.whole_model,
        *queries,
        wanted.whole_model,
        forms,
        *wanted.params,
        MOST,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return words, [_explained(number, row) for number, row in enumerate(cursor.fetchall(), start=1)]


def _lexemes(query: str) -> list[str]:
    return [part.strip().strip("'").replace("''", "'") for part in query.split(" | ")]


def _explained(number: int, row: tuple[Any, ...]) -> Explained:
    (
        pk,
        name,
        placed,
        text,
        synonyms,
        is_model,
        words,
        merit,
        credit,
        sold,
        lowest,
        low,
        high,
        deals,
        days,
        *rest,
    ) = row
    offers, in_stock, grade = rest
    standing = Standing(
        credit=float(credit),
        sold=sold,
        lowest=Decimal(lowest) if lowest is not None else None,
        low=float(low) if low is not None else None,
        high=float(high) if high is not None else None,
        deals=deals,
        delivery_days=days,
        offers=offers,
        in_stock=in_stock,
    )
    return Explained(
        number, pk, name, placed, float(text), float(synonyms), is_model, tuple(words), standing, factors(standing),
        float(merit), grade,
    )  # fmt: skip
