"""The read side of the price index: which categories have one, and all months of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from django.core.cache import cache

from catalog.models import PriceIndex
from catalog.pricing.index import IndexMonth, chained
from catalog.tree import Node, category_tree

_KEY: Final = "catalog:indexed"
# The index changes by night only.
KEEP_SECONDS: Final = 600


def has_index(category_id: int) -> bool:
    """Whether a category has two months that can be compared; asked of the database every ten minutes at most."""
    found = cache.get(_KEY)
    if found is None:
        linked = PriceIndex.objects.filter(link__isnull=False).values_list("category_id", flat=True)
        found = frozenset(linked.distinct().order_by())
        cache.set(_KEY, found, KEEP_SECONDS)
    return category_id in found


def all_indices() -> Iterator[tuple[Node, list[IndexMonth]]]:
    """Each category with an index by its code, with its months, the oldest first."""
    tree = category_tree()
    rows = PriceIndex.objects.order_by("category__code", "month").values_list(
        "category_id", "month", "link", "goods", "deals"
    )
    for category_id, group in groupby(rows.iterator(chunk_size=2_000), key=lambda row: row[0]):
        months = chained([row[1:] for row in group])
        if category_id in tree.by_id and any(row.linked for row in months):
            yield tree.by_id[category_id], months
