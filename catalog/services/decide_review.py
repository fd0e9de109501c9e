"""The operator's catalog staff approve or reject a listing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import Role
from catalog import review_reasons
from catalog.errors import ListingChanged, ListingRefused
from catalog.models import ReviewDecision
from catalog.notices import tell_supplier
from catalog.services._locked import staff_listing
from catalog.services.first_listings import note_first_listings
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.services.snapshot import snapshot
from catalog.transitions import Action, Standing, next_state
from zcy import audit, clock
from zcy.errors import NotAllowed


def decide_review(
    *,
    actor: Actor,
    listing_id: int,
    approve: bool,
    reasons: Sequence[str] = (),
    text: str = "",
    version: int | None = None,
) -> ReviewDecision:
    """Decide on the version that was looked at, and tell the supplier.

    Args:
        actor: catalog staff.
        listing_id: a listing in review.
        approve: or reject, which takes it off sale.
        reasons: codes of `catalog.review_reasons`, at least one for a rejection.
        text: what to mend, for the supplier.
        version: the version that was looked at; None: whatever it is now.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
        ListingChanged: the supplier changed it meanwhile.
        WrongState: it is not in review.
        ListingRefused: a rejection without a published reason.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    unknown = [code for code in reasons if code not in review_reasons.BY_CODE]
    if unknown or (not approve and not reasons):
        raise ListingRefused(_("Choose at least one published reason."), field="reasons")
    with transaction.atomic():
        listing = staff_listing(actor, listing_id)
        if version is not None and listing.version != version:
            raise ListingChanged
        action = Action.APPROVE if approve else Action.REJECT
        listing.sale, listing.review = next_state(
            Standing(listing.sale, listing.review), action, roles=actor.roles
        )
        # What a person has rejected, a person approves again.
        listing.needs_person = not approve
        listing.version += 1
        listing.save(update_fields=["review", "sale", "needs_person", "version", "changed_at"])
        keep_versions([listing], action=action, actor=actor)
        decision = ReviewDecision.objects.create(
            listing=listing,
            at=clock.now(),
            decided_by=actor.user,
            approved=approve,
            reasons=[] if approve else list(dict.fromkeys(reasons)),
            text=text.strip()[:2000],
            listing_version=listing.version,
            values=snapshot(listing),
        )
        refresh_goods([listing.good_id])
        if approve:
            note_first_listings([listing.supplier_id])
        verb = "approved" if approve else "rejected"
        audit.record(
            actor=actor, action=f"listing.{verb}", subject=listing, data={"reasons": decision.reasons}
        )
        tell_supplier(listing=listing, decision=decision, verb=verb)
        return decision
