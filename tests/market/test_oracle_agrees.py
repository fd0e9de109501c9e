"""The set-based rules and scores against the naive oracle, on small markets of two seeds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from bench.market.build import build
from bench.market.sizes import Settings, Size
from credit.models import CreditSnapshot
from supervision.models import Warning
from tests.market.oracle.credit import Book
from tests.market.oracle.load import load
from tests.market.oracle.rules import Key, warnings

SMALL = Size("S", goods=80, listings=700, suppliers=45, buyers=30, lines=2000)
END = date(2026, 10, 31)
RULES = ["price-above-peer", "split-orders", "slow-payment", "late-delivery", "accepted-before-delivery"]


def raised() -> dict[Key, Warning]:
    """The warnings as `export_warnings` counts them: one for each rule and subject, the earliest."""
    found: dict[Key, Warning] = {}
    for warning in Warning.objects.select_related("rule").order_by("-first_seen", "-pk"):
        found[(warning.rule.slug, warning.subject_kind, ";".join(sorted(warning.subject_ids)))] = warning
    return found


def rules_agree(folder: Path) -> None:
    """The same subjects, the same first nights, and severities that the texts allow."""
    expected, got = warnings(folder, END), raised()
    assert {key[0] for key in expected} == set(RULES)
    assert sorted(set(got) - set(expected)) == [], "flagged, and not by the definition"
    assert sorted(set(expected) - set(got)) == [], "by the definition, and not flagged"
    for key, flag in expected.items():
        assert got[key].first_seen == flag.first_seen, key
        assert got[key].severity in flag.severities, key


def scores_agree(folder: Path, start: date) -> None:
    """The same scores, intervals, numbers and grades of every supplier on the last night."""
    book = Book(load(folder))
    snapshots = {
        snapshot.supplier.external_id: snapshot
        for snapshot in CreditSnapshot.objects.filter(as_of=END)
        .select_related("supplier")
        .order_by("revision")
    }
    assert set(snapshots) == set(book.suppliers)
    for supplier in book.suppliers:
        expected, got = book.graded(supplier, start, END), snapshots[supplier]
        assert float(got.score) == pytest.approx(expected.score, abs=0.011), supplier
        assert float(got.lower) == pytest.approx(expected.lower, abs=0.001), supplier
        assert float(got.upper) == pytest.approx(expected.upper, abs=0.001), supplier
        assert float(got.effective_n) == pytest.approx(expected.effective_n, abs=0.001), supplier
        assert (got.grade, got.provisional) == (expected.grade, expected.provisional), supplier


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 11])
def test_a_night_over_two_years_is_that_of_the_definitions(tmp_path: Path, seed: int) -> None:
    settings = Settings(SMALL, seed=seed, end=END)
    build(settings, tmp_path)
    call_command("import_market", str(tmp_path), verbosity=0)
    call_command("nightly", "--as-of", END.isoformat(), verbosity=0)
    rules_agree(tmp_path)
    scores_agree(tmp_path, settings.start)
