"""A supplier mends many listings at once: prices, stocks and lines of low stock from one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import ListingRefused, MendRefused
from catalog.models import Listing, ListingThreshold
from catalog.services._locked import own_listing
from catalog.services.edit_listing import edit_listing
from catalog.services.listing_values import MOST_QUANTITY, ListingValues
from catalog.services.refresh_alerts import refresh_alerts
from zcy import audit
from zcy.errors import DomainError


@dataclass(frozen=True)
class Mend:
    """What is changed of one listing; None leaves it as it is.

    `no_line` takes the listing's own line of low stock away, so that its supplier's holds again.
    """

    listing_id: int
    version: int
    price: Decimal | None = None
    stock: Decimal | None = None
    stock_seen: Decimal | None = None
    low_stock: Decimal | None = None
    no_line: bool = False


def mend_listings(*, actor: Actor, mends: Sequence[Mend]) -> int:
    """Change all or none.

    Returns:
        how many listings were changed.

    Raises:
        MendRefused: some cannot be changed so; says what is wrong with each, and nothing is changed.
        NotAllowed: the actor acts for no supplier.
    """
    refused: dict[int, str] = {}
    with transaction.atomic():
        # Always in the same order, so that two tables that share listings do not wait for each other in a circle.
        for mend in sorted(mends, key=lambda item: item.listing_id):
            try:
                with transaction.atomic():
                    _mend(actor, mend)
            except DomainError as error:
                refused[mend.listing_id] = str(error)
        if refused:
            raise MendRefused(refused)
        refresh_alerts([mend.listing_id for mend in mends])
    return len(mends)


def _mend(actor: Actor, mend: Mend) -> None:
    listing = own_listing(actor, mend.listing_id)
    if mend.price is not None or mend.stock is not None:
        edit_listing(
            actor=actor,
            listing_id=listing.pk,
            version=mend.version,
            values=_values(listing, mend),
            stock_seen=mend.stock_seen if mend.stock is not None else None,
        )
    if mend.no_line:
        ListingThreshold.objects.filter(listing=listing).delete()
    elif mend.low_stock is not None:
        if not mend.low_stock.is_finite() or not 0 <= mend.low_stock <= MOST_QUANTITY:
            raise ListingRefused(_("State a quantity of at most 99,999,999, not below zero."))
        ListingThreshold.objects.update_or_create(listing=listing, defaults={"low_stock": mend.low_stock})
    if mend.no_line or mend.low_stock is not None:
        audit.record(
            actor=actor,
            action="listing.low_stock_line",
            subject=listing,
            data={"low_stock": mend.low_stock},
        )


def _values(listing: Listing, mend: Mend) -> ListingValues:
    """The listing's own values with what is changed."""
    stock = listing.stock if mend.stock is None else mend.stock
    if stock is None:
        raise ListingRefused(_("State the stock too: it is not known."))
    return ListingValues(
        price=listing.price if mend.price is None else mend.price,
        stock=stock,
        min_quantity=listing.min_quantity,
        delivery_days=listing.delivery_days,
        delivery_areas=tuple(listing.delivery_areas.all()),
        warranty_months=listing.warranty_months,
        note=listing.note,
        own_public_price=listing.own_public_price,
    )
