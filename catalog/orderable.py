"""Which offers may be ordered by whom: on sale and approved, or pending where the buyer's region publishes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts import settings
from accounts.models import Region
from catalog.models import Review, Sale
from catalog.region_settings import CatalogSettings


def publishes_first(region: Region | None) -> bool:
    """Whether listings may be ordered in a region before they are reviewed (setting `catalog.publish_first`)."""
    return region is not None and settings.get(region, CatalogSettings).publish_first


def publishes_first_by(region: Region | None, own: Mapping[str, Any]) -> bool:
    """The same from the regions' own decisions (path → value), for whoever has just read them."""
    return bool(settings.in_force(region, "catalog.publish_first", own))


def is_orderable(*, sale: str, review: str, publish_first: bool) -> bool:
    """By the two fields alone; stock and delivery areas are other questions."""
    return sale == Sale.ON_SALE and (
        review == Review.APPROVED or (review == Review.PENDING and publish_first)
    )


def delivers_to(paths: Sequence[str], region: Region | None) -> bool:
    """Whether delivery areas (paths, none = everywhere) include a region; an unknown region is included."""
    return not paths or region is None or any(region.path.startswith(path) for path in paths)
