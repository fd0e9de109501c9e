"""Whether an offer can be ordered: pure checks on a listing loaded with its good, category and supplier's standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from catalog.models import Listing
from catalog.orderable import is_orderable
from zcy import clock

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrPromise

    from accounts.models import Organisation


def why_not_orderable(listing: Listing, *, publish_first: bool = False) -> str | _StrPromise:
    """The reason why nobody can order this listing now; empty if everybody can.

    Args:
        listing: with good and supplier__standing loaded.
        publish_first: whether the buyer's region lets offers be ordered while they are reviewed.
    """
    if not is_orderable(sale=listing.sale, review=listing.review, publish_first=publish_first):
        return _("This offer is not on sale at the moment.")
    if listing.good.state != "active":
        return _("This good has been retired from the catalog.")
    if not trades(listing.supplier, clock.today()):
        return _("This supplier takes no orders at the moment.")
    if listing.stock is None:
        return _("The supplier has not stated the stock of this offer.")
    return ""


def trades(supplier: Organisation, day: date) -> bool:
    """Whether a supplier may sell on a day: active, licence valid, neither excluded nor suspended."""
    standing = getattr(supplier, "standing", None)
    excluded = supplier.excluded_from is not None and supplier.excluded_from <= day
    if excluded and supplier.excluded_to is not None and supplier.excluded_to < day:
        excluded = False
    expired = supplier.licence_expires_on is not None and supplier.licence_expires_on < day
    return (
        supplier.active and not excluded and not expired and not (standing is not None and standing.suspended)
    )


def delivers_to(listing: Listing, region_path: str) -> bool:
    """Whether the offer's delivery areas, with everything below them, contain the region."""
    return not listing.delivery_paths or any(region_path.startswith(path) for path in listing.delivery_paths)
