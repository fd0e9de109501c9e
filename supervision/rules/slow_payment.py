"""Slow payment.

Subject: order, on the first night on which it is overdue. due = due_on, else the date of the first `passed` + 30;
flagged where the payment that completes the total is later than due, or missing; severity 3 beyond 60 days after
acceptance. Where payments name different dates, that of the completing one counts, else that of the latest; payments
of one moment are one, with the earliest of their dates. A payment that is not prepaid without any acceptance and
without due_on: not evaluable. An order cancelled by the end of the night is left out. Amounts are compared in whole
cents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.rules.base import Finding, Parameters, Rule, RuleContext, Tally, parameter, regimes_of
from supervision.rules.regime import BEGINNING, Regime
from supervision.rules.sql import changed_inside, common, day_before, fetch, local
from supervision.vocabulary import Dimension, Outcome, SubjectKind
from zcy.clock import end_of, start_of

_CANDIDATES: Final = """
    SELECT a.order_id AS id FROM orders_acceptance a
     WHERE a.result = 'passed' AND a.at >= %(accepted_start)s AND a.at < %(accepted_end)s
     UNION
    SELECT p.order_id FROM orders_payment p
     WHERE (p.due_on >= %(due_first)s AND p.due_on < %(last)s) OR (p.at >= %(start)s AND p.at < %(end)s)
     UNION
    SELECT o.id FROM orders_order o JOIN orders_payment p ON p.order_id = o.id
     WHERE o.placed_at >= %(start)s AND o.placed_at < %(end)s AND p.due_on < %(last)s
"""
_SQL: Final = f"""
    WITH candidate AS ({{candidates}}),
    fact AS (
        SELECT o.id, o.region_id, o.buyer_id, o.supplier_id, o.category_id, o.total,
               {local("o.placed_at")} AS placed_on, {local("o.cancelled_at")} AS cancelled_on,
               (SELECT {local("min(a.at)")} FROM orders_acceptance a
                 WHERE a.order_id = o.id AND a.result = 'passed') AS passed_on
          FROM candidate c JOIN orders_order o USING (id)
         WHERE o.total > 0 AND o.region_id = ANY(%(regions)s)
    ), running AS (
        SELECT p.*, f.total, sum(p.amount) OVER (PARTITION BY p.order_id ORDER BY p.at) AS so_far
          FROM orders_payment p JOIN fact f ON f.id = p.order_id
    ), paid AS (
        SELECT r.order_id,
               min({local("r.at")}) FILTER (WHERE r.so_far >= r.total) AS paid_on,
               (array_agg(r.due_on ORDER BY r.at, r.due_on) FILTER (WHERE r.so_far >= r.total))[1] AS completing_due,
               (array_agg(r.due_on ORDER BY r.at DESC, r.due_on) FILTER (WHERE r.due_on IS NOT NULL))[1] AS latest_due,
               bool_and(r.prepaid IS TRUE) AS prepaid,
               sum(r.amount) FILTER (WHERE r.at < %(as_of_end)s) AS paid_so_far,
               array_agg(r.id ORDER BY r.at, r.id) FILTER (WHERE r.at < %(as_of_end)s) AS payments
          FROM running r GROUP BY 1
    )
    SELECT f.*, p.paid_on, p.prepaid, coalesce(p.paid_so_far, 0) AS paid_so_far,
           coalesce(p.payments, '{{{{}}}}') AS payments,
           coalesce(p.completing_due, p.latest_due) AS due_on,
           coalesce(p.completing_due, p.latest_due, f.passed_on + %(term)s::int) AS due
      FROM fact f LEFT JOIN paid p ON p.order_id = f.id ORDER BY f.id
"""


@dataclass(frozen=True)
class SlowPaymentParameters(Parameters):
    term_days: int = parameter(30, unit="d", label=_("days to pay after acceptance"), tighter="down")
    severe_days: int = parameter(
        60, unit="d", label=_("days after acceptance that are serious"), tighter="down"
    )


class SlowPayment(Rule):
    slug = "slow-payment"
    dimension = Dimension.EFFICIENCY
    subject_kind = SubjectKind.ORDER
    title = _("Slow payment")
    description = _("The order was paid later than due, or is not paid yet.")
    legal_basis = _("Regulations on ensuring payment to small and medium-sized enterprises, article 9")
    parameters = SlowPaymentParameters
    unit = "d"
    shards = 2

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        for regime, first, last in regimes_of(context):
            term = regime.parameters.term_days
            # A term that became shorter today makes overdue what was accepted long ago.
            earliest = BEGINNING if changed_inside(regime, first) else first
            params = {
                **common(context, regime, first, last),
                "term": term,
                "due_first": day_before(earliest),
                "accepted_start": start_of(
                    day_before(earliest, term + 1) if earliest != BEGINNING else BEGINNING
                ),
                "accepted_end": end_of(day_before(last, term + 1)),
            }
            candidates = (
                "SELECT unnest(%(only)s::bigint[]) AS id" if context.only is not None else _CANDIDATES
            )
            for row in fetch(_SQL.format(candidates=candidates), params):
                yield from _outcome(row, regime, first, last, context.last)

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        if evidence["paid_on"]:
            return gettext("Due on %(due)s, paid in full on %(paid)s: %(days)s days late.") % {
                "due": evidence["due"],
                "paid": evidence["paid_on"],
                "days": evidence["days_late"],
            }
        return gettext("Due on %(due)s and not paid in full by %(as_of)s: %(days)s days late.") % {
            "due": evidence["due"],
            "as_of": evidence["as_of"],
            "days": evidence["days_late"],
        }

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        lines = [
            (
                f"{evidence['paid_on'] or evidence['as_of']} − {evidence['due']}",
                f"{evidence['days_late']} > 0",
            )
        ]
        if not evidence["due_on"]:
            lines.insert(
                0, (gettext("due = acceptance + term"), f"{evidence['passed_on']} + {evidence['term_days']}")
            )
        if evidence["days_after_acceptance"] is not None:
            lines.append((gettext("days after acceptance"), str(evidence["days_after_acceptance"])))
        return lines


def _outcome(
    row: SimpleNamespace, regime: Regime, first: date, last: date, as_of: date
) -> Iterator[Finding | Tally]:
    cancelled = row.cancelled_on or date.max
    if row.due is None:
        if row.paid_on and first <= row.paid_on <= last and row.paid_on < cancelled:
            outcome = Outcome.CLEAR if row.prepaid else Outcome.NOT_EVALUABLE
            reason = "" if row.prepaid else "no_acceptance_record"
            yield Tally(row.paid_on, row.region_id, outcome, row.total, reason)
        return
    overdue = max(row.due + timedelta(days=1), row.placed_on, regime.first)
    late = row.paid_on is None or (row.paid_on > row.due and row.paid_on >= overdue)
    night = overdue if late else row.paid_on
    if not first <= night <= last or night >= cancelled:
        return
    if late:
        yield _finding(row, night, regime, as_of)
    elif row.paid_on <= row.due:
        yield Tally(night, row.region_id, Outcome.CLEAR, row.total)


def _finding(row: SimpleNamespace, night: date, regime: Regime, as_of: date) -> Finding:
    limits: SlowPaymentParameters = regime.parameters
    paid = row.paid_on if row.paid_on and row.paid_on <= as_of else None
    end = paid or min(as_of, (row.cancelled_on or date.max) - timedelta(days=1))
    after = (end - row.passed_on).days if row.passed_on and row.passed_on <= end else None
    return Finding(
        subject_kind=SubjectKind.ORDER,
        subject=(row.id,),
        night=night,
        region_id=row.region_id,
        version_id=regime.version_id,
        severity=3 if after is not None and after > limits.severe_days else 2,
        value=(end - row.due).days,
        threshold=0,
        at_stake=row.total,
        evidence={
            "due": row.due.isoformat(),
            "due_on": row.due_on.isoformat() if row.due_on else "",
            "passed_on": row.passed_on.isoformat() if row.passed_on else "",
            "paid_on": paid.isoformat() if paid else "",
            "as_of": end.isoformat(),
            "days_late": (end - row.due).days,
            "days_after_acceptance": after,
            "term_days": limits.term_days,
            "total": str(row.total),
            "paid": str(row.paid_so_far),
            "payments": list(row.payments),
        },
        order_id=row.id,
        buyer_id=row.buyer_id,
        supplier_id=row.supplier_id,
        category_id=row.category_id,
        amount=row.total,
    )
