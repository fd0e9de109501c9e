"""A person marks what the machine said, right or wrong."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import Role
from catalog.errors import WrongState
from catalog.models import MarkedVerdict
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed


def mark_verdict(*, actor: Actor, verdict_id: int, right: bool, remark: str = "") -> MarkedVerdict:
    """Mark once; a mark is not changed afterwards.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such verdict.
        WrongState: somebody has marked it.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    with transaction.atomic():
        verdict = MarkedVerdict.objects.select_for_update(of=("self",)).filter(pk=verdict_id).first()
        if verdict is None:
            raise Missing
        if verdict.right is not None:
            raise WrongState(_("Somebody has marked this verdict already."))
        verdict.right, verdict.marked_by, verdict.marked_at = right, actor.user, clock.now()
        verdict.remark = " ".join(remark.replace("\x00", " ").split())[:300]
        verdict.save()
        audit.record(
            actor=actor,
            action="verdict.marked",
            subject=verdict,
            data={"check": verdict.check_code, "right": right, "listing": verdict.listing_id},
        )
        return verdict
