"""What suppliers are told of their listings."""

from __future__ import annotations

from accounts.models import Membership, Notice
from accounts.roles import SUPPLIER_ROLES
from catalog.models import Listing, ReviewDecision


def tell_supplier(*, listing: Listing, decision: ReviewDecision, verb: str) -> None:
    """Give everyone who works for the supplier one notice of the decision."""
    people = (
        Membership.objects.filter(organisation_id=listing.supplier_id, role__in=SUPPLIER_ROLES)
        .values_list("user_id", flat=True)
        .distinct()
    )
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=person,
                organisation_id=listing.supplier_id,
                kind=f"listing_{verb}",
                data={"good": listing.good.name, "reasons": decision.reasons, "text": decision.text[:300]},
                url=f"/supplier/listings/{listing.pk}/",
                key=f"listing-review-{decision.pk}",
            )
            for person in people
        ],
        ignore_conflicts=True,
    )
