"""Quotes that did not win, as observations of their own class: what a market's quotes, inquiries and orders say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from catalog.merging import take_along
from catalog.services.deals import QUANTITY_BAND_SQL, TIER_SQL
from exchange.market.merging import execute_and_count
from exchange.market.report import FileCounts, Report
from exchange.market.staging import MOST_MONEY

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# The quotes of this import, and those kept from earlier ones of whose inquiry, orders or lines this one speaks. A price
# is known only where all orders of the inquiry have one line together, and that line is what was asked for.
_CANDIDATES: Final = f"""
    CREATE TEMP TABLE m_losing ON COMMIT DROP AS
    WITH told AS (
        SELECT m.id AS row_key, i.id AS inquiry_id, s.id AS supplier_id, m.total, m.submitted_at,
            coalesce(m.disqualified_reason, '') <> '' AS disqualified
        FROM m_quotes m JOIN orders_inquiry i ON i.source = %(source)s AND i.external_id = m.inquiry
        JOIN accounts_organisation s ON s.source = %(source)s AND s.external_id = m.supplier
        UNION ALL
        SELECT q.row_key, q.inquiry_id, q.supplier_id, q.total, q.submitted_at, false
        FROM catalog_quoteobservation q WHERE q.source = %(source)s AND q.inquiry_id IN (
            SELECT i.id FROM m_inquiries m JOIN orders_inquiry i ON i.source = %(source)s AND i.external_id = m.id
            UNION SELECT o.inquiry_id FROM m_touched t JOIN orders_order o USING (id))
        AND NOT EXISTS (SELECT FROM m_quotes m WHERE m.id = q.row_key)
    ), asked AS (
        SELECT o.inquiry_id, min(l.id) AS line_id FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        WHERE o.inquiry_id IN (SELECT inquiry_id FROM told) GROUP BY 1 HAVING count(*) = 1
    )
    SELECT t.row_key, t.inquiry_id, g.id AS good_id, ordered.id AS ordered_id,
        o.region_id, {TIER_SQL.format(level="r.level")} AS tier,
        {QUANTITY_BAND_SQL.format(q="l.quantity")} AS quantity_band, t.supplier_id, t.total, l.quantity,
        round(t.total / nullif(l.quantity, 0), 2) AS unit_price, coalesce(g.pack_size, 1) AS pack_size, t.submitted_at,
        (t.submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS quoted_on,
        coalesce(NOT t.disqualified AND i.cancelled_at IS NULL AND i.awarded_quote_ref NOT IN ('', t.row_key)
            AND NOT coalesce(l.accessory, false) AND l.quantity > 0
            AND round(t.total / nullif(l.quantity, 0), 2) BETWEEN 0.01 AND %(most)s, false) AS lost
    FROM told t JOIN orders_inquiry i ON i.id = t.inquiry_id LEFT JOIN asked a ON a.inquiry_id = t.inquiry_id
    LEFT JOIN orders_orderline l ON l.id = a.line_id LEFT JOIN orders_order o ON o.id = l.order_id
    LEFT JOIN accounts_region r ON r.id = o.region_id LEFT JOIN catalog_good ordered ON ordered.id = l.good_id
    LEFT JOIN catalog_good g ON g.id = coalesce(ordered.merged_into_id, ordered.id);
    CREATE INDEX ON m_losing (row_key); ANALYZE m_losing
"""
_COLUMNS: Final = (
    "inquiry_id, good_id, region_id, tier, quantity_band, supplier_id, total, quantity, unit_price, pack_size,"
    " submitted_at, quoted_on"
)


def observe_losing_quotes(cursor: CursorWrapper, report: Report) -> None:
    """One observation per quote that lost against an awarded one, kept equal to the quote on every import.

    One that is disqualified, awarded or whose inquiry is cancelled since is taken out, and counts as updated where
    its file says so.
    """
    counts = report.files.setdefault("quotes", FileCounts())
    parameters: dict[str, Any] = {"source": report.source, "most": MOST_MONEY}
    cursor.execute(_CANDIDATES, parameters)
    execute_and_count(
        cursor,
        """WITH gone AS (
            DELETE FROM catalog_quoteobservation q USING m_losing m
            WHERE q.source = %(source)s AND q.row_key = m.row_key AND NOT m.lost RETURNING q.row_key
        ) SELECT 0, count(*) FROM gone WHERE row_key IN (SELECT id FROM m_quotes)""",
        parameters,
        counts,
    )
    new = ", ".join(f"EXCLUDED.{name.strip()}" for name in _COLUMNS.split(","))
    old = ", ".join(f"q.{name.strip()}" for name in _COLUMNS.split(","))
    execute_and_count(
        cursor,
        f"""WITH written AS (
            INSERT INTO catalog_quoteobservation AS q (source, row_key, {_COLUMNS})
            SELECT %(source)s, row_key, {_COLUMNS} FROM m_losing WHERE lost
            ON CONFLICT (source, row_key) DO UPDATE SET ({_COLUMNS}) = ROW({new})
                WHERE ROW({old}) IS DISTINCT FROM ROW({new})
            RETURNING row_key, (xmax = 0) AS fresh
        ) SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM written
        WHERE row_key IN (SELECT id FROM m_quotes)""",
        parameters,
        counts,
    )
    # A good whose pack was corrected takes its quotes along.
    cursor.execute(
        """UPDATE catalog_quoteobservation q SET pack_size = coalesce(g.pack_size, 1)
        FROM m_goods m JOIN catalog_good g ON g.external_id = m.id AND g.source = %(source)s
        WHERE q.good_id = g.id AND q.pack_size <> coalesce(g.pack_size, 1)""",
        parameters,
    )
    # Of goods that were merged here the quotes stand at the survivor, until that merge is undone.
    cursor.execute(
        """SELECT q.id, m.ordered_id FROM m_losing m JOIN catalog_quoteobservation q
            ON q.source = %(source)s AND q.row_key = m.row_key WHERE m.lost AND m.ordered_id <> m.good_id""",
        parameters,
    )
    take_along("catalog.QuoteObservation.good", dict(cursor.fetchall()))
    cursor.execute("DROP TABLE m_losing")
