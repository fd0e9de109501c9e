"""What a price can be held against while the market is being made: deals of 90 days by good, tier and band."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from bench.market.days import DAY, Calendar
from bench.market.orders import Order, band

WINDOW = 90
Key = tuple[int, str, int]


class Peers:
    """Remembers confirmed deals of the goods that are traded enough to be compared."""

    def __init__(self, calendar: Calendar, hot: int) -> None:
        self.calendar = calendar
        self.hot = hot
        self.deals: dict[Key, deque[tuple[int, int, float]]] = {}

    def add(self, order: Order) -> None:
        """Remember the lines of a confirmed order that was not cancelled."""
        if order.confirmed is None or order.cancelled is not None:
            return
        tier = order.buyer.region.tier
        for line in order.lines:
            good = line.listing.good
            if good.rank < self.hot:
                key = (good.index, tier, band(line.quantity))
                price = math.log(line.cents / 100 / good.pack)
                self.deals.setdefault(key, deque()).append(
                    (order.confirmed // DAY, order.supplier.kin, price)
                )

    def group(self, key: Key, day: int, without: int) -> list[float]:
        """One observation per supplier, its median, without a supplier's kin, as of the night of a day."""
        found = self.deals.get(key)
        if not found:
            return []
        while found and found[0][0] <= day - WINDOW - 30:
            found.popleft()
        of: dict[int, list[float]] = {}
        for at, kin, price in found:
            if day - WINDOW < at <= day and kin != without:
                of.setdefault(kin, []).append(price)
        return [median(prices) for prices in of.values()]


def spread(group: list[float], sigma: float) -> float:
    """S of supervision-and-credit.md, section 1, for a group and its category's σ."""
    middle = median(group)
    mad = median([abs(x - middle) for x in group])
    n = len(group)
    return math.sqrt((n * (1.4826 * mad) ** 2 + 12 * sigma**2) / (n + 12))
