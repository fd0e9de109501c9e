"""A supplier changes an offer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import ListingChanged, WrongState
from catalog.models import Listing, PriceChange, Review, Sale
from catalog.services._locked import own_listing
from catalog.services.listing_values import ListingValues
from catalog.services.refresh_goods import refresh_goods
from zcy import audit, clock

# What changes the offer itself is reviewed again; price, stock, quantity and days are not.
REVIEWED_FIELDS = ("note", "warranty_months")


def edit_listing(
    *,
    actor: Actor,
    listing_id: int,
    version: int,
    values: ListingValues,
    stock_seen: Decimal | None = None,
) -> Listing:
    """Write new values on the version they were made from; every change of price is kept.

    An approved listing whose remark or warranty changes goes back to review; a rejected one stays rejected until it
    is submitted again.

    Args:
        actor: who works for the supplier.
        listing_id: its listing.
        version: the version that was looked at.
        values: the new ones.
        stock_seen: the stock that was looked at. Orders take from stock and make no version: a stock that was left as
            it was seen stays what it has become, another one is refused where orders came between.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        ListingChanged: a newer edit came between, or an order that took from a stock that was typed anew.
        WrongState: frozen, or taken off for good.
        ListingRefused: the values do not fit.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        if listing.version != version:
            raise ListingChanged
        if listing.sale == Sale.FROZEN:
            raise WrongState(_("This listing is frozen by the platform: ask the operator's catalog staff."))
        if listing.delisted_at is not None and listing.delisted_at <= clock.now():
            raise WrongState(_("This listing has ended. Make a new one."))
        if stock_seen is not None and listing.stock is not None and listing.stock != stock_seen:
            if values.stock != stock_seen:
                raise ListingChanged(
                    _("Orders have changed the stock while you were editing. Compare, and save again.")
                )
            values = replace(values, stock=listing.stock)
        values.check(listing.good)
        before = snapshot(listing)
        old_price = listing.price
        values.write_to(listing)
        changes = {
            name: [old, new] for name, new in snapshot(listing).items() if (old := before[name]) != new
        }
        if not changes:
            return listing
        if listing.review == Review.APPROVED and any(name in changes for name in REVIEWED_FIELDS):
            listing.review, listing.submitted_at = Review.PENDING, clock.now()
        listing.version += 1
        listing.save()
        listing.delivery_areas.set(values.delivery_areas)
        if listing.price != old_price:
            PriceChange.objects.create(
                listing=listing,
                at=clock.now(),
                old_price=old_price,
                new_price=listing.price,
                changed_by=actor.user,
            )
        refresh_goods([listing.good_id])
        audit.record(actor=actor, action="listing.edited", subject=listing, data={"changes": changes})
        return listing


def snapshot(listing: Listing) -> dict[str, str]:
    """The values of a listing as texts, for comparison and the audit."""
    return {
        "price": f"{listing.price:.2f}",
        "stock": "" if listing.stock is None else f"{listing.stock:.3f}",
        "min_quantity": f"{listing.min_quantity:.3f}",
        "delivery_days": "" if listing.delivery_days is None else str(listing.delivery_days),
        "warranty_months": "" if listing.warranty_months is None else str(listing.warranty_months),
        "note": listing.note,
        "own_public_price": "" if listing.own_public_price is None else f"{listing.own_public_price:.2f}",
        "delivery_areas": " ".join(listing.delivery_paths),
    }
