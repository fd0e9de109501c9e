"""The checks after many offers were edited at once: an import, a rule of prices, an interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection, transaction

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog.changes import judge_edit
from catalog.checks import CHUNK, CheckResult, check_all, subjects_from
from catalog.checks.run import doubts_among
from catalog.errors import ListingRefused
from catalog.models import Listing, Review, Sale
from catalog.services.keep_verdicts import draw_for_marking, keep_verdicts
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.services.submit_many import Outcome, decide_by_checks, judged, own_rows
from catalog.transitions import Action, Facts, Standing, Verdict, next_state
from zcy import clock
from zcy.errors import DomainError, NotAllowed

_WRITE: Final = """
    UPDATE catalog_listing l
       SET review = w.review, needs_person = w.by_hand,
           submitted_at = CASE WHEN w.review = 'pending' AND l.review <> 'pending' THEN %(now)s ELSE l.submitted_at END
      FROM unnest(%(ids)s::bigint[], %(reviews)s::text[], %(by_hand)s::boolean[]) AS w(id, review, by_hand)
     WHERE l.id = w.id AND (l.review, l.needs_person) IS DISTINCT FROM (w.review, w.by_hand)
"""


@dataclass(frozen=True)
class Edit:
    """What was changed of an offer: names of the fields (catalog.changes), and the price that was in force before."""

    changed: frozenset[str]
    old_price: Decimal


def recheck_many(*, actor: Actor, edits: Mapping[int, Edit]) -> dict[int, Outcome]:
    """Judge offers whose new values (and versions) have been written in the caller's transaction, as `edit_listing` does.

    Nothing is written for an offer whose edit a check blocks: its outcome is `refused`, and the caller takes the edit
    back. Drafts and rejected offers are left alone, for they are checked when they are submitted.

    Returns:
        listing id → outcome, for those that are in review or approved.

    Raises:
        NotAllowed: the actor acts for no supplier.
    """
    if not actor.has_role(*SUPPLIER_ROLES):
        raise NotAllowed
    ids = sorted(edits)
    outcomes: dict[int, Outcome] = {}
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            outcomes |= _recheck(actor, ids[start : start + CHUNK], edits)
    return outcomes


def _recheck(actor: Actor, ids: Sequence[int], edits: Mapping[int, Edit]) -> dict[int, Outcome]:
    rows = [
        row
        for row in own_rows(actor, ids)
        if row.review in (Review.PENDING, Review.APPROVED) and row.sale != Sale.FROZEN
    ]
    subjects = subjects_from(rows)
    results = dict(zip((row.pk for row in rows), check_all(subjects), strict=True))
    outcomes: dict[int, Outcome] = {}
    moved: list[tuple[Listing, str]] = []
    for listing, subject in zip(rows, subjects, strict=True):
        found = results[listing.pk]
        edit = judge_edit(
            subject, found, changed=edits[listing.pk].changed, old_price=edits[listing.pk].old_price
        )
        if edit.blocks:
            worst = edit.blocks[0]
            refused = ListingRefused(f"{worst.title}: {worst.saw}. {worst.remedy}", field=worst.field)
            outcomes[listing.pk] = Outcome(refused=refused, doubts=edit.blocks)
            continue
        listing.needs_person = listing.needs_person or edit.by_hand
        was = str(listing.review)
        verdict = edit.verdict if was == Review.APPROVED else judged(listing, subject, found)
        try:
            after = next_state(
                Standing(listing.sale, listing.review),
                Action.EDIT,
                roles=actor.roles,
                facts=Facts(verdict=Verdict.DOUBT if verdict is Verdict.BLOCK else verdict),
            )
        except DomainError as error:
            outcomes[listing.pk] = Outcome(refused=error)
            continue
        listing.review = after.review
        moved.append((listing, was))
        outcomes[listing.pk] = Outcome(after.review, None, doubts_among(found))
    if moved:
        _write(actor, moved, results)
    return outcomes


def _write(actor: Actor, moved: Sequence[tuple[Listing, str]], results: dict[int, list[CheckResult]]) -> None:
    listings = [listing for listing, _was in moved]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "now": clock.now(),
                "ids": [row.pk for row in listings],
                "reviews": [row.review for row in listings],
                "by_hand": [row.needs_person for row in listings],
            },
        )
    keep_verdicts(listings, results)
    keep_versions(listings, action=Action.EDIT, actor=actor)
    approved = [row for row, was in moved if was == Review.PENDING and row.review == Review.APPROVED]
    decide_by_checks(approved, results)
    doubted = [row for row, was in moved if was == Review.APPROVED and row.review == Review.PENDING]
    draw_for_marking(approved, doubted, results)
    refresh_goods({row.good_id for row in listings})
