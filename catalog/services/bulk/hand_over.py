"""New and changed listings are handed to review: the one seam between bulk work and the life of a listing."""

from __future__ import annotations

from collections.abc import Collection

from accounts.actor import Actor
from catalog.models import Listing, Review, Sale
from catalog.services.submit_many import submit_many


def hand_over(*, actor: Actor, listing_ids: Collection[int], submit: bool) -> int:
    """Submit those that wait for it, in the caller's transaction; returns how many were submitted.

    What the checks find clear goes on sale by itself, what is doubtful waits for a person, what they block is rejected
    with its remedy.

    Args:
        actor: who works for the supplier that owns all of them.
        listing_ids: listings that were made or changed, locked by the caller.
        submit: whether the supplier wants them in review; otherwise drafts stay drafts.
    """
    if not submit or not listing_ids:
        return 0
    waiting = Listing.objects.filter(pk__in=listing_ids, review__in=[Review.NONE, Review.REJECTED])
    ids = list(waiting.exclude(sale=Sale.FROZEN).values_list("pk", flat=True))
    return sum(outcome.refused is None for outcome in submit_many(actor=actor, listing_ids=ids).values())
