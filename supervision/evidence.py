"""What the evidence page shows: sentence, picture, formula, rows, similar warnings, statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation
from catalog.pricing.formulas import quantile_r7
from orders.models import Acceptance, Order, OrderLine, Payment, Shipment
from supervision.models import Warning
from supervision.queries import subject_of
from supervision.rules import RULES
from zcy.drawing import Bin, Mark, PriceBand
from zcy.money import yuan

SIMILAR: Final = 10
CLASSES: Final = 10


@dataclass
class Evidence:
    """One warning, ready to render."""

    warning: Warning
    title: str
    subject: str
    sentence: str
    formula: list[tuple[str, str]]
    definition: str
    band: PriceBand | None = None
    peers: list[dict[str, Any]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    flagged_lines: frozenset[int] = frozenset()
    steps: list[tuple[date | datetime, str]] = field(default_factory=list)
    similar: list[Warning] = field(default_factory=list)


def evidence_of(warning: Warning) -> Evidence:
    """Everything about a warning in a fixed number of statements."""
    rule = RULES[warning.rule.slug]
    found = Evidence(
        warning=warning,
        title=str(rule.title),
        subject=subject_of(warning),
        sentence=rule.sentence(warning.evidence),
        formula=rule.formula(warning.evidence),
        definition=rule.definition(),
        similar=_similar(warning),
    )
    if "peers" in warning.evidence:
        found.band = price_picture(warning.evidence)
        found.peers = _peers(warning.evidence)
    found.orders = list(
        Order.objects.filter(pk__in=order_ids(warning))
        .select_related("buyer", "supplier")
        .order_by("placed_at", "pk")
    )
    if warning.order_id is not None:
        found.lines = list(OrderLine.objects.filter(order_id=warning.order_id).select_related("good"))
        found.flagged_lines = frozenset(line["line"] for line in warning.evidence.get("lines", ()))
        found.steps = _steps(found.orders, warning.order_id)
    return found


def price_picture(evidence: dict[str, Any]) -> PriceBand:
    """The peers' prices as a histogram, with the flagged deal as the labelled line."""
    prices = sorted(float(peer["price"]) for peer in evidence["peers"])
    return PriceBand(
        low=yuan(str(quantile_r7(prices, 0.1))),
        median=yuan(str(evidence["median"])),
        high=yuan(str(quantile_r7(prices, 0.9))),
        n=len(prices),
        days=90,
        marks=(Mark(yuan(str(evidence["price"])), _("this deal"), "own"),),
        bins=_bins(prices),
    )


def _bins(prices: list[float]) -> list[Bin]:
    low, high = prices[0], prices[-1]
    if low == high:
        return [Bin(yuan(str(low)), yuan(str(high)), len(prices))]
    width = (high - low) / CLASSES
    counts = [0] * CLASSES
    for price in prices:
        counts[min(int((price - low) / width), CLASSES - 1)] += 1
    return [
        Bin(yuan(str(low + index * width)), yuan(str(low + (index + 1) * width)), count)
        for index, count in enumerate(counts)
    ]


def _peers(evidence: dict[str, Any]) -> list[dict[str, Any]]:
    names = dict(
        Organisation.objects.filter(pk__in=[peer["supplier"] for peer in evidence["peers"]]).values_list(
            "pk", "name"
        )
    )
    return [
        {
            "name": names.get(peer["supplier"], peer["supplier"]),
            "price": Decimal(str(peer["price"])),
            "lines": len(peer["lines"]),
        }
        for peer in evidence["peers"]
    ]


def order_ids(warning: Warning) -> list[int]:
    """The orders that a warning is about."""
    if warning.order_id is not None:
        return [warning.order_id]
    return [pk for unit in warning.evidence.get("units", ()) for pk in unit["orders"]]


def _steps(orders: list[Order], order_id: int) -> list[tuple[date | datetime, str]]:
    """What happened to the order, in time."""
    steps: list[tuple[date | datetime | None, str]] = []
    for order in orders:
        steps += [
            (order.placed_at, _("placed")),
            (order.confirmed_at, _("confirmed")),
            (order.cancelled_at, _("cancelled")),
        ]
    for shipment in Shipment.objects.filter(order_id=order_id):
        steps += [
            (shipment.shipped_at, _("shipped")),
            (shipment.delivered_at, _("delivered")),
            (shipment.signed_at, _("signed for")),
        ]
    words = {"passed": _("accepted"), "partial": _("accepted in part"), "failed": _("not accepted")}
    for acceptance in Acceptance.objects.filter(order_id=order_id).exclude(result=""):
        steps.append((acceptance.at, words.get(acceptance.result, acceptance.result)))
    for payment in Payment.objects.filter(order_id=order_id):
        steps.append((payment.at, _("paid ¥%(amount)s") % {"amount": payment.amount}))
    known = [(at, what) for at, what in steps if at is not None]
    return sorted(known, key=lambda step: step[0])


def _similar(warning: Warning) -> list[Warning]:
    """Other warnings of the rule about the same buyer or supplier, decided ones first."""
    same = Q(pk__in=[])
    if warning.buyer_id:
        same |= Q(buyer_id=warning.buyer_id)
    if warning.supplier_id:
        same |= Q(supplier_id=warning.supplier_id)
    rows = Warning.objects.filter(same, rule_id=warning.rule_id).exclude(pk=warning.pk)
    return list(
        rows.select_related("buyer", "supplier", "category").order_by("-decided_at", "-first_seen")[:SIMILAR]
    )
