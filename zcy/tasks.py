"""Background work of the frame."""

from __future__ import annotations

from celery import shared_task

from zcy import audit, nightly, outbox
from zcy.models import NightlyPartRun


@shared_task(name="zcy.tasks.dispatch_outbox")
def dispatch_outbox() -> None:
    """Send what waits in the outbox, batch after batch."""
    while outbox.dispatch() == outbox.BATCH:
        pass


@shared_task(name="zcy.tasks.seal_audit")
def seal_audit() -> None:
    """Seal the audit entries of the last minute."""
    audit.seal()


@shared_task(name=nightly.BEGIN_TASK)
def nightly_begin() -> None:
    """Begin the night of yesterday, with the nights that were missed."""
    nightly.send(nightly.plan(nightly.last_night()))


@shared_task(name=nightly.PART_TASK)
def nightly_part(part_id: int) -> None:
    """Run one part of a night, then start what it was the last to wait for."""
    part = NightlyPartRun.objects.select_related("run").filter(pk=part_id).first()
    if part is not None and nightly.run_part(part_id):
        nightly.send(part.run)


@shared_task(name="zcy.tasks.nightly_watch")
def nightly_watch() -> None:
    """Start parts again whose worker has died."""
    nightly.watch()
