"""Price above peer.

Subject: order, on the night of confirmed_at. Flagged when some line that is no accessory has z > 3.5 and
price > 1.2 × the median; severity 3 above 2 × the median; one warning per order, whose evidence names the line with
the largest z.

Peer group: tier (province, city or county, of the order's region) × quantity band (1–9, 10–99, 100–999, ≥ 1000) of the
good. Observation: x = ln(unit price ÷ pack size; unknown pack = 1) of lines of other orders confirmed in the last 90
days and not cancelled by the night, accessories too; a supplier's observation is the median of its lines; related
suppliers are one; the subject's supplier and its relations are left out. Fewer than 8 suppliers: category and equal
specification, same tier and band; still fewer: not evaluable.

S² = (n·(1.4826·MAD)² + 12·σ²_category) / (n + 12); z = (x − median) / max(S, 0.02). Prices are compared in whole cents.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceObservation
from catalog.pricing.formulas import mad, robust_spread, z_score
from supervision.models import CategorySpread, Warning
from supervision.peers import Line, PeerGroup, Window, good_key, lines_by_night, peer_keys, spec_key
from supervision.rules.base import Finding, Parameters, Rule, RuleContext, Tally, parameter
from supervision.vocabulary import Dimension, Outcome, SubjectKind
from zcy.formats import money
from zcy.money import yuan

UNIT_FACTORS: Final = (10, 100, 1000)
UNIT_TOLERANCE: Final = 0.05


@dataclass(frozen=True)
class PriceAbovePeerParameters(Parameters):
    z_limit: float = parameter(3.5, unit="S", label=_("distance from the median"), tighter="down")
    ratio: float = parameter(1.2, unit="×", label=_("multiple of the median"), tighter="down")
    severe_ratio: float = parameter(2.0, unit="×", label=_("multiple that is serious"), tighter="down")
    least_suppliers: int = parameter(8, unit="", label=_("suppliers to compare with"), tighter="down")


@dataclass(frozen=True)
class Comparison:
    """One price against its peers: x and middle are logarithms per unit."""

    x: float
    middle: float
    deviation: float
    sigma: float
    n: int
    fallback: bool

    @property
    def spread(self) -> float:
        return robust_spread(self.n, self.deviation, self.sigma)

    @property
    def z(self) -> float:
        return z_score(self.x, self.middle, self.spread)

    def median_price(self, pack_size: Decimal) -> Decimal:
        """The peers' median in yuan for one pack, in whole cents."""
        return yuan(Decimal(math.exp(self.middle)) * pack_size)

    def exceeds(self, unit_price: Decimal, pack_size: Decimal, ratio: float) -> bool:
        """Whether a price is above a multiple of the median, in whole cents."""
        return unit_price > yuan(Decimal(math.exp(self.middle)) * pack_size * Decimal(str(ratio)))


def compare(x: float, peers: list[float], sigma: float, *, fallback: bool) -> Comparison:
    """A price beside the observations of other suppliers."""
    return Comparison(x, median(peers), mad(peers), sigma, len(peers), fallback)


def is_flagged(
    line_price: Decimal, pack_size: Decimal, found: Comparison, limits: PriceAbovePeerParameters
) -> bool:
    """Z > 3.5 and price > 1.2 × median."""
    return found.z > limits.z_limit and found.exceeds(line_price, pack_size, limits.ratio)


def is_unit_error(found: Comparison, pack_size: Decimal) -> bool:
    """Whether the price is off by a pack size, 10, 100 or 1000: |ln(price/median)| within .05 of its logarithm."""
    factors = [float(factor) for factor in (*UNIT_FACTORS, pack_size) if factor > 1]
    return any(abs(abs(found.x - found.middle) - math.log(factor)) <= UNIT_TOLERANCE for factor in factors)


class PriceAbovePeer(Rule):
    slug = "price-above-peer"
    dimension = Dimension.PRICE
    subject_kind = SubjectKind.ORDER
    title = _("Price above peers")
    description = _("The deal is far dearer than what other suppliers were paid for the same good.")
    legal_basis = _("Government Procurement Law, article 17; Measures for non-tendering methods, article 3")
    parameters = PriceAbovePeerParameters
    unit = "z"

    def evaluate(self, context: RuleContext) -> Iterator[Finding | Tally]:
        """One sliding pass over the observations; see supervision/peers.py."""
        sigmas = _sigmas(context.first, context.last)
        window = Window(peer_keys, wanted=_wanted(context))
        for night, lines in lines_by_night(context.first, context.last):
            window.leave(night)
            for line in lines:
                window.enter(line)
            if night >= context.first:
                for _order, group in groupby(lines, key=lambda line: line.order_id):
                    yield from self._judge(context, night, list(group), window, sigmas)

    def _judge(
        self,
        context: RuleContext,
        night: date,
        lines: list[Line],
        window: Window,
        sigmas: Mapping[tuple[int, date], float],
    ) -> Iterator[Finding | Tally]:
        """One order on its night: flagged, or in lines that are clear and that could not be computed."""
        head = lines[0]
        cancelled = head.cancelled_on is not None and head.cancelled_on <= night
        if cancelled or (context.only is not None and (head.order_id,) not in context.only):
            return
        regime = context.regimes.at(head.region_id, night)
        limits: PriceAbovePeerParameters = regime.parameters
        flagged: list[tuple[Line, Comparison]] = []
        clear = Decimal(0)
        missing: dict[str, Decimal] = {}
        for line in lines:
            found = _compared(line, window, sigmas.get((line.category_id, night)), limits)
            if isinstance(found, str):
                missing[found] = missing.get(found, Decimal(0)) + line.amount
            elif found is not None and is_flagged(line.unit_price, line.pack_size, found, limits):
                flagged.append((line, found))
            else:
                clear += line.amount
        if flagged:
            yield _finding(night, flagged, lines, window, regime.version_id, limits)
            return
        # An order counts once: as not evaluable if any line is; its amount counts line by line.
        for number, (reason, amount) in enumerate(sorted(missing.items())):
            yield Tally(night, head.region_id, Outcome.NOT_EVALUABLE, amount, reason, count=int(number == 0))
        if clear or not missing:
            yield Tally(night, head.region_id, Outcome.CLEAR, clear, count=int(not missing))

    def again(self, standing: list[Warning]) -> list[Warning]:
        """Only where the flagged line itself was corrected: peers' windows of the past are not read every night."""
        lines = {w.evidence["line"]: w for w in standing}
        rows = PriceObservation.objects.filter(order_line_id__in=lines).values_list(
            "order_line_id", "x", "good_id", "tier", "quantity_band", "confirmed_on"
        )
        now = {line_id: values for line_id, *values in rows.iterator()}
        return [
            w
            for line_id, w in lines.items()
            if now.get(line_id)
            != [*(w.evidence[name] for name in ("x", "good", "tier", "band")), w.first_seen]
        ]

    def sentence(self, evidence: Mapping[str, Any]) -> str:
        return gettext(
            "%(price)s per unit, %(ratio)s times the median %(median)s of %(n)s suppliers (z = %(z)s)."
        ) % {
            "price": money(evidence["price"]),
            "ratio": f"{evidence['ratio']:.2f}",
            "median": money(evidence["median"]),
            "n": evidence["n"],
            "z": f"{evidence['z']:.2f}",
        }

    def formula(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        e = evidence
        return [
            (gettext("x = ln(¥ per unit)"), f"ln({e['price']:.4f}) = {e['x']:.4f}"),
            (gettext("median x̃"), f"{e['middle']:.4f} = ln({e['median']:.4f})"),
            (
                "S² = (n·(1.4826·MAD)² + 12·σ²) / (n + 12)",
                f"({e['n']}·(1.4826·{e['mad']:.4f})² + 12·{e['sigma']:.4f}²) / {e['n'] + 12} = {e['spread']:.4f}²",
            ),
            ("z = (x − x̃) / max(S, 0.02)", f"{e['z']:.3f} > {e['z_limit']}"),
            (gettext("price ÷ median"), f"{e['ratio']:.3f} > {e['ratio_limit']}"),
        ]


def _sigmas(first: date, last: date) -> dict[tuple[int, date], float]:
    rows = CategorySpread.objects.filter(night__range=(first, last)).values_list(
        "category_id", "night", "sigma"
    )
    return {(category_id, night): sigma for category_id, night, sigma in rows.iterator()}


def _wanted(context: RuleContext) -> Any:
    """For few subjects keep only their groups."""
    days = (context.last - context.first).days
    if context.only is None and days > 31:
        return None
    condition = "AND o.order_id = ANY(%(only)s)" if context.only is not None else ""
    keys: set[Hashable] = set()
    for night, lines in lines_by_night(
        context.first, context.last, days=1, where=condition, params={"only": context.only_ids}
    ):
        if night >= context.first:
            keys.update(key for line in lines for key in peer_keys(line))
    return keys.__contains__


def _compared(
    line: Line, window: Window, sigma: float | None, limits: PriceAbovePeerParameters
) -> Comparison | str | None:
    """The comparison of a line; why there is none; or None for an accessory, which is not judged."""
    if line.accessory:
        return None
    if line.x is None:
        return "no_price"
    for key, fallback in ((good_key(line), False), (spec_key(line), True)):
        group = window.group(key)
        if group is None or (fallback and not line.spec_hash):
            continue
        others = group.others(line.group)
        if len(others) >= limits.least_suppliers:
            return "no_spread" if sigma is None else compare(line.x, others, sigma, fallback=fallback)
    return "too_few_peers"


def _finding(
    night: date,
    flagged: list[tuple[Line, Comparison]],
    lines: list[Line],
    window: Window,
    version_id: int,
    limits: PriceAbovePeerParameters,
) -> Finding:
    line, found = max(flagged, key=lambda pair: (pair[1].z, -pair[0].line_id))
    severe = any(c.exceeds(one.unit_price, one.pack_size, limits.severe_ratio) for one, c in flagged)
    stake = sum(
        (one.amount - yuan(c.median_price(one.pack_size) * one.quantity) for one, c in flagged), Decimal(0)
    )
    group = window.group(spec_key(line) if found.fallback else good_key(line)) or PeerGroup()
    evidence = {
        "line": line.line_id,
        "good": line.good_id,
        "price": round(math.exp(found.x), 4),
        "x": found.x,
        "median": round(math.exp(found.middle), 4),
        "middle": found.middle,
        "ratio": math.exp(found.x - found.middle),
        "mad": found.deviation,
        "sigma": found.sigma,
        "spread": found.spread,
        "z": found.z,
        "n": found.n,
        "z_limit": limits.z_limit,
        "ratio_limit": limits.ratio,
        "fallback": found.fallback,
        "tier": line.tier,
        "band": line.band,
        "pack_size": str(line.pack_size.normalize()),
        "peers": [
            {"supplier": peer.group, "price": round(math.exp(peer.x), 4), "lines": list(peer.line_ids)}
            for peer in group.peers(line.group)
        ],
        "lines": [{"line": one.line_id, "z": c.z, "price": str(one.unit_price)} for one, c in flagged],
    }
    unit_error = is_unit_error(found, line.pack_size)
    if unit_error:
        evidence["unit_error"] = True
    return Finding(
        subject_kind=SubjectKind.ORDER,
        subject=(line.order_id,),
        night=night,
        region_id=line.region_id,
        version_id=version_id,
        severity=3 if severe else 2,
        value=found.z,
        threshold=limits.z_limit,
        at_stake=yuan(stake),
        evidence=evidence,
        sample_size=found.n,
        order_id=line.order_id,
        buyer_id=line.buyer_id,
        supplier_id=line.supplier_id,
        category_id=line.category_id,
        unit_error=unit_error,
        amount=_sum(one.amount for one in lines),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
