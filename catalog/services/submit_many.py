"""A supplier hands offers in: the checks decide what they can, people the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog.checks import CHUNK, CheckResult, Doubt, check_all, subjects_from, verdict_of
from catalog.checks.base import Subject
from catalog.checks.run import doubts_among
from catalog.models import Listing, Review, ReviewDecision
from catalog.models.goods import GoodState
from catalog.services.first_listings import note_first_listings
from catalog.services.keep_verdicts import draw_for_marking, keep_verdicts
from catalog.services.keep_versions import keep_versions
from catalog.services.refresh_goods import refresh_goods
from catalog.services.snapshot import snapshot
from catalog.transitions import Action, Facts, Standing, Verdict, next_state
from zcy import audit, clock
from zcy.errors import DomainError, Missing, NotAllowed
from zcy.said import joined

_WRITE: Final = """
    UPDATE catalog_listing l
       SET sale = w.sale, review = w.review, submitted_at = %(now)s, listed_at = coalesce(l.listed_at, %(now)s),
           version = l.version + 1, changed_at = %(now)s
      FROM unnest(%(ids)s::bigint[], %(sales)s::text[], %(reviews)s::text[]) AS w(id, sale, review)
     WHERE l.id = w.id
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one listing: `review` is approved, pending or rejected; or it was `refused` as it stands.

    `doubts` say what is to be mended or is looked at.
    """

    review: str = ""
    refused: DomainError | None = None
    doubts: Sequence[Doubt] = ()


def submit_many(*, actor: Actor, listing_ids: Collection[int]) -> dict[int, Outcome]:
    """Submit many of the actor's listings, in a fixed number of statements for each thousand, all or none.

    What every check finds clear goes on sale approved; what is doubtful or could not be checked waits for a person;
    what a check blocks is rejected with the reason and its remedy.

    Returns:
        listing id → what became of it, for every id asked for.

    Raises:
        NotAllowed: the actor acts for no supplier.
    """
    if not actor.has_role(*SUPPLIER_ROLES):
        raise NotAllowed
    ids = sorted(set(listing_ids))
    outcomes: dict[int, Outcome] = {}
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            outcomes |= _submit(actor, ids[start : start + CHUNK])
    return outcomes


def own_rows(actor: Actor, ids: Iterable[int]) -> list[Listing]:
    """The actor's own listings among these, locked in the order of ids, with all that the checks ask."""
    return list(
        Listing.objects.select_for_update(of=("self",), no_key=True)
        .select_related("good", "supplier__region", "supplier__standing")
        .defer("good__search", "good__description", "good__pinyin")
        .filter(pk__in=list(ids), supplier_id=actor.organisation_id)
        .order_by("pk")
    )


def _submit(actor: Actor, ids: Sequence[int]) -> dict[int, Outcome]:
    rows = own_rows(actor, ids)
    known = {listing.pk for listing in rows}
    outcomes = {pk: Outcome(refused=Missing()) for pk in ids if pk not in known}
    subjects = subjects_from(rows)
    results = dict(zip((row.pk for row in rows), check_all(subjects), strict=True))
    moved: list[Listing] = []
    for listing, subject in zip(rows, subjects, strict=True):
        verdict = judged(listing, subject, results[listing.pk])
        try:
            if listing.good.state != GoodState.ACTIVE:
                raise DomainError(_("This standard good is retired: choose its successor."), field="good")
            if listing.delisted_at is not None and listing.delisted_at <= clock.now():
                raise DomainError(_("This listing has ended. Make a new one."))
            after = next_state(
                Standing(listing.sale, listing.review),
                Action.SUBMIT,
                roles=actor.roles,
                facts=Facts(verdict=verdict),
            )
        except DomainError as error:
            outcomes[listing.pk] = Outcome(refused=error)
            continue
        listing.sale, listing.review = after
        listing.version += 1
        moved.append(listing)
        outcomes[listing.pk] = Outcome(after.review, None, doubts_among(results[listing.pk]))
    if moved:
        _write(actor, moved, results)
    return outcomes


def judged(listing: Listing, subject: Subject, results: Sequence[CheckResult]) -> Verdict:
    """What the checks say together, where they may approve by themselves; else a person decides at least."""
    verdict = verdict_of(results)
    by_hand = listing.needs_person or not subject.settings.machine_approves
    # At a first submission every field is new: what is said in those that people always review, they read.
    if any(snapshot(listing).get(name) for name in subject.settings.always_reviewed):
        by_hand = True
    return Verdict.DOUBT if verdict is Verdict.CLEAR and by_hand else verdict


def _write(actor: Actor, moved: Sequence[Listing], results: dict[int, list[CheckResult]]) -> None:
    ids = [listing.pk for listing in moved]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "now": clock.now(),
                "ids": ids,
                "sales": [listing.sale for listing in moved],
                "reviews": [listing.review for listing in moved],
            },
        )
    keep_verdicts(moved, results)
    keep_versions(moved, action=Action.SUBMIT, actor=actor)
    decide_by_checks([row for row in moved if row.review != Review.PENDING], results)
    draw_for_marking(
        [row for row in moved if row.review == Review.APPROVED],
        [row for row in moved if row.review != Review.APPROVED],
        results,
    )
    refresh_goods({listing.good_id for listing in moved})
    note_first_listings({row.supplier_id for row in moved if row.review == Review.APPROVED})
    counted: dict[str, list[int]] = {}
    for listing in moved:
        counted.setdefault(str(listing.review), []).append(listing.pk)
    subject = moved[0] if len(moved) == 1 else None
    action = "listing.submitted" if subject else "listings.submitted"
    audit.record(actor=actor, action=action, subject=subject, data=counted)


def decide_by_checks(listings: Sequence[Listing], results: dict[int, list[CheckResult]]) -> None:
    """Decisions without a person, in one statement: approved, or rejected for what blocks."""
    at = clock.now()
    decisions = []
    for listing in listings:
        blocks = [doubt for doubt in doubts_among(results[listing.pk]) if doubt.blocks]
        decisions.append(
            ReviewDecision(
                listing=listing,
                at=at,
                by_checks=True,
                approved=listing.review == Review.APPROVED,
                reasons=list(dict.fromkeys(doubt.reason for doubt in blocks)),
                text=joined("；", (doubt.saw for doubt in blocks if doubt.saw)),
                listing_version=listing.version,
                values=snapshot(listing),
            )
        )
    ReviewDecision.objects.bulk_create(decisions, batch_size=1000)
