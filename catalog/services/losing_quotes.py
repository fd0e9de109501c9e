"""Quotes that did not win, recorded in the transaction that awards their inquiry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.services.deals import QUANTITY_BAND_SQL, TIER_SQL


@dataclass(frozen=True)
class LosingQuote:
    """One valid quote that was not awarded: its total in yuan for `quantity` units of one good.

    The caller leaves out disqualified quotes and quotes for several goods: they have no unit price.
    """

    quote_id: int
    inquiry_id: int
    good_id: int
    region_id: int
    supplier_id: int
    total: Decimal
    quantity: Decimal
    submitted_at: datetime


_RECORD = f"""
    INSERT INTO catalog_quoteobservation
        (source, row_key, inquiry_id, good_id, region_id, tier, quantity_band, supplier_id, total, quantity,
         unit_price, pack_size, submitted_at, quoted_on)
    SELECT '', l.quote::text, l.inquiry, g.id, r.id, {TIER_SQL.format(level="r.level")},
           {QUANTITY_BAND_SQL.format(q="l.quantity")}, l.supplier, l.total, l.quantity,
           round(l.total / l.quantity, 2), coalesce(g.pack_size, 1), l.submitted,
           (l.submitted AT TIME ZONE 'Asia/Shanghai')::date
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[],
                  %s::numeric[], %s::timestamptz[])
           AS l(quote, inquiry, good, region, supplier, total, quantity, submitted)
      JOIN catalog_good quoted ON quoted.id = l.good
      -- What was quoted for a good that has been merged since counts with the good that stays.
      JOIN catalog_good g ON g.id = coalesce(quoted.merged_into_id, quoted.id)
      JOIN accounts_region r ON r.id = l.region
     ORDER BY l.quote
        ON CONFLICT (source, row_key) DO NOTHING
"""


def record_losing_quotes(*, lines: Sequence[LosingQuote]) -> int:
    """Keep each quote as an observation of its own class; one that is kept already stays as it is.

    Args:
        lines: quotes of awarded inquiries; those whose unit price would not be above zero are left out.

    Returns:
        how many are new.
    """
    priced = [line for line in lines if line.quantity > 0 and line.total / line.quantity >= Decimal("0.005")]
    if not priced:
        return 0
    columns: list[Any] = [
        [line.quote_id for line in priced],
        [line.inquiry_id for line in priced],
        [line.good_id for line in priced],
        [line.region_id for line in priced],
        [line.supplier_id for line in priced],
        [line.total for line in priced],
        [line.quantity for line in priced],
        [line.submitted_at for line in priced],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, columns)
        return int(cursor.rowcount)
