"""Credit as of a day, naively, to the letter of credit-definitions.md: version 1 with three components.

Choices, where the text leaves them open:
- An order evaluated more than once by its buyer gives one observation, the first.
- An order of which a part has arrived is dated by the last part that has; the observation moves with the next
  part. While nothing has arrived, x of on_time is that of the first overdue night, which is also its date.
- The cap of a prior is the same formula (m = 10) with suppliers in the place of buyers, over observations that
  were not capped by buyer before.
- A supplier without confirmed orders in the 365 days before a month belongs to no category; its prior is the
  one for (all, all). Amounts are whole orders', in the category of the order
  (rule-definitions.md: the order's whole total belongs to it); ties go to the smaller code.
- The grade's effective number is over confirmed orders dated by confirmed_at, and without the cap:
  the cap speaks of observations, and an order as such is none.
- Deductions are those of upheld complaints, from the date of the decision on; a remedy counts from its own date.
  There is no bonus. The veto is here.
- A gate that is lost (below 0.8 of it) is a fall, one grade, announced and effective like any other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.market.oracle.load import Market, Order, day_of, moment
from tests.market.oracle.rules import first_overdue

M = 10.0
PRIOR_STRENGTH = 20.0
HALF_LIFE = 180.0
COMPONENTS = {"on_time": 25.0, "first_acceptance": 20.0, "evaluations": 15.0}
CONSTANTS = {"on_time": 0.90, "first_acceptance": 0.95, "evaluations": 0.85}
WEIGHTS = {name: 100.0 * weight / sum(COMPONENTS.values()) for name, weight in COMPONENTS.items()}
GRADES = ["D", "C", "B", "BB", "BBB", "A", "AA", "AAA"]
LOWER_BOUND = {"AAA": 95.0, "AA": 90.0, "A": 80.0, "BBB": 70.0, "BB": 60.0, "B": 50.0, "C": 40.0, "D": 0.0}
# Severity: points, half-life in days, years.
DEDUCTIONS: dict[str, tuple[float, float | None, int]] = {
    "minor": (2, 180, 2),
    "general": (5, 365, 2),
    "major": (15, 365, 3),
    "serious": (50, None, 3),
}
GATES = {"AAA": 30.0, "AA": 15.0}


@dataclass(frozen=True)
class Observation:
    supplier: str
    buyer: str
    day: date
    amount: float
    x: float

    def weight(self, until: date) -> tuple[float, float]:
        """(d, a) as of a day."""
        decay = 2.0 ** (-((until - self.day).days) / HALF_LIFE)
        return decay, min(3.0, 1.0 + math.log10(1.0 + self.amount / 10_000.0))


@dataclass
class Score:
    supplier: str
    as_of: date
    score: float
    lower: float
    upper: float
    effective_n: float
    parts: dict[str, float]
    grade: str = "BBB"
    provisional: bool = True


def on_time(market: Market, order: Order, until: date) -> Observation | None:
    """Delivery against the promise, at its last arrival, or on the first overdue night while nothing has come."""
    if (
        order.confirmed is None
        or day_of(order.confirmed) > until
        or order.cancelled_by(until)
        or order.promised is None
    ):
        return None
    times = [delivered or signed for _, delivered, signed in order.deliveries]
    arrived = [day_of(time) for time in times if time is not None and day_of(time) <= until]
    if arrived:
        day = max(arrived)
    else:
        later = [day_of(at) for at, _ in order.acceptances] + [
            day_of(row[0]) for row in order.payments if not row[3]
        ]
        unknown = not times or None in times
        if unknown and any(day <= until for day in later):
            return None
        day = first_overdue(market, order.promised, 1)
        if day > until:
            return None
    late = 0.5 if (day - order.promised).days <= 7 else 0.0
    x = 1.0 if market.wd(order.promised, day) <= 1 else late
    return Observation(order.supplier, order.buyer, day, order.total / 100, x)


def first_acceptance(_market: Market, order: Order, until: date) -> Observation | None:
    """The first row of acceptances."""
    rows = sorted(row for row in order.acceptances if day_of(row[0]) <= until)
    if not rows:
        return None
    x = {"passed": 1.0, "partial": 0.5, "failed": 0.0}[rows[0][1]]
    return Observation(order.supplier, order.buyer, day_of(rows[0][0]), order.total / 100, x)


def evaluations(_market: Market, order: Order, until: date) -> Observation | None:
    """The buyer's stars."""
    rows = sorted(row for row in order.stars if day_of(row[0]) <= until)
    if not rows:
        return None
    return Observation(
        order.supplier, order.buyer, day_of(rows[0][0]), order.total / 100, (rows[0][1] - 1) / 4
    )


def confirmed(_market: Market, order: Order, until: date) -> Observation | None:
    """A confirmed order, for the grade's effective number."""
    if order.confirmed is None or day_of(order.confirmed) > until or order.cancelled_by(until):
        return None
    return Observation(order.supplier, order.buyer, day_of(order.confirmed), order.total / 100, 1.0)


SOURCES: dict[str, Callable[[Market, Order, date], Observation | None]] = {
    "on_time": on_time,
    "first_acceptance": first_acceptance,
    "evaluations": evaluations,
    "confirmed": confirmed,
}


def cap(weights: Iterable[float], m: float = M) -> float:
    """C = ¼ (m + Σ min(W, C)), found by trying every number of capped buyers."""
    ordered = sorted(weights, reverse=True)
    for capped in range(4):
        value = (m + sum(ordered[capped:])) / (4 - capped)
        over = [weight for weight in ordered if weight > value]
        if len(over) <= capped:
            return value
    raise AssertionError("three at most can be capped")


def capped(
    observations: list[Observation], until: date, by: Callable[[Observation], str]
) -> list[tuple[float, float, float]]:
    """(d, a, x) of each observation, d reduced where its buyer (or supplier) has more than C."""
    sums: dict[str, float] = defaultdict(float)
    for observation in observations:
        d, a = observation.weight(until)
        sums[by(observation)] += d * a
    limit = cap(sums.values())
    found = []
    for observation in observations:
        d, a = observation.weight(until)
        found.append((d * min(1.0, limit / sums[by(observation)]), a, observation.x))
    return found


def effective(weighted: list[tuple[float, float, float]]) -> float:
    """n = (Σ d a)² / Σ d a²."""
    if not weighted:
        return 0.0
    return sum(d * a for d, a, _ in weighted) ** 2 / sum(d * a * a for d, a, _ in weighted)


def last_of_month(day: date) -> bool:
    """Whether a day is its month's last."""
    return (day + timedelta(days=1)).day == 1


@dataclass
class Book:
    """Scores of all suppliers of a market."""

    market: Market
    _priors: dict[tuple[date, str, str, str], float] = field(default_factory=dict)
    _mains: dict[tuple[date, str], str] = field(default_factory=dict)
    _seen: dict[tuple[str, date], list[Observation]] = field(default_factory=dict)

    @property
    def suppliers(self) -> list[str]:
        """Ids of all suppliers, sorted."""
        return sorted(id_ for id_, row in self.market.organisations.items() if row["kind"] == "supplier")

    def observations(self, component: str, until: date) -> list[Observation]:
        """All observations of a component as of a day."""
        key = (component, until)
        if key not in self._seen:
            source = SOURCES[component]
            found = (source(self.market, order, until) for order in self.market.orders.values())
            self._seen[key] = [observation for observation in found if observation is not None]
        return self._seen[key]

    def main(self, supplier: str, first: date) -> str:
        """Main top-level category in the 365 days before a month's first day; empty for none."""
        if not any(key[0] == first for key in self._mains):
            amounts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
            before = first - timedelta(days=1)
            for order in self.market.orders.values():
                if order.confirmed is None or order.cancelled_by(before):
                    continue
                if first - timedelta(days=365) <= day_of(order.confirmed) < first:
                    amounts[order.supplier][self.market.top(self.market.category(order))] += order.total
            for id_ in self.suppliers:
                tops = amounts.get(id_, {})
                self._mains[(first, id_)] = min(tops, key=lambda top: (-tops[top], top), default="")
        return self._mains[(first, supplier)]

    def prior(self, component: str, supplier: str, until: date) -> float:
        """p of a supplier in the month of a day."""
        first = until.replace(day=1)
        category = self.main(supplier, first)
        if not category:
            return self._prior(component, "", "", first)
        city = self.market.city(self.market.organisations[supplier]["region"])
        return self._prior(component, category, city, first)

    def _prior(self, component: str, category: str, city: str, first: date) -> float:
        key = (first, component, category, city)
        if key not in self._priors:
            if city:
                above = self._prior(component, category, "", first)
            elif category:
                above = self._prior(component, "", "", first)
            else:
                above = CONSTANTS[component]
            members = {
                id_
                for id_ in self.suppliers
                if (not category or self.main(id_, first) == category)
                and (not city or self.market.city(self.market.organisations[id_]["region"]) == city)
            }
            before = first - timedelta(days=1)
            own = [o for o in self.observations(component, before) if o.supplier in members]
            weighted = capped(own, before, lambda o: o.supplier)
            top = sum(d * a * x for d, a, x in weighted) + PRIOR_STRENGTH * above
            self._priors[key] = top / (sum(d * a for d, a, _ in weighted) + PRIOR_STRENGTH)
        return self._priors[key]

    def score(self, supplier: str, until: date) -> Score:
        """Score and interval as of a day, without the grade."""
        raw, variance, parts = 0.0, 0.0, {}
        for component, weight in WEIGHTS.items():
            own = [o for o in self.observations(component, until) if o.supplier == supplier]
            weighted = capped(own, until, lambda o: o.buyer)
            total = sum(d * a for d, a, _ in weighted)
            p = self.prior(component, supplier, until)
            q = (sum(d * a * x for d, a, x in weighted) + M * p) / (total + M)
            number = effective(weighted) + M
            smoothed = (number * q + 1) / (number + 2)
            raw += weight * q
            variance += weight**2 * smoothed * (1 - smoothed) / (number + 3)
            parts[component] = weight * q
        raw -= self.deductions(supplier, until)
        orders = [o for o in self.observations("confirmed", until) if o.supplier == supplier]
        half = 1.645 * math.sqrt(variance)

        def clip(value: float) -> float:
            return min(100.0, max(0.0, value))

        number = effective([(*order.weight(until), order.x) for order in orders])
        return Score(supplier, until, round(clip(raw), 2), clip(raw - half), clip(raw + half), number, parts)

    def deductions(self, supplier: str, until: date) -> float:
        """What upheld complaints take; of several about one order the largest."""
        alone = 0.0
        about: defaultdict[str, float] = defaultdict(float)
        for row in self.market.complaints:
            decided, executed = moment(row["decided_at"]), moment(row["executed_at"])
            if row["supplier"] != supplier or row["upheld"] != "true" or decided is None:
                continue
            severity = row["severity"] or "general"
            points, half_life, years = DEDUCTIONS[severity]
            day = day_of(decided)
            expired = (until.year - years, until.month, until.day) >= (day.year, day.month, day.day)
            if day > until or expired:
                continue
            if half_life:
                points *= 2.0 ** (-((until - day).days) / half_life)
            if severity == "minor" and executed and day_of(executed) <= until:
                points *= 0.5 if (day_of(executed) - day).days <= 30 else 1.0
            if row["order"]:
                about[row["order"]] = max(about[row["order"]], points)
            else:
                alone += points
        return alone + sum(about.values())

    def vetoed(self, supplier: str, day: date) -> bool:
        """An exclusion in force, or an expired licence."""
        row = self.market.organisations[supplier]
        begin, end, licence = (row[name] for name in ("excluded_from", "excluded_to", "licence_expires_on"))
        excluded = bool(begin) and begin <= day.isoformat() and (not end or day.isoformat() <= end)
        return excluded or (bool(licence) and day.isoformat() > licence)

    def graded(self, supplier: str, first: date, until: date) -> Score:
        """Score as of a day with the grade that month ends since `first` have led to."""
        held, falling = "BBB", None
        day = first
        while day <= until:
            if falling is not None and self.market.wd(falling[0], day) >= 3:
                held, falling = falling[1], None
            if last_of_month(day):
                at = self.score(supplier, day)
                target = next_grade(held, at)
                if GRADES.index(target) >= GRADES.index(held):
                    held, falling = target, None
                elif falling is None:
                    falling = (day, target)
            day += timedelta(days=1)
        found = self.score(supplier, until)
        found.provisional = found.effective_n < 5
        found.grade = "D" if self.vetoed(supplier, until) else held
        return found


def band_of(score: float) -> str:
    """A score exactly on a boundary belongs to the higher grade."""
    return next(grade for grade, bound in LOWER_BOUND.items() if score >= bound)


def next_grade(held: str, at: Score) -> str:
    """The grade after a month's last night, before the wait of a fall."""
    if at.effective_n == 0:
        return "BBB"
    target = band_of(at.score)
    ceiling = "AAA" if at.effective_n >= 30 else "AA" if at.effective_n >= 15 else "A"
    if GRADES.index(target) > GRADES.index(held):
        allowed = max(GRADES.index(ceiling), GRADES.index(held)) if at.effective_n >= 5 else GRADES.index("A")
        target = GRADES[min(GRADES.index(target), allowed)]
        return target if GRADES.index(target) > GRADES.index(held) else _without_gate(held, at)
    if GRADES.index(target) < GRADES.index(held) and at.score < LOWER_BOUND[held] - 2:
        return GRADES[GRADES.index(held) - 1]
    return _without_gate(held, at)


def _without_gate(held: str, at: Score) -> str:
    lost = held in GATES and at.effective_n < 0.8 * GATES[held]
    return GRADES[GRADES.index(held) - 1] if lost else held
