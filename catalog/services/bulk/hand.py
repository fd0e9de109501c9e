"""Who has an import in hand: one worker at a time, and another one only when the first is dead."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F, Q

from catalog.models import ImportState, ListingImport
from catalog.models.bulk import WORKING
from zcy import clock

HEARTBEAT: Final = 5.0
DEAD_AFTER: Final = timedelta(seconds=60)
# One class of advisory locks for all imports: the lock is the transaction's, so that it ends with its connection.
_LOCK_CLASS: Final = 7_310_010


class Lost(Exception):
    """Another worker has taken the import over."""


class Cancelled(Exception):
    """The supplier has asked to stop."""


class Hand:
    """A worker's hold on an import. Every transaction that writes begins with `hold`."""

    def __init__(self, import_id: int, token: str) -> None:
        self.import_id = import_id
        self.token = token

    @property
    def mine(self) -> Any:
        """The import, while it is in this hand."""
        return ListingImport.objects.filter(pk=self.import_id, worker=self.token)

    def hold(self) -> None:
        """Make sure, in the transaction that is open, that nobody else writes and that nobody wants to stop.

        Raises:
            Lost: somebody else has it.
            Cancelled: it is to stop.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, self.import_id % 2**31])
            if not cursor.fetchone()[0]:
                raise Lost
        self.look()

    def look(self) -> None:
        """As `hold`, without the lock: between the steps of a long transaction."""
        cancel = self.mine.values_list("cancel_asked", flat=True).first()
        if cancel is None:
            raise Lost
        if cancel:
            raise Cancelled

    def note(self, **values: Any) -> None:
        """Write the import's progress in the transaction that has done the work.

        Raises:
            Lost: somebody else has taken the import over meanwhile; the transaction is to be rolled back.
        """
        if not self.mine.update(**values):
            raise Lost


def take(import_id: int) -> Hand | None:
    """Take an import that waits, or whose worker is dead; None where somebody alive has it or nothing is to be done."""
    now = clock.now()
    free = Q(worker="") | Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - DEAD_AFTER)
    token = uuid.uuid4().hex
    taken = ListingImport.objects.filter(free, pk=import_id, state__in=WORKING).update(
        worker=token, heartbeat_at=now, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    ListingImport.objects.filter(pk=import_id, worker=token, state=ImportState.UPLOADED).update(
        state=ImportState.READING
    )
    return Hand(import_id, token)


@contextmanager
def sign_of_life(hand: Hand) -> Iterator[None]:
    """Say on a connection of its own that the worker is alive, while it works."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(HEARTBEAT):
                hand.mine.update(heartbeat_at=clock.now())
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"sign of life of import {hand.import_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
