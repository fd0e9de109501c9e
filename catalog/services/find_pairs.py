"""Probable duplicates, looked for at night among goods that are new or were changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.roles import Role
from catalog.brands import BrandBook
from catalog.duplicates.candidates import descriptions, likely_same
from catalog.models import Good, GoodPair, PairState
from catalog.models.goods import GoodState
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed
from zcy.registries import NightContext

BATCH: Final = 500
#: The first night compares a whole catalog: the goods of each remainder of their id go to a worker of their own.
SHARDS: Final = 2
# What the comparison reads. A good whose fingerprint is another one than at its last comparison is compared anew.
_FINGERPRINT: Final = """
    md5(concat_ws(chr(31), g.name, g.brand_id, g.model, g.category_id, g.spec::text, g.unit, g.pack_size, g.gtin))
"""
_NEXT: Final = f"""
    SELECT g.id FROM catalog_good g
     WHERE g.state = 'active' AND g.id > %s AND g.id %% %s = %s AND g.compared <> {_FINGERPRINT} ORDER BY g.id LIMIT %s
"""
_DONE: Final = f"UPDATE catalog_good g SET compared = {_FINGERPRINT} WHERE g.id = ANY(%s)"


def find_pairs(good_ids: Collection[int] | None = None, *, shard: int = 0, shards: int = 1) -> dict[str, int]:
    """Compare goods that are new or changed since their last comparison (or these) with all others.

    A pair that a person has said is not the same stays that; an open one that is no longer probable is taken away.
    Each batch is a transaction of its own: what was compared before a night broke off is not compared again.

    Args:
        good_ids: these goods, whether they were changed or not.
        shard: of the new and changed ones only those whose id leaves this remainder
        shards: when it is divided by this number.

    Returns:
        how many goods were compared, and how many pairs are new.
    """
    compared, found, last = 0, 0, 0
    book = BrandBook.load()
    given = sorted(good_ids) if good_ids is not None else None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            if given is None:
                cursor.execute(_NEXT, [last, shards, shard, BATCH])
                batch = [row[0] for row in cursor.fetchall()]
            else:
                batch = [pk for pk in given if pk > last][:BATCH]
            if not batch:
                return {"rows": found, "compared": compared}
            found += _compare(batch, book)
            cursor.execute(_DONE, [batch])
            compared += len(batch)
            last = batch[-1]


def find_pairs_by_night(context: NightContext) -> dict[str, Any]:
    """The nightly part `good_pairs`."""
    return find_pairs(shard=context.shard, shards=context.shards)


def keep_apart(*, actor: Actor, pair_id: int) -> GoodPair:
    """Remember that two goods are not the same, so that nobody is asked again.

    Raises:
        NotAllowed, Missing: not catalog staff, no such open pair.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    with transaction.atomic():
        pair = GoodPair.objects.select_for_update().filter(pk=pair_id).exclude(state=PairState.MERGED).first()
        if pair is None:
            raise Missing
        if pair.state == PairState.OPEN:
            pair.state, pair.decided_at, pair.decided_by = PairState.DISTINCT, clock.now(), actor.user
            pair.save(update_fields=["state", "decided_at", "decided_by"])
            audit.record(
                actor=actor,
                action="pair.kept_apart",
                subject=pair,
                data={"goods": [pair.first_id, pair.second_id]},
            )
        return pair


def _compare(batch: list[int], book: BrandBook) -> int:
    probable: dict[tuple[int, int], tuple[float, list[Any]]] = {}
    for pk, (said, category_id) in descriptions(batch).items():
        for likely in likely_same(said, category_id=category_id, without=[pk], book=book, limit=20):
            reasons = [reason.as_json() for reason in likely.verdict.reasons]
            low, high = sorted((pk, likely.id))
            probable[low, high] = (likely.verdict.score, reasons)
    open_pairs = GoodPair.objects.filter(state=PairState.OPEN)
    stale = [
        pair.pk
        for pair in (open_pairs.filter(first_id__in=batch) | open_pairs.filter(second_id__in=batch))
        if (pair.first_id, pair.second_id) not in probable
    ]
    GoodPair.objects.filter(pk__in=stale).delete()
    before = GoodPair.objects.count()
    GoodPair.objects.bulk_create(
        (
            GoodPair(first_id=low, second_id=high, score=score, reasons=reasons)
            for (low, high), (score, reasons) in sorted(probable.items())
        ),
        ignore_conflicts=True,
    )
    for (low, high), (score, reasons) in probable.items():
        open_pairs.filter(first_id=low, second_id=high).exclude(score=score).update(
            score=score, reasons=reasons
        )
    return GoodPair.objects.count() - before


def look_again(good_ids: Collection[int]) -> None:
    """Goods that were taken out of the catalog are no longer asked about; those that came back are compared anew."""
    resting = (
        Good.objects.filter(pk__in=good_ids).exclude(state=GoodState.ACTIVE).values_list("pk", flat=True)
    )
    open_pairs = GoodPair.objects.filter(state=PairState.OPEN)
    open_pairs.filter(Q(first__in=resting) | Q(second__in=resting)).delete()
    Good.objects.filter(pk__in=good_ids, state=GoodState.ACTIVE).update(compared="")


def waiting_pairs() -> Any:
    """Open pairs of goods that are both active."""
    active = Good.objects.active().values("pk")
    return GoodPair.objects.filter(state=PairState.OPEN, first__in=active, second__in=active)
