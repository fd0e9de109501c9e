"""Listings, saved or typed, as the checks see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounts import settings
from accounts.models import Organisation, Region
from catalog.checks.base import Subject
from catalog.checks.settings import CheckSettings
from catalog.models import Good, Listing

# The price at the last approval that kept its values; else, where a listing came approved (imported, or before values
# were kept), the price before its first change here, or the present one.
_APPROVED_PRICES: Final = """
    SELECT l.id, coalesce(
        (SELECT (d.values->>'price')::numeric FROM catalog_reviewdecision d
          WHERE d.listing_id = l.id AND d.approved AND d.values ? 'price' ORDER BY d.id DESC LIMIT 1),
        (SELECT c.old_price FROM catalog_pricechange c
          WHERE c.listing_id = l.id AND c.source = '' AND (l.review = 'approved' OR l.origin = 'imported')
          ORDER BY c.at, c.id LIMIT 1),
        CASE WHEN l.review = 'approved' THEN l.price END)
      FROM catalog_listing l WHERE l.id = ANY(%s)
"""


def subjects_of(listing_ids: Collection[int]) -> list[Subject]:
    """Saved listings, in two statements however many there are."""
    rows = (
        Listing.objects.filter(pk__in=listing_ids)
        .select_related("good", "supplier__region", "supplier__standing")
        .defer("good__search", "good__description", "good__pinyin")
        .order_by("pk")
    )
    return subjects_from(rows)


def subjects_from(listings: Iterable[Listing]) -> list[Subject]:
    """Listings that are loaded already, with what they hold now, in one statement."""
    rows = list(listings)
    approved = approved_prices([row.pk for row in rows])
    decided: dict[int, CheckSettings] = {}
    return [_subject(row, approved.get(row.pk), _settings(row.supplier.region, decided)) for row in rows]


def typed_subject(
    *, good: Good, supplier: Organisation, values: Mapping[str, Any], listing: Listing | None = None
) -> Subject:
    """What is being typed, as far as it can be understood: `values` are those of the form that are right."""
    approved = approved_prices([listing.pk]).get(listing.pk) if listing else None
    return Subject(
        key=0,
        good=good,
        supplier=supplier,
        price=values.get("price"),
        own_public_price=values.get("own_public_price"),
        delivery_days=values.get("delivery_days"),
        delivery_paths=tuple(area.path for area in values.get("delivery_areas") or ()),
        note=values.get("note") or "",
        approved_price=approved,
        settings=settings.get(supplier.region, CheckSettings),
    )


def approved_prices(listing_ids: Collection[int]) -> dict[int, Decimal]:
    """Listing id → the price that was approved last; listings without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_APPROVED_PRICES, [list(listing_ids)])
        return {pk: price for pk, price in cursor.fetchall() if price is not None}


def _settings(region: Region, decided: dict[int, CheckSettings]) -> CheckSettings:
    if region.pk not in decided:
        decided[region.pk] = settings.get(region, CheckSettings)
    return decided[region.pk]


def _subject(listing: Listing, approved: Decimal | None, decided: CheckSettings) -> Subject:
    return Subject(
        key=listing.pk,
        good=listing.good,
        supplier=listing.supplier,
        price=listing.price,
        own_public_price=listing.own_public_price,
        delivery_days=listing.delivery_days,
        delivery_paths=tuple(listing.delivery_paths),
        note=listing.note,
        approved_price=approved,
        settings=decided,
    )
