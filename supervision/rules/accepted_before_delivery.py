"""Accepted before delivery.

Subject: order, on the night of the signature or of the payment. Flagged when the first `passed` is earlier than the
last signed_at (to the second), known when signed; or when a payment that is not prepaid (empty = not) is earlier than
the first `passed` or `partial`, or made while there is neither. No delivery record: not evaluable. An acceptance without
a signature is not evaluable until the signature becomes known. An order cancelled by the end of the night is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.rules.base import Finding, Parameters, Rule, RuleContext, Tally, regimes_of
from supervision.rules.regime import Regime
from supervision.rules.sql import common, fetch, local
from supervision.vocabulary import Dimension, Outcome, SubjectKind
from zcy.clock import end_of
from zcy.formats import local as shown

_IN_RANGE: Final = "({0} >= %(start)s AND {0} < %(end)s)"
_CANDIDATES: Final = f"""
    SELECT s.order_id AS id FROM orders_shipment s
     WHERE {_IN_RANGE.format("s.signed_at")} OR {_IN_RANGE.format("s.shipped_at")} OR {_IN_RANGE.format("s.delivered_at")}
     UNION
    SELECT p.order_id FROM orders_payment p WHERE {_IN_RANGE.format("p.at")}
     UNION
    SELECT a.order_id FROM orders_acceptance a WHERE a.result <> '' AND {_IN_RANGE.format("a.at")}
"""
_BEFORE: Final = "f.accepted IS NULL OR date_trunc('second', p.at) < f.accepted"
_SQL: Final = f"""
    WITH candidate AS ({{candidates}}),
    fact AS (
        SELECT o.id, o.region_id, o.buyer_id, o.supplier_id, o.category_id, o.total,
               {local("o.cancelled_at")} AS cancelled_on, a.passed, a.accepted, a.rows AS acceptances
          FROM candidate c JOIN orders_order o USING (id) LEFT JOIN LATERAL (
              SELECT date_trunc('second', min(a.at) FILTER (WHERE a.result = 'passed')) AS passed,
                     date_trunc('second', min(a.at) FILTER (WHERE a.result IN ('passed', 'partial'))) AS accepted,
                     array_agg(a.id ORDER BY a.at, a.id) FILTER (WHERE a.result <> '') AS rows
                FROM orders_acceptance a WHERE a.order_id = o.id) a ON true
         WHERE o.region_id = ANY(%(regions)s)
    ), judged AS (
        SELECT f.*, s.*, p.*
          FROM fact f
          LEFT JOIN LATERAL (
              SELECT count(*) AS deliveries, array_agg(s.id ORDER BY s.id) AS shipments,
                     min(coalesce({local("least(s.shipped_at, s.delivered_at, s.signed_at)")}, '0001-01-01'::date))
                         AS delivery_known,
                     count(*) FILTER (WHERE s.signed_at IS NULL) AS unsigned,
                     max({local("s.signed_at")}) AS signed_on,
                     date_trunc('second', max(s.signed_at) FILTER (WHERE s.signed_at < %(as_of_end)s)) AS signed,
                     min({local("s.signed_at")}) FILTER (WHERE date_trunc('second', s.signed_at) > f.passed) AS signed_after
                FROM orders_shipment s WHERE s.order_id = f.id) s ON true
          LEFT JOIN LATERAL (
              SELECT min({local("p.at")}) AS paid_on,
                     date_trunc('second', min(p.at) FILTER (WHERE {_BEFORE})) AS paid_before,
                     array_agg(p.id ORDER BY p.at, p.id) FILTER (WHERE {_BEFORE}) AS payments
                FROM orders_payment p WHERE p.order_id = f.id AND p.prepaid IS NOT TRUE) p ON true
    )
    SELECT *, {local("passed")} AS passed_on, {local("paid_before")} AS paid_before_on
      FROM judged ORDER BY id
"""


@dataclass(frozen=True)
class AcceptedBeforeDeliveryParameters(Parameters):
    """None: the order of two events has no threshold."""


class AcceptedBeforeDelivery(Rule):
    slug = "accepted-before-delivery"
    dimension = Dimension.ANOMALY
    subject_kind = SubjectKind.ORDER
    title = _("Accepted before delivery")
    description = _(
        "The order was accepted before the goods were signed for, or paid before it was accepted."
    )
    legal_basis = _("Government Procurement Law, article 41; Measures for acceptance of performance")
    parameters = AcceptedBeforeDeliveryParameters
    unit = "d"
    shards = 2

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        candidates = "SELECT unnest(%(only)s::bigint[]) AS id" if context.only is not None else _CANDIDATES
        for regime, first, last in regimes_of(context):
            params = common(context, regime, first, last)
            for row in fetch(_SQL.format(candidates=candidates), params):
                yield from _outcomes(row, regime, first, last, context.last)

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        if evidence["kind"] == "payment" and not evidence["accepted_at"]:
            return gettext("Paid at %(paid)s without any acceptance.") % {"paid": evidence["paid_at"]}
        if evidence["kind"] == "payment":
            return gettext("Paid at %(paid)s, before the acceptance at %(accepted)s.") % {
                "paid": evidence["paid_at"],
                "accepted": evidence["accepted_at"],
            }
        return gettext("Accepted at %(accepted)s, before the goods were signed for at %(signed)s.") % {
            "accepted": evidence["accepted_at"],
            "signed": evidence["signed_at"],
        }

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        if evidence["kind"] == "payment":
            return [(gettext("payment < acceptance"), f"{evidence['paid_at']} < {evidence['accepted_at']}")]
        return [
            (gettext("acceptance < last signature"), f"{evidence['accepted_at']} < {evidence['signed_at']}")
        ]


def _outcomes(
    row: SimpleNamespace, regime: Regime, first: date, last: date, as_of: date
) -> Iterator[Finding | Tally]:
    cancelled = row.cancelled_on or date.max
    ways = []
    if row.signed_after is not None:
        ways.append((row.signed_after, row.signed_after, "acceptance"))
    if row.paid_before_on is not None and row.deliveries:
        known = max(row.paid_before_on, row.delivery_known)
        ways.append((known, row.paid_before_on, "payment"))
    known, night, kind = min(ways, default=(date.max, date.max, ""))
    if kind and known < cancelled:
        if first <= known <= last:
            yield _finding(row, night, known, kind, regime, as_of)
        return
    for tally in _unflagged(row):
        if first <= tally.night <= last and tally.night < cancelled:
            yield tally


def _unflagged(row: SimpleNamespace) -> Iterator[Tally]:
    """Not evaluable when the acceptance is known and the delivery is not; else clear."""
    if not row.deliveries:
        night = min(filter(None, (row.passed_on, row.paid_on)), default=None)
        if night is not None:
            yield Tally(night, row.region_id, Outcome.NOT_EVALUABLE, row.total, "no_delivery_record")
    elif row.passed_on is None:
        return
    elif row.unsigned:
        yield Tally(row.passed_on, row.region_id, Outcome.NOT_EVALUABLE, row.total, "no_signature")
    else:
        yield Tally(max(row.passed_on, row.signed_on), row.region_id, Outcome.CLEAR, row.total)


def _shown(moment: datetime | None) -> str:
    return shown(moment) if moment else ""


def _finding(
    row: SimpleNamespace, night: date, known: date, kind: str, regime: Regime, as_of: date
) -> Finding:
    earlier = row.paid_before if kind == "payment" else row.passed
    later = (row.accepted if kind == "payment" else row.signed) or end_of(as_of)
    return Finding(
        subject_kind=SubjectKind.ORDER,
        subject=(row.id,),
        night=night,
        known_on=known,
        region_id=row.region_id,
        version_id=regime.version_id,
        severity=3,
        value=round((later - earlier).total_seconds() / 86_400, 4),
        threshold=0,
        at_stake=row.total,
        evidence={
            "kind": kind,
            "accepted_at": _shown(row.accepted if kind == "payment" else row.passed),
            "signed_at": _shown(row.signed),
            "paid_at": _shown(row.paid_before),
            "deliveries": list(row.shipments or ()),
            "acceptances": list(row.acceptances or ()),
            "payments": list(row.payments or ()),
        },
        order_id=row.id,
        buyer_id=row.buyer_id,
        supplier_id=row.supplier_id,
        category_id=row.category_id,
        amount=row.total,
    )
