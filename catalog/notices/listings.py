"""What suppliers are told of their listings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds, notify
from accounts.roles import SUPPLIER_ROLES
from catalog.models import Listing, ReviewDecision


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    for kind in (
        NoticeKind("listing_approved", _("“%(good)s” was approved and is found by search."), tone="good"),
        NoticeKind("listing_rejected", _("“%(good)s” was rejected: see what to mend."), tone="serious"),
        NoticeKind(
            "listing_restored", _("“%(good)s”: the values approved before were put back."), tone="watch"
        ),
        NoticeKind("listing_freeze", _("“%(good)s” was frozen: %(reason)s"), tone="serious"),
        NoticeKind(
            "listing_unfreeze", _("“%(good)s” is no longer frozen: put it on sale again."), tone="good"
        ),
        NoticeKind("listing_reopen", _("“%(good)s” is reviewed again: %(reason)s"), tone="watch"),
    ):
        kinds.register(kind)


def tell_supplier(*, listing: Listing, decision: ReviewDecision, verb: str) -> None:
    """Give everyone who works for the supplier one notice of the decision."""
    notify(
        (listing.supplier, SUPPLIER_ROLES),
        f"listing_{verb}",
        data={"good": listing.good.name},
        url=f"/supplier/listings/{listing.pk}/",
        key=f"listing-review-{decision.pk}",
    )


def tell_of_listing(*, listing: Listing, kind: str, reason: str) -> None:
    """Give everyone who works for the supplier one notice of what staff did with the present version."""
    notify(
        (listing.supplier, SUPPLIER_ROLES),
        kind,
        data={"good": listing.good.name, "reason": reason},
        url=f"/supplier/listings/{listing.pk}/",
        key=f"{kind}-{listing.pk}-{listing.version}",
    )
