"""Makes a market: organisations, goods, listings, then one day after the other."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from bench.market import organisations, thresholds
from bench.market.days import DAY, Calendar
from bench.market.demand import Demand, orders_per_day
from bench.market.extras import Extras
from bench.market.goods import make_goods
from bench.market.labels import DIFFICULTIES, Labels
from bench.market.listings import Shop, change_rows, listing_row
from bench.market.orders import Order
from bench.market.peers import Peers
from bench.market.plant_prices import PriceCases
from bench.market.plant_splits import SplitCases
from bench.market.plant_steps import StepCases
from bench.market.record import Plans, Recorder
from bench.market.regions import regions
from bench.market.sizes import Settings
from bench.market.steps import Course
from bench.market.writer import Files

CATEGORIES = Path(__file__).resolve().parents[2] / "catalog" / "data" / "categories.csv"
STEP_RULES = ("late-delivery", "slow-payment", "accepted-before-delivery")
#: One order in so many has an error of unit or tax in its price.
FAULT_EVERY = 900
#: How often a fitting order is looked for before a case of the demonstration is given up.
TRIES = 400
Progress = Callable[[int, int], None]


def category_rows() -> list[tuple[str, str, str, str]]:
    """The rows of categories.csv."""
    with CATEGORIES.open(encoding="utf-8", newline="") as handle:
        return [(row["code"], row["name"], row["parent"], row["unit"]) for row in csv.DictReader(handle)]


def ancestors_of(rows: list[tuple[str, str, str, str]]) -> dict[str, tuple[str, ...]]:
    """Each category's code followed by the codes above it."""
    parents = {code: parent for code, _, parent, _ in rows}
    found = {}
    for code in parents:
        chain, at = [], code
        while at:
            chain.append(at)
            at = parents[at]
        found[code] = tuple(chain)
    return found


class Market:
    """A market being made."""

    def __init__(self, settings: Settings, files: Files) -> None:
        self.settings = settings
        self.files = files
        self.calendar = Calendar(settings.start, settings.end)
        self.categories = category_rows()
        self.ancestors = ancestors_of(self.categories)
        self.buyers = organisations.make_buyers(settings)
        self.suppliers = organisations.make_suppliers(settings)
        self.shareholdings = organisations.make_shareholdings(settings, self.suppliers)
        self.bureaus = organisations.make_bureaus(settings)
        self.goods = make_goods(settings)
        self.shop = Shop(settings, self.calendar, self.goods, self.suppliers)
        self.users = organisations.make_users(settings, self.buyers, self.suppliers, self.bureaus)
        self.labels = Labels(files)
        rng = settings.rng("planting")
        self.splits = SplitCases(
            rng, self.calendar, self.shop, self.buyers, self.labels, settings.cases, self.ancestors
        )
        self.steps = StepCases(rng, self.calendar, self.labels)
        self.peers = Peers(self.calendar, hot=max(60, settings.size.goods // 20))
        self.prices = PriceCases(rng, self.labels, self.peers, settings.sigma)
        self.planting = rng
        self.demand = Demand(settings, self.calendar, self.shop, self.buyers)
        self.demand.ancestors = self.ancestors
        self.course = Course(settings.rng("steps"), self.calendar)
        self.plans = Plans(settings, self.ancestors)
        self.recorder = Recorder(settings, self.calendar, files, self.plans)
        self.extras = Extras(settings, self.calendar, files, self.shop)
        self.number = 0
        self.wanted = self._schedule()
        self.fresh = self._fresh()
        self.wanted_prices: list[str] = []

    def _schedule(self) -> dict[int, list[tuple[str, str, int]]]:
        """Cases about steps and prices by day: (rule, difficulty, running number)."""
        rng, calendar, cases = self.planting, self.calendar, self.settings.cases
        found: dict[int, list[tuple[str, str, int]]] = {}
        days = [d for d in range(calendar.first + 100, calendar.last - 12) if calendar.working[d]]
        early = [d for d in days if d < calendar.last - 175]
        for rule in (*STEP_RULES, "price-above-peer"):
            for difficulty in (*DIFFICULTIES, "none"):
                if rule == "price-above-peer" and difficulty == "none":
                    continue
                for number in range(cases):
                    day = rng.choice(early if rule in STEP_RULES else days)
                    found.setdefault(day, []).append((rule, difficulty, number))
        return found

    def _fresh(self) -> dict[int, tuple[str, str, int]]:
        """Cases of the last weeks for the school of the demonstration: somebody must find work waiting."""
        found: dict[int, tuple[str, str, int]] = {}
        for back, case in (
            (62, ("slow-payment", "easy", 1)),
            (26, ("late-delivery", "medium", 0)),
            (25, ("accepted-before-delivery", "medium", 0)),
            (14, ("price-above-peer", "medium", 0)),
        ):
            day = self.calendar.last - back
            while not self.calendar.working[day] or day in found:
                day += 1
            found[day] = case
        return found

    def _plant_fresh(self, day: int) -> None:
        rule, difficulty, running = self.fresh[day]
        for _ in range(TRIES):
            order = self.demand.order(day, self.number + 1, buyer=self.buyers[0])
            if order is None or order.method != "direct" or len(order.lines) > 4:
                continue
            if rule in STEP_RULES:
                if max(line.listing.days for line in order.lines) > 7:
                    continue
                self.steps.apply(rule, difficulty, order, running)
            else:
                self.course.walk(order, orderly=True)
                if not self.prices.try_order(order, difficulty, (self.demand.limit(order) or 0.0) * 100):
                    continue
                self.course.pay(order, orderly=True)
            self.number += 1
            self._keep(order)
            return

    def write_frame(self) -> None:
        """Everything that does not happen on a day."""
        files, calendar = self.files, self.calendar
        files.rows("regions", [(region.code, region.name, region.parent) for region in regions().values()])
        for organisation in (*self.bureaus, *self.buyers, *self.suppliers):
            files.row("organisations", organisation.row())
        files.rows("shareholdings", self.shareholdings)
        files.rows("users", self.users)
        files.rows("categories", self.categories)
        files.rows("goods", [good.row() for good in self.goods])
        rng = self.settings.rng("listing rows")
        for listing in self.shop.listings:
            files.row("listings", listing_row(rng, calendar, listing))
            files.rows("price_changes", change_rows(rng, calendar, listing))
        files.rows("thresholds", thresholds.rows())
        files.rows("holidays", [(day.isoformat(), kind) for day, kind in calendar.kinds.items()])

    def run(self, progress: Progress) -> None:
        """Every day, then what adds up over the days."""
        self.write_frame()
        daily = orders_per_day(self.settings, self.calendar)
        for offset, number in enumerate(daily):
            self.day(self.calendar.first + offset, number)
            progress(offset + 1, len(daily))
        self.files.rows("plans", self.plans.rows())
        self.extras.supplier_logins(self.demand)
        self.extras.references(hot=max(20, len(self.goods) // 20))

    def _next(self) -> int:
        self.number += 1
        return self.number

    def day(self, day: int, number: int) -> None:
        """One day: its ordinary orders, some of them bent, and the parts of split purchases."""
        todo = self.wanted.get(day, [])
        step_cases = [case for case in todo if case[0] in STEP_RULES]
        self.wanted_prices += [case[1] for case in todo if case[0] not in STEP_RULES]
        for _ in range(max(number, len(step_cases))):
            order = self.demand.order(day, self._next())
            if order is None:
                continue
            if step_cases and order.method == "direct":
                rule, difficulty, running = step_cases.pop()
                self.steps.apply(rule, difficulty, order, running)
            else:
                self._ordinary(order)
            self._keep(order)
        for case in step_cases:
            self.wanted.setdefault(day + 1, []).append(case)
        if day in self.fresh:
            self._plant_fresh(day)
        for part in self.splits.by_day.get(day, []):
            order = self.splits.order(part, self._next(), self.demand)
            self.course.walk(order, orderly=True)
            self._keep(order)

    def _ordinary(self, order: Order) -> None:
        self.course.walk(order)
        if int(order.id[1:]) % FAULT_EVERY == 0:
            self._spoil(order)
            return
        limit = self.demand.limit(order)
        wanted = self.wanted_prices[0] if self.wanted_prices and limit is not None else None
        if wanted is not None and self.prices.try_order(order, wanted, (limit or 0.0) * 100):
            del self.wanted_prices[0]
            self.course.pay(order, orderly=True)
            return
        self.prices.try_negative(order, self.calendar.last - order.placed // DAY, self.settings.cases)

    def _spoil(self, order: Order) -> None:
        """A price typed for another unit, or without tax."""
        line = order.lines[-1]
        pack = line.listing.good.pack
        kind, factor = self.planting.choice(
            (("unit", 10.0), ("unit", float(pack)), ("tax", 1.13), ("tax", 1 / 1.13))
        )
        limit = self.demand.limit(order)
        changed = max(1, round(line.cents * factor))
        grown = order.cents + (changed - line.cents) * line.quantity
        if factor == 1.0 or limit is None or grown >= limit * 100:
            kind, changed = "tax", round(line.cents / 1.13)
        line.cents = changed
        if order.payments:
            self.course.pay(order, orderly=True)
        self.labels.fault(kind, order.id, f"line {len(order.lines)}")

    def _keep(self, order: Order) -> None:
        if order.method == "inquiry":
            self.extras.inquiry(order)
        self.recorder.lose(order)
        self.peers.add(order)
        self.recorder.write(order)
        self.extras.login(order)


def build(
    settings: Settings, folder: Path, *, compress: bool = False, progress: Progress | None = None
) -> dict[str, int]:
    """Write a market into a folder; the number of rows of each file."""
    with Files(folder, compress=compress) as files:
        Market(settings, files).run(progress or (lambda _done, _all: None))
        return files.counts
