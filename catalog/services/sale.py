"""A supplier puts an offer on sale, takes it off, or takes it back from review; the platform ends what has ended."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import WrongState
from catalog.models import Listing, Review, Sale
from catalog.services._locked import own_listing
from catalog.services.first_listings import note_first_listings
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.transitions import Action, Facts, Standing, next_state
from zcy import audit, clock

# At most so many at once, so that no other edit waits for long.
BATCH: Final = 5_000
_END: Final = """
    WITH ended AS (
        SELECT id FROM catalog_listing WHERE sale = 'on_sale' AND delisted_at <= %s
         ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE catalog_listing l SET sale = 'off_sale', version = l.version + 1, changed_at = %s
      FROM ended e WHERE l.id = e.id RETURNING l.id, l.good_id
"""


def put_on_sale(*, actor: Actor, listing_id: int) -> Listing:
    """Offer again what has passed review or waits for it.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: on sale already, frozen, ended, or not submitted for review.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        ended = listing.delisted_at is not None and listing.delisted_at <= clock.now()
        if ended:
            raise WrongState(_("This listing has ended. Make a new one."))
        if listing.sale != Sale.ON_SALE and listing.review not in (Review.PENDING, Review.APPROVED):
            raise WrongState(_("Submit this listing for review first."))
        return _move(actor, listing, Action.PUT_ON, Facts(ended=ended))


def take_off_sale(*, actor: Actor, listing_id: int) -> Listing:
    """Stop offering; its review keeps.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: it is not on sale.
    """
    with transaction.atomic():
        return _move(actor, own_listing(actor, listing_id), Action.TAKE_OFF)


def withdraw_from_review(*, actor: Actor, listing_id: int) -> Listing:
    """Take an offer back from review; it is off sale until it is submitted again.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: it is not in review.
    """
    with transaction.atomic():
        return _move(actor, own_listing(actor, listing_id), Action.WITHDRAW)


def end_listings(limit: int = BATCH) -> int:
    """Take off sale what has ended; set-based, and a second run finds nothing.

    Returns:
        how many were taken off.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_END, [clock.now(), limit, clock.now()])
            ended = cursor.fetchall()
        if ended:
            ids = [pk for pk, _good in ended]
            keep_versions(Listing.objects.filter(pk__in=ids), action=Action.EXPIRE, actor=None)
            refresh_goods({good for _pk, good in ended})
            audit.record(actor=None, action="listings.ended", data={"listings": ids})
    return len(ended)


def _move(actor: Actor, listing: Listing, action: Action, facts: Facts | None = None) -> Listing:
    listing.sale, listing.review = next_state(
        Standing(listing.sale, listing.review), action, roles=actor.roles, facts=facts
    )
    if listing.sale == Sale.ON_SALE:
        listing.listed_at = listing.listed_at or clock.now()
    listing.version += 1
    listing.save(update_fields=["sale", "review", "listed_at", "version", "changed_at"])
    keep_versions([listing], action=action, actor=actor)
    refresh_goods([listing.good_id])
    if listing.sale == Sale.ON_SALE and listing.review == Review.APPROVED:
        note_first_listings([listing.supplier_id])
    audit.record(actor=actor, action=f"listing.{_VERBS[action]}", subject=listing)
    return listing


# As the audit has called them from the beginning.
_VERBS: Final = {Action.PUT_ON: "on_sale", Action.TAKE_OFF: "off_sale", Action.WITHDRAW: "withdrawn"}
