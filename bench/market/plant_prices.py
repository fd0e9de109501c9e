"""Planted prices above their peers, and prices that only look so."""

from __future__ import annotations

import math
from random import Random
from statistics import median

from bench.market.days import DAY
from bench.market.labels import Labels
from bench.market.listings import RISE_DAYS, RISING
from bench.market.orders import Order, band
from bench.market.peers import Peers, spread

#: Suppliers that a group must have before a case is planted in it: more than the rule's eight.
ENOUGH = 9
#: How far over 3.5 and 1.2 the smallest case lies, so that the category's exact σ cannot decide it.
HARD = (1.27, 4.3)


class PriceCases:
    """Turns ordinary orders into planted ones where the group can judge them."""

    def __init__(self, rng: Random, labels: Labels, peers: Peers, sigma: float) -> None:
        self.rng = rng
        self.labels = labels
        self.peers = peers
        self.sigma = max(0.05, 1.15 * sigma)
        # In a market that scatters more, offences are as large as ever, and some cannot be told from chance.
        self.findable = sigma <= 0.08
        self.negatives = {"premium": 0, "only": 0, "rising": 0}

    def try_order(self, order: Order, difficulty: str, limit_cents: float) -> bool:
        """Raise the price of the order's main line; False where nobody could tell that it is too high."""
        if order.confirmed is None or order.cancelled is not None or order.method != "direct":
            return False
        line = order.lines[0]
        good = line.listing.good
        if line.accessory or good.leaf.code in order.buyer.reserved:
            return False
        key = (good.index, order.buyer.region.tier, band(line.quantity))
        group = self.peers.group(key, order.confirmed // DAY, order.supplier.kin)
        if len(group) < ENOUGH:
            return False
        middle, scale = median(group), spread(group, self.sigma)
        smallest = max(HARD[0], math.exp(HARD[1] * scale))
        if self.findable and smallest > 1.5:
            return False
        factor = {
            "easy": self.rng.uniform(2.1, 2.8),
            "medium": self.rng.uniform(1.5, 1.7),
            "hard": smallest if self.findable else self.rng.uniform(1.27, 1.4),
        }[difficulty]
        cents = math.ceil(math.exp(middle) * good.pack * factor * 100)
        others = sum(other.cents * other.quantity for other in order.lines[1:])
        if cents * line.quantity + others >= limit_cents:
            return False
        line.cents = cents
        order.whole = True
        note = f"{factor:.2f} times the median of {len(group)} suppliers"
        self.labels.planted("price-above-peer", "order", [order.id], difficulty, note)
        return True

    def try_negative(self, order: Order, days_left: int, wanted: int) -> None:
        """Mark an ordinary order as a hard negative where it is one."""
        if order.confirmed is None or order.cancelled is not None:
            return
        line = order.lines[0]
        good = line.listing.good
        if good.leaf.code == RISING and days_left < RISE_DAYS - 40:
            self._mark("rising", order, wanted, "the price follows a market that rises by a fifth")
        elif line.listing.level > 0.3:
            self._mark("only", order, wanted, "the only supplier of a rare good, dearer than goods like it")
        elif '"position":"旗舰型"' in good.spec and self.rng.random() < 0.3:
            self._mark("premium", order, wanted, "a premium specification")

    def _mark(self, kind: str, order: Order, wanted: int, note: str) -> None:
        if self.negatives[kind] < wanted:
            self.negatives[kind] += 1
            order.whole = True
            self.labels.negative("price-above-peer", "order", [order.id], note)
