"""Sums of the observations by supplier, component and buyer, and what becomes of them under the cap.

Weights are summed as `numeric`, so that the order of the rows does not matter and a replay gives the same digits.
They are kept as of EPOCH, where an observation of day t weighs 2^((t − EPOCH)/180)·a, and are multiplied by
2^(−(D − EPOCH)/180) when they are read for night D: carrying them forward costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from credit.formulas import Constants, Terms

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

EPOCH: Final = date(2020, 1, 1)

# Rows of the ledger that are known at a moment, each with the night from which a newer one counts.
SPANS: Final = """
    SELECT supplier_id, component, buyer_id, order_id, value, effective_on AS starts, ends, a::numeric(12, 10) AS a,
        occurred_on,
        round((power(2::float8, (occurred_on - DATE '{epoch}') / %(half_life)s::float8)
            * a)::numeric, 18) AS scaled
    FROM (
        SELECT l.*, coalesce(lead(l.effective_on) OVER (PARTITION BY l.order_id, l.component
                ORDER BY l.effective_on, l.id), 'infinity'::date) AS ends,
            round(least(3, 1 + log(1 + l.amount::float8 / 10000))::numeric, 10)::float8 AS a
        FROM credit_creditobservation l
        WHERE l.reversal_of_id IS NULL AND l.recorded_at <= %(known_at)s AND {scope}
            AND NOT EXISTS (SELECT 1 FROM credit_creditobservation r
                WHERE r.reversal_of_id = l.id AND r.recorded_at <= %(known_at)s)
    ) live WHERE value IS NOT NULL
""".replace("{epoch}", EPOCH.isoformat())

GROUPS: Final = """
    SELECT supplier_id, component, buyer_id, sum(scaled) AS weight, sum(scaled * value) AS good,
        sum(scaled * a) AS squares, count(*)::int AS count
    FROM credit_span WHERE starts <= %(day)s AND ends > %(day)s GROUP BY 1, 2, 3
"""

# The cap C as in formulas.cap: with the j largest capped C = (m + Σ of the others)/(1/share − j).
CAPPED: Final = """
    WITH groups AS ({groups}),
    now AS (
        SELECT supplier_id, component, weight * f AS w, good * f AS g, squares * f AS s, count,
            row_number() OVER (PARTITION BY supplier_id, component ORDER BY weight DESC, buyer_id) AS place
        FROM groups, (SELECT power(2::float8, -(%(day)s::date - DATE '{epoch}') / %(half_life)s::float8)::numeric AS f) x
    ), tops AS (
        SELECT supplier_id, component, sum(w)::float8 AS total, sum(s)::float8 AS squares, sum(count)::int AS count,
            coalesce(max(w) FILTER (WHERE place = 1), 0)::float8 AS w1,
            coalesce(max(w) FILTER (WHERE place = 2), 0)::float8 AS w2,
            coalesce(max(w) FILTER (WHERE place = 3), 0)::float8 AS w3
        FROM now GROUP BY 1, 2
    ), caps AS (
        SELECT *, CASE WHEN w1 <= (m + total) / 4 THEN (m + total) / 4
            WHEN w2 <= (m + total - w1) / 3 THEN (m + total - w1) / 3
            WHEN w3 <= (m + total - w1 - w2) / 2 THEN (m + total - w1 - w2) / 2
            ELSE m + total - w1 - w2 - w3 END AS cap
        FROM tops, (SELECT %(prior_mass)s::float8 AS m) x
    )
    SELECT supplier_id, component, sum(least(w, c.cap::numeric))::float8,
        sum(g * least(1, c.cap::numeric / w))::float8, sum(n.s * least(1, c.cap::numeric / w))::float8,
        max(c.cap), max(c.count), max(c.total), max(c.squares)
    FROM now n JOIN caps c USING (supplier_id, component) WHERE w > 0 GROUP BY 1, 2
""".replace("{epoch}", EPOCH.isoformat())

BY_SUPPLIER: Final = """
    SELECT supplier_id, component, (sum(scaled) * f)::float8, (sum(scaled * value) * f)::float8
    FROM credit_span,
        (SELECT power(2::float8, -(%(day)s::date - DATE '{epoch}') / %(half_life)s::float8)::numeric AS f) x
    WHERE starts <= %(day)s AND ends > %(day)s AND component <> 'orders' GROUP BY 1, 2, f
""".replace("{epoch}", EPOCH.isoformat())

# Groups with rows that the supplier's last computation did not know.
TOUCHED: Final = """
    CREATE TEMP TABLE credit_touched ON COMMIT DROP AS
    SELECT DISTINCT l.supplier_id, l.component, l.buyer_id FROM credit_creditobservation l
    LEFT JOIN credit_creditstate s ON s.supplier_id = l.supplier_id
    WHERE l.supplier_id = ANY(%(suppliers)s)
        AND l.id > %(seen)s AND (s.supplier_id IS NULL OR l.id > s.observation_id)
"""

Sums = dict[int, dict[str, Terms]]
# Confirmed orders: an order's weight is not capped, so the number is (Σda)²/Σda² of all of them.
NUMBER_ONLY: Final = "orders"


def build_spans(
    cursor: CursorWrapper, constants: Constants, known_at: datetime, suppliers: Sequence[int] | None = None
) -> None:
    """Make the temporary table of observations with the nights on which they count, of some suppliers or of all."""
    scope = "true" if suppliers is None else "l.supplier_id = ANY(%(suppliers)s)"
    cursor.execute("DROP TABLE IF EXISTS credit_span")
    cursor.execute(
        f"CREATE TEMP TABLE credit_span ON COMMIT DROP AS {SPANS.format(scope=scope)}",
        {"half_life": constants.half_life_days, "known_at": known_at, "suppliers": list(suppliers or ())},
    )
    cursor.execute("ANALYZE credit_span")


def terms_of_spans(cursor: CursorWrapper, constants: Constants, day: date, suppliers: Iterable[int]) -> Sums:
    """The terms of a night from the temporary table."""
    groups = GROUPS.replace(" GROUP BY", " AND supplier_id = ANY(%(suppliers)s) GROUP BY")
    return _terms(cursor, constants, day, groups, suppliers)


def terms_of_sums(cursor: CursorWrapper, constants: Constants, day: date, suppliers: Iterable[int]) -> Sums:
    """The terms of a night from the carried sums, which must be as of that night."""
    groups = "SELECT * FROM credit_creditsum WHERE supplier_id = ANY(%(suppliers)s)"
    return _terms(cursor, constants, day, groups, suppliers)


def _terms(
    cursor: CursorWrapper, constants: Constants, day: date, groups: str, suppliers: Iterable[int]
) -> Sums:
    found: Sums = {}
    cursor.execute(
        CAPPED.format(groups=groups),
        {
            "day": day,
            "half_life": constants.half_life_days,
            "prior_mass": constants.prior_mass,
            "suppliers": list(suppliers),
        },
    )
    for supplier, component, mass, good, squares, bound, count, total, all_squares in cursor.fetchall():
        if component == NUMBER_ONLY:
            mass, squares = total, all_squares  # noqa: PLW2901 - the cap is for observations
        number = mass * mass / squares if squares > 0 else 0.0
        found.setdefault(supplier, {})[component] = Terms(mass, good, number, bound, count)
    return found


def supplier_sums(
    cursor: CursorWrapper, constants: Constants, day: date
) -> Mapping[str, dict[int, tuple[float, float]]]:
    """Σda and Σdax by component and supplier on a night, from the temporary table."""
    found: dict[str, dict[int, tuple[float, float]]] = {}
    cursor.execute(BY_SUPPLIER, {"day": day, "half_life": constants.half_life_days})
    for supplier, component, weight, good in cursor.fetchall():
        found.setdefault(component, {})[supplier] = (weight, good)
    return found


def refresh_sums(
    cursor: CursorWrapper,
    constants: Constants,
    day: date,
    known_at: datetime,
    suppliers: Sequence[int],
    seen: int = 0,
) -> int:
    """Bring the carried sums of some suppliers to a night: only groups of which something is new are summed again.

    Rows of the ledger up to the id `seen` are known to all of the suppliers' computations.
    """
    params: dict[str, Any] = {
        "seen": seen,
        "suppliers": list(suppliers),
        "day": day,
        "half_life": constants.half_life_days,
        "known_at": known_at,
    }
    cursor.execute("DROP TABLE IF EXISTS credit_touched, credit_span")
    cursor.execute(TOUCHED, params)
    touched = cursor.rowcount
    if not touched:
        return 0
    cursor.execute("ANALYZE credit_touched")
    scope = "(l.supplier_id, l.component, l.buyer_id) IN (SELECT * FROM credit_touched)"
    cursor.execute(f"CREATE TEMP TABLE credit_span ON COMMIT DROP AS {SPANS.format(scope=scope)}", params)
    cursor.execute(
        "DELETE FROM credit_creditsum s USING credit_touched t WHERE s.supplier_id = t.supplier_id"
        " AND s.component = t.component AND s.buyer_id = t.buyer_id"
    )
    cursor.execute(
        "INSERT INTO credit_creditsum (supplier_id, component, buyer_id, weight, good, squares, count)"
        + GROUPS,
        params,
    )
    return int(touched)
