"""New and changed listings are handed to review: the one seam between bulk work and the life of a listing."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from accounts.actor import Actor
from catalog.models import Listing
from catalog.services.bulk.trail import record_many
from zcy import clock

# As submit_listing_for_review, for many: what was never reviewed or was rejected waits for review and is offered.
_SUBMIT = """
    UPDATE catalog_listing
       SET review = 'pending', sale = 'on_sale', submitted_at = %(now)s, listed_at = coalesce(listed_at, %(now)s),
           version = version + 1, changed_at = %(now)s
     WHERE id = ANY(%(ids)s) AND review IN ('none', 'rejected') AND sale <> 'frozen'
    RETURNING id
"""


def hand_over(*, actor: Actor, listing_ids: Collection[int], submit: bool) -> int:
    """Submit those that wait for it, in the caller's transaction; returns how many were submitted.

    Args:
        actor: who works for the supplier that owns all of them.
        listing_ids: listings that were made or changed, locked by the caller.
        submit: whether the supplier wants them in review; otherwise drafts stay drafts.
    """
    if not submit or not listing_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SUBMIT, {"now": clock.now(), "ids": list(listing_ids)})
        submitted = [row[0] for row in cursor.fetchall()]
    record_many(actor=actor, action="listing.submitted", model=Listing, subjects=dict.fromkeys(submitted))
    return len(submitted)
