"""Rows that change listings in review or approved: the checks look at them as they do at single edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from accounts.actor import Actor
from catalog.changes import judge_edit
from catalog.checks import CheckResult, Doubt, check_all, subjects_from
from catalog.checks.base import Subject
from catalog.models import Listing, ListingImportRow, ListingVersion, Review
from catalog.services.keep_verdicts import draw_for_marking, keep_verdicts
from catalog.services.keep_versions import keep_versions
from catalog.services.submit_many import decide_by_checks, judged, own_rows
from catalog.transitions import Action, Facts, Standing, Verdict, next_state
from zcy import clock

_SETTLE: Final = """
    UPDATE catalog_listing l
       SET sale = w.sale, review = w.review, needs_person = w.needs_person,
           submitted_at = CASE WHEN w.anew THEN %(now)s ELSE l.submitted_at END
      FROM unnest(%(ids)s::bigint[], %(sales)s::text[], %(reviews)s::text[], %(hands)s::boolean[], %(anew)s::boolean[])
           AS w(id, sale, review, needs_person, anew)
     WHERE l.id = w.id AND (l.sale, l.review, l.needs_person) IS DISTINCT FROM (w.sale, w.review, w.needs_person)
"""
# Fields of a row that a listing holds under the same name.
_FIELDS: Final = (
    "price",
    "min_quantity",
    "delivery_days",
    "warranty_months",
    "note",
    "own_public_price",
    "delivery_paths",
)


@dataclass
class Judgement:
    """Listings with the values that rows give them, not saved, and what the checks say of those that are in review
    or approved. `blocked` holds, by row, what refuses it.
    """

    listings: list[Listing] = field(default_factory=list)
    before: dict[int, Standing] = field(default_factory=dict)
    results: dict[int, list[CheckResult]] = field(default_factory=dict)
    blocked: dict[int, Sequence[Doubt]] = field(default_factory=dict)


def judge(rows: QuerySet[ListingImportRow], actor: Actor) -> Judgement:
    """Look at rows whose listings are locked, in a fixed number of statements."""
    found = Judgement()
    by_listing = {row.listing_id: row for row in rows}
    listings = own_rows(actor, [pk for pk in by_listing if pk])
    old_prices: dict[int, Decimal] = {}
    for listing in listings:
        found.before[listing.pk] = Standing(listing.sale, listing.review)
        old_prices[listing.pk] = listing.price
        _put(by_listing[listing.pk], listing)
    submitted = [row for row in listings if row.review in (Review.PENDING, Review.APPROVED)]
    subjects = subjects_from(submitted)
    found.results = dict(zip((row.pk for row in submitted), check_all(subjects), strict=True))
    of = {listing.pk: subject for listing, subject in zip(submitted, subjects, strict=True)}
    for listing in listings:
        row = by_listing[listing.pk]
        blocks = _move(listing, of.get(listing.pk), found.results, old_prices[listing.pk], row, actor)
        if blocks:
            found.blocked[row.pk] = blocks
        else:
            found.listings.append(listing)
    return found


def _put(row: ListingImportRow, listing: Listing) -> None:
    for name in _FIELDS:
        setattr(listing, name, getattr(row, name))
    if "stock" in row.changes:
        listing.stock = row.stock


def _move(
    listing: Listing,
    subject: Subject | None,
    results: Mapping[int, Sequence[CheckResult]],
    old_price: Decimal,
    row: ListingImportRow,
    actor: Actor,
) -> Sequence[Doubt]:
    """Give a listing the state that an edit leads to; returns what refuses it."""
    verdict = Verdict.DOUBT
    if subject is not None:
        found = results[listing.pk]
        edit = judge_edit(subject, found, changed=frozenset(row.changes), old_price=old_price)
        if edit.blocks:
            return edit.blocks
        listing.needs_person = listing.needs_person or edit.by_hand
        verdict = edit.verdict if listing.review == Review.APPROVED else judged(listing, subject, found)
        if verdict is Verdict.BLOCK:
            verdict = Verdict.DOUBT
    after = next_state(
        Standing(listing.sale, listing.review), Action.EDIT, roles=actor.roles, facts=Facts(verdict=verdict)
    )
    listing.sale, listing.review = after
    listing.version += 1
    return ()


def mark_blocked(judgement: Judgement) -> int:
    """Set aside the rows that a check refuses, with the reason and its remedy; returns how many."""
    texts = {
        pk: [[doubt.field, f"{doubt.title}: {doubt.saw}. {doubt.remedy}"] for doubt in doubts]
        for pk, doubts in judgement.blocked.items()
    }
    rows = list(ListingImportRow.objects.filter(pk__in=texts))
    for row in rows:
        row.verdict, row.problems = "conflict", texts[row.pk]
    ListingImportRow.objects.bulk_update(rows, ["verdict", "problems"], batch_size=1000)
    return len(rows)


def keep_as_found(judgement: Judgement) -> None:
    """Before they are written: what nobody wrote here (imported listings) is kept, so that there is a way back."""
    ids = [listing.pk for listing in judgement.listings]
    known = set(ListingVersion.objects.filter(listing__in=ids).values_list("listing_id", flat=True))
    new = [pk for pk in ids if pk not in known]
    if new:
        keep_versions(Listing.objects.filter(pk__in=new).order_by("pk"), action=None, actor=None)


def settle(judgement: Judgement, actor: Actor) -> None:
    """After they are written: the states, the verdicts, decisions of the checks, versions."""
    listings = judgement.listings
    if not listings:
        return
    doubted = [row for row in listings if _went(row, judgement, Review.APPROVED, Review.PENDING)]
    approved = [row for row in listings if _went(row, judgement, Review.PENDING, Review.APPROVED)]
    anew = {listing.pk for listing in doubted}
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "now": clock.now(),
                "ids": [listing.pk for listing in listings],
                "sales": [str(listing.sale) for listing in listings],
                "reviews": [str(listing.review) for listing in listings],
                "hands": [listing.needs_person for listing in listings],
                "anew": [listing.pk in anew for listing in listings],
            },
        )
    keep_versions(listings, action=Action.EDIT, actor=actor)
    keep_verdicts([row for row in listings if row.pk in judgement.results], judgement.results)
    decide_by_checks(approved, judgement.results)
    draw_for_marking(approved, doubted, judgement.results)


def _went(listing: Listing, judgement: Judgement, before: Review, after: Review) -> bool:
    return judgement.before[listing.pk].review == before and listing.review == after
