"""What is counted each night about suppliers and goods: how a supplier serves, how a good sells. Set-based.

Everything is counted over the 365 days that end with the night, of orders that the supplier has confirmed and nobody
cancelled by then; history counts like live orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from zcy import clock
from zcy.registries import NightContext
from zcy.workdays import SQL_WD

WINDOW_DAYS: Final = 365
_DAY = "({0} AT TIME ZONE 'Asia/Shanghai')::date"

# Working days after the promise: to the arrival, or to the night while nothing has arrived.
_LATE_BY = SQL_WD.format(a="promised_on", b=f"coalesce({_DAY.format('arrived_at')}, %(night)s)")

# late-delivery of rule-definitions.md: in time means at most one working day after the promise.
SUPPLIERS: Final = f"""
    WITH chosen AS (
        SELECT o.id, o.supplier_id, o.placed_at, o.confirmed_at, o.promised_on,
               (SELECT max(coalesce(s.delivered_at, s.signed_at)) FROM orders_shipment s
                 WHERE s.order_id = o.id HAVING bool_and(coalesce(s.delivered_at, s.signed_at) < %(until)s)) AS arrived_at,
               (SELECT a.result FROM orders_acceptance a
                 WHERE a.order_id = o.id AND a.result <> '' AND a.at < %(until)s ORDER BY a.at, a.id LIMIT 1) AS result,
               EXISTS (SELECT FROM orders_orderline l WHERE l.order_id = o.id AND l.refused_quantity > 0) AS refused
          FROM orders_order o
         WHERE o.confirmed_at >= %(since)s AND o.confirmed_at < %(until)s
           AND (o.cancelled_at IS NULL OR o.cancelled_at >= %(until)s)
    ), served AS (
        SELECT supplier_id, count(*) AS orders,
               avg(({SQL_WD.format(a=_DAY.format("placed_at"), b=_DAY.format("confirmed_at"))} <= 1)::int) AS confirmed,
               avg((arrived_at IS NOT NULL AND late_by <= 1)::int)
                   FILTER (WHERE late_by IS NOT NULL AND (arrived_at IS NOT NULL OR late_by > 1)) AS delivered,
               avg((result = 'passed')::int) FILTER (WHERE result IS NOT NULL) AS accepted,
               avg(refused::int) FILTER (WHERE result IS NOT NULL OR refused) AS returned
          FROM (SELECT *, {_LATE_BY} AS late_by FROM chosen) AS chosen GROUP BY supplier_id
    ), rated AS (
        SELECT o.supplier_id, avg(e.stars) AS stars, count(*) AS evaluations
          FROM orders_evaluation e JOIN orders_order o ON o.id = e.order_id
         WHERE e.by_side = 'buyer' AND e.at >= %(since)s AND e.at < %(until)s
         GROUP BY o.supplier_id
    ), fresh AS (
        SELECT organisation.id AS supplier_id, coalesce(s.orders, 0) AS orders, s.confirmed::float8 AS confirmed,
               s.delivered::float8 AS delivered, s.accepted::float8 AS accepted, s.returned::float8 AS returned,
               r.stars::float8 AS stars,
               coalesce(r.evaluations, 0) AS evaluations
          FROM accounts_organisation organisation
          LEFT JOIN served s ON s.supplier_id = organisation.id
          LEFT JOIN rated r ON r.supplier_id = organisation.id
         WHERE organisation.kind = 'supplier'
    )
    INSERT INTO accounts_supplierfigures AS kept
        (supplier_id, orders, confirmed_in_time, delivered_in_time, accepted_at_once, returned, stars, evaluations, as_of)
    SELECT supplier_id, orders, confirmed, delivered, accepted, returned, stars, evaluations, %(night)s FROM fresh
        ON CONFLICT (supplier_id) DO UPDATE
       SET orders = excluded.orders, confirmed_in_time = excluded.confirmed_in_time,
           delivered_in_time = excluded.delivered_in_time, accepted_at_once = excluded.accepted_at_once,
           returned = excluded.returned, stars = excluded.stars, evaluations = excluded.evaluations, as_of = excluded.as_of
     WHERE (kept.orders, kept.confirmed_in_time, kept.delivered_in_time, kept.accepted_at_once, kept.returned, kept.stars,
            kept.evaluations, kept.as_of)
           IS DISTINCT FROM (excluded.orders, excluded.confirmed_in_time, excluded.delivered_in_time,
            excluded.accepted_at_once, excluded.returned, excluded.stars, excluded.evaluations, excluded.as_of)
"""

# Returns: goods refused at acceptance; a returns table comes with after-sales.
GOODS: Final = """
    WITH sold AS (
        SELECT coalesce(g.merged_into_id, g.id) AS good_id, count(DISTINCT l.order_id) AS orders,
               sum(l.quantity) AS quantity, sum(l.total) AS amount,
               count(DISTINCT l.order_id) FILTER (WHERE l.refused_quantity > 0) AS returns
          FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_good g ON g.id = l.good_id
         WHERE o.confirmed_at >= %(since)s AND o.confirmed_at < %(until)s
           AND (o.cancelled_at IS NULL OR o.cancelled_at >= %(until)s)
         GROUP BY 1
    ), fresh AS (
        SELECT good_id, orders, quantity, amount, returns FROM sold
         UNION ALL
        SELECT kept.good_id, 0, 0, 0, 0 FROM catalog_goodfigures kept
         WHERE NOT EXISTS (SELECT FROM sold WHERE sold.good_id = kept.good_id)
    )
    INSERT INTO catalog_goodfigures AS kept (good_id, orders, quantity, amount, returns, as_of)
    SELECT good_id, orders, quantity, amount, returns, %(night)s FROM fresh
        ON CONFLICT (good_id) DO UPDATE
       SET orders = excluded.orders, quantity = excluded.quantity, amount = excluded.amount,
           returns = excluded.returns, as_of = excluded.as_of
     WHERE (kept.orders, kept.quantity, kept.amount, kept.returns, kept.as_of)
           IS DISTINCT FROM (excluded.orders, excluded.quantity, excluded.amount, excluded.returns, excluded.as_of)
"""


def compute_figures(night: date) -> dict[str, int]:
    """Bring SupplierFigures and GoodFigures to the end of a night; a second run changes nothing.

    Returns:
        rows changed, in all and by table.
    """
    arguments = {
        "night": night,
        "since": clock.end_of(night - timedelta(days=WINDOW_DAYS)),
        "until": clock.end_of(night),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SUPPLIERS, arguments)
        suppliers = cursor.rowcount
        cursor.execute(GOODS, arguments)
        goods = cursor.rowcount
    return {"rows": suppliers + goods, "suppliers": suppliers, "goods": goods}


def order_figures(context: NightContext) -> Mapping[str, Any]:
    """The nightly part: the last night of the gap is all that counts."""
    return compute_figures(context.last)
