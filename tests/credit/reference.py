"""The published definition computed the slow way, from plain facts: what the set-based code is held against.

Nothing of credit/ is used here on purpose.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

WEIGHTS = {"on_time": 25, "first_acceptance": 20, "evaluations": 15}
CONSTANTS = {"on_time": 0.90, "first_acceptance": 0.95, "evaluations": 0.85}
GRADES = [("AAA", 95), ("AA", 90), ("A", 80), ("BBB", 70), ("BB", 60), ("B", 50), ("C", 40), ("D", 0)]
NAMES = [name for name, _ in GRADES]
M = 10.0


@dataclass
class Order:
    supplier: str
    buyer: str
    total: float
    category: str
    confirmed: date | None = None
    cancelled: date | None = None
    promised: date | None = None
    arrivals: list[date] = field(default_factory=list)
    # (moment as sortable text or date, result)
    acceptances: list[tuple[date, str]] = field(default_factory=list)
    payments: list[date] = field(default_factory=list)
    stars: list[tuple[date, int]] = field(default_factory=list)


@dataclass
class Supplier:
    id: str
    city: str
    excluded_from: date | None = None
    excluded_to: date | None = None
    licence: date | None = None


@dataclass
class Result:
    score: float
    lower: float
    upper: float
    grade: str
    provisional: bool
    number: float
    points: dict[str, float]


Observation = tuple[str, date, float, float]  # buyer, t, amount, x


class Reference:
    def __init__(
        self,
        suppliers: Sequence[Supplier],
        orders: Sequence[Order],
        cumulative: Callable[[date], int],
    ) -> None:
        self.suppliers = suppliers
        self.by_supplier: dict[str, list[Order]] = defaultdict(list)
        for order in orders:
            self.by_supplier[order.supplier].append(order)
        self.cumulative = cumulative
        self._priors: dict[date, tuple[dict[tuple[str, str, str], float], dict[str, tuple[str, str]]]] = {}

    def wd(self, a: date, b: date) -> int:
        return self.cumulative(b) - self.cumulative(a)

    def observe(self, order: Order, day: date) -> dict[str, tuple[date, float]]:
        found: dict[str, tuple[date, float]] = {}
        confirmed = order.confirmed is not None and order.confirmed <= day
        cancelled = order.cancelled is not None and order.cancelled <= day
        if confirmed and not cancelled and order.promised is not None:
            come = [a for a in order.arrivals if a <= day]
            when = max(come, default=None)
            if when is None:
                later = [a for a, _ in order.acceptances if a <= day] + [
                    p for p in order.payments if p <= day
                ]
                overdue = order.promised
                while self.wd(order.promised, overdue) <= 1:
                    overdue += timedelta(days=1)
                if not later and overdue <= day:
                    when = overdue
            if when is not None:
                late = (when - order.promised).days
                x = 1.0 if self.wd(order.promised, when) <= 1 else 0.5 if late <= 7 else 0.0
                found["on_time"] = (when, x)
        rows = sorted((row for row in order.acceptances if row[0] <= day), key=lambda row: row[0])
        if rows and rows[0][1] in ("passed", "partial", "failed"):
            found["first_acceptance"] = (
                rows[0][0],
                {"passed": 1.0, "partial": 0.5, "failed": 0.0}[rows[0][1]],
            )
        opinions = [row for row in order.stars if row[0] <= day]
        if opinions:
            newest = max(opinions, key=lambda row: row[0])
            found["evaluations"] = (newest[0], (newest[1] - 1) / 4)
        return found

    def observations(self, supplier: str, day: date) -> dict[str, list[Observation]]:
        found: dict[str, list[Observation]] = {name: [] for name in WEIGHTS}
        for order in self.by_supplier[supplier]:
            for name, (when, x) in self.observe(order, day).items():
                found[name].append((order.buyer, when, order.total, x))
        return found

    @staticmethod
    def da(day: date, when: date, total: float) -> tuple[float, float]:
        return 2 ** (-(day - when).days / 180), min(3.0, 1 + math.log10(1 + max(total, 0) / 1e4))

    @staticmethod
    def bound(sums: list[float]) -> float:
        # Fixed point by bisection: C − ¼(m + Σ min(W, C)) has one zero.
        low, high = 0.0, M + sum(sums) + 1
        for _ in range(200):
            middle = (low + high) / 2
            if middle - 0.25 * (M + sum(min(w, middle) for w in sums)) < 0:
                low = middle
            else:
                high = middle
        return high

    def main_category(self, supplier: str, end: date) -> str:
        amounts: dict[str, float] = defaultdict(float)
        for order in self.by_supplier[supplier]:
            if order.confirmed is None or not end - timedelta(days=365) < order.confirmed <= end:
                continue
            if order.cancelled is not None and order.cancelled <= end:
                continue
            amounts[order.category] += order.total
        return min(amounts, key=lambda code: (-amounts[code], code)) if amounts else ""

    def priors(self, day: date) -> tuple[dict[tuple[str, str, str], float], dict[str, tuple[str, str]]]:
        month = day.replace(day=1)
        if month not in self._priors:
            end = month - timedelta(days=1)
            groups = {s.id: (self.main_category(s.id, end), s.city) for s in self.suppliers}
            values: dict[tuple[str, str, str], float] = {}
            for name, constant in CONSTANTS.items():
                pairs: dict[str, tuple[float, float]] = {}
                for supplier in self.suppliers:
                    weight = good = 0.0
                    for _buyer, when, total, x in self.observations(supplier.id, end)[name]:
                        d, a = self.da(end, when, total)
                        weight, good = weight + d * a, good + d * a * x
                    if weight:
                        pairs[supplier.id] = (weight, good)

                def shrink(
                    ids: list[str], above: float, pairs: dict[str, tuple[float, float]] = pairs
                ) -> float:
                    c = self.bound([pairs[i][0] for i in ids])
                    mass = sum(min(pairs[i][0], c) for i in ids)
                    good = sum(pairs[i][1] * min(1, c / pairs[i][0]) for i in ids)
                    return (good + 20 * above) / (mass + 20)

                top = values[name, "", ""] = shrink(list(pairs), constant)
                for category in {g[0] for g in groups.values() if g[0]}:
                    ids = [i for i in pairs if groups[i][0] == category]
                    middle = values[name, category, ""] = shrink(ids, top)
                    for city in {g[1] for g in groups.values() if g[0] == category}:
                        own = [i for i in ids if groups[i][1] == city]
                        values[name, category, city] = shrink(own, middle)
            self._priors[month] = (values, groups)
        return self._priors[month]

    def score(self, supplier: Supplier, day: date) -> tuple[Result, bool]:
        values, groups = self.priors(day)
        category, city = groups[supplier.id]
        raw = variance = 0.0
        points: dict[str, float] = {}
        found = self.observations(supplier.id, day)
        for name, rows in found.items():
            w = WEIGHTS[name] * 100 / sum(WEIGHTS.values())
            p = values[(name, category, city) if category else (name, "", "")]
            by_buyer: dict[str, float] = defaultdict(float)
            for buyer, when, total, _x in rows:
                d, a = self.da(day, when, total)
                by_buyer[buyer] += d * a
            c = self.bound(list(by_buyer.values()))
            mass = good = squares = 0.0
            for buyer, when, total, x in rows:
                d, a = self.da(day, when, total)
                d *= min(1.0, c / by_buyer[buyer])
                mass, good, squares = mass + d * a, good + d * a * x, squares + d * a * a
            q = (good + M * p) / (mass + M)
            n = (mass * mass / squares if squares else 0.0) + M
            soft = (n * q + 1) / (n + 2)
            variance += w * w * soft * (1 - soft) / (n + 3)
            raw += w * q
            points[name] = w * q
        weight = squares = 0.0
        for order in self.by_supplier[supplier.id]:
            if order.confirmed is None or order.confirmed > day:
                continue
            if order.cancelled is not None and order.cancelled <= day:
                continue
            d, a = self.da(day, order.confirmed, order.total)
            weight, squares = weight + d * a, squares + d * a * a
        number = weight * weight / squares if squares else 0.0
        half = 1.645 * math.sqrt(variance)
        clip = lambda value: min(100.0, max(0.0, value))  # noqa: E731
        score = math.floor(clip(raw) * 100 + 0.5) / 100
        observed = any(found.values())
        return (
            Result(score, clip(raw - half), clip(raw + half), "", not observed or number < 5, number, points),
            observed,
        )

    def vetoed(self, supplier: Supplier, day: date) -> bool:
        excluded = supplier.excluded_from is not None and supplier.excluded_from <= day
        if excluded and (supplier.excluded_to is None or day <= supplier.excluded_to):
            return True
        return supplier.licence is not None and day > supplier.licence

    def at(self, supplier: Supplier, until: date, start: date) -> Result:
        """Walk every night from the market's first to `until`."""
        grade, falls_on, falls_to = "BBB", None, ""
        day = start
        while day <= until:
            if falls_on is not None and day >= falls_on:
                grade, falls_on = falls_to, None
            if self.vetoed(supplier, day):
                grade, falls_on = "D", None
            elif day.day == monthrange(day.year, day.month)[1]:
                result, observed = self.score(supplier, day)
                wanted = self.month_end(result, observed, grade)
                if observed and NAMES.index(wanted) > NAMES.index(grade):
                    falls_to, falls_on = wanted, day
                    while self.wd(day, falls_on) < 3:
                        falls_on += timedelta(days=1)
                else:
                    grade = wanted
            day += timedelta(days=1)
        result, _observed = self.score(supplier, until)
        result.grade = grade
        return result

    @staticmethod
    def month_end(result: Result, observed: bool, held: str) -> str:
        if not observed:
            return "BBB"

        def open_to(grade: str) -> bool:
            gate = {"AAA": 30.0, "AA": 15.0}.get(grade, 0.0)
            if NAMES.index(held) <= NAMES.index(grade):
                gate *= 0.8
            return result.number >= gate and (result.number >= 5 or grade not in ("AAA", "AA"))

        best = next(name for name, low in GRADES if result.score >= low)
        while not open_to(best):
            best = NAMES[NAMES.index(best) + 1]
        if NAMES.index(best) < NAMES.index(held):
            return best
        low = dict(GRADES)[held]
        if result.score < low - 2 or not open_to(held):
            return NAMES[min(NAMES.index(held) + 1, 7)]
        return held
