"""Who orders what from whom, on an ordinary day."""

from __future__ import annotations

from collections import deque
from datetime import date

from bench.market.chance import Wheel, count_around
from bench.market.days import DAY, Calendar
from bench.market.listings import Listing, Shop
from bench.market.orders import Line, Order
from bench.market.organisations import Buyer
from bench.market.regions import freight
from bench.market.sizes import LINES_PER_ORDER, Settings
from bench.market.thresholds import ceiling

#: Leaves that only some sorts of buyer want.
ONLY_FOR = {
    "A02020600": {"police"},
    "A02323000": {"hospital", "school", "institution"},
    "A02320200": {"hospital", "school"},
    "A05010203": {"school"},
    "A05010304": {"school"},
    "A02100301": {"school", "hospital"},
    "A02100601": {"school", "hospital"},
    "A02460300": {"school"},
    "A02061908": {"school"},
    "A02020800": {"school", "bureau"},
    "A05010104": {"school", "hospital"},
}
MONTHS = {
    1: 0.75,
    2: 0.55,
    3: 0.95,
    4: 1.0,
    5: 1.0,
    6: 1.1,
    7: 0.85,
    8: 1.0,
    9: 1.2,
    10: 1.05,
    11: 1.25,
    12: 1.3,
}
GROWTH = 0.25
#: Days on which the platform was down from nine to five.
OUTAGES_PER_YEAR = 2
SPLIT_WINDOW = 30


def days_off_share(calendar: Calendar, day: int) -> float:
    """How much is ordered on a day, against an ordinary working day."""
    return 1.0 if calendar.working[day] else 0.04


def orders_per_day(settings: Settings, calendar: Calendar) -> list[int]:
    """How many orders each day from the first to the last has; they add up to the size's number."""
    weights = []
    span = calendar.last - calendar.first
    for day in range(calendar.first, calendar.last + 1):
        on: date = calendar.dates[day]
        growth = 1.0 + GROWTH * (day - calendar.first) / span
        weights.append(MONTHS[on.month] * days_off_share(calendar, day) * growth)
    total = round(settings.size.lines / LINES_PER_ORDER)
    whole, done, gone, result = sum(weights), 0, 0.0, []
    for weight in weights:
        gone += weight
        upto = round(total * gone / whole)
        result.append(upto - done)
        done = upto
    return result


def discount(quantity: int) -> float:
    """Quantity discount as a factor; within one band it moves a price by a few percent only."""
    if quantity < 10:
        return 1.0 - 0.002 * (quantity - 1)
    if quantity < 100:
        return 0.975 - 0.0003 * (quantity - 10)
    return 0.94 if quantity < 1000 else 0.91


def deal_cents(listing: Listing, buyer: Buyer, moment: int, quantity: int) -> int:
    """The unit price agreed: the listing's, less the quantity discount, with the freight to the buyer's city."""
    factor = discount(quantity) * (1.0 + freight(listing.supplier.region.code, buyer.region.city))
    return max(1, round(listing.price_at(moment) * factor * 100))


class Demand:
    """Draws ordinary orders."""

    def __init__(self, settings: Settings, calendar: Calendar, shop: Shop, buyers: list[Buyer]) -> None:
        self.rng = settings.rng("demand")
        self.calendar = calendar
        self.shop = shop
        self.buyers = buyers
        self.ancestors: dict[str, tuple[str, ...]] = {}
        self.goods = Wheel([good.weight for good in shop.goods])
        weights = [4.0, 3.0] + [self.rng.paretovariate(1.8) for _ in buyers[2:]]
        self.who = Wheel([min(weight, 12.0) for weight in weights])
        rng = settings.rng("outages")
        ordinary = [d for d in range(calendar.first, calendar.last) if calendar.working[d]]
        self.orders = self.lines = 0
        self.outages = set(rng.sample(ordinary, OUTAGES_PER_YEAR * 2))
        self.spent: dict[tuple[str, str], deque[tuple[int, int]]] = {}

    def moment(self, day: int) -> int:
        """A time of day: office hours, with a lunch break, rarely the evening."""
        rng = self.rng
        if rng.random() < 0.015:
            return day * DAY + rng.randrange(18 * 3600, 23 * 3600)
        if day in self.outages:
            return day * DAY + rng.randrange(17 * 3600 + 900, 20 * 3600)
        hour = rng.choice((8, 9, 9, 9, 10, 10, 10, 11, 13, 14, 14, 14, 15, 15, 16, 16, 17))
        return day * DAY + hour * 3600 + rng.randrange(3600)

    def _wanted(self, buyer: Buyer, code: str) -> bool:
        if code in buyer.reserved:
            return False
        sorts = ONLY_FOR.get(code)
        return sorts is None or buyer.sort in sorts

    def _seller(self, buyer: Buyer, good: int, moment: int) -> Listing | None:
        rng = self.rng
        offers = self.shop.of_good[good]
        favourites = buyer.favourites.setdefault(self.shop.goods[good].leaf.group, [])
        if favourites and rng.random() < 0.3:
            favourite = rng.choice(favourites)
            for listing in offers:
                if listing.supplier.index == favourite and listing.active_at(moment):
                    return listing
        for _ in range(4):
            listing = (
                offers[self.shop.wheel_of_good[good].draw(rng)] if rng.random() < 0.4 else rng.choice(offers)
            )
            if listing.active_at(moment):
                if len(favourites) < 4 and rng.random() < 0.5:
                    favourites.append(listing.supplier.index)
                return listing
        return None

    def _quantity(self, listing: Listing) -> int:
        good = listing.good
        number = count_around(self.rng, good.leaf.quantity, 0.75)
        if good.price * number > 60_000:
            number = max(1, int(60_000 / good.price))
        return max(number, listing.minimum)

    def order(self, day: int, number: int, buyer: Buyer | None = None) -> Order | None:
        """One ordinary order on a day, of a given or any buyer; None if nobody sold what was wanted."""
        rng = self.rng
        moment = self.moment(day)
        buyer = buyer or self.buyers[self.who.draw(rng)]
        for _ in range(6):
            good = self.goods.draw(rng)
            if not self._wanted(buyer, self.shop.goods[good].leaf.code):
                continue
            main = self._seller(buyer, good, moment)
            if main is None:
                continue
            order = Order(f"O{number:08d}", buyer, main.supplier, moment, [])
            order.placed_by = rng.choice(buyer.purchasers)
            quantity = self._quantity(main)
            order.lines.append(Line(main, quantity, deal_cents(main, buyer, moment, quantity)))
            self._more_lines(order)
            self._method(order)
            return order
        return None

    def _more_lines(self, order: Order) -> None:
        rng = self.rng
        wheel = self.shop.wheel_of_supplier[order.supplier.index]
        offers = self.shop.of_supplier[order.supplier.index]
        taken = {order.lines[0].listing.good.index}
        # Steer towards the size's number of lines, whatever the suppliers happen to offer.
        self.orders += 1
        more = 0.66 if self.lines > LINES_PER_ORDER * self.orders else 0.82
        for _ in range(12):
            if wheel is None or rng.random() > more:
                break
            listing = offers[wheel.draw(rng)]
            good = listing.good
            if (
                good.index in taken
                or not listing.active_at(order.placed)
                or not self._wanted(order.buyer, good.leaf.code)
            ):
                continue
            taken.add(good.index)
            quantity = self._quantity(listing)
            accessory = good.leaf.group == "supplies" and good.price < 200 and rng.random() < 0.05
            cents = deal_cents(listing, order.buyer, order.placed, quantity)
            order.lines.append(Line(listing, quantity, cents, accessory))
        self.lines += len(order.lines)

    def limit(self, order: Order) -> float | None:
        """T of the order's method, region and category, in yuan."""
        return ceiling(order.buyer.region, order.method, self.ancestors[order.category])

    def _method(self, order: Order) -> None:
        """Under the ceiling it is a direct order; over it, alone or in thirty days, mostly another way is taken."""
        rng = self.rng
        limit = self.limit(order)
        assert limit is not None
        if order.cents >= limit * 100:
            if rng.random() < 0.5:
                self._shrink(order, limit)
            else:
                order.method = "inquiry" if rng.random() < 0.5 else "framework"
            if order.method != "direct":
                return
        # Supplies are bought often and little: nobody may buy more than he needs in a month.
        key = (order.buyer.id, order.category)
        limit = self.limit(order)
        assert limit is not None
        window = self.spent.setdefault(key, deque())
        day = order.placed // DAY
        while window and window[0][0] <= day - SPLIT_WINDOW:
            window.popleft()
        total = order.cents
        if sum(cents for _, cents in window) + total >= limit * 100 and window and rng.random() > 0.02:
            order.method = "framework"
            return
        window.append((day, total))

    def _shrink(self, order: Order, limit: float) -> None:
        share = self.rng.uniform(0.2, 0.75) * limit * 100 / order.cents
        for line in order.lines:
            line.quantity = max(1, int(line.quantity * share))
            line.cents = deal_cents(line.listing, order.buyer, order.placed, line.quantity)
        order.lines.sort(key=lambda line: line.cents * line.quantity)
        while len(order.lines) > 1 and order.cents >= limit * 100:
            order.lines.pop()
        if order.cents >= limit * 100:
            order.method = "framework"
