"""Planted split orders and their look-alikes, for buyers and categories that buy nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.market.days import DAY, Calendar
from bench.market.demand import ONLY_FOR, Demand, deal_cents
from bench.market.labels import DIFFICULTIES, Labels
from bench.market.listings import Listing, Shop
from bench.market.orders import Line, Order
from bench.market.organisations import Buyer
from bench.market.thresholds import ceiling

NEGATIVES = ("contract", "bulk", "below", "window")
#: What a buyer may want for more than a ceiling, and can buy in several goes.
LEAVES = ("A02061804", "A05010201", "A05010301", "A02020800", "A02010202", "A05010202", "A02021301", "A05010502",
          "A02091107", "A02061801", "A05010401", "A02091001", "A05010501", "A02061818", "A02020200")  # fmt: skip


@dataclass
class Part:
    """One order of a case, on its day."""

    day: int
    buyer: Buyer
    leaf: str
    share: float
    method: str = "direct"
    contract: str = ""
    same: bool = False


class SplitCases:
    """Plans all cases beforehand; `parts_on` gives the orders of a day."""

    def __init__(
        self, rng: Random, calendar: Calendar, shop: Shop, buyers: list[Buyer], labels: Labels, cases: int,
        ancestors: dict[str, tuple[str, ...]],
    ) -> None:  # fmt: skip
        self.rng = rng
        self.calendar = calendar
        self.shop = shop
        self.labels = labels
        self.ancestors = ancestors
        self.by_day: dict[int, list[Part]] = {}
        self.offers: dict[str, list[Listing]] = {}
        for listing in shop.listings:
            if listing.listed < calendar.first * DAY and listing.delisted is None:
                self.offers.setdefault(listing.good.leaf.code, []).append(listing)
        self.pairs = [
            (buyer, leaf)
            for buyer in buyers[2:]
            for leaf in LEAVES
            if buyer.sort in ONLY_FOR.get(leaf, {buyer.sort}) and self._affordable(buyer, leaf)
        ]
        rng.shuffle(self.pairs)
        self.main: dict[tuple[str, str], Listing] = {}
        self._fresh(buyers[0])
        for difficulty in DIFFICULTIES * cases:
            self._plant(difficulty)
        for kind in NEGATIVES:
            for number in range(max(2, cases // 2)):
                self._negative(kind, number)

    def _limit(self, buyer: Buyer, leaf: str) -> float:
        limit = ceiling(buyer.region, "direct", self.ancestors[leaf])
        assert limit is not None
        return limit

    def _affordable(self, buyer: Buyer, leaf: str) -> bool:
        limit = self._limit(buyer, leaf)
        return any(listing.prices[-1] < 0.06 * limit for listing in self.offers.get(leaf, []))

    def _pair(self) -> tuple[Buyer, str]:
        # A buyer carries few cases: most of its trade stays ordinary.
        for number, (buyer, leaf) in enumerate(self.pairs):
            if len(buyer.reserved) < 3:
                del self.pairs[number]
                buyer.reserved.add(leaf)
                return buyer, leaf
        raise ValueError("too few buyers for the cases to be planted")

    def _start(self, length: int) -> int:
        day = self.rng.randrange(self.calendar.first + 20, self.calendar.last - length - 20)
        while not self.calendar.working[day]:
            day += 1
        return day

    def _add(self, part: Part) -> None:
        self.by_day.setdefault(part.day, []).append(part)

    def _fresh(self, buyer: Buyer) -> None:
        """A case of the last weeks for the people of the demonstration."""
        leaf = "A05010301"
        buyer.reserved.add(leaf)
        shares = (0.62, 0.58, 0.55)
        for back, share in zip((16, 12, 9), shares, strict=True):
            self._add(Part(self.calendar.last - back, buyer, leaf, share, same=True))
        note = f"3 orders in 8 days, together {sum(shares):.2f} of the ceiling"
        self.labels.planted("split-orders", "buyer", [buyer.id, leaf], "medium", note)

    def _plant(self, difficulty: str) -> None:
        buyer, leaf = self._pair()
        rng = self.rng
        if difficulty == "easy":
            start = self._start(10)
            shares = [rng.uniform(0.82, 0.95) for _ in range(rng.choice((3, 4)))]
            days = sorted(rng.sample(range(9), len(shares)))
        elif difficulty == "medium":
            start = self._start(25)
            shares = [rng.uniform(0.56, 0.7) for _ in range(rng.choice((2, 3)))]
            days = sorted(rng.sample(range(22), len(shares)))
        else:
            start = self._start(30)
            count = rng.choice((4, 5))
            shares = [rng.uniform(1.05, 1.12) / count for _ in range(count)]
            days = [0, *sorted(rng.sample(range(2, 27), count - 2)), 29]
        for offset, share in zip(days, shares, strict=True):
            self._add(Part(start + offset, buyer, leaf, share, same=difficulty == "easy"))
        note = f"{len(shares)} orders in {days[-1] + 1} days, together {sum(shares):.2f} of the ceiling"
        self.labels.planted("split-orders", "buyer", [buyer.id, leaf], difficulty, note)

    def _negative(self, kind: str, number: int) -> None:
        buyer, leaf = self._pair()
        rng = self.rng
        start = self._start(40)
        if kind == "contract":
            for offset in (0, 8, 17):
                self._add(Part(start + offset, buyer, leaf, 0.45, contract=f"HT{buyer.id}{leaf}", same=True))
            note = "one contract delivered in three parts"
        elif kind == "bulk":
            year = self.calendar.dates[self.calendar.first].year + number % 2
            december = [
                day
                for day in range(self.calendar.first, self.calendar.last - 30)
                if self.calendar.working[day] and self.calendar.dates[day].month in {11, 12}
            ]
            inside = [day for day in december if self.calendar.dates[day].year == year] or december or [start]
            start = rng.choice(inside)
            self._add(Part(start, buyer, leaf, 1.6, method="inquiry"))
            self._add(Part(start + 6, buyer, leaf, 0.2))
            note = "a planned bulk buy at the end of the year, by inquiry, and a small order beside it"
        elif kind == "below":
            for offset in (0, 11):
                self._add(Part(start + offset, buyer, leaf, 0.47))
            note = "two orders that stay under the ceiling together"
        else:
            for offset in (0, 30):
                self._add(Part(start + offset, buyer, leaf, 0.75))
            note = "two orders thirty days apart"
        self.labels.negative("split-orders", "buyer", [buyer.id, leaf], note)

    def order(self, part: Part, number: int, demand: Demand) -> Order:
        """The order of a part: one line whose amount is the wanted share of the ceiling."""
        rng = self.rng
        limit = self._limit(part.buyer, part.leaf)
        offers = [listing for listing in self.offers[part.leaf] if listing.prices[-1] < 0.06 * limit]
        key = (part.buyer.id, part.leaf)
        listing = self.main.setdefault(key, rng.choice(offers)) if part.same else rng.choice(offers)
        moment = part.day * DAY + rng.randrange(9 * 3600, 17 * 3600)
        goal = part.share * limit * 100
        quantity = max(1, int(goal / (listing.price_at(moment) * 100)))
        while deal_cents(listing, part.buyer, moment, quantity) * quantity < goal:
            quantity += 1
        if part.share < 1:
            # Never over the ceiling; a hard case must still reach it together with the others.
            while deal_cents(listing, part.buyer, moment, quantity) * quantity >= limit * 100:
                quantity -= 1
        if part.share < 0.5 and part.contract == "" and part.share * 2 < 1 and part.share > 0.4:
            quantity = max(1, quantity - 1)
        order = Order(f"O{number:08d}", part.buyer, listing.supplier, moment, [])
        order.lines.append(Line(listing, quantity, deal_cents(listing, part.buyer, moment, quantity)))
        order.method = part.method
        order.contract = part.contract
        order.placed_by = rng.choice(part.buyer.purchasers)
        order.whole = True
        return order
