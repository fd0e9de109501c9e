"""A listing, locked for the rest of the transaction."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES, Role
from catalog.models import Good, Listing
from zcy.errors import Missing, NotAllowed


def own_listing(actor: Actor, listing_id: int) -> Listing:
    """Lock and return.

    Raises:
        NotAllowed: the actor acts for no supplier.
        Missing: there is no such listing of this supplier.
    """
    if not actor.has_role(*SUPPLIER_ROLES):
        raise NotAllowed
    listing = (
        Listing.objects.select_for_update(no_key=True)
        .filter(pk=listing_id, supplier_id=actor.organisation_id)
        .first()
    )
    if listing is None:
        raise Missing
    # Read after the lock: a merge of goods that was waited for has given the listing another good.
    listing.good = Good.objects.select_related("category").defer("search", "pinyin").get(pk=listing.good_id)
    return listing


def staff_listing(actor: Actor, listing_id: int) -> Listing:
    """Lock and return any listing, for catalog staff.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    rows = Listing.objects.select_for_update(of=("self",), no_key=True)
    listing = rows.select_related("good", "supplier__region").filter(pk=listing_id).first()
    if listing is None:
        raise Missing
    return listing
