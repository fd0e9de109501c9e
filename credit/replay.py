"""The score of any past night, as it was known at any moment since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from credit.grading import is_month_end, month_ends
from credit.nightly import scoring
from zcy import clock


def replay(supplier_id: int, as_of: date, known_at: datetime | None = None) -> scoring.Graded:
    """A supplier's score and grade as of a night, from what was recorded by a moment (now, if not given).

    Nothing is read but the ledgers of observations and events, the stored priors and the organisation's own data; the
    grade is replayed from the market's first month. It gives the snapshot of (as_of, known_at) to the last digit.
    """
    return replay_many([supplier_id], as_of, known_at)[supplier_id]


def replay_many(
    suppliers: Sequence[int], as_of: date, known_at: datetime | None = None
) -> dict[int, scoring.Graded]:
    """The same for several suppliers in one go."""
    known_at = known_at or clock.now()
    version = scoring.version_of(as_of)
    ladder = scoring.ladder(suppliers, version, as_of)
    days = {*month_ends(ladder.since, as_of), as_of}
    # The sums stand in a temporary table, which lives as long as its transaction.
    with transaction.atomic():
        scores = scoring.score_days(dict.fromkeys(days, suppliers), version, known_at)
    result: dict[int, scoring.Graded] = {}
    for supplier in suppliers:
        closings = {day: scores[day][supplier].closing for day in days if is_month_end(day)}
        held, _changes = ladder.history(supplier, closings, as_of)
        result[supplier] = ladder.grade(held, scores[as_of][supplier])
    return result
