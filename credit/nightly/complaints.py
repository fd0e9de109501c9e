"""Keeps the ledger of events equal to what was decided about complaints, set-wise: an upheld one takes points.

What it takes, from when and for how long is the published definition (docs/credit/credit.md, "Events").
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from credit import formulas
from credit.nightly import events
from credit.nightly.observations import local
from credit.nightly.scoring import version_of
from zcy import clock

# A decision that was executed within this many days has been remedied.
REMEDIED_WITHIN: Final = 30

WANTED: Final = f"""
    CREATE TEMP TABLE credit_upheld ON COMMIT DROP AS
    WITH decided AS (
        SELECT 'complaint:' || id AS source, supplier_id, order_id, left(external_id, 300) AS reason,
            CASE WHEN severity IN ('minor', 'major', 'serious') THEN severity ELSE 'general' END AS severity,
            {local("decided_at")} AS effective_on, {local("executed_at")} AS executed_on
        FROM orders_complaint WHERE upheld AND supplier_id %% %(shards)s = %(shard)s
    )
    SELECT d.*, t.points, t.half_life_days, (d.effective_on + make_interval(years => t.years))::date AS expires_on,
        CASE WHEN d.severity = 'minor' AND executed_on <= %(last)s
            AND executed_on - effective_on <= {REMEDIED_WITHIN} THEN executed_on END AS remedied_on
    FROM decided d JOIN (VALUES {{tariffs}}) AS t (severity, points, half_life_days, years) USING (severity)
    WHERE d.effective_on <= %(last)s
"""
WRITTEN: Final = """
    CREATE TEMP TABLE credit_written ON COMMIT DROP AS
    SELECT e.id, e.source, e.supplier_id, e.order_id, e.reason, e.severity, e.effective_on, r.effective_on AS remedied_on
    FROM credit_creditevent e
    LEFT JOIN credit_creditevent r ON r.reversal_of_id = e.id AND r.kind = 'remedy' AND r.effective_on <= %(last)s
    WHERE e.kind = 'deduction' AND starts_with(e.source, 'complaint:') AND e.effective_on <= %(last)s
        AND e.supplier_id %% %(shards)s = %(shard)s
        AND NOT EXISTS (SELECT FROM credit_creditevent b WHERE b.reversal_of_id = e.id AND b.kind = 'reversal')
"""
SAME: Final = """u.source = w.source AND u.supplier_id = w.supplier_id AND u.order_id IS NOT DISTINCT FROM w.order_id
    AND u.severity = w.severity AND u.effective_on = w.effective_on
    AND (w.remedied_on IS NULL OR w.remedied_on = u.remedied_on)"""
COLUMNS: Final = """supplier_id, order_id, kind, severity, source, reason, points, half_life_days, effective_on, expires_on,
    reversal_of_id, key, recorded_at, model_version_id"""
REVERSE: Final = f"""
    INSERT INTO credit_creditevent ({COLUMNS})
    SELECT w.supplier_id, w.order_id, 'reversal', '', w.source, w.reason, 0, NULL, w.effective_on, NULL,
        w.id, 'reversal:' || w.id, %(now)s, %(version)s
    FROM credit_written w WHERE NOT EXISTS (SELECT FROM credit_upheld u WHERE {SAME}) ORDER BY w.id
"""
# What a person has reversed on appeal stays reversed; a corrected complaint is written anew under a further key.
ADD: Final = f"""
    INSERT INTO credit_creditevent ({COLUMNS})
    SELECT u.supplier_id, u.order_id, 'deduction', u.severity, u.source, u.reason, u.points, u.half_life_days,
        u.effective_on, u.expires_on, NULL,
        u.source || ':' || (SELECT count(*) FROM credit_creditevent b
            WHERE b.source = u.source AND b.kind = 'deduction'), %(now)s, %(version)s
    FROM credit_upheld u WHERE NOT EXISTS (SELECT FROM credit_written w WHERE {SAME})
        AND NOT EXISTS (SELECT FROM credit_creditevent b WHERE b.source = u.source AND b.kind = 'reversal'
            AND b.recorded_by_id IS NOT NULL)
    ORDER BY u.effective_on, u.source
"""
REMEDY: Final = f"""
    INSERT INTO credit_creditevent ({COLUMNS})
    SELECT e.supplier_id, e.order_id, 'remedy', '', e.source, e.reason, 0, NULL, u.remedied_on, NULL,
        e.id, 'remedy:' || e.id, %(now)s, %(version)s
    FROM credit_upheld u JOIN credit_creditevent e ON e.source = u.source AND e.kind = 'deduction'
    WHERE u.remedied_on IS NOT NULL
        AND NOT EXISTS (SELECT FROM credit_creditevent b WHERE b.reversal_of_id = e.id) ORDER BY e.id
"""


def reconcile(*, last: date, shard: int = 0, shards: int = 1) -> int:
    """Bring the ledger up to a night: deductions for what was upheld, remedies, reversals of what was corrected.

    Args:
        last: decisions, and their execution, up to this night count.
        shard: only suppliers whose id leaves this rest …
        shards: … when divided by this.

    Returns:
        Events written.
    """
    tariffs = ", ".join(
        f"('{severity}', {tariff.points}, {tariff.half_life_days or 'NULL'}::int, {tariff.years})"
        for severity, tariff in formulas.TARIFFS.items()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        events.own_lock()
        params: dict[str, Any] = {
            "last": last,
            "shard": shard,
            "shards": shards,
            "now": clock.now(),
            "version": version_of(last).pk,
        }
        cursor.execute("DROP TABLE IF EXISTS credit_upheld, credit_written")
        cursor.execute(WANTED.format(tariffs=tariffs), params)
        cursor.execute(WRITTEN, params)
        rows = 0
        for statement in (REVERSE, ADD, REMEDY):
            cursor.execute(statement, params)
            rows += cursor.rowcount
    return rows
