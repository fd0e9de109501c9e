"""Steps, gates, the slow fall and the veto, at and beside every boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from credit.formulas import Constants
from credit.grading import (
    Change,
    Closing,
    Held,
    Veto,
    band,
    history,
    is_month_end,
    month_ends,
    target,
)

CONSTANTS = Constants()


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "AAA"),
        (95, "AAA"),
        (94.99, "AA"),
        (90, "AA"),
        (89.99, "A"),
        (80, "A"),
        (79.99, "BBB"),
        (70, "BBB"),
        (69.99, "BB"),
        (60, "BB"),
        (59.99, "B"),
        (50, "B"),
        (49.99, "C"),
        (40, "C"),
        (39.99, "D"),
        (0, "D"),
    ],
)
def test_exactly_on_a_boundary_belongs_to_the_higher_grade(score: float, grade: str) -> None:
    assert band(score) == grade


@pytest.mark.parametrize(
    ("score", "number", "held", "expected"),
    [
        (96, 30, "BBB", "AAA"),
        (96, 29.99, "BBB", "AA"),
        (96, 15, "BBB", "AA"),
        (96, 14.99, "BBB", "A"),
        (96, 4.99, "BBB", "A"),
        (85, 0.5, "BBB", "A"),
        # Once held, a gate is lost below 0.8 of it.
        (96, 24, "AAA", "AAA"),
        (96, 23.99, "AAA", "AA"),
        (92, 12, "AA", "AA"),
        (92, 11.99, "AA", "A"),
        (96, 24, "AA", "AA"),
        (96, 30, "AA", "AAA"),
        # The slow fall: one grade, and only below the bound − 2.
        (88, 20, "AA", "AA"),
        (87.99, 20, "AA", "A"),
        (30, 20, "AA", "A"),
        (78, 20, "A", "A"),
        (77.99, 20, "A", "BBB"),
        (37.99, 20, "C", "D"),
        (38, 20, "C", "C"),
        (0, 20, "D", "D"),
        # A rise goes to the score's band at once.
        (85, 20, "D", "A"),
    ],
)
def test_a_month_end(score: float, number: float, held: str, expected: str) -> None:
    assert target(Closing(score, number, observed=True), held, CONSTANTS)[0] == expected


def test_without_an_observation_the_grade_is_that_of_a_newcomer() -> None:
    assert target(Closing(99, 50, observed=False), "AA", CONSTANTS) == ("BBB", "newcomer")


def test_month_ends() -> None:
    assert list(month_ends(date(2024, 1, 31), date(2024, 3, 31))) == [date(2024, 2, 29), date(2024, 3, 31)]
    assert list(month_ends(date(2024, 1, 30), date(2024, 1, 31))) == [date(2024, 1, 31)]
    assert list(month_ends(date(2024, 1, 31), date(2024, 2, 28))) == []
    assert is_month_end(date(2024, 2, 29))
    assert not is_month_end(date(2024, 2, 28))


def run(
    scores: dict[date, float], until: date, *, veto: Veto | None = None, since: date = date(2025, 12, 31)
) -> tuple[Held, list[Change]]:
    closings = {day: Closing(score, 40, observed=True) for day, score in scores.items()}
    return history(
        closings,
        since=since,
        until=until,
        veto=veto or Veto(),
        notice=lambda day: day + timedelta(days=3),
        constants=CONSTANTS,
    )


JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


def test_the_score_moves_every_night_and_the_grade_at_the_months_end() -> None:
    scores = {JANUARY: 96.0}
    assert run(scores, date(2026, 1, 30))[0].grade == "BBB"
    assert run(scores, JANUARY)[0].grade == "AAA"


def test_a_fall_is_announced_and_takes_effect_after_the_notice() -> None:
    scores = {JANUARY: 96.0, FEBRUARY: 50.0}
    held, changes = run(scores, FEBRUARY)
    assert held.grade == "AAA"
    assert held.pending == Change(FEBRUARY, date(2026, 3, 3), "AAA", "AA", "score")
    assert run(scores, date(2026, 3, 2))[0].grade == "AAA"
    assert run(scores, date(2026, 3, 3))[0] == Held("AA")
    assert [change.after for change in changes] == ["AAA", "AA"]


def test_a_fall_goes_one_grade_a_month() -> None:
    held, changes = run({JANUARY: 96.0, FEBRUARY: 50.0, MARCH: 50.0}, date(2026, 4, 29))
    assert held.grade == "A"
    assert [change.after for change in changes] == ["AAA", "AA", "A"]


def test_a_veto_gives_d_at_once_and_after_it_the_next_month_end_decides() -> None:
    veto = Veto(excluded_from=date(2026, 2, 5), excluded_to=date(2026, 2, 10))
    scores = {JANUARY: 96.0, FEBRUARY: 91.0}
    assert run(scores, date(2026, 2, 4), veto=veto)[0].grade == "AAA"
    held, changes = run(scores, date(2026, 2, 5), veto=veto)
    assert held.grade == "D"
    assert changes[-1] == Change(date(2026, 2, 5), date(2026, 2, 5), "AAA", "D", "veto")
    assert run(scores, date(2026, 2, 27), veto=veto)[0].grade == "D"
    assert run(scores, FEBRUARY, veto=veto)[0].grade == "AA"


def test_an_exclusion_without_an_end_lasts() -> None:
    veto = Veto(excluded_from=date(2026, 2, 5))
    assert run({JANUARY: 96.0, FEBRUARY: 96.0}, MARCH, veto=veto)[0].grade == "D"


def test_a_licence_counts_on_its_last_day_and_vetoes_from_the_next() -> None:
    veto = Veto(licence_expires_on=date(2026, 2, 5))
    assert not veto.on(date(2026, 2, 5))
    assert veto.on(date(2026, 2, 6))
    assert run({JANUARY: 96.0}, date(2026, 2, 5), veto=veto)[0].grade == "AAA"
    assert run({JANUARY: 96.0}, date(2026, 2, 6), veto=veto)[0].grade == "D"


def test_an_exclusion_that_ended_before_the_market_began_does_not_count() -> None:
    veto = Veto(excluded_from=date(2020, 1, 1), excluded_to=date(2021, 1, 1))
    assert run({JANUARY: 96.0}, date(2026, 1, 30), veto=veto)[0].grade == "BBB"


def test_a_veto_drops_an_announced_fall() -> None:
    veto = Veto(excluded_from=date(2026, 3, 2), excluded_to=date(2026, 3, 2))
    held, _changes = run({JANUARY: 96.0, FEBRUARY: 50.0, MARCH: 92.0}, MARCH, veto=veto)
    assert held == Held("AA")


def test_going_night_by_night_gives_the_same_as_going_at_once() -> None:
    scores = {JANUARY: 96.0, FEBRUARY: 60.0, MARCH: 88.0, date(2026, 4, 30): 20.0, date(2026, 5, 31): 97.0}
    veto = Veto(excluded_from=date(2026, 4, 5), excluded_to=date(2026, 4, 6))
    day = date(2026, 1, 1)
    seen: list[str] = []
    while day <= date(2026, 6, 10):
        grade = run(scores, day, veto=veto)[0].grade
        if not seen or seen[-1] != grade:
            seen.append(grade)
        day += timedelta(days=1)
    assert seen == ["BBB", "AAA", "AA", "D", "AAA"]
