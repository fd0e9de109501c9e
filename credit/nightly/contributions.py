"""What each order contributes to a score: w·ω·(x − p)/(Σω + m), in points with four places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from credit.models import CreditContribution, CreditModelVersion, CreditSnapshot
from credit.nightly import sums

# From the temporary table of spans and the stored terms of the snapshots.
LINES: Final = """
    WITH terms AS (
        SELECT s.id, s.supplier_id, s.as_of, p.key AS component, (p.value ->> 'weight')::float8 AS weight,
            (p.value ->> 'prior')::float8 AS prior, (p.value ->> 'mass')::float8 AS mass,
            (p.value ->> 'cap')::float8 AS cap, (p.value ->> 'start')::numeric AS start,
            power(2::float8, -(s.as_of - DATE '{epoch}') / %(half_life)s::float8) AS fade
        FROM credit_creditsnapshot s, jsonb_each(s.parts) p WHERE s.id = ANY(%(snapshots)s)
    ), buyers AS (
        SELECT t.id, t.component, c.buyer_id, sum(c.scaled)::float8 * t.fade AS weight
        FROM terms t JOIN credit_span c ON c.supplier_id = t.supplier_id AND c.component = t.component
            AND c.starts <= t.as_of AND c.ends > t.as_of GROUP BY 1, 2, 3, t.fade
    ), lines AS (
        SELECT t.id, t.component, c.order_id,
            round((t.weight * c.scaled::float8 * t.fade * least(1, t.cap / b.weight) * (c.value::float8 - t.prior)
                / (t.mass + %(prior_mass)s))::numeric, 4) AS points
        FROM terms t JOIN credit_span c ON c.supplier_id = t.supplier_id AND c.component = t.component
            AND c.starts <= t.as_of AND c.ends > t.as_of
        JOIN buyers b ON b.id = t.id AND b.component = t.component AND b.buyer_id = c.buyer_id
    )
    INSERT INTO credit_creditcontribution (snapshot_id, component, start, orders, points)
    SELECT t.id, t.component, t.start, coalesce(array_agg(l.order_id ORDER BY l.order_id)
            FILTER (WHERE l.order_id IS NOT NULL), '{}'),
        coalesce(array_agg(l.points ORDER BY l.order_id) FILTER (WHERE l.order_id IS NOT NULL), '{}')
    FROM terms t LEFT JOIN lines l ON l.id = t.id AND l.component = t.component
    GROUP BY t.id, t.component, t.start
""".replace("{epoch}", sums.EPOCH.isoformat())


def store(snapshots: Sequence[CreditSnapshot], version: CreditModelVersion, known_at: datetime) -> int:
    """Store the contributions of new snapshots order by order; rows written."""
    if not snapshots:
        return 0
    constants = version.numbers
    with connection.cursor() as cursor:
        sums.build_spans(cursor, constants, known_at, [row.supplier_id for row in snapshots])
        cursor.execute(
            LINES,
            {
                "snapshots": [row.pk for row in snapshots],
                "half_life": constants.half_life_days,
                "prior_mass": constants.prior_mass,
            },
        )
        return int(cursor.rowcount)


def total(snapshot: CreditSnapshot) -> float:
    """All stored contributions of a snapshot together: its score, but for rounding."""
    rows = CreditContribution.objects.filter(snapshot=snapshot)
    lines = sum((row.start + sum(row.points) for row in rows), start=snapshot.bonus - snapshot.deductions)
    return float(lines + snapshot.limit)
