"""All checks over many listings at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.models import Listing
from catalog.pricing.formulas import Place
from catalog.pricing.ranges import ranges_of


@dataclass(frozen=True)
class Doubt:
    """What a check doubts: a code of `catalog.review_reasons`, and what it saw, in words."""

    check: str
    reason: str
    saw: str = ""


def check_listings(listing_ids: Collection[int]) -> dict[int, list[Doubt]]:
    """What is doubtful about listings, in a fixed number of statements; those without a doubt are left out."""
    listings = list(Listing.objects.filter(pk__in=listing_ids).only("pk", "good_id", "price"))
    ranges = ranges_of({listing.good_id for listing in listings})
    doubts: dict[int, list[Doubt]] = {}
    for listing in listings:
        found = ranges.get(listing.good_id)
        if found is not None and found.place(listing.price) is Place.ABOVE:
            doubts.setdefault(listing.pk, []).append(
                Doubt("price_range", "price_too_high", f"{found.low}–{found.high}")
            )
    return doubts
