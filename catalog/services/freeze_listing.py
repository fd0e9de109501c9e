"""The operator's catalog staff hold an offer back, let it go again, or have its review done anew."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.errors import ListingRefused
from catalog.models import Listing
from catalog.notices import tell_of_listing
from catalog.services._locked import staff_listing
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.transitions import Action, Standing, next_state
from zcy import audit, clock

MOST_REASON = 300


def freeze_listing(*, actor: Actor, listing_id: int, reason: str) -> Listing:
    """Take an offer from sale so that its supplier cannot put it on again; the supplier is told why.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
        WrongState: a draft, or frozen already.
        ListingRefused: no reason given.
    """
    return _move(actor, listing_id, Action.FREEZE, _reason(reason))


def unfreeze_listing(*, actor: Actor, listing_id: int, reason: str) -> Listing:
    """Let a frozen offer go: it is off sale, and its supplier may put it on sale again.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
        WrongState: it is not frozen.
        ListingRefused: no reason given.
    """
    return _move(actor, listing_id, Action.UNFREEZE, _reason(reason))


def reopen_review(*, actor: Actor, listing_id: int, reason: str) -> Listing:
    """Have an approved offer reviewed again, by a person.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such listing.
        WrongState: it is not approved.
        ListingRefused: no reason given.
    """
    return _move(actor, listing_id, Action.REOPEN, _reason(reason))


def _reason(text: str) -> str:
    said = " ".join(text.replace("\x00", "").split())[:MOST_REASON]
    if not said:
        raise ListingRefused(_("Say why: the supplier reads it."), field="reason")
    return said


def _move(actor: Actor, listing_id: int, action: Action, reason: str) -> Listing:
    with transaction.atomic():
        listing = staff_listing(actor, listing_id)
        listing.sale, listing.review = next_state(
            Standing(listing.sale, listing.review), action, roles=actor.roles
        )
        if action is Action.REOPEN:
            listing.needs_person, listing.submitted_at = True, clock.now()
        else:
            listing.frozen_reason = reason if action is Action.FREEZE else ""
        listing.version += 1
        listing.save()
        keep_versions([listing], action=action, actor=actor, note=reason)
        refresh_goods([listing.good_id])
        audit.record(actor=actor, action=f"listing.{action.value}", subject=listing, data={"reason": reason})
        tell_of_listing(listing=listing, kind=f"listing_{action.value}", reason=reason)
        return listing
