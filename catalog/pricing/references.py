"""Reference prices: how far each can be compared, which one caps an offer, and whose price stands for nothing.

The grade counts what differs from an offer here or is not known: tax, freight, stock, installation, a quantity of
another band, a missing proof. None: A; one: B; two or three: C; more, or another unit: D. Other shops and surveys are
at best B, and what is not in stock at best C. Rows of a market's CSV carry no terms and no grade.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection

from catalog.models import ReferencePrice
from catalog.models.references import Grade, ReferenceKind, ReferenceState
from zcy.clock import end_of, start_of
from zcy.money import yuan

FRESH_DAYS: Final = 14
# Older ones are shown, and said to be stale; these are not shown at all any more.
SHOWN_DAYS: Final = 365
# The fixed order in which caps take grades; the ungraded stand before what can hardly be compared.
GRADE_ORDER: Final = ("A", "B", "C", "", "D")
KIND_ORDER: Final = tuple(ReferenceKind.values)
_BOUND: Final = {"A": 0, "B": 1, "C": 2, "D": 3}


@dataclass(frozen=True)
class Reference:
    """The reference price that caps a good's offers on a day."""

    id: int
    price: Decimal
    grade: str
    kind: str
    seen_at: str
    observed_on: date
    url: str = ""


def grade_of(reference: ReferencePrice, unit: str) -> str:
    """The grade of comparability of a reference whose good is counted in `unit`."""
    if reference.unit and unit and reference.unit.strip() != unit.strip():
        return Grade.D
    differences = sum(
        (
            reference.tax_included is not True,
            reference.freight_included is not True,
            reference.in_stock is not True,
            reference.installation_included is False,
            reference.quantity is not None and reference.quantity >= 10,
            not (reference.proof or reference.proof_sha256),
        )
    )
    grade = "A" if differences == 0 else "B" if differences == 1 else "C" if differences <= 3 else "D"
    least = "A"
    if reference.kind in (ReferenceKind.OTHER_SHOP, ReferenceKind.SURVEY):
        least = "B"
    if reference.in_stock is False:
        least = "C"
    return max(grade, least, key=_BOUND.__getitem__)


_BEST: Final = """
    SELECT DISTINCT ON (good_id) good_id, id, price, grade, kind, seen_at,
           (observed_at AT TIME ZONE 'Asia/Shanghai')::date, url
      FROM catalog_referenceprice
     WHERE good_id = ANY(%(goods)s) AND state = %(valid)s AND price > 0
       AND observed_at >= %(first)s AND observed_at < %(end)s
     ORDER BY good_id, array_position(%(grades)s::text[], grade::text), price,
              array_position(%(kinds)s::text[], kind::text), observed_at DESC, id
"""


def best_references(good_ids: Collection[int], day: date) -> dict[int, Reference]:
    """For each good the lowest valid reference of the best grade seen in the 14 days up to `day`; one statement.

    Day − 14 ≤ date seen ≤ day. Contested and withdrawn ones cap nothing. Among equal prices the maker comes first,
    then large shops, other shops, surveys, and the latest.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BEST,
            {
                "goods": list(good_ids),
                "valid": ReferenceState.VALID.value,
                "first": start_of(day - timedelta(days=FRESH_DAYS)),
                "end": end_of(day),
                "grades": list(GRADE_ORDER),
                "kinds": list(KIND_ORDER),
            },
        )
        return {good: Reference(*rest) for good, *rest in cursor.fetchall()}


# A twin (同配置) is equal in the key attributes of the category, or in the whole specification where it has none. Each
# arm has an index of its own; a good with a public price of its own is not looked at any further.
_TWIN: Final = """(
    SELECT min(r.price / coalesce(t.pack_size, 1) * coalesce(g.pack_size, 1))
      FROM catalog_good t JOIN catalog_referenceprice r
        ON r.good_id = t.id AND r.state = 'valid' AND r.price > 0 AND r.observed_at >= %s
     WHERE t.category_id = g.category_id AND t.{equal} AND t.id <> g.id AND t.state = 'active')
"""
# The lowest public price of a twin of good `g`, for its pack; NULL where `g` has a public price of its own.
_TWIN_PRICE: Final = f"""
    CASE WHEN g.lowest_price IS NULL
           OR EXISTS (SELECT FROM catalog_referenceprice o WHERE o.good_id = g.id AND o.state <> 'withdrawn')
           OR EXISTS (SELECT FROM catalog_listing l WHERE l.good_id = g.id AND l.own_public_price IS NOT NULL) THEN NULL
         WHEN g.key_hash <> '' THEN {_TWIN.format(equal="key_hash = g.key_hash AND t.key_hash <> ''")}
         WHEN g.spec <> '{{}}' THEN {_TWIN.format(equal="spec_hash = g.spec_hash")} END
"""
# For statements that read good `g`: its twin's price where it is marked (专供), else NULL.
TWIN_COLUMN: Final = f"""
    (SELECT w.price FROM (SELECT {_TWIN_PRICE} AS price OFFSET 0) w WHERE w.price < g.lowest_price)
"""


def twin_parameters(day: date) -> list[datetime]:
    """The parameters of `TWIN_COLUMN`: since when public prices of twins count, for each arm."""
    return [start_of(day - timedelta(days=SHOWN_DAYS))] * 2


def government_only(good_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Goods without any public price whose spec twin (同配置) is publicly cheaper than their lowest offer (专供).

    Returns:
        good → the twin's lowest public price of a year, for this good's pack.
    """
    statement = f"SELECT g.id, {TWIN_COLUMN} FROM catalog_good g WHERE g.id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*twin_parameters(day), list(good_ids)])
        return {good: yuan(price) for good, price in cursor.fetchall() if price is not None}
