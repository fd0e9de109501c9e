"""The values of a listing as texts, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from accounts.models import Region
from catalog.models import Listing
from catalog.services.listing_values import ListingValues


def snapshot(listing: Listing) -> dict[str, str]:
    """The values of a listing as texts, for comparison, history and the audit."""
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


def values_from(kept: Mapping[str, str], *, stock: Decimal | None) -> ListingValues:
    """The values that a snapshot holds, but for the stock: what was in store then says nothing of today."""
    days, months, own = (kept.get(name) for name in ("delivery_days", "warranty_months", "own_public_price"))
    paths = (kept.get("delivery_areas") or "").split()
    return ListingValues(
        price=Decimal(kept["price"]),
        stock=stock if stock is not None else Decimal(0),
        min_quantity=Decimal(kept.get("min_quantity") or 1).normalize() + 0,
        delivery_days=int(days) if days else None,
        delivery_areas=tuple(Region.objects.filter(path__in=paths)) if paths else (),
        warranty_months=int(months) if months else None,
        note=kept.get("note") or "",
        own_public_price=Decimal(own) if own else None,
    )
