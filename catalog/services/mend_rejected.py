"""Mend several rejected offers of one reason in one click, and submit them again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Final

from django.db import transaction

from accounts.actor import Actor
from catalog.checks import Subject, subjects_from
from catalog.checks.price_reference import best_references, price_of
from catalog.errors import ListingChanged
from catalog.mending import NOTE, PRICE, RESUBMIT
from catalog.models import Listing
from catalog.pricing import ranges
from catalog.services.edit_listing import edit_listing
from catalog.services.snapshot import snapshot, values_from
from catalog.services.submit_many import Outcome, own_rows, submit_many
from zcy import clock
from zcy.errors import DomainError
from zcy.money import CENT

KINDS: Final = (PRICE, NOTE, RESUBMIT)


@dataclass(frozen=True)
class Mending:
    """What would be done to one offer: the field's value now and then; `possible` is false where nothing is known."""

    listing: Listing
    before: str
    after: str
    possible: bool = True


def plan_mending(listings: Collection[Listing], kind: str) -> list[Mending]:
    """What one click would change, in a fixed number of statements.

    Prices go down to the highest that is clear: the end of the range, the external reference, the own shop's price.
    """
    if kind == PRICE:
        prices = _prices(listings)
        return [
            Mending(
                row,
                f"{row.price:.2f}",
                f"{found:.2f}" if (found := prices[row.pk]) else "",
                found is not None,
            )
            for row in listings
        ]
    if kind == NOTE:
        return [Mending(row, row.note, "", bool(row.note)) for row in listings]
    return [Mending(row, "", "") for row in listings]


def mend_rejected(
    *, actor: Actor, listing_ids: Collection[int], kind: str, expected: Mapping[int, str]
) -> dict[int, Outcome]:
    """Mend and submit, all in one transaction.

    Args:
        actor: who works for the supplier.
        listing_ids: rejected offers.
        kind: PRICE, NOTE or RESUBMIT.
        expected: listing id → the value that the person confirmed; what would be another one now is refused.

    Returns:
        listing id → what became of it.
    """
    outcomes: dict[int, Outcome] = {}
    with transaction.atomic():
        rows = own_rows(actor, listing_ids)
        for mending in plan_mending(rows, kind):
            listing = mending.listing
            if kind == RESUBMIT or not mending.possible:
                continue
            if expected.get(listing.pk, "") != mending.after:
                outcomes[listing.pk] = Outcome(refused=ListingChanged())
                continue
            values = values_from(snapshot(listing), stock=listing.stock)
            values = (
                replace(values, price=Decimal(mending.after)) if kind == PRICE else replace(values, note="")
            )
            try:
                with transaction.atomic():
                    edit_listing(actor=actor, listing_id=listing.pk, version=listing.version, values=values)
            except DomainError as error:
                outcomes[listing.pk] = Outcome(refused=error)
        rest = [pk for pk in listing_ids if pk not in outcomes]
        return outcomes | submit_many(actor=actor, listing_ids=rest)


def _prices(listings: Collection[Listing]) -> dict[int, Decimal | None]:
    """The highest clear price of each offer that is below its present one; None where nothing bounds it."""
    goods = {listing.good_id for listing in listings}
    known, references = ranges.ranges_of(goods), best_references(sorted(goods), clock.today())
    found: dict[int, Decimal | None] = {}
    for subject in subjects_from(listings):
        bounds = _bounds(subject, known.get(subject.good.pk), references.get(subject.good.pk))
        price = min(bounds).quantize(CENT, ROUND_DOWN) if bounds else None
        lower = price is not None and subject.price is not None and CENT <= price < subject.price
        found[subject.key] = price if lower else None
    return found


def _bounds(subject: Subject, found: object, reference: object) -> list[Decimal]:
    bounds = []
    if found is not None:
        bounds.append(found.high * min(subject.settings.price_factor, Decimal(1)))  # type: ignore[attr-defined]
    if reference is not None:
        bounds.append(price_of(reference) * subject.settings.reference_factor)
    if subject.own_public_price is not None:
        bounds.append(subject.own_public_price)
    return bounds
