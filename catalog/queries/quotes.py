"""What was quoted for a good and did not win, told only where nobody's quote can be read from it; in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection

from zcy.money import yuan

# Fewer would let a supplier subtract its own quote and read its rival's.
LEAST_QUOTES: Final = 3
LEAST_SUPPLIERS: Final = 3

# The quarters, and all of them together (without a quarter) last.
_QUOTES: Final = """
    SELECT date_trunc('quarter', quoted_on)::date, count(*), count(DISTINCT supplier_id),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY unit_price::double precision), min(unit_price)
      FROM catalog_quoteobservation
     WHERE good_id = %(good)s AND quoted_on >= %(first)s AND quoted_on <= %(last)s AND %(tier)s IN (0, tier)
     GROUP BY GROUPING SETS ((1), ()) ORDER BY 1 NULLS LAST
"""


@dataclass(frozen=True)
class QuotedQuarter:
    """Losing quotes of a quarter: yuan per unit of the good, None where too few were made."""

    begins: date
    n: int
    suppliers: int
    median: Decimal | None
    lowest: Decimal | None

    @property
    def name(self) -> str:
        """Such as 2026-Q3."""
        return f"{self.begins.year}-Q{(self.begins.month + 2) // 3}"

    @property
    def told(self) -> bool:
        return self.median is not None


@dataclass(frozen=True)
class LosingQuotes:
    """Losing quotes of a good: yuan per unit of the good, None where too few were made."""

    n: int = 0
    suppliers: int = 0
    median: Decimal | None = None
    lowest: Decimal | None = None
    quarters: list[QuotedQuarter] = field(default_factory=list)

    @property
    def told(self) -> bool:
        return self.median is not None


def losing_quotes(good_id: int, *, first: date, last: date, tier: int = 0) -> LosingQuotes:
    """Number, R-7 median and lowest of the quotes that did not win, together and by quarter.

    Args:
        good_id: the good.
        first: local date of the first quotes that count.
        last: local date of the last ones.
        tier: of the regions of the inquiries, 0 = all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUOTES, {"good": good_id, "first": first, "last": last, "tier": tier})
        rows = cursor.fetchall()
    quarters: list[QuotedQuarter] = []
    for begins, n, suppliers, median, lowest in rows:
        told = n >= LEAST_QUOTES and suppliers >= LEAST_SUPPLIERS
        middle, least = (yuan(str(median)), lowest) if told else (None, None)
        if begins is None:
            return LosingQuotes(n, suppliers, middle, least, quarters)
        quarters.append(QuotedQuarter(begins, n, suppliers, middle, least))
    return LosingQuotes()
