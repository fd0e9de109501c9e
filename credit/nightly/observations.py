"""Keeps the ledger of observations equal to what the orders say, set-wise: adds what is new, takes back what changed.

Which order says what about which component, from which night on, is the table of the published definition
(docs/credit/credit.md, "Observations"); each select below is one of its rows.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from credit.models import CreditProgress
from zcy import clock
from zcy.models import AuditEntry

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# Facts that are written down up to this late are found the same night; later ones on the month's last night.
LOOK_BACK: Final = timedelta(days=40)
# Working days after the promised date on which an order that has not come is overdue: wd > 1.
OVERDUE_AFTER: Final = 2


def local(column: str) -> str:
    """SQL of the local date of a time."""
    return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"


ORDERS: Final = f"""
    CREATE TEMP TABLE credit_orders ON COMMIT DROP AS
    SELECT o.id, o.supplier_id, o.buyer_id, greatest(o.total, 0) AS total, o.promised_on,
        {local("o.confirmed_at")} AS confirmed_on, {local("o.cancelled_at")} AS cancelled_on
    FROM orders_order o WHERE o.supplier_id %% %(shards)s = %(shard)s AND {{touched}}
"""
TOUCHED: Final = """o.id IN (
    SELECT id FROM orders_order
        WHERE placed_at >= %(since)s OR confirmed_at >= %(since)s OR cancelled_at >= %(since)s
        OR promised_on >= %(since)s::date - 30
    UNION SELECT order_id FROM orders_shipment WHERE greatest(shipped_at, delivered_at, signed_at) >= %(since)s
    UNION SELECT order_id FROM orders_acceptance WHERE at >= %(since)s
    UNION SELECT order_id FROM orders_evaluation WHERE at >= %(since)s
    UNION SELECT order_id FROM orders_payment WHERE at >= %(since)s)"""

# Confirmed and not cancelled at once: the orders that count towards the grade's effective number.
CONFIRMED: Final = """
    CREATE TEMP TABLE credit_confirmed ON COMMIT DROP AS
    SELECT * FROM credit_orders
    WHERE confirmed_on <= %(last)s AND (cancelled_on IS NULL OR cancelled_on > confirmed_on)
"""

# On-time delivery: the last arrival known on a night; while nothing has arrived the first overdue night. A later step
# without an arrival means that the arrival is missing, not late: the order says nothing then.
ON_TIME: Final = f"""
    CREATE TEMP TABLE credit_promises ON COMMIT DROP AS
    WITH first_day AS (SELECT cumulative, min(date) AS day FROM zcy_workday GROUP BY cumulative),
    arrived AS (
        SELECT order_id, min({local("coalesce(delivered_at, signed_at)")}) AS first FROM orders_shipment
        WHERE coalesce(delivered_at, signed_at) IS NOT NULL AND order_id IN (SELECT id FROM credit_confirmed)
        GROUP BY 1
    ), later AS (
        SELECT order_id, min({local("at")}) AS first FROM (
            SELECT order_id, at FROM orders_acceptance WHERE result <> ''
            UNION ALL SELECT order_id, at FROM orders_payment WHERE prepaid IS NOT TRUE
        ) steps WHERE order_id IN (SELECT id FROM credit_confirmed) GROUP BY 1
    )
    SELECT c.*, p.cumulative AS promised_count, greatest(c.confirmed_on, f.day) AS overdue_from, f.day AS overdue_on,
        a.first AS first_arrival, l.first AS later_step
    FROM credit_confirmed c JOIN zcy_workday p ON p.date = c.promised_on
    JOIN first_day f ON f.cumulative = p.cumulative + {OVERDUE_AFTER}
    LEFT JOIN arrived a ON a.order_id = c.id LEFT JOIN later l ON l.order_id = c.id
"""
WANTED: Final = f"""
    CREATE TEMP TABLE credit_wanted ON COMMIT DROP AS
    WITH arrivals AS (
        SELECT c.id, greatest(c.confirmed_on, {local("coalesce(s.delivered_at, s.signed_at)")}) AS effective_on,
            max({local("coalesce(s.delivered_at, s.signed_at)")}) AS occurred_on
        FROM credit_promises c JOIN orders_shipment s ON s.order_id = c.id
        WHERE coalesce(s.delivered_at, s.signed_at) IS NOT NULL GROUP BY 1, 2
    ), overdue AS (
        SELECT * FROM credit_promises WHERE overdue_from <= %(last)s
            AND (first_arrival IS NULL OR first_arrival > overdue_from)
            AND (later_step IS NULL OR later_step > overdue_from)
    ), moments AS (
        SELECT id, effective_on, occurred_on, true AS counts FROM arrivals
        UNION ALL SELECT id, overdue_from, overdue_on, true FROM overdue
        UNION ALL SELECT id, later_step, later_step, false FROM overdue
            WHERE later_step IS NOT NULL AND (first_arrival IS NULL OR later_step < first_arrival)
    ), facts AS (
        SELECT m.id AS order_id, 'on_time' AS component, m.effective_on, m.occurred_on,
            CASE WHEN NOT m.counts THEN NULL WHEN w.cumulative - c.promised_count <= 1 THEN 1
                WHEN m.occurred_on - c.promised_on <= 7 THEN 0.5 ELSE 0 END AS value
        FROM moments m JOIN credit_promises c USING (id) JOIN zcy_workday w ON w.date = m.occurred_on
        WHERE c.cancelled_on IS NULL OR m.effective_on < c.cancelled_on
        UNION ALL
        SELECT id, 'orders', confirmed_on, confirmed_on, 1 FROM credit_confirmed
        UNION ALL
        SELECT * FROM (
            SELECT DISTINCT ON (a.order_id) a.order_id, 'first_acceptance', {local("a.at")}, {local("a.at")},
                CASE a.result WHEN 'passed' THEN 1 WHEN 'partial' THEN 0.5 WHEN 'failed' THEN 0 END AS value
            FROM orders_acceptance a JOIN credit_orders o ON o.id = a.order_id
            WHERE a.result <> '' ORDER BY a.order_id, a.at, a.id
        ) firsts WHERE value IS NOT NULL
        UNION ALL
        SELECT * FROM (
            SELECT DISTINCT ON (e.order_id, {local("e.at")}) e.order_id, 'evaluations', {local("e.at")} AS day,
                {local("e.at")}, (e.stars - 1) / 4.0
            FROM orders_evaluation e JOIN credit_orders o ON o.id = e.order_id
            WHERE e.by_side = 'buyer' ORDER BY e.order_id, day, e.at DESC, e.id DESC
        ) opinions
    ), ended AS (
        SELECT f.order_id, f.component, o.cancelled_on, o.cancelled_on, NULL::numeric
        FROM facts f JOIN credit_orders o ON o.id = f.order_id
        WHERE o.cancelled_on IS NOT NULL AND f.component IN ('on_time', 'orders') GROUP BY 1, 2, 3
    )
    SELECT f.order_id, f.component::varchar, f.effective_on, f.occurred_on, f.value::numeric(6, 4) AS value,
        o.total AS amount, o.supplier_id, o.buyer_id
    FROM (SELECT * FROM facts UNION ALL SELECT * FROM ended) f JOIN credit_orders o ON o.id = f.order_id
    WHERE f.effective_on <= %(last)s
"""
SAME: Final = """w.order_id = l.order_id AND w.component = l.component AND w.effective_on = l.effective_on
    AND w.occurred_on = l.occurred_on AND w.value IS NOT DISTINCT FROM l.value AND w.amount = l.amount
    AND w.supplier_id = l.supplier_id AND w.buyer_id = l.buyer_id"""
LIVE: Final = """
    CREATE TEMP TABLE credit_live ON COMMIT DROP AS
    SELECT l.* FROM credit_creditobservation l WHERE l.order_id IN (SELECT id FROM credit_orders)
        AND l.reversal_of_id IS NULL AND l.effective_on <= %(last)s
        AND NOT EXISTS (SELECT 1 FROM credit_creditobservation r WHERE r.reversal_of_id = l.id)
"""
COLUMNS: Final = "supplier_id, buyer_id, order_id, component, occurred_on, effective_on, value, amount"
TAKE_BACK: Final = f"""
    INSERT INTO credit_creditobservation ({COLUMNS}, recorded_at, reversal_of_id)
    SELECT {COLUMNS}, %(now)s, id FROM credit_live l WHERE NOT EXISTS (SELECT 1 FROM credit_wanted w WHERE {SAME})
"""
ADD: Final = f"""
    INSERT INTO credit_creditobservation ({COLUMNS}, recorded_at)
    SELECT {COLUMNS}, %(now)s FROM credit_wanted w WHERE NOT EXISTS (SELECT 1 FROM credit_live l WHERE {SAME})
    ORDER BY supplier_id, component, buyer_id, effective_on, order_id
"""


def reconcile(*, last: date, shard: int = 0, shards: int = 1, since: date | None = None) -> dict[str, int]:
    """Bring the ledger up to a night.

    Args:
        last: facts up to this night count.
        shard: only suppliers whose id leaves this rest …
        shards: … when divided by this.
        since: look only at orders of which something happened on or after this day; None compares everything.

    Returns:
        Rows added, and how many of them take an earlier row back.
    """
    params: dict[str, Any] = {"last": last, "shard": shard, "shards": shards, "now": clock.now()}
    touched = "true"
    if since is not None:
        touched = TOUCHED
        params["since"] = clock.start_of(since)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for name, sql in (
            ("orders", ORDERS.format(touched=touched)),
            ("confirmed", CONFIRMED),
            ("promises", ON_TIME),
            ("wanted", WANTED),
            ("live", LIVE),
        ):
            cursor.execute(f"DROP TABLE IF EXISTS credit_{name}")
            cursor.execute(sql, params)
            cursor.execute(f"ANALYZE credit_{name}")
        taken_back = _count(cursor, TAKE_BACK, params)
        added = _count(cursor, ADD, params)
    return {"rows": added + taken_back, "taken_back": taken_back}


def _count(cursor: CursorWrapper, sql: str, params: dict[str, Any]) -> int:
    cursor.execute(sql, params)
    return int(cursor.rowcount)


def newest_import(before: datetime | None = None) -> int:
    """The audit entry of the newest import: history may have changed anywhere when there is a newer one."""
    entries = AuditEntry.objects.filter(action="market.imported")
    if before is not None:
        entries = entries.filter(at__lte=before)
    return entries.order_by("-id").values_list("id", flat=True).first() or 0


def look_from(last: date, *, month_end: bool) -> date | None:
    """From which day on orders must be compared this night; None for all of them."""
    progress = CreditProgress.objects.filter(pk=1).first()
    if (
        month_end
        or progress is None
        or progress.reconciled_to is None
        or progress.import_id != newest_import()
    ):
        return None
    return min(progress.reconciled_to, last) - LOOK_BACK


def note_progress(last: date, import_id: int) -> None:
    """Remember that everything up to the night has been compared."""
    CreditProgress.objects.update_or_create(pk=1, defaults={"reconciled_to": last, "import_id": import_id})
