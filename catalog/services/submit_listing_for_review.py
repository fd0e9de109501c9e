"""A supplier hands an offer to the operator's catalog staff."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import WrongState
from catalog.models import Listing, Review, Sale
from catalog.services._locked import own_listing
from catalog.services.refresh_goods import refresh_goods
from zcy import audit, clock


def submit_listing_for_review(*, actor: Actor, listing_id: int) -> Listing:
    """Ask for review; the listing goes on sale with it, and can be ordered once approved (or at once where the
    region publishes first).

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: it is in review or approved already, or frozen.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        if listing.sale == Sale.FROZEN:
            raise WrongState(_("This listing is frozen by the platform: ask the operator's catalog staff."))
        if listing.review not in (Review.NONE, Review.REJECTED):
            raise WrongState(_("This listing is in review or approved already."))
        listing.review = Review.PENDING
        listing.submitted_at = clock.now()
        listing.sale = Sale.ON_SALE
        listing.listed_at = listing.listed_at or listing.submitted_at
        listing.version += 1
        listing.save()
        refresh_goods([listing.good_id])
        audit.record(actor=actor, action="listing.submitted", subject=listing)
        return listing
