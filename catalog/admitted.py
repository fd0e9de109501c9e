"""Which categories suppliers were admitted for when they came in, and whether a good lies in one of them."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import SupplierProfile
from catalog.tree import Node


def admitted_categories(supplier_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Supplier → codes of its categories, in one statement; those of whom none is kept (imported ones) are left out."""
    rows = SupplierProfile.objects.filter(pk__in=supplier_ids).exclude(categories=[])
    return {pk: frozenset(codes) for pk, codes in rows.values_list("pk", "categories")}


def covers(codes: Collection[str], node: Node) -> bool:
    """Whether a category or one above it is among these."""
    return any(above.code in codes for above in node.trail)
