"""Confirmed rows become listings: set by set, in chunks that are each a transaction, or all in one.

A row is written only on the version of its listing that the preview has shown; a listing that was edited, frozen or
ordered from in between is left as it is, and its row says so. The order of locks is that of all of the catalog:
listings by their ids, then goods by theirs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.models import ImportMode, ImportState, Listing, ListingImport, ListingImportRow
from catalog.services.bulk import statements
from catalog.services.bulk.hand import Hand
from catalog.services.bulk.hand_over import hand_over
from catalog.services.bulk.judging import judge, keep_as_found, mark_blocked, settle
from catalog.services.bulk.rows import count_rows
from catalog.services.bulk.trail import record_many
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_alerts import refresh_alerts
from catalog.services.refresh_goods import refresh_goods
from catalog.transitions import Action
from zcy import clock

CHUNK: Final = 1_000
TRIES: Final = 4


class Conflicted(Exception):
    """Something has changed since the preview, and all or nothing was wanted."""


@dataclass
class _Chunk:
    """Which rows are written now: those of an import after `first` up to `last`."""

    task: ListingImport
    first: int
    last: int

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {
            "task": self.task.pk,
            "first": self.first,
            "last": self.last,
            "supplier": self.task.supplier_id,
            "now": clock.now(),
            **more,
        }

    def changed(self) -> QuerySet[ListingImportRow]:
        """Its rows that change a listing and are not written yet."""
        return ListingImportRow.objects.filter(
            listing_import=self.task,
            number__gt=self.first,
            number__lte=self.last,
            verdict="changed",
            written=False,
        )


@dataclass
class _Written:
    """What is left to do for rows that were written."""

    listings: list[int] = field(default_factory=list)
    goods: set[int] = field(default_factory=set)

    def finish(self, actor: Actor, task: ListingImport) -> None:
        """Review, what cards show, and what the supplier has to mend."""
        hand_over(actor=actor, listing_ids=self.listings, submit=task.submit)
        refresh_goods(self.goods)
        refresh_alerts(self.listings)


def apply(task: ListingImport, hand: Hand, actor: Actor) -> None:
    """Write what was confirmed; rows that are written already are left alone.

    Raises:
        Lost, Cancelled: see `Hand`.
        Conflicted: nothing was written, since not all could be.
    """
    if task.mode == ImportMode.ALL:
        _all_or_nothing(task, hand, actor)
    else:
        _good_rows(task, hand, actor)


def write_now(task: ListingImport, actor: Actor) -> None:
    """Write all rows of an import whose listings the caller has locked, in the caller's transaction."""
    written = _write(_Chunk(task, 0, 2**31 - 1), actor)
    written.finish(actor, task)
    ListingImport.objects.filter(pk=task.pk).update(written=len(written.listings))
    count_rows(task.pk)


def _good_rows(task: ListingImport, hand: Hand, actor: Actor) -> None:
    while _again(lambda: _one_chunk(task, hand, actor)):
        pass
    with transaction.atomic():
        hand.hold()
        _end(task, hand)


def _one_chunk(task: ListingImport, hand: Hand, actor: Actor) -> bool:
    with transaction.atomic():
        hand.hold()
        waiting = _waiting(task)
        if not waiting:
            return False
        chunk = _Chunk(task, waiting[0] - 1, waiting[-1])
        _lock(chunk)
        _mark_conflicts(chunk)
        written = _write(chunk, actor)
        written.finish(actor, task)
        hand.note(written=F("written") + len(written.listings), heartbeat_at=clock.now())
    return True


def _all_or_nothing(task: ListingImport, hand: Hand, actor: Actor) -> None:
    everything = _Chunk(task, 0, 2**31 - 1)
    try:
        _again(lambda: _all(everything, hand, actor))
    except Conflicted:
        with transaction.atomic():
            hand.hold()
            _mark_conflicts(everything)
            _refused(everything, actor)
            count_rows(task.pk)
        raise


def _all(everything: _Chunk, hand: Hand, actor: Actor) -> None:
    task = everything.task
    with transaction.atomic():
        hand.hold()
        # All at once and in order: chunk by chunk, two of these would wait for each other.
        _lock(everything)
        if _mark_conflicts(everything):
            raise Conflicted
        written, first = _Written(), 0
        while waiting := _waiting(task, after=first):
            hand.look()
            part = _write(_Chunk(task, first, waiting[-1]), actor)
            written.listings += part.listings
            written.goods |= part.goods
            first = waiting[-1]
        if task.rows.filter(verdict="conflict").exists():
            raise Conflicted
        written.finish(actor, task)
        hand.note(written=len(written.listings))
        _end(task, hand)


def _end(task: ListingImport, hand: Hand) -> None:
    count_rows(task.pk)
    hand.note(state=ImportState.DONE, ended_at=clock.now(), worker="", message="")


def _again(step: Any) -> Any:
    """Run a transaction again that the database has ended to let another one through."""
    for tried in range(TRIES):
        try:
            return step()
        except OperationalError as error:
            ended = isinstance(
                error.__cause__, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure
            )
            if not ended or tried == TRIES - 1:
                raise
            time.sleep(0.05 * 2**tried)
    return None


def _waiting(task: ListingImport, *, after: int = 0, upto: int = 2**31 - 1) -> list[int]:
    """The numbers of the rows that are to be written next."""
    waiting = ListingImportRow.objects.filter(
        listing_import=task,
        verdict__in=["new", "changed"],
        written=False,
        number__gt=after,
        number__lte=upto,
    )
    return list(waiting.order_by("number").values_list("number", flat=True)[:CHUNK])


def _lock(chunk: _Chunk) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, chunk.parameters())


def _mark_conflicts(chunk: _Chunk) -> int:
    """Set aside rows whose listing is no longer what the preview has shown; returns how many."""
    texts = {
        "edited": _("The listing was edited since the preview: nothing was written. Check the file again."),
        "ordered": _(
            "Orders have changed the stock since the preview: nothing was written. Check the file again."
        ),
        "frozen": _("The listing was frozen or has ended since the preview: nothing was written."),
        "offered": _("You offer this good since the preview: nothing was written. Check the file again."),
        "retired": _("The standard good was retired since the preview: nothing was written."),
    }
    with connection.cursor() as cursor:
        cursor.execute(statements.CONFLICTS_OF_CHANGED, chunk.parameters(**texts))
        found = cursor.rowcount
        cursor.execute(statements.CONFLICTS_OF_NEW, chunk.parameters(**texts))
        return int(found + cursor.rowcount)


def _refused(chunk: _Chunk, actor: Actor) -> int:
    """Set aside the rows that the checks refuse, a portion at a time; returns how many."""
    refused, first = 0, chunk.first
    while waiting := _waiting(chunk.task, after=first, upto=chunk.last):
        part = _Chunk(chunk.task, first, waiting[-1])
        refused += mark_blocked(judge(part.changed(), actor))
        first = waiting[-1]
    return refused


def _write(chunk: _Chunk, actor: Actor) -> _Written:
    """Write the rows of a chunk that is locked and free of conflicts, but for those that the checks refuse."""
    parameters = chunk.parameters(actor=actor.user_id)
    judgement = judge(chunk.changed(), actor)
    mark_blocked(judgement)
    keep_as_found(judgement)
    written = _Written()
    with connection.cursor() as cursor:
        cursor.execute(statements.PRICE_CHANGES, parameters)
        cursor.execute(statements.UPDATE, parameters)
        edited = {row[0]: row[1:] for row in cursor.fetchall()}
        settle(judgement, actor)
        cursor.execute(statements.CLEAR_AREAS, parameters)
        statement, defaults = statements.insert()
        cursor.execute(statement, parameters | defaults)
        made = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(statements.AREAS, parameters)
        cursor.execute(
            statements.LATE_TWINS,
            parameters | {"offered": _("You offer this good since the preview: nothing was written.")},
        )
    written.listings = [*edited, *made]
    written.goods = {row[0] for row in (*edited.values(), *made.values())}
    keep_versions(Listing.objects.filter(pk__in=made).order_by("pk"), action=Action.CREATE, actor=actor)
    _record(actor, chunk.task, edited, made)
    return written


def _record(actor: Actor, task: ListingImport, edited: dict[int, Any], made: dict[int, Any]) -> None:
    record_many(
        actor=actor,
        action="listing.edited",
        model=Listing,
        subjects={
            pk: {"changes": statements.loaded(changes), "import": task.pk}
            for pk, (_good, changes) in edited.items()
        },
    )
    record_many(
        actor=actor,
        action="listing.created",
        model=Listing,
        subjects={pk: {"price": price, "import": task.pk} for pk, (_good, price) in made.items()},
    )
