"""What listings were at each version, kept for their history and for going back."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.actor import Actor
from catalog.models import Listing, ListingVersion
from catalog.services.snapshot import snapshot
from catalog.transitions import Action
from zcy import clock


def keep_versions(
    listings: Iterable[Listing], *, action: Action | None, actor: Actor | None, note: str = ""
) -> None:
    """Write the present values of listings under their present version, in one statement; a second time changes nothing.

    Args:
        listings: as they have been saved.
        action: what made the version; None for a listing that is found as it is.
        actor: who did it; None for the platform.
        note: a reason, where one was given.
    """
    at = clock.now()
    ListingVersion.objects.bulk_create(
        [
            ListingVersion(
                listing_id=listing.pk,
                version=listing.version,
                at=at if action else (listing.changed_at or at),
                action=action.value if action else "",
                changed_by=actor.user if actor else None,
                sale=listing.sale,
                review=listing.review,
                values=snapshot(listing),
                note=note[:300],
            )
            for listing in listings
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
