"""A supplier puts an offer on sale or takes it off."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import WrongState
from catalog.models import Listing, Review, Sale
from catalog.services._locked import own_listing
from catalog.services.refresh_goods import refresh_goods
from zcy import audit, clock


def put_on_sale(*, actor: Actor, listing_id: int) -> Listing:
    """Offer again what has passed review or waits for it.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: on sale already, frozen, or not submitted for review.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        if listing.sale not in (Sale.OFF_SALE, Sale.DRAFT):
            raise WrongState(_("This listing cannot be put on sale as it stands."))
        if listing.review not in (Review.PENDING, Review.APPROVED):
            raise WrongState(_("Submit this listing for review first."))
        return _set(actor, listing, Sale.ON_SALE)


def take_off_sale(*, actor: Actor, listing_id: int) -> Listing:
    """Stop offering; its review keeps.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        WrongState: it is not on sale.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        if listing.sale != Sale.ON_SALE:
            raise WrongState(_("This listing is not on sale."))
        return _set(actor, listing, Sale.OFF_SALE)


def _set(actor: Actor, listing: Listing, sale: Sale) -> Listing:
    listing.sale = sale
    if sale == Sale.ON_SALE:
        listing.listed_at = listing.listed_at or clock.now()
    listing.version += 1
    listing.save(update_fields=["sale", "listed_at", "version", "changed_at"])
    refresh_goods([listing.good_id])
    audit.record(actor=actor, action=f"listing.{sale.value}", subject=listing)
    return listing
