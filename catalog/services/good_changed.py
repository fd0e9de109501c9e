"""All that follows when a standard good was written: hashes, labels, flags, prices, index, and its history."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from accounts.actor import Actor
from catalog.good_history import Snapshot, difference, snapshot, write_change
from catalog.models import Good, GoodChange
from catalog.services.deals import refresh_observations
from catalog.services.good_faults import check_goods
from catalog.services.index_goods import index_goods
from catalog.services.key_hashes import refresh_key_hashes
from catalog.services.labels import refresh_labels
from catalog.services.refresh_goods import refresh_goods
from zcy import clock

# As the market import does it, so that equal specifications meet; an empty one equals no other.
_HASH_SPEC: Final = """
    UPDATE catalog_good SET spec_hash = CASE WHEN spec = '{}' THEN '' ELSE md5(spec::text) END WHERE id = ANY(%s)
"""


def good_changed(
    *, actor: Actor | None, good_id: int, before: Snapshot | None, kind: str, note: str = ""
) -> GoodChange | None:
    """Bring everything that depends on a good to what it says now, and write the difference into its history.

    Args:
        actor: who changed it; None: the platform.
        good_id: the good, written already, in the caller's transaction.
        before: its snapshot before; None: it is new.
        kind: one of ChangeKind.
        note: why, where somebody said so.

    Returns:
        the entry of its history; None where nothing differs.
    """
    with transaction.atomic():
        refresh_labels([good_id])
        changes = difference(before or {}, snapshot(good_id))
        if before is not None and not changes and not note:
            return None
        follow_goods([good_id])
        if before is not None:
            Good.objects.filter(pk=good_id).update(version=F("version") + 1, changed_at=clock.now())
        good = Good.objects.only("id", "version").get(pk=good_id)
        return write_change(good=good, kind=kind, actor=actor, changes=changes, note=note)


def follow_goods(good_ids: Collection[int]) -> None:
    """Recompute what is kept of these goods: hashes, flags, price observations, cards and index."""
    ids = list(good_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HASH_SPEC, [ids])
    refresh_key_hashes(ids)
    check_goods(ids)
    refresh_observations(ids)
    refresh_goods(ids)
    index_goods(ids)
