"""price-above-peer, naively: every order against every line of the ninety days before it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from tests.market.oracle.load import Line, Market, Order, day_of
from tests.market.oracle.relations import related

WINDOW = 90
SUPPLIERS = 8
RESIDUALS = 12


@dataclass(frozen=True)
class Deal:
    order: str
    night: date
    cancelled: date | None
    good: str
    category: str
    spec: str
    tier: str
    band: int
    group: str
    x: float


def band(quantity: Decimal) -> int:
    """1–9, 10–99, 100–999, ≥ 1000."""
    return 0 if quantity < 10 else 1 if quantity < 100 else 2 if quantity < 1000 else 3


def per_unit(market: Market, line: Line) -> float:
    """Unit price ÷ pack size in yuan; an unknown pack is 1."""
    return line.cents / 100 / float(market.goods[line.good]["pack_size"] or 1)


def _night(deal: Deal) -> date:
    return deal.night


class Prices:
    """All deals of a market, found by good or by category and specification."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.kin = related(market)
        self.by_good: dict[str, list[Deal]] = defaultdict(list)
        self.by_spec: dict[tuple[str, str], list[Deal]] = defaultdict(list)
        self.by_category: dict[str, list[Deal]] = defaultdict(list)
        self._sigma: dict[tuple[str, date], float | None] = {}
        self._tops: dict[tuple[str, date], list[float]] = {}
        for order in market.orders.values():
            if order.confirmed is None:
                continue
            for line in order.lines:
                good = market.goods[line.good]
                deal = Deal(
                    order=order.id,
                    night=day_of(order.confirmed),
                    cancelled=day_of(order.cancelled) if order.cancelled else None,
                    good=line.good,
                    category=good["category"],
                    spec=good["spec"],
                    tier=market.tier(order.region),
                    band=band(line.quantity),
                    group=self.kin[order.supplier],
                    x=math.log(per_unit(market, line)),
                )
                self.by_good[deal.good].append(deal)
                self.by_spec[(deal.category, deal.spec)].append(deal)
                self.by_category[deal.category].append(deal)
        for index in (self.by_good, self.by_spec, self.by_category):
            for deals in index.values():
                deals.sort(key=_night)

    @staticmethod
    def _inside(deals: list[Deal], night: date) -> list[Deal]:
        begin = night - timedelta(days=WINDOW)
        recent = deals[bisect_right(deals, begin, key=_night) : bisect_right(deals, night, key=_night)]
        return [deal for deal in recent if deal.cancelled is None or deal.cancelled > night]

    def _residuals(self, categories: list[str], night: date) -> list[float]:
        goods: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for category in categories:
            for deal in self._inside(self.by_category.get(category, []), night):
                goods[deal.good][deal.group].append(deal.x)
        found: list[float] = []
        for suppliers in goods.values():
            medians = [median(xs) for xs in suppliers.values()]
            if len(medians) >= SUPPLIERS:
                middle = median(medians)
                found += [abs(x - middle) for x in medians]
        return found

    def _top_residuals(self, top: str, night: date) -> list[float]:
        key = (top, night)
        if key not in self._tops:
            below = [code for code in self.by_category if self.market.top(code) == top]
            self._tops[key] = self._residuals(below, night)
        return self._tops[key]

    def sigma(self, category: str, night: date) -> float | None:
        """σ_category as of a night.

        Choices: the subject itself is not left out here; a good's median is the median of its suppliers' medians.
        """
        key = (category, night)
        if key not in self._sigma:
            residuals = self._residuals([category], night)
            if len(residuals) < RESIDUALS:
                residuals = self._top_residuals(self.market.top(category), night)
            enough = len(residuals) >= RESIDUALS
            self._sigma[key] = 1.4826 * median(residuals) if enough else None
        return self._sigma[key]

    def peers(self, order: Order, line: Line, night: date) -> list[float] | None:
        """One observation per supplier of the peer group, or None where eight are not found.

        Choice: a good without a specification has no fallback.
        """
        tier, size, own = self.market.tier(order.region), band(line.quantity), self.kin[order.supplier]
        good = self.market.goods[line.good]
        pools = [self.by_good[line.good]]
        if good["spec"]:
            pools.append(self.by_spec[(good["category"], good["spec"])])
        for pool in pools:
            suppliers: dict[str, list[float]] = defaultdict(list)
            for deal in self._inside(pool, night):
                if deal.order != order.id and deal.group != own and (deal.tier, deal.band) == (tier, size):
                    suppliers[deal.group].append(deal.x)
            if len(suppliers) >= SUPPLIERS:
                return [median(xs) for xs in suppliers.values()]
        return None

    def judge(self, order: Order) -> tuple[str, float, float]:
        """(`flagged`, `clear` or `not_evaluable`, largest z, largest ratio to the median) of an order.

        Choice: one line that can be judged makes the order evaluable; severity goes by the largest ratio.
        """
        assert order.confirmed is not None
        night = day_of(order.confirmed)
        verdict, largest, ratio = "not_evaluable", 0.0, 0.0
        if order.lines and all(line.accessory for line in order.lines):
            return "clear", largest, ratio
        for line in order.lines:
            if line.accessory:
                continue
            peers = self.peers(order, line, night)
            sigma = self.sigma(self.market.goods[line.good]["category"], night)
            if peers is None or sigma is None:
                continue
            middle, n = median(peers), len(peers)
            mad = median([abs(x - middle) for x in peers])
            spread = math.sqrt((n * (1.4826 * mad) ** 2 + 12 * sigma**2) / (n + 12))
            x = math.log(per_unit(self.market, line))
            z = (x - middle) / max(spread, 0.02)
            if verdict == "not_evaluable":
                verdict = "clear"
            if z > 3.5 and math.exp(x) > 1.2 * math.exp(middle):
                verdict = "flagged"
                largest, ratio = max(largest, z), max(ratio, math.exp(x - middle))
        return verdict, largest, ratio
