"""A supplier changes an offer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.changes import judge_edit
from catalog.checks import check_all, subjects_from
from catalog.errors import ListingChanged, ListingRefused, WrongState
from catalog.models import Listing, PriceChange, Review, Sale
from catalog.services._locked import own_listing
from catalog.services.keep_verdicts import draw_for_marking, keep_verdicts
from catalog.services.keep_versions import keep_versions
from catalog.services.listing_values import ListingValues
from catalog.services.refresh_goods import refresh_goods
from catalog.services.snapshot import snapshot
from catalog.services.submit_many import decide_by_checks, judged
from catalog.transitions import Action, Facts, Standing, Verdict, next_state
from zcy import audit, clock

__all__ = ["edit_listing", "snapshot"]


def edit_listing(
    *,
    actor: Actor,
    listing_id: int,
    version: int,
    values: ListingValues,
    stock_seen: Decimal | None = None,
    action: Action = Action.EDIT,
) -> Listing:
    """Write new values on the version they were made from; every change of price is kept.

    The checks look at what has changed (catalog.changes): what they doubt sends an approved listing back to review, what
    they block is refused. A listing in review whose doubts are mended is approved by the checks. A draft or a rejected
    listing stays what it is until it is submitted.

    Args:
        actor: who works for the supplier.
        listing_id: its listing.
        version: the version that was looked at.
        values: the new ones.
        stock_seen: the stock that was looked at. Orders take from stock and make no version: a stock that was left as
            it was seen stays what it has become, another one is refused where orders came between.
        action: what the history calls it.

    Raises:
        NotAllowed, Missing: not the actor's listing.
        ListingChanged: a newer edit came between, or an order that took from a stock that was typed anew.
        WrongState: frozen, or taken off for good.
        ListingRefused: the values do not fit, or a check blocks them.
    """
    with transaction.atomic():
        listing = own_listing(actor, listing_id)
        _may_edit(listing, version)
        if stock_seen is not None and listing.stock is not None and listing.stock != stock_seen:
            if values.stock != stock_seen:
                raise ListingChanged(
                    _("Orders have changed the stock while you were editing. Compare, and save again.")
                )
            values = replace(values, stock=listing.stock)
        values.check(listing.good)
        before, old_price = snapshot(listing), listing.price
        values.write_to(listing)
        changes = {
            name: [old, new] for name, new in snapshot(listing).items() if (old := before[name]) != new
        }
        if not changes:
            return listing
        _keep_as_found(listing, before)
        _save(actor, listing, frozenset(changes), old_price)
        listing.delivery_areas.set(values.delivery_areas)
        keep_versions([listing], action=action, actor=actor)
        refresh_goods([listing.good_id])
        audit.record(actor=actor, action="listing.edited", subject=listing, data={"changes": changes})
        return listing


def _may_edit(listing: Listing, version: int) -> None:
    if listing.version != version:
        raise ListingChanged
    if listing.sale == Sale.FROZEN:
        raise WrongState(_("This listing is frozen by the platform: ask the operator's catalog staff."))
    if listing.delisted_at is not None and listing.delisted_at <= clock.now():
        raise WrongState(_("This listing has ended. Make a new one."))


def _keep_as_found(listing: Listing, before: dict[str, str]) -> None:
    """What nobody wrote here (an imported listing) is kept before its first edit, so that there is a way back."""
    if not listing.versions.exists():
        found = Listing.objects.get(pk=listing.pk)
        keep_versions([found], action=None, actor=None)


def _save(actor: Actor, listing: Listing, changed: frozenset[str], old_price: Decimal) -> None:
    """Write values and state; what the checks said is kept, and what they block is refused."""
    (subject,) = subjects_from([listing])
    (results,) = check_all([subject])
    submitted = listing.review in (Review.PENDING, Review.APPROVED)
    verdict = Verdict.DOUBT
    if submitted:
        edit = judge_edit(subject, results, changed=changed, old_price=old_price)
        for doubt in edit.blocks:
            raise ListingRefused(f"{doubt.title}: {doubt.saw}. {doubt.remedy}", field=doubt.field)
        listing.needs_person = listing.needs_person or edit.by_hand
        verdict = edit.verdict if listing.review == Review.APPROVED else judged(listing, subject, results)
        if verdict is Verdict.BLOCK:
            verdict = Verdict.DOUBT
    was = listing.review
    after = next_state(
        Standing(listing.sale, listing.review), Action.EDIT, roles=actor.roles, facts=Facts(verdict=verdict)
    )
    listing.sale, listing.review = after
    if was == Review.APPROVED and listing.review == Review.PENDING:
        listing.submitted_at = clock.now()
    listing.version += 1
    listing.save()
    if listing.price != old_price:
        PriceChange.objects.create(
            listing=listing,
            at=clock.now(),
            old_price=old_price,
            new_price=listing.price,
            changed_by=actor.user,
        )
    if submitted:
        keep_verdicts([listing], {listing.pk: results})
        approved = was == Review.PENDING and listing.review == Review.APPROVED
        if approved:
            decide_by_checks([listing], {listing.pk: results})
        draw_for_marking(
            [listing] if approved else [],
            [listing] if was == Review.APPROVED and listing.review == Review.PENDING else [],
            {listing.pk: results},
        )
