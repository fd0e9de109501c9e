"""Everything that has happened to a listing: versions with their differences, and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F

from accounts.models import Region
from catalog import review_reasons
from catalog.changes import BY_FIELD
from catalog.models import Listing, ListingVersion, Review, ReviewDecision, Sale
from catalog.transitions import Action

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST: Final = 200


@dataclass(frozen=True)
class HistoryEntry:
    """One step: what was done, by whom, to which state, and (label, before, after) of what changed."""

    at: datetime
    version: int
    what: str | _StrPromise
    who: str
    sale: str | _StrPromise
    review: str | _StrPromise
    note: str
    differences: list[tuple[str, str, str]]
    decision: ReviewDecision | None
    reasons: list[review_reasons.ReviewReason]
    # Its values may be put back: they are not the present ones.
    may_restore: bool


def listing_history(listing: Listing) -> list[HistoryEntry]:
    """The newest 200 steps, newest first, in three statements."""
    versions = list(listing.versions.select_related("changed_by").order_by("-version")[: MOST + 1])
    decisions = {
        decision.listing_version: decision
        for decision in listing.decisions.select_related("decided_by").order_by("pk")
    }
    names = _region_names(versions)
    entries = []
    for position, kept in enumerate(versions[:MOST]):
        earlier = versions[position + 1].values if position + 1 < len(versions) else kept.values
        decision = decisions.get(kept.version)
        entries.append(
            HistoryEntry(
                at=kept.at,
                version=kept.version,
                what=Action(kept.action).label if kept.action else "",
                who=str(kept.changed_by or ""),
                sale=Sale(kept.sale).label,
                review=Review(kept.review).label,
                note=kept.note,
                differences=[
                    (
                        str(BY_FIELD[name].label),
                        _shown(name, earlier.get(name, ""), names),
                        _shown(name, new, names),
                    )
                    for name, new in kept.values.items()
                    if name in BY_FIELD and earlier.get(name, "") != new
                ],
                decision=decision,
                reasons=review_reasons.reasons_of(decision.reasons) if decision else [],
                may_restore=_differs(kept.values, versions[0].values),
            )
        )
    return entries


def _differs(kept: dict[str, Any], present: dict[str, Any]) -> bool:
    """Whether putting values back would change anything; the stock stays what it is."""
    return any(kept.get(name, "") != value for name, value in present.items() if name != "stock")


def _region_names(versions: list[ListingVersion]) -> dict[str, str]:
    paths = {path for kept in versions for path in (kept.values.get("delivery_areas") or "").split()}
    return dict(Region.objects.filter(path__in=paths).values_list(F("path"), "name")) if paths else {}


def _shown(name: str, value: str, names: dict[str, str]) -> str:
    if name == "delivery_areas":
        return "、".join(names.get(path, path) for path in value.split()) or "–"
    return value or "–"
