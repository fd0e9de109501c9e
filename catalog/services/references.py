"""Reference prices are kept, contested and decided about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.notices import notify
from accounts.roles import SUPPLIER_ROLES, Role
from catalog import merging
from catalog.errors import WrongState
from catalog.models import Listing, ReferenceContest, ReferencePrice
from catalog.models.references import ReferenceState
from catalog.pricing.references import grade_of, offered_warranty
from zcy import audit, clock


def sha256_of(file: File[Any]) -> str:
    """The SHA-256 of a file's content, in hexadecimal; the file is left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def keep_reference(
    reference: ReferencePrice, *, actor: Actor | None, proof: File[Any] | None = None
) -> ReferencePrice:
    """Save a reference price with its grade, who captured it, and the hash of a new proof.

    One of a good that was merged stands at the survivor, until that merge is undone.
    """
    named = reference.good
    reference.good = named.merged_into or named
    if proof is not None:
        reference.proof_sha256 = sha256_of(proof)
    if reference.pk is None and actor is not None:
        reference.captured_by = actor.user
    good = reference.good
    warranty = offered_warranty([good.pk]).get(good.pk)
    reference.grade = grade_of(
        reference, good.unit, good.pack_size, standard=good.category.unit, warranty=warranty
    )
    with transaction.atomic():
        reference.save()
        if reference.good_id != named.pk:
            merging.take_along("catalog.ReferencePrice.good", {reference.pk: named.pk})
    return reference


def contest_reference(
    *, actor: Actor, reference_id: int, text: str, proof: File[Any] | None = None
) -> ReferenceContest:
    """A supplier says why a reference price does not hold; it caps nothing until that is decided.

    Raises:
        WrongState: it is withdrawn, the supplier does not offer the good, or has contested it already.
    """
    with transaction.atomic():
        reference = ReferencePrice.objects.select_for_update().get(pk=reference_id)
        if reference.state == ReferenceState.WITHDRAWN:
            raise WrongState(_("This reference price is withdrawn already."))
        if (
            actor.organisation is None
            or not Listing.objects.filter(
                good_id=reference.good_id, supplier_id=actor.organisation_id, delisted_at__isnull=True
            ).exists()
        ):
            raise WrongState(_("Only who offers the good can contest its reference prices."))
        try:
            with transaction.atomic():
                contest = ReferenceContest.objects.create(
                    reference=reference,
                    supplier=actor.organisation,
                    contested_by=actor.user,
                    text=text,
                    proof=proof,
                    proof_sha256=sha256_of(proof) if proof is not None else "",
                )
        except IntegrityError as error:
            raise WrongState(_("You have contested this reference price already.")) from error
        reference.state = ReferenceState.CONTESTED
        reference.save(update_fields=["state"])
        audit.record(
            actor=actor, action="reference.contested", subject=reference, data={"contest": contest.pk}
        )
        return contest


def decide_contest(*, actor: Actor, contest_id: int, upheld: bool, answer: str) -> ReferenceContest:
    """Withdraw a reference price that was wrong, or put it in force again; the supplier is told.

    Raises:
        WrongState: decided already, or by the supplier itself.
    """
    with transaction.atomic():
        contest = (
            ReferenceContest.objects.select_for_update(of=("self",))
            .select_related("supplier")
            .get(pk=contest_id)
        )
        if contest.decided_at is not None:
            raise WrongState(_("This contest was decided already."))
        if not actor.has_role(Role.CATALOG):
            raise WrongState(_("Only the catalog's staff decide about contests."))
        reference = (
            ReferencePrice.objects.select_for_update(of=("self",))
            .select_related("good")
            .get(pk=contest.reference_id)
        )
        contest.decided_at, contest.decided_by = clock.now(), actor.user
        contest.upheld, contest.answer = upheld, answer
        contest.save()
        if upheld:
            reference.state = ReferenceState.WITHDRAWN
        elif reference.state == ReferenceState.CONTESTED and not _open(reference):
            reference.state = ReferenceState.VALID
        reference.save(update_fields=["state"])
        data: Mapping[str, str] = {"good": reference.good.name}
        notify(
            (contest.supplier, SUPPLIER_ROLES),
            "reference_withdrawn" if upheld else "reference_stands",
            data=data,
            url=f"/goods/{reference.good_id}/prices/#references",
            key=f"reference-contest-{contest.pk}",
        )
        audit.record(
            actor=actor,
            action="reference.decided",
            subject=reference,
            data={"upheld": upheld, "answer": answer},
        )
        return contest


def _open(reference: ReferencePrice) -> bool:
    return reference.contests.filter(decided_at__isnull=True).exists()
