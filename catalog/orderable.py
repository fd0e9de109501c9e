"""Which offers may be ordered by whom: on sale and approved, or pending where the buyer's region publishes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accounts.models import Region, RegionSetting
from catalog.models import Review, Sale

PUBLISH_FIRST: Final = "catalog.publish_first"


def publishes_first(region: Region | None) -> bool:
    """Whether listings may be ordered in a region before they are reviewed: its own setting, or the nearest above."""
    if region is None:
        return False
    codes = region.path.rstrip("/").split("/")
    values = RegionSetting.objects.filter(key=PUBLISH_FIRST, region__code__in=codes).order_by("-region__path")
    nearest = values.values_list("value", flat=True).first()
    return nearest is True


def is_orderable(*, sale: str, review: str, publish_first: bool) -> bool:
    """By the two fields alone; stock and delivery areas are other questions."""
    return sale == Sale.ON_SALE and (
        review == Review.APPROVED or (review == Review.PENDING and publish_first)
    )


def delivers_to(paths: Sequence[str], region: Region | None) -> bool:
    """Whether delivery areas (paths, none = everywhere) include a region; an unknown region is included."""
    return not paths or region is None or any(region.path.startswith(path) for path in paths)
