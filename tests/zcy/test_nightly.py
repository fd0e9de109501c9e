"""The night: gaps, stages, failures, a dead runner, a second run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories.accounts import signed_in
from zcy import clock, nightly, outbox, registries
from zcy.models import AuditEntry, NightlyPartRun, NightlyRun, OutboxMessage, RunState
from zcy.registries import HistoryStart, NightlyPart, Registry

pytestmark = pytest.mark.django_db
D = date(2026, 3, 10)


class Night:
    """Two parts that write down when they ran."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str, str, int]] = []
        self.fails: set[str] = set()

    def part(self, name: str):
        def run(context):
            if name in self.fails:
                raise ValueError(f"{name} cannot")
            self.log.append((name, str(context.first), str(context.last), context.shard))
            return {"rows": 3, "flagged": {"number": 1}}

        return run


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    made = Night()
    parts: Registry[NightlyPart] = Registry("parts")
    parts.register(NightlyPart("credit", "credit", 2, made.part("credit")))
    parts.register(NightlyPart("prices", "prices", 1, made.part("prices"), shards=2))
    starts: Registry[HistoryStart] = Registry("starts")
    starts.register(HistoryStart("none", lambda: None))
    starts.register(HistoryStart("orders", lambda: date(2026, 1, 5)))
    monkeypatch.setattr(registries, "nightly_parts", parts)
    monkeypatch.setattr(registries, "history_starts", starts)
    return made


def test_the_first_night_begins_with_history_and_the_stages_follow_each_other(night: Night):
    call_command("nightly", as_of="2026-03-10", verbosity=0)
    assert night.log == [
        ("prices", "2026-01-05", "2026-03-10", 0),
        ("prices", "2026-01-05", "2026-03-10", 1),
        ("credit", "2026-01-05", "2026-03-10", 0),
    ]
    run = NightlyRun.objects.get()
    assert run.state == RunState.DONE
    part = run.parts.get(part="credit")
    assert (part.rows, part.figures, part.attempts) == (3, {"flagged": {"number": 1}}, 1)


def test_missed_nights_are_caught_up(night: Night):
    call_command("nightly", as_of="2026-03-10", verbosity=0)
    call_command("nightly", as_of="2026-03-14", verbosity=0)
    assert night.log[-1] == ("credit", "2026-03-11", "2026-03-14", 0)


def test_every_night_from_to(night: Night):
    call_command("nightly", start="2026-03-10", end="2026-03-12", verbosity=0)
    assert [entry[1:3] for entry in night.log if entry[0] == "credit"] == [
        ("2026-01-05", "2026-03-10"),
        ("2026-03-11", "2026-03-11"),
        ("2026-03-12", "2026-03-12"),
    ]


def test_older_history_that_came_in_makes_the_nights_due_again(night: Night):
    call_command("nightly", as_of="2026-03-10", verbosity=0)
    assert nightly.supersede(date(2026, 2, 1)) == 1
    call_command("nightly", as_of="2026-03-11", verbosity=0)
    assert night.log[-1][1:3] == ("2026-01-05", "2026-03-11")


def test_a_failure_stops_the_next_stage_is_told_and_resumes(night: Night):
    night.fails.add("prices")
    with pytest.raises(CommandError, match="prices cannot"):
        call_command("nightly", as_of="2026-03-10", verbosity=0)
    assert NightlyRun.objects.get().state == RunState.FAILED
    assert night.log == []
    night.fails.clear()
    call_command("nightly", as_of="2026-03-10", verbosity=0)
    assert len(night.log) == 3
    assert NightlyRun.objects.get().state == RunState.DONE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"as_of": "yesterday"}, "no date"),
        ({"as_of": "2026-02-30"}, "no date"),
        ({"as_of": "1026-02-03"}, "out of range"),
        ({"as_of": "2026-03-10", "start": "2026-03-01", "end": "2026-03-02"}, "either"),
        ({"start": "2026-03-01"}, "belong together"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "before"),
    ],
)
def test_a_bad_date_is_refused_in_a_sentence(night: Night, arguments: dict[str, str], message: str):
    with pytest.raises(CommandError, match=message):
        call_command("nightly", **arguments)
    assert not NightlyRun.objects.exists()


def test_the_workers_run_the_parts_stage_by_stage(night: Night):
    nightly.send(nightly.plan(D))
    assert OutboxMessage.objects.count() == 2
    while outbox.work_off(1):
        pass
    assert NightlyRun.objects.get().state == RunState.DONE
    assert [entry[0] for entry in night.log] == ["prices", "prices", "credit"]
    nightly.send(nightly.plan(D))
    assert not OutboxMessage.objects.exists()


def test_a_part_whose_worker_died_is_started_again_and_a_living_one_is_not(night: Night):
    run = nightly.plan(D)
    dead, alive = run.parts.filter(part="prices").order_by("shard")
    stale = clock.now() - nightly.DEAD_AFTER - timedelta(seconds=1)
    NightlyPartRun.objects.filter(pk=dead.pk).update(state=RunState.RUNNING, heartbeat_at=stale, attempts=1)
    NightlyPartRun.objects.filter(pk=alive.pk).update(
        state=RunState.RUNNING, heartbeat_at=clock.now(), attempts=1
    )
    NightlyRun.objects.update(state=RunState.RUNNING)
    assert nightly.watch() == 1
    assert not nightly.run_part(alive.pk)
    outbox.work_off()
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (RunState.DONE, 2)


def test_a_late_runner_that_was_taken_for_dead_does_not_overwrite_the_result(
    night: Night, monkeypatch: pytest.MonkeyPatch
):
    part = nightly.plan(D).parts.get(part="credit")

    def slow(context):
        NightlyPartRun.objects.filter(pk=part.pk).update(attempts=2, state=RunState.DONE, rows=7)
        return {"rows": 1}

    parts: Registry[NightlyPart] = Registry("parts")
    parts.register(NightlyPart("credit", "credit", 2, slow))
    monkeypatch.setattr(registries, "nightly_parts", parts)
    nightly.run_part(part.pk)
    part.refresh_from_db()
    assert part.rows == 7


def test_the_system_administrator_sees_the_parts_and_reruns_one(night: Night):
    call_command("nightly", as_of="2026-03-10", verbosity=0)
    run = NightlyRun.objects.get()
    part = run.parts.get(part="credit")
    browser = signed_in("system_admin")
    page = browser.get(reverse("admin:zcy_nightlyrun_change", args=[run.pk]))
    assert page.status_code == 200
    assert "credit" in page.content.decode()
    answer = browser.post(reverse("admin:zcy_nightlyrun_rerun", args=[run.pk, part.pk]))
    assert answer.status_code == 302
    outbox.work_off()
    part.refresh_from_db()
    assert (part.state, len(night.log)) == (RunState.DONE, 4)
    assert AuditEntry.objects.filter(action="nightly_part.rerun").exists()


def test_a_supervisor_looks_but_may_not_rerun(night: Night):
    part = nightly.plan(D).parts.first()
    assert part is not None
    browser = signed_in("supervisor")
    assert browser.get(reverse("admin:zcy_nightlyrun_change", args=[part.run_id])).status_code == 200
    assert browser.post(reverse("admin:zcy_nightlyrun_rerun", args=[part.run_id, part.pk])).status_code == 403
    assert browser.get(reverse("admin:zcy_auditentry_changelist")).status_code == 403
