"""Older history that comes in makes the nights due again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange.market.importing import import_market
from tests.exchange.small_market import write_market
from zcy import nightly
from zcy.models import NightlyRun, RunState

pytestmark = pytest.mark.django_db


def test_an_import_supersedes_the_nights_that_are_done_and_the_same_import_again_does_not(
    tmp_path: Path,
) -> None:
    NightlyRun.objects.create(first=date(2030, 1, 1), last=date(2030, 1, 1), state=RunState.DONE)
    import_market(write_market(tmp_path))
    assert NightlyRun.objects.get().superseded_at is not None
    run = nightly.plan(date(2030, 1, 1))
    assert run.first < date(2030, 1, 1)  # from the first day of the history
    NightlyRun.objects.update(state=RunState.DONE)
    import_market(tmp_path)
    assert NightlyRun.objects.get().superseded_at is None
