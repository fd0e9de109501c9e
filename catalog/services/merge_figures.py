"""Sales figures and price statistics of two goods that become one, or two again."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from catalog.merging import Moved
from catalog.models import GoodFigures
from catalog.pricing.statistics import refresh_statistics_of

FIGURES: Final = "catalog.GoodFigures.good"
_SUMS: Final = ("orders", "quantity", "amount", "returns")


def absorb_figures(survivor_id: int, merged_id: int) -> dict[str, Moved]:
    """Add the merged good's figures of sales to the survivor's; the night after computes them from the orders."""
    gone = GoodFigures.objects.filter(good_id=merged_id).first()
    if gone is None:
        return {}
    row: dict[str, Any] = {name: str(getattr(gone, name)) for name in _SUMS}
    row["as_of"] = str(gone.as_of) if gone.as_of else None
    kept, row["made"] = GoodFigures.objects.get_or_create(good_id=survivor_id, defaults={"as_of": gone.as_of})
    for name in _SUMS:
        setattr(kept, name, getattr(kept, name) + getattr(gone, name))
    kept.save()
    gone.delete()
    return {FIGURES: Moved([], [row])}


def return_figures(survivor_id: int, merged_id: int, moved: Moved) -> None:
    """Give the merged good its figures back."""
    for row in moved.set_aside:
        sums = {name: Decimal(row[name]) for name in _SUMS}
        GoodFigures.objects.get_or_create(good_id=merged_id, defaults=sums | {"as_of": row["as_of"]})
        kept = GoodFigures.objects.filter(good_id=survivor_id).first()
        if kept is not None and row["made"]:
            kept.delete()
        elif kept is not None:
            for name in _SUMS:
                setattr(kept, name, max(getattr(kept, name) - sums[name], 0))
            kept.save()


def recompute_statistics(good_ids: Collection[int]) -> None:
    """The price statistics of these goods as of the last night that computed any."""
    refresh_statistics_of(good_ids)
