"""What suppliers are told of their listings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds, notify
from accounts.roles import SUPPLIER_ROLES
from catalog.models import Listing, ReviewDecision


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    kinds.register(
        NoticeKind("listing_approved", _("“%(good)s” was approved and is found by search."), tone="good")
    )
    kinds.register(
        NoticeKind("listing_rejected", _("“%(good)s” was rejected: see what to mend."), tone="serious")
    )


def tell_supplier(*, listing: Listing, decision: ReviewDecision, verb: str) -> None:
    """Give everyone who works for the supplier one notice of the decision."""
    notify(
        (listing.supplier, SUPPLIER_ROLES),
        f"listing_{verb}",
        data={"good": listing.good.name},
        url=f"/supplier/listings/{listing.pk}/",
        key=f"listing-review-{decision.pk}",
    )
