"""Who did what, when: entries are written plain and sealed in order, so that nobody can change them unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from zcy.models import AuditEntry, AuditSeal

GENESIS: Final = "0" * 64
# PostgreSQL counts transactions in 32 bits beside the 64 of a snapshot.
XIDS: Final = 2**32
# One lock of the whole database: two sealing tasks at once would fork the chain.
SEAL_LOCK: Final = 7_310_001
FIELDS: Final = (
    "id",
    "at",
    "transaction_id",
    "action",
    "actor_id",
    "actor_name",
    "organisation_id",
    "region_code",
    "subject_type",
    "subject_id",
    "data",
    "request_id",
    "ip",
)


class _Coded(Protocol):
    code: str


class Acting(Protocol):
    """As much of an actor as the frame needs: accounts.actor.Actor fits."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def region(self) -> _Coded | None: ...


def record(
    *,
    actor: Acting | None,
    action: str,
    subject: Model | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write that somebody did something, in the caller's transaction.

    Args:
        actor: the person; None for the system.
        action: `aggregate.verb` in the past, such as `order.submitted`.
        subject: the row it was done to.
        data: what is worth knowing besides; lazy texts, dates, decimals and rows become text.
    """
    context = structlog.contextvars.get_contextvars()
    region = actor.region if actor else None
    # Whoever stands in for a colleague acts in their place: both names stay with the act.
    absent = getattr(actor, "acting_for", None)
    if absent:
        data = {**(data or {}), "for": {role: person.name for role, person in absent.items()}}
    return AuditEntry.objects.create(
        action=action,
        actor_id=actor.user_id if actor else None,
        actor_name=actor.name[:150] if actor else "",
        organisation_id=actor.organisation_id if actor else None,
        region_code=region.code if region else "",
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        data=plain(data or {}),
        request_id=str(context.get("request_id", ""))[:64],
        ip=context.get("ip") or None,
    )


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data as JSON knows it: lazy texts, dates, decimals and rows become text or ids."""
    result: dict[str, Any] = json.loads(json.dumps(dict(data), cls=_Encoder))
    return result


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, Model):
            return o.pk
        try:
            return super().default(o)
        except TypeError:
            return list(o) if isinstance(o, Iterable) else str(o)


# One statement each, so that each looks anew: whatever began before the first and still runs is found by the second.
_BOUND: Final = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_stat_clear_snapshot()"
_RUNNING: Final = """
    select backend_xid::text::bigint from pg_stat_activity where datname = current_database() and backend_xid is not null
    union all
    select transaction::text::bigint from pg_prepared_xacts where database = current_database()
"""


def seal() -> AuditSeal | None:
    """Seal every entry whose transaction is older than the oldest one still running; None if there is none.

    An entry of a running transaction may still appear with a smaller transaction id, so the seal stops before it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        last = AuditSeal.objects.order_by("-id").first()
        start = last.to_transaction if last else 0
        # After the lock: a seal that was made meanwhile is seen, and so is everything it covers.
        end = _oldest_running(cursor)
        if end <= start:
            return None
        digest, count = _digest(last.hash if last else GENESIS, start, end)
        if not count:
            return None
        return AuditSeal.objects.create(
            from_transaction=start,
            to_transaction=end,
            count=count,
            previous_hash=last.hash if last else GENESIS,
            hash=digest,
        )


def _oldest_running(cursor: CursorWrapper) -> int:
    """The transaction before which none of this database still runs; other databases of the server do not count.

    A backend shows its transaction (xid, 32 bits) before any later one can end, so none below the bound is missed.
    """
    cursor.execute(_BOUND)
    bound = int(cursor.fetchone()[0])
    cursor.execute(_RUNNING)
    # Circular, as transaction ids are: a distance of half the circle or more means a younger one.
    ages = [(bound - xid) % XIDS for (xid,) in cursor.fetchall()]
    return bound - max((age for age in ages if age < XIDS // 2), default=0)


@dataclass(frozen=True)
class Verification:
    """What recomputing the chain found."""

    seals: int
    entries: int
    broken: str = ""

    @property
    def intact(self) -> bool:
        return not self.broken


def verify() -> Verification:
    """Recompute every seal from the entries; stops at the first link that does not fit."""
    previous, end, entries, seals = GENESIS, 0, 0, 0
    for link in AuditSeal.objects.order_by("id").iterator():
        if link.previous_hash != previous:
            return Verification(seals, entries, f"seal {link.pk} does not continue the seal before it")
        if link.from_transaction != end:
            return Verification(
                seals, entries, f"seal {link.pk} leaves a gap before transaction {link.from_transaction}"
            )
        digest, count = _digest(previous, link.from_transaction, link.to_transaction)
        if count != link.count:
            return Verification(
                seals, entries, f"seal {link.pk} covers {count} entries instead of {link.count}"
            )
        if digest != link.hash:
            return Verification(
                seals, entries, f"an entry under seal {link.pk} of {link.at:%Y-%m-%d %H:%M} was changed"
            )
        previous, end, entries, seals = link.hash, link.to_transaction, entries + count, seals + 1
    return Verification(seals, entries)


def _digest(previous: str, start: int, end: int) -> tuple[str, int]:
    digest = hashlib.new("sm3", f"{previous}\n{start}\n{end}\n".encode())
    count = 0
    for line in _lines(start, end):
        digest.update(line)
        count += 1
    return digest.hexdigest(), count


def _lines(start: int, end: int) -> Iterator[bytes]:
    rows = AuditEntry.objects.filter(transaction_id__gte=start, transaction_id__lt=end).order_by(
        "transaction_id", "id"
    )
    for values in rows.values(*FIELDS).iterator(chunk_size=2000):
        values["at"] = values["at"].timestamp()
        yield json.dumps(values, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder).encode() + b"\n"
