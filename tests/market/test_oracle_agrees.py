"""The set-based rules and scores against the naive oracle, on small markets of random seeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bench.market.build import build
from bench.market.sizes import Settings, Size
from credit.models import CreditSnapshot
from supervision.models import Warning
from tests.market.oracle.credit import Book
from tests.market.oracle.load import load
from tests.market.oracle.rules import Key, warnings

SMALL = Size("S", goods=100, listings=900, suppliers=60, buyers=30, lines=2500)
END = date(2026, 10, 31)


@pytest.fixture(scope="module", params=[3, 11], ids=["seed-3", "seed-11"])
def loaded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Path]:
    """A small market in the database, with every night up to its end caught up in one."""
    from django.db import transaction

    folder = tmp_path_factory.mktemp(f"market{request.param}")
    build(Settings(SMALL, seed=request.param, end=END), folder)
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("import_market", str(folder), verbosity=0)
        call_command("nightly", "--as-of", END.isoformat(), verbosity=0)
        yield folder
        transaction.set_rollback(True)


def raised() -> dict[Key, Warning]:
    """The warnings as `export_warnings` counts them: one for each rule and subject, the earliest."""
    found: dict[Key, Warning] = {}
    for warning in Warning.objects.select_related("rule").order_by("-first_seen", "-pk"):
        found[(warning.rule.slug, warning.subject_kind, ";".join(sorted(warning.subject_ids)))] = warning
    return found


RULES = ["price-above-peer", "split-orders", "slow-payment", "late-delivery", "accepted-before-delivery"]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_rule_flags_what_the_definition_flags(loaded: Path, rule: str) -> None:
    expected = {key: flag for key, flag in warnings(loaded, END).items() if key[0] == rule}
    got = {key: warning for key, warning in raised().items() if key[0] == rule}
    assert expected
    assert sorted(set(got) - set(expected)) == [], "flagged, and not by the definition"
    assert sorted(set(expected) - set(got)) == [], "by the definition, and not flagged"
    for key, flag in expected.items():
        assert got[key].first_seen == flag.first_seen, key
        assert got[key].severity in flag.severities, key


@pytest.mark.slow
def test_scores_and_grades_are_those_of_the_definition(loaded: Path) -> None:
    book = Book(load(loaded))
    first = Settings(SMALL, end=END).start
    snapshots = {
        snapshot.supplier.external_id: snapshot
        for snapshot in CreditSnapshot.objects.filter(as_of=END)
        .select_related("supplier")
        .order_by("revision")
    }
    assert set(snapshots) == set(book.suppliers)
    for supplier in book.suppliers:
        expected, got = book.graded(supplier, first, END), snapshots[supplier]
        assert float(got.score) == pytest.approx(expected.score, abs=0.011), supplier
        assert float(got.lower) == pytest.approx(expected.lower, abs=0.01), supplier
        assert float(got.upper) == pytest.approx(expected.upper, abs=0.01), supplier
        assert float(got.effective_n) == pytest.approx(expected.effective_n, abs=0.01), supplier
        assert (got.grade, got.provisional) == (expected.grade, expected.provisional), supplier
