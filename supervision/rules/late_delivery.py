"""Late delivery.

Subject: order, on the first night on which it is overdue. Flagged when wd(promised_on, last delivered_at, else
signed_at, of all rows) > 1, or while that has not happened; severity 2 beyond 7 calendar days; no promised_on: not
evaluable. A missing time of delivery with a later step known (acceptance, a payment that is not prepaid): not
evaluable. wd(a, b) = working days d with date(a) < d ≤ date(b). An order cancelled by the end of the night is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.rules.base import Finding, Parameters, Rule, RuleContext, Tally, parameter, regimes_of
from supervision.rules.regime import Regime
from supervision.rules.sql import common, fetch, local
from supervision.vocabulary import Dimension, Outcome, SubjectKind
from zcy import workdays

_WHERE: Final = "o.region_id = ANY(%(regions)s) AND (%(only)s::bigint[] IS NULL OR o.id = ANY(%(only)s))"
# An order cannot be overdue before it was placed, whatever was promised.
_OVERDUE: Final = f"greatest(l.overdue_on, {local('o.placed_at')})"
_CANDIDATES: Final = f"""
    SELECT o.id FROM orders_order o JOIN limits l USING (promised_on)
     WHERE {_OVERDUE} BETWEEN %(first)s AND %(last)s
     UNION
    SELECT s.order_id FROM orders_shipment s
     WHERE (s.shipped_at >= %(start)s AND s.shipped_at < %(end)s)
        OR (s.delivered_at >= %(start)s AND s.delivered_at < %(end)s)
        OR (s.signed_at >= %(start)s AND s.signed_at < %(end)s)
"""
# A row of deliveries is known from its first date on; a row without any date from the beginning.
_SQL: Final = f"""
    WITH limits AS (SELECT * FROM unnest(%(promised)s::date[], %(overdue)s::date[]) AS l (promised_on, overdue_on)),
    candidate AS ({{candidates}}),
    fact AS (
        SELECT o.id, o.region_id, o.buyer_id, o.supplier_id, o.category_id, o.total, o.promised_on,
               {_OVERDUE} AS overdue_on,
               {local("o.cancelled_at")} AS cancelled_on,
               least((SELECT min({local("a.at")}) FROM orders_acceptance a WHERE a.order_id = o.id AND a.result <> ''),
                     (SELECT min({local("p.at")}) FROM orders_payment p
                       WHERE p.order_id = o.id AND p.prepaid IS NOT TRUE)) AS later_on
          FROM candidate c JOIN orders_order o USING (id) JOIN limits l USING (promised_on)
         WHERE {_WHERE}
    ), judged AS (
        SELECT f.*, d.*
          FROM fact f LEFT JOIN LATERAL (
              SELECT min(r.arrived_on) FILTER (WHERE r.arrived_on >= f.overdue_on) AS arrived_late,
                     min(greatest(r.known_on, f.overdue_on)) FILTER (
                         WHERE (r.arrived_on IS NULL OR r.arrived_on > greatest(r.known_on, f.overdue_on))
                           AND (f.later_on IS NULL OR f.later_on > greatest(r.known_on, f.overdue_on))) AS missed,
                     count(*) FILTER (WHERE r.known_on <= f.overdue_on) AS rows_then,
                     count(*) FILTER (WHERE r.known_on <= f.overdue_on
                                        AND (r.arrived_on IS NULL OR r.arrived_on > f.overdue_on)) AS waiting_then,
                     count(*) FILTER (WHERE r.known_on <= %(as_of)s
                                        AND (r.arrived_on IS NULL OR r.arrived_on > %(as_of)s)) AS waiting,
                     max(r.arrived_on) FILTER (WHERE r.arrived_on <= %(as_of)s) AS arrived_on,
                     coalesce(array_agg(r.id ORDER BY r.id) FILTER (WHERE r.known_on <= %(as_of)s), '{{{{}}}}') AS rows
                FROM (SELECT s.id, coalesce({local("least(s.shipped_at, s.delivered_at, s.signed_at)")}, '0001-01-01'::date)
                                 AS known_on,
                             {local("coalesce(s.delivered_at, s.signed_at)")} AS arrived_on
                        FROM orders_shipment s WHERE s.order_id = f.id) r) d ON true
    )
    SELECT *, least(arrived_late, missed, CASE WHEN rows_then = 0 AND (later_on IS NULL OR later_on > overdue_on)
                                               THEN overdue_on END) AS flagged_on
      FROM judged ORDER BY id
"""
_NO_PROMISE: Final = f"""
    SELECT {local("o.placed_at")} AS night, o.region_id, count(*) AS count, sum(o.total) AS total
      FROM orders_order o
     WHERE o.promised_on IS NULL AND o.placed_at >= %(start)s AND o.placed_at < %(end)s AND {_WHERE}
       AND (o.cancelled_at IS NULL OR {local("o.cancelled_at")} > {local("o.placed_at")})
     GROUP BY 1, 2
"""


@dataclass(frozen=True)
class LateDeliveryParameters(Parameters):
    grace_workdays: int = parameter(1, unit="wd", label=_("working days of grace"), tighter="down")
    severe_days: int = parameter(7, unit="d", label=_("calendar days that weigh more"), tighter="down")


class LateDelivery(Rule):
    slug = "late-delivery"
    dimension = Dimension.EFFICIENCY
    subject_kind = SubjectKind.ORDER
    title = _("Late delivery")
    description = _("The goods came later than promised, or have not come yet.")
    legal_basis = _("Civil Code, article 577; Government Procurement Law, article 43")
    parameters = LateDeliveryParameters
    unit = "wd"
    shards = 2

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        for regime, first, last in regimes_of(context):
            promised, overdue = _limits(regime, last)
            params = {**common(context, regime, first, last), "promised": promised, "overdue": overdue}
            candidates = (
                "SELECT unnest(%(only)s::bigint[]) AS id" if context.only is not None else _CANDIDATES
            )
            for row in fetch(_SQL.format(candidates=candidates), params):
                yield from _outcomes(row, regime, first, last, context.last)
            for row in fetch(_NO_PROMISE, params):
                yield Tally(
                    row.night, row.region_id, Outcome.NOT_EVALUABLE, row.total, "no_promise", row.count
                )

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        if evidence["arrived_on"]:
            return gettext(
                "Promised for %(promised)s, arrived on %(arrived)s: %(days)s working days late."
            ) % {
                "promised": evidence["promised_on"],
                "arrived": evidence["arrived_on"],
                "days": evidence["workdays"],
            }
        return gettext(
            "Promised for %(promised)s and not arrived by %(as_of)s: %(days)s working days late."
        ) % {
            "promised": evidence["promised_on"],
            "as_of": evidence["as_of"],
            "days": evidence["workdays"],
        }

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        end = evidence["arrived_on"] or evidence["as_of"]
        return [
            (
                f"wd({evidence['promised_on']}, {end})",
                f"{evidence['workdays']} > {evidence['grace_workdays']}",
            ),
            (gettext("calendar days"), str(evidence["days"])),
        ]


def overdue_on(promised: date, grace_workdays: int) -> date:
    """The first date d with wd(promised, d) > grace."""
    return workdays.add(promised, grace_workdays + 1)


def _limits(regime: Regime, last: date) -> tuple[list[date], list[date]]:
    """Every promised date with the first night on which it is overdue under the regime."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT promised_on FROM orders_order WHERE promised_on <= %s", [last])
        promised = sorted(row[0] for row in cursor.fetchall())
    grace = regime.parameters.grace_workdays
    return promised, [max(overdue_on(day, grace), regime.first) for day in promised]


def _outcomes(
    row: SimpleNamespace, regime: Regime, first: date, last: date, as_of: date
) -> Iterator[Finding | Tally]:
    cancelled = row.cancelled_on or date.max
    flagged = row.flagged_on if row.flagged_on and row.flagged_on < cancelled else None
    if flagged and first <= flagged <= last:
        yield _finding(row, flagged, regime, as_of)
    if flagged == row.overdue_on or not first <= row.overdue_on <= last or cancelled <= row.overdue_on:
        return
    if row.waiting_then or not row.rows_then:
        yield Tally(row.overdue_on, row.region_id, Outcome.NOT_EVALUABLE, row.total, "no_delivery_record")
    else:
        yield Tally(row.overdue_on, row.region_id, Outcome.CLEAR, row.total)


def _finding(row: SimpleNamespace, night: date, regime: Regime, as_of: date) -> Finding:
    arrived = row.arrived_on if row.rows and not row.waiting else None
    end = arrived or min(as_of, (row.cancelled_on or date.max) - timedelta(days=1))
    days, late = (end - row.promised_on).days, workdays.wd(row.promised_on, end)
    limits: LateDeliveryParameters = regime.parameters
    return Finding(
        subject_kind=SubjectKind.ORDER,
        subject=(row.id,),
        night=night,
        region_id=row.region_id,
        version_id=regime.version_id,
        severity=2 if days > limits.severe_days else 1,
        value=late,
        threshold=limits.grace_workdays,
        at_stake=row.total,
        evidence={
            "promised_on": row.promised_on.isoformat(),
            "arrived_on": arrived.isoformat() if arrived else "",
            "as_of": end.isoformat(),
            "workdays": late,
            "days": days,
            "grace_workdays": limits.grace_workdays,
            "deliveries": list(row.rows),
        },
        order_id=row.id,
        buyer_id=row.buyer_id,
        supplier_id=row.supplier_id,
        category_id=row.category_id,
        amount=row.total,
    )
