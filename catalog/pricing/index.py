"""The price index of a category: what the same goods cost from month to month (Törnqvist, matched models, chained).

For months 0 and 1 and every good i bought in both: ln P = Σ ½ (s⁰ᵢ + s¹ᵢ) · (x̄¹ᵢ − x̄⁰ᵢ), where x̄ is the mean of the
logarithms of the prices paid per standard unit and s the good's share of what was spent on the matched goods in that
month. The index is 100 in its first month and the product of all links after. Goods that came or went take no part in
the link, so a dearer assortment is no dearer price. A month with too few matched goods has no link: the index carries
on from where it stood, and says so. Deals far from their good's median of the month are drawn in to a factor of two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from catalog.models import PriceIndex
from zcy.registries import NightContext

LEAST_MATCHES: Final = 5
SUNDAY: Final = 6

_MONTHS: Final = """
    CREATE TEMPORARY TABLE index_month ON COMMIT DROP AS
    WITH line AS (
        SELECT o.good_id, o.category_id, date_trunc('month', o.confirmed_on)::date AS month, o.x,
               o.unit_price * o.quantity AS spent
          FROM catalog_priceobservation o
         WHERE o.confirmed_on >= %(first)s AND o.confirmed_on <= %(day)s AND NOT o.accessory AND o.x IS NOT NULL
           AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)
    ), middle AS (
        SELECT good_id, month, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS middle FROM line GROUP BY 1, 2
    )
    SELECT l.good_id, min(l.category_id) AS category_id, l.month, count(*) AS n, sum(l.spent)::double precision AS spent,
           avg(greatest(m.middle - ln(2), least(m.middle + ln(2), l.x))) AS x
      FROM line l JOIN middle m USING (good_id, month) GROUP BY l.good_id, l.month
"""
# Each good counts in its category and in all above it.
_LINKS: Final = """
    WITH above AS (
        SELECT c.id AS category_id, a.id AS ancestor_id
          FROM catalog_category c JOIN catalog_category a ON starts_with(c.path, a.path)
    ), matched AS (
        SELECT a.ancestor_id, p.month, p.x - b.x AS change,
               p.spent / nullif(sum(p.spent) OVER w, 0) AS share, b.spent / nullif(sum(b.spent) OVER w, 0) AS before
          FROM index_month p
          JOIN index_month b ON b.good_id = p.good_id AND b.month = (p.month - interval '1 month')::date
          JOIN above a ON a.category_id = p.category_id
        WINDOW w AS (PARTITION BY a.ancestor_id, p.month)
    ), link AS (
        SELECT ancestor_id, month, count(*) AS goods, sum((share + before) / 2 * change) AS link
          FROM matched GROUP BY 1, 2
    ), bought AS (
        SELECT a.ancestor_id, m.month, sum(m.n) AS deals
          FROM index_month m JOIN above a USING (category_id) GROUP BY 1, 2
    )
    INSERT INTO catalog_priceindex AS i (category_id, month, link, goods, deals)
    SELECT b.ancestor_id, b.month, CASE WHEN l.goods >= %(least)s THEN l.link END, coalesce(l.goods, 0), b.deals
      FROM bought b LEFT JOIN link l USING (ancestor_id, month) WHERE b.month >= %(from)s ORDER BY 1, 2
        ON CONFLICT (category_id, month) DO UPDATE
       SET link = excluded.link, goods = excluded.goods, deals = excluded.deals
     WHERE (i.link, i.goods, i.deals) IS DISTINCT FROM (excluded.link, excluded.goods, excluded.deals)
"""
_GONE: Final = """
    DELETE FROM catalog_priceindex i WHERE i.month >= %(from)s AND (i.month > %(day)s OR NOT EXISTS (
        SELECT FROM index_month m JOIN catalog_category c ON c.id = m.category_id
          JOIN catalog_category a ON a.id = i.category_id AND starts_with(c.path, a.path) WHERE m.month = i.month))
"""


def run_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `price_index`: the running month and the one before; all of it on Sundays and after gaps."""
    return refresh_index(context.last, full=len(_months(context.first, context.last)) > 1 or None)


def _months(first: date, last: date) -> set[tuple[int, int]]:
    return {(first.year, first.month), (last.year, last.month)}


def refresh_index(day: date, *, full: bool | None = None) -> dict[str, Any]:
    """Compute the links of the running month and the one before it, or of all months.

    Args:
        day: local date, the last that counts.
        full: all months; None: on Sundays, and where there is none yet or a later one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.price_index'))")
        if full is None:
            latest = PriceIndex.objects.order_by("-month").values_list("month", flat=True).first()
            month = day.replace(day=1)
            full = day.weekday() == SUNDAY or latest is None or not before(month) <= latest <= month
        start = date(1900, 1, 1) if full else before(day.replace(day=1))
        # A link needs the month before its own.
        params: dict[str, Any] = {
            "day": day,
            "from": start,
            "first": start if full else before(start),
            "least": LEAST_MATCHES,
        }
        cursor.execute("DROP TABLE IF EXISTS index_month")
        cursor.execute(_MONTHS, params)
        cursor.execute("ANALYZE index_month")
        cursor.execute(_LINKS, params)
        written = cursor.rowcount
        cursor.execute(_GONE, params)
        return {"rows": written + cursor.rowcount, "full": full}


def before(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True)
class IndexMonth:
    """A month of a chained index; changes are shares (0.02 = 2%)."""

    month: date
    value: float
    # 环比, to the month before; None in the first month and where too few goods match.
    monthly: float | None
    # 同比, to the same month of the year before; None where that is not there or a link between is missing.
    yearly: float | None
    goods: int
    deals: int

    @property
    def linked(self) -> bool:
        return self.monthly is not None


def chained(rows: Sequence[tuple[date, float | None, int, int]]) -> list[IndexMonth]:
    """The index from its links.

    Args:
        rows: (month, link, matched goods, deals), oldest first; a month that is not there had no deals.
    """
    found: list[IndexMonth] = []
    level = 0.0
    by_month: dict[date, tuple[float, int]] = {}
    missing = 0
    previous: date | None = None
    for month, link, goods, deals in rows:
        usable = previous is not None and before(month) == previous and link is not None
        if usable:
            level += link or 0.0
        elif previous is not None:
            missing += 1
        by_month[month] = (level, missing)
        ago = by_month.get(month.replace(year=month.year - 1))
        yearly = math.expm1(level - ago[0]) if ago is not None and ago[1] == missing else None
        monthly = math.expm1(link or 0.0) if usable else None
        found.append(IndexMonth(month, 100 * math.exp(level), monthly, yearly, goods, deals))
        previous = month
    return found


def index_of(category_id: int) -> list[IndexMonth]:
    """The index of a category, oldest month first."""
    rows = PriceIndex.objects.filter(category_id=category_id).order_by("month")
    return chained(list(rows.values_list("month", "link", "goods", "deals")))
