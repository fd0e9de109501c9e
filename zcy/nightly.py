"""The night: registered parts, run once for every night and gap, by the workers or in the foreground.

A run is planned for a night and covers the nights missed before it. Its parts are rows: a part is claimed by whoever
runs it, says regularly that it is alive, and is started again when it has not for a while. Parts are idempotent, so
running one twice changes nothing.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from zcy import audit, clock, outbox, registries
from zcy.models import NightlyPartRun, NightlyRun, RunState
from zcy.registries import NightContext

log = structlog.get_logger(__name__)

BEGIN_TASK: Final = "zcy.tasks.nightly_begin"
PART_TASK: Final = "zcy.tasks.nightly_part"
# When beat begins the night of the day before, after midnight in Asia/Shanghai.
BEGINS: Final = timedelta(hours=1)
HEARTBEAT: Final = 3.0
DEAD_AFTER: Final = timedelta(seconds=30)
# A part that was sent to the workers and not taken for this long is sent again.
LOST_AFTER: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 3
PLAN_LOCK: Final = 7_310_003


def last_night() -> date:
    """Yesterday in Asia/Shanghai: the night that is due."""
    return clock.today() - timedelta(days=1)


def plan(last: date, *, again: bool = False) -> NightlyRun:
    """The run of a night, made where there is none; it begins on the day after the last night that is done.

    Args:
        last: the night.
        again: compute the parts anew although they are done.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PLAN_LOCK])
        run = NightlyRun.objects.filter(last=last).first()
        if run and run.state == RunState.DONE and run.superseded_at is None:
            if again:
                run.parts.update(state=RunState.WAITING, attempts=0, heartbeat_at=None, error="")
                _restart(run, run.first)
        elif run:
            done_again = run.superseded_at is not None
            _restart(run, _first_night(last) if done_again else run.first)
            unfinished = run.parts.all() if done_again else run.parts.filter(state=RunState.FAILED)
            unfinished.update(state=RunState.WAITING, attempts=0, heartbeat_at=None, error="")
        else:
            run = NightlyRun.objects.create(first=_first_night(last), last=last, state=RunState.WAITING)
        _write_parts(run)
        return run


def _restart(run: NightlyRun, first: date) -> None:
    run.first, run.state, run.ended_at, run.superseded_at = first, RunState.WAITING, None, None
    run.save()


def _first_night(last: date) -> date:
    done = (
        NightlyRun.objects.filter(state=RunState.DONE, superseded_at=None, last__lt=last)
        .order_by("-last")
        .first()
    )
    if done:
        return done.last + timedelta(days=1)
    begins = [
        day
        for day in (start.find() for start in registries.history_starts)
        if day is not None and day <= last
    ]
    return min(begins, default=last)


def _write_parts(run: NightlyRun) -> None:
    NightlyPartRun.objects.bulk_create(
        [
            NightlyPartRun(run=run, part=part.name, stage=part.stage, shard=shard, shards=part.shards)
            for part in registries.nightly_parts
            for shard in range(part.shards)
        ],
        ignore_conflicts=True,
    )


def supersede(first: date) -> int:
    """Declare the nights from `first` on due again, because history of these days has come in since.

    Returns:
        How many runs that were done no longer count.
    """
    return NightlyRun.objects.filter(last__gte=first, superseded_at=None).update(superseded_at=clock.now())


def run_part(part_id: int) -> bool:
    """Run one part if nobody else does; False where it was not for us to run.

    A failure is written down, not raised: the other parts go on.
    """
    part = _claim(part_id)
    if part is None:
        return False
    mine = NightlyPartRun.objects.filter(pk=part.pk, attempts=part.attempts, state=RunState.RUNNING)
    context = NightContext(part.run_id, part.run.first, part.run.last, part.shard, part.shards)
    began = time.monotonic()
    try:
        with _sign_of_life(part):
            figures = dict(registries.nightly_parts[part.part].run(context))
    except Exception as error:
        log.exception("nightly_part_failed", part=part.part, shard=part.shard, night=str(part.run.last))
        text = f"{type(error).__name__}: {error}\n\n{traceback.format_exc()}"
        mine.update(state=RunState.FAILED, ended_at=clock.now(), error=text[-8000:])
        return True
    log.info(
        "nightly_part_done", part=part.part, shard=part.shard, seconds=round(time.monotonic() - began, 2)
    )
    mine.update(
        state=RunState.DONE,
        ended_at=clock.now(),
        rows=int(figures.pop("rows", 0)),
        figures=audit.plain(figures),
        error="",
    )
    return True


def _claim(part_id: int) -> NightlyPartRun | None:
    """Take a part that waits, has failed, or whose runner has died; `attempts` tells the takers apart."""
    now = clock.now()
    free = Q(state__in=[RunState.WAITING, RunState.FAILED]) | Q(
        state=RunState.RUNNING, heartbeat_at__lt=now - DEAD_AFTER
    )
    taken = NightlyPartRun.objects.filter(free, pk=part_id).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        ended_at=None,
        error="",
    )
    if not taken:
        return None
    part = NightlyPartRun.objects.select_related("run").get(pk=part_id)
    NightlyRun.objects.filter(pk=part.run_id, started_at=None).update(started_at=now)
    NightlyRun.objects.filter(pk=part.run_id).exclude(state=RunState.RUNNING).update(state=RunState.RUNNING)
    return part


@contextmanager
def _sign_of_life(part: NightlyPartRun) -> Iterator[None]:
    """Say on a connection of its own that the part is alive, while it runs."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(HEARTBEAT):
                NightlyPartRun.objects.filter(pk=part.pk, attempts=part.attempts).update(
                    heartbeat_at=clock.now()
                )
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"sign of life of {part.part}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def advance(run: NightlyRun) -> list[NightlyPartRun]:
    """What is to be started now: the parts of the first unfinished stage that wait, have failed or died.

    Sets the run's state: done when nothing is left, failed when a part has failed too often.
    """
    _write_parts(run)
    unfinished = list(run.parts.exclude(state=RunState.DONE).order_by("stage", "part", "shard"))
    unfinished = [part for part in unfinished if part.part in registries.nightly_parts]
    if not unfinished:
        NightlyRun.objects.filter(pk=run.pk).exclude(state=RunState.DONE).update(
            state=RunState.DONE, ended_at=clock.now()
        )
        return []
    stage = [part for part in unfinished if part.stage == unfinished[0].stage]
    ready = [part for part in stage if _may_start(part)]
    hopeless = [part for part in stage if part.state == RunState.FAILED and part.attempts >= MOST_ATTEMPTS]
    if hopeless and len(hopeless) == len(stage):
        NightlyRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, ended_at=clock.now())
    return ready


def _may_start(part: NightlyPartRun) -> bool:
    if part.state == RunState.RUNNING:
        return part.heartbeat_at is not None and part.heartbeat_at < clock.now() - DEAD_AFTER
    return part.state == RunState.WAITING or part.attempts < MOST_ATTEMPTS


def send(run: NightlyRun) -> int:
    """Ask the workers for what `advance` says; a part that was asked for a moment ago is not asked for again."""
    sent = 0
    for part in advance(run):
        if (
            part.state == RunState.WAITING
            and part.heartbeat_at
            and part.heartbeat_at > clock.now() - LOST_AFTER
        ):
            continue
        outbox.enqueue(PART_TASK, {"part_id": part.pk}, key=f"night-{part.pk}-{part.attempts}")
        NightlyPartRun.objects.filter(pk=part.pk, state=RunState.WAITING).update(heartbeat_at=clock.now())
        sent += 1
    return sent


def watch() -> int:
    """Start again what has died or got lost in the newest unfinished run; returns how many parts."""
    run = NightlyRun.objects.filter(state__in=[RunState.WAITING, RunState.RUNNING]).order_by("-last").first()
    return send(run) if run else 0


def begin_missed() -> bool:
    """Ask the workers for the night of yesterday, if it should have begun and nobody has; whether it was asked for.

    Beat begins a night at its hour only, so a machine that is switched off at that hour would never see one. Where no
    night was ever computed, none was missed.
    """
    due = clock.start_of(clock.today()) + BEGINS
    runs = NightlyRun.objects.all()
    if clock.now() < due or not runs.exists() or runs.filter(last__gte=last_night()).exists():
        return False
    outbox.enqueue(BEGIN_TASK, key="night-missed")
    return True


def rerun_part(part: NightlyPartRun, *, actor: audit.Acting | None) -> bool:
    """Let the workers compute one part anew; False where it is alive just now and was left alone."""
    with transaction.atomic():
        changed = (
            NightlyPartRun.objects.filter(pk=part.pk)
            .exclude(state=RunState.RUNNING, heartbeat_at__gte=clock.now() - DEAD_AFTER)
            .update(state=RunState.WAITING, attempts=0, heartbeat_at=clock.now(), error="")
        )
        if not changed:
            return False
        NightlyRun.objects.filter(pk=part.run_id).update(state=RunState.RUNNING, ended_at=None)
        outbox.enqueue(PART_TASK, {"part_id": part.pk}, key=f"night-{part.pk}-again")
        audit.record(actor=actor, action="nightly_part.rerun", subject=part, data={"part": part.part})
        return True


def run_here(run: NightlyRun, *, jobs: int = 1, ended: Callable[[NightlyPartRun], Any] | None = None) -> bool:
    """Run everything that is left in this process.

    Args:
        run: as planned.
        jobs: how many parts of a stage run side by side, each on a connection of its own.
        ended: told after each part.

    Returns:
        Whether the night is done; otherwise its parts tell what failed.
    """
    tried: dict[int, int] = {}
    while True:
        ready = [part for part in advance(run) if tried.get(part.pk, 0) < MOST_ATTEMPTS and part.error == ""]
        if ready:
            for part in ready:
                tried[part.pk] = tried.get(part.pk, 0) + 1
            _run_side_by_side(ready, jobs, ended)
            continue
        run.refresh_from_db()
        alive = run.parts.filter(state=RunState.RUNNING, heartbeat_at__gte=clock.now() - DEAD_AFTER).exists()
        if run.state == RunState.DONE or not alive:
            break
        time.sleep(1)  # another process runs a part: wait until it ends or is dead
    if run.state != RunState.DONE:
        NightlyRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, ended_at=clock.now())
    return run.state == RunState.DONE


def _run_side_by_side(
    parts: list[NightlyPartRun], jobs: int, ended: Callable[[NightlyPartRun], Any] | None
) -> None:
    if jobs <= 1:
        for part in parts:
            run_part(part.pk)
            if ended:
                ended(part)
        return

    def in_thread(part: NightlyPartRun) -> NightlyPartRun:
        try:
            run_part(part.pk)
        finally:
            connection.close()
        return part

    with ThreadPoolExecutor(jobs) as pool:
        for part in pool.map(in_thread, parts):
            if ended:
                ended(part)
