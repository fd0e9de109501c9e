"""Listings: who sells what at which price, and how the price moved."""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass, field
from random import Random

from bench.market.chance import Wheel, heavy
from bench.market.days import DAY, Calendar
from bench.market.goods import Good
from bench.market.organisations import Supplier
from bench.market.sizes import MISSING, Settings

#: The leaf whose market rises fast in the last five months (memory chips): honest prices follow it.
RISING = "A02010508"
RISE = 0.20
RISE_DAYS = 150
#: How much dearer the only supplier of a rare good is than goods like it: dear, and no offence.
LONELY_PREMIUM = 1.4


@dataclass
class Listing:
    """A row of listings.csv with its price history: prices[i] is in force from times[i]."""

    number: int
    good: Good
    supplier: Supplier
    days: int
    listed: int
    delisted: int | None
    minimum: int
    stock: int
    level: float
    times: list[int] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id in the files."""
        return f"L{self.number:07d}"

    def price_at(self, moment: int) -> float:
        """The price in force at a moment."""
        if len(self.times) == 1:
            return self.prices[0]
        return self.prices[max(0, bisect(self.times, moment) - 1)]

    def active_at(self, moment: int) -> bool:
        """Whether the listing is on sale."""
        return self.listed <= moment and (self.delisted is None or moment < self.delisted)


def rounded(price: float) -> float:
    """A price as shops write it: finer where it is small, so that rounding never moves it by more than 0.6%."""
    if price < 10:
        return round(price, 2)
    if price < 100:
        return round(price, 1)
    return float(round(price)) if price < 2000 else float(round(price / 10) * 10)


def index_of(leaf_code: str, drift: float, calendar: Calendar, day: int) -> float:
    """The level of a category's prices on a day; 1 on the market's last."""
    level = math.exp(drift * (day - calendar.last) / 365.0)
    if leaf_code == RISING:
        before = max(0.0, calendar.last - day) / RISE_DAYS
        level *= math.exp(-RISE * min(1.0, before))
    return level


def sellers_wanted(settings: Settings, goods: list[Good], rng: Random) -> list[int]:
    """Sellers per good, following demand: the hottest tenth has 12–30; the rest shares what is left."""
    number = len(goods)
    hot, warm = number // 10, number * 2 // 5
    wanted = [0] * number
    for good in goods:
        if good.rank < hot:
            wanted[good.index] = round(30 - 18 * good.rank / hot)
    rest = settings.size.listings - sum(wanted)
    weights = {
        g.index: (3.0 if g.rank < warm else 1.0) * rng.uniform(0.5, 1.5) for g in goods if g.rank >= hot
    }
    total = sum(weights.values())
    for index, weight in weights.items():
        wanted[index] = max(1, min(25, int(rest * weight / total)))
    missing = settings.size.listings - sum(wanted)
    order = sorted(weights, key=lambda n: goods[n].rank)
    for n in range(abs(missing)):
        index = order[n % len(order)] if missing > 0 else order[-1 - n % len(order)]
        wanted[index] = max(1, wanted[index] + (1 if missing > 0 else -1))
    return wanted


def _history(rng: Random, calendar: Calendar, listing: Listing, sigma: float) -> None:
    good = listing.good
    base = good.price * math.exp(listing.level + listing.supplier.level + heavy(rng, 0.85 * sigma))
    if good.lonely and listing.level > 0.3:
        base = good.price * math.exp(listing.level)
    often = 9 if good.leaf.code == RISING else rng.choices((0, 1, 2, 3, 4), (18, 32, 28, 15, 7))[0]
    first, last = max(listing.listed, calendar.first * DAY), calendar.stop - DAY
    moments = sorted(
        rng.randrange(first // DAY, last // DAY) * DAY + rng.randrange(8 * 3600, 18 * 3600)
        for _ in range(often)
    )
    listing.times.append(listing.listed)
    listing.prices.append(
        rounded(base * index_of(good.leaf.code, good.leaf.drift, calendar, listing.listed // DAY))
    )
    for moment in moments:
        if moment <= listing.times[-1] + DAY:
            continue
        noise = math.exp(rng.uniform(-0.012, 0.012))
        price = rounded(base * noise * index_of(good.leaf.code, good.leaf.drift, calendar, moment // DAY))
        if price != listing.prices[-1]:
            listing.times.append(moment)
            listing.prices.append(price)


class Shop:
    """All listings, by good and by supplier, with wheels to draw from them."""

    def __init__(
        self, settings: Settings, calendar: Calendar, goods: list[Good], suppliers: list[Supplier]
    ) -> None:
        rng = settings.rng("listings")
        self.goods = goods
        self.suppliers = suppliers
        self.listings: list[Listing] = []
        self.of_good: list[list[Listing]] = [[] for _ in goods]
        self.of_supplier: list[list[Listing]] = [[] for _ in suppliers]
        by_group: dict[str, list[int]] = {}
        for supplier in suppliers:
            for group in supplier.groups:
                by_group.setdefault(group, []).append(supplier.index)
        wheels = {g: Wheel([suppliers[n].weight for n in members]) for g, members in by_group.items()}
        everyone = Wheel([supplier.weight for supplier in suppliers])
        wanted = sellers_wanted(settings, goods, rng)
        for good in goods:
            chosen: dict[int, None] = {}
            members = by_group.get(good.leaf.group, [])
            attempts = 0
            while len(chosen) < wanted[good.index]:
                attempts += 1
                if members and attempts <= 6 * wanted[good.index] and len(chosen) < len(members):
                    chosen[members[wheels[good.leaf.group].draw(rng)]] = None
                else:
                    chosen[everyone.draw(rng)] = None
            for index in sorted(chosen):
                self._list(rng, calendar, settings, good, suppliers[index], alone=len(chosen) == 1)
        self.wheel_of_supplier = [
            Wheel([listing.good.weight for listing in found]) if found else None for found in self.of_supplier
        ]
        self.wheel_of_good = [Wheel([listing.supplier.weight for listing in found]) for found in self.of_good]

    def _list(
        self,
        rng: Random,
        calendar: Calendar,
        settings: Settings,
        good: Good,
        supplier: Supplier,
        *,
        alone: bool,
    ) -> None:
        start = calendar.first * DAY - rng.randrange(1, 300) * DAY + rng.randrange(9 * 3600, 17 * 3600)
        if rng.random() < 0.25 and not alone:
            start = (calendar.first + rng.randrange(0, 500)) * DAY + rng.randrange(9 * 3600, 17 * 3600)
        delisted = None
        if rng.random() < 0.04 and not alone and supplier.index > 1:
            delisted = min(calendar.stop - 1, start + rng.randrange(200, 600) * DAY)
            delisted = delisted if delisted < calendar.stop - DAY else None
        level = math.log(LONELY_PREMIUM) if alone and good.lonely and rng.random() < 0.3 else 0.0
        listing = Listing(
            number=len(self.listings) + 1,
            good=good,
            supplier=supplier,
            days=rng.choice((1, 2, 3, 3, 5, 7, 7, 10)) + (10 if good.leaf.group == "furniture" else 0),
            listed=start,
            delisted=delisted,
            minimum=rng.choice((1, 1, 1, 1, 1, 2, 5)) if good.leaf.quantity >= 20 else 1,
            stock=round(good.leaf.quantity * rng.uniform(20, 200)),
            level=level,
        )
        _history(rng, calendar, listing, settings.sigma)
        self.listings.append(listing)
        self.of_good[good.index].append(listing)
        self.of_supplier[supplier.index].append(listing)


def listing_row(rng: Random, calendar: Calendar, listing: Listing) -> tuple[str, ...]:
    """The cells of listings.csv; the price is that of the last day."""
    price = listing.prices[-1]
    public = f"{price * rng.uniform(0.99, 1.08):.2f}" if rng.random() < 0.4 else ""
    return (
        listing.id, listing.good.id, listing.supplier.id, f"{price:.2f}",
        "" if rng.random() < MISSING else str(listing.stock), str(listing.minimum), calendar.text(listing.listed),
        calendar.text(listing.delisted) if listing.delisted is not None else "",
        "" if rng.random() < MISSING else str(listing.days), public,
    )  # fmt: skip


def change_rows(rng: Random, calendar: Calendar, listing: Listing) -> list[tuple[str, ...]]:
    """The rows of price_changes.csv of a listing."""
    rows: list[tuple[str, ...]] = []
    for n in range(1, len(listing.times)):
        old, new = listing.prices[n - 1], listing.prices[n]
        discount = "true" if new < old and rng.random() < 0.25 else "false" if rng.random() > MISSING else ""
        rows.append((listing.id, calendar.text(listing.times[n]), f"{old:.2f}", f"{new:.2f}", discount))
    return rows
