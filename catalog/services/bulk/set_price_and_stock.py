"""Prices and stock as a supplier's own system knows them: many at once, the same call twice as once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.bulk import offers
from catalog.bulk.judge import Judged, changes_between, may_not_change
from catalog.errors import ListingRefused
from catalog.models import ImportMode, ImportState, ListingImport, Verdict
from catalog.services.bulk._own import supplier_of
from catalog.services.bulk.apply import write_now
from catalog.services.bulk.rows import copy_rows, refuse_twins
from zcy import clock
from zcy.errors import Conflict

MOST_ITEMS: Final = 1_000
# Under lock in the order of ids, as everybody locks listings.
_FIND: Final = """
    SELECT l.id, l.external_id, c.counted
      FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id JOIN catalog_category c ON c.id = g.category_id
     WHERE l.supplier_id = %s AND (l.id = ANY(%s) OR (l.external_id <> '' AND l.external_id = ANY(%s)))
       AND (l.delisted_at IS NULL OR l.delisted_at > %s)
     ORDER BY l.id FOR NO KEY UPDATE OF l
"""


@dataclass(frozen=True)
class PriceAndStock:
    """One listing, by its number or by its id at the supplier's; None leaves price or stock as it is.

    Price in yuan per unit of the good, stock in that unit; both absolute.
    """

    listing: int | str
    price: Decimal | None = None
    stock: Decimal | None = None


@dataclass
class Result:
    """How many listings were changed and how many stood so already; and per item (from 0) what was refused, why."""

    changed: int = 0
    same: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def set_price_and_stock(*, actor: Actor, items: Sequence[PriceAndStock], key: str) -> Result:
    """Write those that can be written, in one transaction; each change is kept as a change by hand is.

    Args:
        actor: who works for the supplier, or its system in that person's name.
        items: at most 1,000.
        key: idempotency key of the call, at most 100 characters.

    Raises:
        NotAllowed: the actor acts for no supplier.
        ListingRefused: too many items, or no key.
        Conflict: the key was used for another call.
    """
    supplier = supplier_of(actor)
    if not key or len(key) > 100 or not items or len(items) > MOST_ITEMS:
        raise ListingRefused(_("A call has a key of at most 100 characters and 1 to 1,000 items."))
    digest = _digest(items)
    with transaction.atomic():
        call, first = ListingImport.objects.get_or_create(
            supplier=supplier,
            call_key=key,
            defaults={
                "created_by": actor.user,
                "confirmed_by": actor.user,
                "confirmed_at": clock.now(),
                "state": ImportState.DONE,
                "mode": ImportMode.GOOD,
                "submit": False,
                "checksum": digest,
                "ended_at": clock.now(),
                "language": get_language() or "zh-hans",
            },
        )
        if call.checksum != digest:
            raise Conflict(_("This key was used for another call."))
        if first:
            copy_rows(call.pk, _judged(supplier.pk, items))
            refuse_twins(call.pk, _("Item %(row)s is about the same listing.") % {"row": "#"})
            write_now(call, actor)
            call.refresh_from_db()
    refused = {
        row.number - 1: "；".join(text for _column, text in row.problems)
        for row in call.rows.filter(verdict__in=[Verdict.ERROR, Verdict.CONFLICT])
    }
    return Result(call.written, call.same, refused)


def _digest(items: Sequence[PriceAndStock]) -> str:
    plain = [[item.listing, str(item.price), str(item.stock)] for item in items]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _judged(supplier_id: int, items: Sequence[PriceAndStock]) -> list[Judged]:
    numbers = [item.listing for item in items if isinstance(item.listing, int)]
    names = [item.listing for item in items if isinstance(item.listing, str)]
    found: dict[int | str, list[tuple[int, bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [supplier_id, numbers, names, clock.now()])
        for pk, name, counted in cursor.fetchall():
            found.setdefault(pk, []).append((pk, counted))
            if name:
                found.setdefault(name, []).append((pk, counted))
    own = offers.listings_by_id(supplier_id, {pk for rows in found.values() for pk, _counted in rows})
    return [_judge(number, item, found.get(item.listing, []), own) for number, item in enumerate(items, 1)]


def _judge(
    number: int, item: PriceAndStock, found: list[tuple[int, bool]], own: dict[int, offers.OwnListing]
) -> Judged:
    row = Judged(number, [])
    if len(found) != 1:
        row.problems.append(("listing", _("You have no listing with this number.")))
        return row
    pk, counted = found[0]
    listing = own[pk]
    values: dict[str, Any] = {
        name: value for name, value in (("price", item.price), ("stock", item.stock)) if value is not None
    }
    row.problems = offers.refusals(values, counted=counted)
    after = replace(listing.offer, **values)
    row.good_id, row.listing_id, row.version = listing.good_id, listing.id, listing.version
    row.stock_seen, row.old_price = listing.offer.stock, listing.offer.price
    row.changes = {} if row.problems else changes_between(listing.offer, after)
    if row.changes and (wrong := may_not_change(listing)):
        row.problems.append(("listing", wrong))
    if not row.problems:
        row.offer = after
        row.verdict = Verdict.CHANGED if row.changes else Verdict.SAME
    return row
