"""Scores and grades of suppliers on nights, from the ledger or from the carried sums: the same function for both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Min

from accounts.models import Organisation
from credit import formulas, grading
from credit.models import CreditModelVersion, CreditObservation
from credit.nightly import events, priors, sums
from zcy import workdays

Scores = dict[date, dict[int, "Evaluated"]]


@dataclass(frozen=True)
class Evaluated:
    """A supplier on a night, before the grade."""

    score: formulas.Score
    number: float
    observed: bool

    @property
    def closing(self) -> grading.Closing:
        """As much of it as decides on the grade, in the digits that are stored."""
        return grading.Closing(self.score.score, round(self.number, 4), self.observed)


@dataclass(frozen=True)
class Graded:
    """A supplier on a night with its grade: what a snapshot holds."""

    evaluated: Evaluated
    grade: str
    provisional: bool

    def fields(self) -> dict[str, Any]:
        """The columns of CreditSnapshot."""
        score = self.evaluated.score
        return {
            "score": _decimal(score.score, 2),
            "lower": _decimal(score.lower, 4),
            "upper": _decimal(score.upper, 4),
            "grade": self.grade,
            "provisional": self.provisional,
            "effective_n": _decimal(self.evaluated.number, 4),
            "observed": self.evaluated.observed,
            "parts": {name: _part(part) for name, part in score.parts.items()},
            "bonus": _decimal(score.bonus, 4),
            "deductions": _decimal(score.deductions, 4),
            "limit": _decimal(score.limit, 4),
        }


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(f"{formulas.round_half_up(value, places):.{places}f}")


def _part(part: formulas.Part) -> dict[str, float | int]:
    points, start = formulas.round_half_up(part.points, 4), formulas.round_half_up(part.start, 4)
    return {
        "weight": part.weight,
        "prior": part.prior,
        "mean": part.mean,
        "points": points,
        "start": start,
        "moved": formulas.round_half_up(part.points - part.start, 4),
        "mass": part.terms.mass,
        "cap": part.terms.cap,
        "number": part.terms.number,
        "count": part.terms.count,
    }


def version_of(day: date) -> CreditModelVersion:
    """The model that is in force on a night."""
    return CreditModelVersion.objects.filter(effective_on__lte=day).latest("effective_on")


def market_start() -> date | None:
    """The first night on which anything was known; None in an empty market."""
    found: date | None = CreditObservation.objects.aggregate(day=Min("effective_on"))["day"]
    return found


def vetoes(suppliers: Iterable[int]) -> dict[int, grading.Veto]:
    """Exclusions and licences as the organisations state them now."""
    rows = Organisation.objects.filter(pk__in=list(suppliers)).values_list(
        "id", "excluded_from", "excluded_to", "licence_expires_on"
    )
    return {supplier: grading.Veto(begin, end, licence) for supplier, begin, end, licence in rows}


def notice_of(constants: formulas.Constants) -> Callable[[date], date]:
    """When a fall announced on a night takes effect: after so many working days."""
    known: dict[date, date] = {}

    def effective(day: date) -> date:
        if day not in known:
            known[day] = workdays.add(day, constants.fall_notice_working_days)
        return known[day]

    return effective


def score_days(
    wanted: Mapping[date, Sequence[int]],
    version: CreditModelVersion,
    known_at: datetime,
    *,
    carried: date | None = None,
) -> Scores:
    """Scores by night and supplier.

    Args:
        wanted: the suppliers of each night.
        version: the model.
        known_at: only what was recorded by this moment counts.
        carried: the night that the carried sums stand for; the others are summed from the ledger.
    """
    constants, points = version.numbers, version.points
    everyone = sorted({supplier for suppliers in wanted.values() for supplier in suppliers})
    months = priors.load({day.replace(day=1) for day in wanted})
    found = events.load(everyone, known_at)
    nothing = events.SupplierEvents()
    result: Scores = {}
    with connection.cursor() as cursor:
        from_ledger = sorted({s for day, suppliers in wanted.items() if day != carried for s in suppliers})
        if from_ledger:
            sums.build_spans(cursor, constants, known_at, from_ledger)
        for day in sorted(wanted):
            read = sums.terms_of_sums if day == carried else sums.terms_of_spans
            terms = read(cursor, constants, day, wanted[day])
            month = months[day.replace(day=1)]
            result[day] = {
                supplier: _evaluate(
                    terms.get(supplier, {}),
                    {name: month.of(supplier, name) for name in points},
                    points,
                    constants,
                    found.get(supplier, nothing),
                    day,
                )
                for supplier in wanted[day]
            }
    return result


def _evaluate(
    terms: Mapping[str, formulas.Terms],
    prior: Mapping[str, float],
    points: Mapping[str, float],
    constants: formulas.Constants,
    found: events.SupplierEvents,
    day: date,
) -> Evaluated:
    score = formulas.score(
        terms,
        prior,
        points,
        constants,
        bonus_points=formulas.bonus(found.bonus, day, constants),
        deducted=formulas.deductions(found.deductions, day),
    )
    orders = terms.get(sums.NUMBER_ONLY)
    return Evaluated(score, orders.number if orders else 0.0, any(name in terms for name in points))


@dataclass(frozen=True)
class Ladder:
    """What the grades of a set of suppliers are decided with."""

    since: date
    constants: formulas.Constants
    vetoes: Mapping[int, grading.Veto]
    notice: Callable[[date], date]

    def history(
        self, supplier: int, closings: Mapping[date, grading.Closing], until: date
    ) -> tuple[grading.Held, list[grading.Change]]:
        """The grade on a night, and all changes up to it."""
        return grading.history(
            closings,
            since=self.since,
            until=until,
            veto=self.vetoes.get(supplier, grading.Veto()),
            notice=self.notice,
            constants=self.constants,
        )

    def grade(self, held: grading.Held, evaluated: Evaluated) -> Graded:
        """A night's score with the grade held on it."""
        provisional = not evaluated.observed or evaluated.number < self.constants.provisional_below
        return Graded(evaluated, held.grade, provisional)


def ladder(suppliers: Iterable[int], version: CreditModelVersion, until: date) -> Ladder:
    """Prepare to grade; the ladder begins on the day before the market's first night."""
    start = market_start()
    return Ladder(
        since=min(start or until, until) - timedelta(days=1),
        constants=version.numbers,
        vetoes=vetoes(suppliers),
        notice=notice_of(version.numbers),
    )
