"""A supplier hands one offer in."""

from __future__ import annotations

from django.db import transaction

from accounts.actor import Actor
from catalog.models import Listing
from catalog.services._locked import own_listing
from catalog.services.submit_many import Outcome, submit_many


def submit_listing_for_review(*, actor: Actor, listing_id: int) -> Listing:
    """Submit; what became of it stands in the listing's `review` (see `submit_many`).

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: it is in review or approved already, or frozen.
        DomainError: its good is retired, or it has ended.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        outcome: Outcome = submit_many(actor=actor, listing_ids=[listing_id])[listing_id]
        if outcome.refused is not None:
            raise outcome.refused
        listing.refresh_from_db()
        return listing
