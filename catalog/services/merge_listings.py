"""A supplier that offers two goods which become one: one listing is kept, the other ends without losing anything."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import F

from catalog.models import Good, Listing, Review, Sale


def rivals(survivor_id: int, merged_id: int, *, lock: bool = False) -> list[tuple[Listing, Listing]]:
    """(the listing that is kept, the one that ends) for each supplier that offers both goods.

    The listing that is on sale and approved is kept before one that is not; among equals the survivor's.
    """
    rows = Listing.objects.filter(good_id__in=[survivor_id, merged_id]).not_ended().order_by("pk")
    rows = rows.select_for_update(no_key=True) if lock else rows.select_related("supplier")
    sides: dict[int, dict[int, list[Listing]]] = defaultdict(lambda: defaultdict(list))
    for listing in rows:
        sides[listing.supplier_id][listing.good_id].append(listing)
    found = []
    for both in sides.values():
        ours, theirs = both.get(survivor_id, []), both.get(merged_id, [])
        if not ours or not theirs:
            continue
        best_of_theirs = max(theirs, key=_offered)
        if _offered(best_of_theirs) > max(map(_offered, ours)):
            found += [(best_of_theirs, ended) for ended in ours]
            found += [(best_of_theirs, ended) for ended in theirs if ended is not best_of_theirs]
        else:
            kept = max(ours, key=_offered)
            found += [(kept, ended) for ended in theirs]
    return found


def _offered(listing: Listing) -> int:
    """How much a buyer gets of it."""
    if listing.sale == Sale.ON_SALE:
        return 3 if listing.review == Review.APPROVED else 2
    return 1 if listing.sale == Sale.OFF_SALE else 0


def end_rivals(survivor: Good, merged: Good, at: datetime) -> list[dict[str, Any]]:
    """End the listing that is not kept of each supplier that offers both goods.

    Returns:
        what `revive_rivals` needs: listing, kept, sale and delisted_at before.
    """
    ended = []
    for kept, listing in rivals(survivor.pk, merged.pk, lock=True):
        before = listing.delisted_at
        ended.append(
            {
                "listing": listing.pk,
                "kept": kept.pk,
                "sale": listing.sale,
                "delisted_at": before.isoformat() if before else None,
            }
        )
        sale = Sale.OFF_SALE if listing.sale == Sale.ON_SALE else listing.sale
        Listing.objects.filter(pk=listing.pk).update(delisted_at=at, sale=sale, version=F("version") + 1)
    return ended


def revive_rivals(ended: list[dict[str, Any]], at: datetime) -> None:
    """Take up again what `end_rivals` ended, unless somebody has changed that since."""
    for row in ended:
        listing = (
            Listing.objects.select_for_update(no_key=True).filter(pk=row["listing"], delisted_at=at).first()
        )
        if listing is None:
            continue
        set_by_us = Sale.OFF_SALE if row["sale"] == Sale.ON_SALE else row["sale"]
        before = datetime.fromisoformat(row["delisted_at"]) if row["delisted_at"] else None
        approved = row["sale"] != Sale.ON_SALE or listing.review in (Review.APPROVED, Review.PENDING)
        sale = row["sale"] if listing.sale == set_by_us and approved else listing.sale
        Listing.objects.filter(pk=listing.pk).update(delisted_at=before, sale=sale, version=F("version") + 1)
