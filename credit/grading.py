"""The grade: steps on a month's last night, gates, the slow fall, and the veto. Pure functions over dates."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from credit.formulas import Constants

# From the best down, each with its lower bound; exactly on a boundary belongs to the higher grade.
GRADES: Final[tuple[tuple[str, float], ...]] = (
    ("AAA", 95),
    ("AA", 90),
    ("A", 80),
    ("BBB", 70),
    ("BB", 60),
    ("B", 50),
    ("C", 40),
    ("D", 0),
)
ORDER: Final = tuple(name for name, _ in GRADES)
BOUNDS: Final = dict(GRADES)
NEWCOMER: Final = "BBB"


@dataclass(frozen=True)
class Closing:
    """What the grade is decided on at a month's end: the score, n over confirmed orders, whether anything is known."""

    score: float
    number: float
    observed: bool


@dataclass(frozen=True)
class Veto:
    """Exclusion from procurement and the licence's end, as the organisation states them."""

    excluded_from: date | None = None
    excluded_to: date | None = None
    licence_expires_on: date | None = None

    def first_in(self, after: date, until: date) -> date | None:
        """The first vetoed night d with after < d ≤ until."""
        found: list[date] = []
        if self.excluded_from is not None:
            begin = max(self.excluded_from, after + timedelta(days=1))
            if begin <= until and (self.excluded_to is None or begin <= self.excluded_to):
                found.append(begin)
        if self.licence_expires_on is not None:
            begin = max(self.licence_expires_on, after) + timedelta(days=1)
            if begin <= until:
                found.append(begin)
        return min(found, default=None)

    def on(self, day: date) -> bool:
        """Whether the night is vetoed."""
        return self.first_in(day - timedelta(days=1), day) is not None


@dataclass(frozen=True)
class Change:
    """A grade's move: decided on a night, in effect from another, and why (`score`, `gate`, `veto`, `newcomer`)."""

    decided_on: date
    effective_on: date
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Held:
    """The grade in force, and the fall that has been announced."""

    grade: str = NEWCOMER
    pending: Change | None = None


def band(score: float) -> str:
    """The grade of a score, without gates."""
    return next(name for name, bound in GRADES if score >= bound or bound == 0)


def permitted(grade: str, number: float, held: str, constants: Constants) -> bool:
    """Whether the gates let a supplier of n effective orders have the grade; what is held is lost later."""
    if grade not in ("AAA", "AA"):
        return True
    if number < constants.provisional_below:
        return False
    gate = constants.aaa_number if grade == "AAA" else constants.aa_number
    if ORDER.index(held) <= ORDER.index(grade):
        gate *= constants.gate_kept_share
    return number >= gate


def best_permitted(grade: str, number: float, held: str, constants: Constants) -> str:
    """The grade, or the next one below it that the gates permit."""
    position = ORDER.index(grade)
    while not permitted(ORDER[position], number, held, constants):
        position += 1
    return ORDER[position]


def lower_by_one(grade: str) -> str:
    """The next grade down; D stays."""
    return ORDER[min(ORDER.index(grade) + 1, len(ORDER) - 1)]


def target(closing: Closing, held: str, constants: Constants) -> tuple[str, str]:
    """The grade that a month's end gives to one who holds `held`, and why."""
    if not closing.observed:
        return NEWCOMER, "newcomer"
    wanted = best_permitted(band(closing.score), closing.number, held, constants)
    if ORDER.index(wanted) < ORDER.index(held):
        return wanted, "score"
    if closing.score < BOUNDS[held] - constants.fall_margin:
        return lower_by_one(held), "score"
    if not permitted(held, closing.number, held, constants):
        return lower_by_one(held), "gate"
    return held, "score"


def is_month_end(day: date) -> bool:
    """Whether the day is the last of its month."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


def month_ends(after: date, until: date) -> Iterator[date]:
    """The last days of months d with after < d ≤ until."""
    day = after + timedelta(days=1)
    while True:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if day > until:
            return
        yield day
        day += timedelta(days=1)


def settle(held: Held, *, after: date, until: date, veto: Veto) -> tuple[Held, list[Change]]:
    """What happens between two month ends: an announced fall takes effect, a veto gives D at once."""
    struck = veto.first_in(after, until)
    if struck is not None:
        before = held.grade
        if held.pending is not None and held.pending.effective_on < struck:
            before = held.pending.after
        changes = [] if before == "D" else [Change(struck, struck, before, "D", "veto")]
        return Held("D"), changes
    if held.pending is not None and held.pending.effective_on <= until:
        return Held(held.pending.after), []
    return held, []


def history(
    closings: Mapping[date, Closing],
    *,
    since: date,
    until: date,
    veto: Veto,
    notice: Callable[[date], date],
    constants: Constants,
) -> tuple[Held, list[Change]]:
    """The grade held on the night `until` and every change on the way, replayed from the beginning.

    Args:
        closings: what is known at month ends; a month end without an entry has no observation.
        since: the day before the first night of the market.
        until: the night.
        veto: exclusion and licence.
        notice: the first night on which a fall announced on a night is in effect.
        constants: those of the model version.
    """
    held, changes, after = Held(), [], since
    for day in month_ends(since, until):
        held, moves = settle(held, after=after, until=day, veto=veto)
        changes += moves
        after = day
        if veto.on(day):
            continue
        closing = closings.get(day) or Closing(0.0, 0.0, observed=False)
        grade, reason = target(closing, held.grade, constants)
        if grade == held.grade:
            continue
        falls = ORDER.index(grade) > ORDER.index(held.grade) and reason != "newcomer"
        change = Change(day, notice(day) if falls else day, held.grade, grade, reason)
        changes.append(change)
        held = replace(held, pending=change) if falls else Held(grade)
    held, moves = settle(held, after=after, until=until, veto=veto)
    return held, changes + moves
