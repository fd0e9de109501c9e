"""What a supplier has to mend, grouped by reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from catalog import review_reasons
from catalog.mending import MENDS, RESUBMIT
from catalog.models import Listing, Review, ReviewDecision
from catalog.review_reasons import ReviewReason

# The last decision on each rejected offer of the supplier says what is to be mended.
_GROUPS: Final = """
    SELECT reason, count(*) FROM (
        SELECT DISTINCT ON (l.id) l.id, d.reasons FROM catalog_listing l
          JOIN catalog_reviewdecision d ON d.listing_id = l.id
         WHERE l.supplier_id = %s AND l.review = 'rejected' AND l.sale <> 'frozen'
         ORDER BY l.id, d.id DESC
    ) last, unnest(last.reasons) AS reason GROUP BY reason ORDER BY count(*) DESC, reason
"""


@dataclass(frozen=True)
class RepairGroup:
    """A reason with the number of offers that wait for its mending, and how all of them can be mended."""

    reason: ReviewReason
    count: int

    @property
    def mend(self) -> str:
        return MENDS.get(self.reason.code, RESUBMIT)


def repair_groups(supplier_id: int) -> list[RepairGroup]:
    """The reasons behind a supplier's rejected offers, most frequent first; an offer counts under each of its reasons."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [supplier_id])
        rows = cursor.fetchall()
    return [
        RepairGroup(review_reasons.BY_CODE[code], count)
        for code, count in rows
        if code in review_reasons.BY_CODE
    ]


def to_repair(supplier_id: int, reason: str = "") -> QuerySet[Listing]:
    """The supplier's rejected offers, with the last decision's `reasons` and `said`; those of one reason if named."""
    last = ReviewDecision.objects.filter(listing_id=OuterRef("pk")).order_by("-pk")
    rows = (
        Listing.objects.filter(supplier_id=supplier_id, review=Review.REJECTED)
        .exclude(sale="frozen")
        .select_related("good")
        .defer("good__search", "good__description")
        .annotate(
            reasons=Subquery(last.values("reasons")[:1]),
            said=Subquery(last.values("text")[:1]),
            decided=Subquery(last.values("at")[:1]),
        )
    )
    if reason:
        newest = ReviewDecision.objects.filter(
            pk=Subquery(
                ReviewDecision.objects.filter(listing_id=OuterRef("listing_id"))
                .order_by("-pk")
                .values("pk")[:1]
            ),
            listing_id=OuterRef("pk"),
            reasons__contains=[reason],
        )
        rows = rows.filter(Exists(newest))
    return rows


def chosen_of(supplier_id: int, ids: Collection[int]) -> list[Listing]:
    """Those of the supplier's rejected offers that were chosen."""
    return list(to_repair(supplier_id).filter(pk__in=ids).order_by("pk"))
