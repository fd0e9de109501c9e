"""What follows from imported rows: roles, order numbers, totals, states, price observations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalog.merging import take_along
from exchange.market.merging import ROLE_HERE
from exchange.market.report import Report
from zcy import numbers

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def give_roles(cursor: CursorWrapper, report: Report) -> None:
    """Memberships of imported people; one who has been invited since keeps what was given here."""
    cursor.execute(
        f"""CREATE TEMP TABLE m_roles ON COMMIT DROP AS
        SELECT u.id AS user_id, o.id AS organisation_id, u.is_active, {ROLE_HERE} AS role
        FROM m_users m JOIN accounts_user u ON u.source = %(source)s AND u.external_id = m.id
        JOIN accounts_organisation o ON o.source = %(source)s AND o.external_id = m.organisation;
        DELETE FROM accounts_membership s USING m_roles r WHERE s.user_id = r.user_id AND NOT r.is_active
            AND (s.organisation_id, s.role) IS DISTINCT FROM (r.organisation_id, r.role);
        INSERT INTO accounts_membership (user_id, organisation_id, role)
        SELECT user_id, organisation_id, role FROM m_roles WHERE NOT is_active ON CONFLICT DO NOTHING""",
        {"source": report.source},
    )


def give_numbers(cursor: CursorWrapper, report: Report) -> None:
    """Public numbers of orders that are new here, in the order in which they were placed."""
    cursor.execute(
        """CREATE TEMP TABLE m_numbers ON COMMIT DROP AS
        SELECT m.id, coalesce(o.number,
            coalesce(%(provinces)s::jsonb ->> left(m.region, 2), %(elsewhere)s)
            || to_char(m.placed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY')
            || lpad(nextval(%(sequence)s)::text, %(digits)s, '0')) AS number
        FROM (SELECT * FROM m_orders ORDER BY placed_at, id) m
        LEFT JOIN orders_order o ON o.source = %(source)s AND o.external_id = m.id;
        CREATE INDEX ON m_numbers (id)""",
        {
            "source": report.source,
            "provinces": json.dumps(numbers.PROVINCES),
            "elsewhere": numbers.ELSEWHERE,
            "sequence": numbers.SEQUENCE,
            "digits": numbers.DIGITS,
        },
    )


def link_inquiries(cursor: CursorWrapper, report: Report) -> None:
    """Connect an inquiry with the one that it repeats."""
    cursor.execute(
        """UPDATE orders_inquiry i SET previous_id = p.id FROM m_inquiries m
        LEFT JOIN orders_inquiry p ON p.source = %(source)s AND p.external_id = m.previous
        WHERE i.source = %(source)s AND i.external_id = m.id AND i.previous_id IS DISTINCT FROM p.id""",
        {"source": report.source},
    )


def let_references_follow(cursor: CursorWrapper, report: Report) -> None:
    """Reference prices of goods that were merged here stand at the survivor, until that merge is undone."""
    cursor.execute(
        """SELECT r.id, g.id FROM catalog_good g JOIN m_reference_prices m ON m.good = g.external_id
        JOIN catalog_referenceprice r ON r.source = %(source)s AND r.row_key = m.row_key AND r.row_key <> ''
        WHERE g.source = %(source)s AND g.merged_into_id IS NOT NULL""",
        {"source": report.source},
    )
    take_along("catalog.ReferencePrice.good", dict(cursor.fetchall()))


def find_touched_orders(cursor: CursorWrapper, report: Report) -> None:
    """The orders that any file of this import speaks of."""
    parts = " UNION ".join(
        f'SELECT "order" FROM m_{name}'
        for name in ("order_lines", "deliveries", "acceptances", "payments", "evaluations")
    )
    cursor.execute(
        f"""CREATE TEMP TABLE m_touched ON COMMIT DROP AS
        SELECT o.id FROM (SELECT id AS "order" FROM m_orders UNION {parts}) m
        JOIN orders_order o ON o.source = %(source)s AND o.external_id = m."order" AND o.origin = 'imported';
        CREATE UNIQUE INDEX ON m_touched (id); ANALYZE m_touched""",
        {"source": report.source},
    )


def settle_orders(cursor: CursorWrapper) -> None:
    """Total, category and state of each touched order (market-csv.md, "History, not live work").

    The category is that with the largest amount of the order's lines, the smaller code on a tie.
    """
    cursor.execute(
        """WITH by_category AS (
            SELECT l.order_id, g.category_id, c.code, sum(l.total) AS amount
            FROM orders_orderline l JOIN m_touched t ON t.id = l.order_id
            JOIN catalog_good g ON g.id = l.good_id JOIN catalog_category c ON c.id = g.category_id GROUP BY 1, 2, 3
        ), lines AS (
            SELECT order_id, sum(amount) AS total,
                (array_agg(category_id ORDER BY amount DESC, code COLLATE "C"))[1] AS category_id
            FROM by_category GROUP BY 1
        ), running AS (
            SELECT p.order_id, p.at, sum(p.amount) OVER (PARTITION BY p.order_id ORDER BY p.at, p.id) AS so_far
            FROM orders_payment p JOIN m_touched t ON t.id = p.order_id
        ), paid AS (
            SELECT r.order_id, min(r.at) FILTER (WHERE r.so_far >= coalesce(l.total, 0)) AS at
            FROM running r LEFT JOIN lines l USING (order_id) GROUP BY 1
        ), accepted AS (
            SELECT a.order_id, min(a.at) AS at FROM orders_acceptance a JOIN m_touched t ON t.id = a.order_id
            WHERE a.result = 'passed' GROUP BY 1
        ), moved AS (
            SELECT s.order_id, bool_and(coalesce(s.delivered_at, s.signed_at) IS NOT NULL) AS all_delivered,
                bool_or(coalesce(s.shipped_at, s.delivered_at, s.signed_at) IS NOT NULL) AS any_shipped
            FROM orders_shipment s JOIN m_touched t ON t.id = s.order_id GROUP BY 1
        ), settled AS (
            SELECT o.id, coalesce(l.total, 0) AS total, l.category_id, a.at AS accepted_at, p.at AS paid_at,
                CASE WHEN o.cancelled_at IS NOT NULL THEN 'cancelled' WHEN p.at IS NOT NULL THEN 'paid'
                    WHEN a.at IS NOT NULL THEN 'accepted' WHEN m.all_delivered THEN 'delivered'
                    WHEN m.any_shipped THEN 'shipped' WHEN o.confirmed_at IS NOT NULL THEN 'confirmed'
                    ELSE 'submitted' END AS state
            FROM orders_order o JOIN m_touched t ON t.id = o.id LEFT JOIN lines l ON l.order_id = o.id
            LEFT JOIN paid p ON p.order_id = o.id LEFT JOIN accepted a ON a.order_id = o.id
            LEFT JOIN moved m ON m.order_id = o.id
        )
        UPDATE orders_order o SET (total, category_id, accepted_at, paid_at, state)
            = ROW(s.total, s.category_id, s.accepted_at, s.paid_at, s.state)
        FROM settled s WHERE s.id = o.id AND ROW(o.total, o.category_id, o.accepted_at, o.paid_at, o.state::text)
            IS DISTINCT FROM ROW(s.total, s.category_id, s.accepted_at, s.paid_at, s.state)"""
    )


def observe_prices(cursor: CursorWrapper, report: Report) -> None:
    """One observation per line of a confirmed order, kept equal to the line on every import."""
    cursor.execute(
        """DELETE FROM catalog_priceobservation p USING m_touched t, orders_order o
        WHERE p.order_id = t.id AND o.id = t.id AND o.confirmed_at IS NULL"""
    )
    names = (
        "order_id, good_id, category_id, spec_hash, region_id, tier, quantity_band, supplier_id, buyer_id, listing_id,"
        " unit_price, pack_size, x, quantity, accessory, confirmed_at, confirmed_on, withdrawn_at"
    )
    columns = [name.strip() for name in names.split(",")]
    new = ", ".join(f"EXCLUDED.{name}" for name in columns)
    old = ", ".join(f"p.{name}" for name in columns)
    cursor.execute(
        f"""INSERT INTO catalog_priceobservation AS p (order_line_id, {names})
        SELECT l.id, o.id, g.id, g.category_id, g.spec_hash, o.region_id,
            CASE r.level WHEN 'province' THEN 1 WHEN 'city' THEN 2 ELSE 3 END,
            CASE WHEN l.quantity < 10 THEN 1 WHEN l.quantity < 100 THEN 2 WHEN l.quantity < 1000 THEN 3 ELSE 4 END,
            o.supplier_id, o.buyer_id, l.listing_id, l.unit_price, coalesce(g.pack_size, 1),
            CASE WHEN l.unit_price > 0 THEN ln((l.unit_price / coalesce(g.pack_size, 1))::float8) END,
            l.quantity, coalesce(l.accessory, false), o.confirmed_at,
            (o.confirmed_at AT TIME ZONE 'Asia/Shanghai')::date, o.cancelled_at
        FROM m_touched t JOIN orders_order o ON o.id = t.id AND o.confirmed_at IS NOT NULL
        JOIN accounts_region r ON r.id = o.region_id
        JOIN orders_orderline l ON l.order_id = o.id JOIN catalog_good ordered ON ordered.id = l.good_id
        JOIN catalog_good g ON g.id = coalesce(ordered.merged_into_id, ordered.id)
        -- As they come in a platform's life: what is asked for by its days then lies together.
        ORDER BY o.confirmed_at, l.id
        ON CONFLICT (order_line_id) DO UPDATE SET ({names}) = ROW({new}) WHERE ROW({old}) IS DISTINCT FROM ROW({new})"""
    )
    # A good whose pack, category or specification was corrected takes its old observations along.
    cursor.execute(
        """UPDATE catalog_priceobservation p SET (category_id, spec_hash, pack_size, x) = ROW(g.category_id, g.spec_hash,
            coalesce(g.pack_size, 1),
            CASE WHEN p.unit_price > 0 THEN ln((p.unit_price / coalesce(g.pack_size, 1))::float8) END)
        FROM m_goods m JOIN catalog_good g ON g.external_id = m.id AND g.source = %(source)s
        WHERE p.good_id = g.id AND ROW(p.category_id, p.spec_hash, p.pack_size)
            IS DISTINCT FROM ROW(g.category_id, g.spec_hash, coalesce(g.pack_size, 1))""",
        {"source": report.source},
    )
