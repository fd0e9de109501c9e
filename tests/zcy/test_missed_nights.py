"""A machine that is off when the night begins computes it when it is switched on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from celery.signals import beat_init

from zcy import clock, nightly
from zcy.models import NightlyRun, OutboxMessage, RunState

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 11)
LAST = TODAY - timedelta(days=1)


def a_night(last: date, state: str = RunState.DONE) -> NightlyRun:
    return NightlyRun.objects.create(first=last, last=last, state=state)


def at(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0) -> None:
    moment = clock.start_of(TODAY) + timedelta(hours=hour, minutes=minute)
    monkeypatch.setattr(clock, "now", lambda: moment)


def tasks() -> list[str]:
    return list(OutboxMessage.objects.values_list("task", flat=True))


@pytest.mark.parametrize(("hour", "minute", "begun"), [(0, 59, False), (1, 0, True), (9, 30, True)])
def test_a_night_is_missed_from_one_in_the_morning_on(
    monkeypatch: pytest.MonkeyPatch, hour: int, minute: int, begun: bool
) -> None:
    a_night(LAST - timedelta(days=3))
    at(monkeypatch, hour, minute)
    assert nightly.begin_missed() is begun
    assert tasks() == ([nightly.BEGIN_TASK] if begun else [])


@pytest.mark.parametrize("state", RunState.values)
def test_a_night_that_somebody_has_begun_is_not_missed(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    a_night(LAST, state)
    at(monkeypatch, 9)
    assert not nightly.begin_missed()


def test_where_there_never_was_a_night_none_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 9)
    assert not nightly.begin_missed()


def test_beat_looks_for_it_when_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    a_night(LAST - timedelta(days=1))
    at(monkeypatch, 9)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    beat_init.send(sender=None)
    beat_init.send(sender=None)
    assert tasks() == [nightly.BEGIN_TASK]


def test_the_schedule_of_beat_begins_it_at_that_hour() -> None:
    from django_celery_beat.models import PeriodicTask

    stored = PeriodicTask.objects.get(task=nightly.BEGIN_TASK)
    assert (stored.enabled, stored.crontab.hour, stored.crontab.minute, str(stored.crontab.timezone)) == (
        True,
        "1",
        "0",
        "Asia/Shanghai",
    )
    assert timedelta(hours=int(stored.crontab.hour)) == nightly.BEGINS
