"""Which of a supplier's listings are chosen by the filters of its list: for exports and price rules alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from catalog.models import Listing
from catalog.models.listings import ListingQuerySet
from catalog.tree import category_tree

FILTERS: Final = ("q", "sale", "review", "category", "brand")


def chosen_listings(supplier_id: int, filters: Mapping[str, Any]) -> ListingQuerySet:
    """The supplier's listings that have not ended.

    Args:
        supplier_id: whose.
        filters: `q` (part of the good's name), `sale`, `review`, `category` (codes; with what lies below them),
            `brand` (ids); what is missing or empty does not narrow.
    """
    rows: Any = Listing.objects.filter(supplier_id=supplier_id).not_ended()
    if text := str(filters.get("q", "")).replace("\x00", ""):
        rows = rows.filter(good__name__icontains=text)
    for name in ("sale", "review"):
        if value := filters.get(name):
            rows = rows.filter(**{name: value})
    if codes := filters.get("category"):
        tree = category_tree().by_code
        nodes = [tree[code] for code in ([codes] if isinstance(codes, str) else codes) if code in tree]
        rows = rows.filter(good__category_id__in=[pk for node in nodes for pk in node.subtree])
    if brands := filters.get("brand"):
        rows = rows.filter(Q(good__brand_id__in=list(brands)))
    found: ListingQuerySet = rows
    return found
