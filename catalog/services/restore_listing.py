"""One click back to former values: by the supplier to any version, by catalog staff to what was approved."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actor import Actor
from catalog.errors import ListingChanged, WrongState
from catalog.models import Listing, PriceChange, ReviewDecision
from catalog.notices import tell_supplier
from catalog.services._locked import staff_listing
from catalog.services.edit_listing import edit_listing
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.services.snapshot import snapshot, values_from
from catalog.transitions import Action, Standing, next_state
from zcy import audit, clock
from zcy.errors import Missing
from zcy.said import said


def restore_version(*, actor: Actor, listing_id: int, version: int, to_version: int) -> Listing:
    """The supplier's way back: an edit with the values of a former version; the stock stays what it is.

    Args:
        actor: who works for the supplier.
        listing_id: its listing.
        version: the version that was looked at.
        to_version: the one whose values are wanted.

    Raises:
        Missing: not the actor's listing, or nothing is known of that version.
        ListingChanged, WrongState, ListingRefused: as `edit_listing`.
    """
    with transaction.atomic():
        mine = Listing.objects.filter(pk=listing_id, supplier_id=actor.organisation_id).first()
        kept = mine.versions.filter(version=to_version).first() if mine else None
        if mine is None or kept is None:
            raise Missing
        return edit_listing(
            actor=actor,
            listing_id=listing_id,
            version=version,
            values=values_from(kept.values, stock=mine.stock),
        )


def restore_approved(*, actor: Actor, listing_id: int, version: int) -> ReviewDecision:
    """The reviewer's way back: the values that were approved last are put back, and are thereby approved.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
        ListingChanged: the supplier changed it meanwhile.
        WrongState: it is not in review, or was never approved.
    """
    with transaction.atomic():
        listing = staff_listing(actor, listing_id)
        if listing.version != version:
            raise ListingChanged
        after = next_state(Standing(listing.sale, listing.review), Action.RESTORE, roles=actor.roles)
        approved = listing.decisions.filter(approved=True).exclude(values={}).first()
        if approved is None:
            raise WrongState(_("Nothing of this listing has been approved before."))
        old_price, before = listing.price, snapshot(listing)
        values = values_from(approved.values, stock=listing.stock)
        stock = listing.stock
        values.write_to(listing)
        listing.stock = stock
        listing.sale, listing.review = after
        listing.needs_person = False
        listing.version += 1
        listing.save()
        listing.delivery_areas.set(values.delivery_areas)
        if listing.price != old_price:
            PriceChange.objects.create(
                listing=listing,
                at=clock.now(),
                old_price=old_price,
                new_price=listing.price,
                changed_by=actor.user,
            )
        keep_versions([listing], action=Action.RESTORE, actor=actor)
        decision = ReviewDecision.objects.create(
            listing=listing,
            at=clock.now(),
            decided_by=actor.user,
            approved=True,
            text=said(gettext_noop("The values approved before were put back.")),
            listing_version=listing.version,
            values=snapshot(listing),
        )
        refresh_goods([listing.good_id])
        audit.record(actor=actor, action="listing.restored", subject=listing, data={"before": before})
        tell_supplier(listing=listing, decision=decision, verb="restored")
        return decision
