"""A bonus: one officer proposes it with a reason, another decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.models import Organisation
from accounts.roles import SUPERVISOR_ROLES
from credit.errors import AlreadyDecided, ReasonMissing, SecondPersonNeeded
from credit.models import BonusProposal, CreditEvent, EventKind
from credit.nightly import events, notices
from credit.services.record_event import written
from zcy import audit, clock
from zcy.errors import Missing, NotAllowed

if TYPE_CHECKING:
    from accounts.actor import Actor

POINTS: Final = 1
HALF_LIFE_DAYS: Final = 365


def propose_bonus(*, actor: Actor, supplier_id: int, reason: str) -> BonusProposal:
    """Propose one bonus point for a supplier of the officer's region.

    Raises:
        NotAllowed, Missing, ReasonMissing.
    """
    if not actor.has_role(*SUPERVISOR_ROLES):
        raise NotAllowed
    supplier = Organisation.objects.visible_to(actor).suppliers().filter(pk=supplier_id).first()
    if supplier is None or actor.user is None:
        raise Missing
    reason = reason.strip()
    if not 10 <= len(reason) <= 300:
        raise ReasonMissing(field="reason")
    with transaction.atomic():
        proposal = BonusProposal.objects.create(
            supplier=supplier, reason=reason, proposed_by=actor.user, proposed_at=clock.now()
        )
        audit.record(actor=actor, action="credit_bonus.proposed", subject=proposal, data={"reason": reason})
        return proposal


def decide_bonus(*, actor: Actor, proposal_id: int, approve: bool) -> BonusProposal:
    """Approve or decline; an approved one counts from today on.

    Raises:
        NotAllowed, Missing, AlreadyDecided, SecondPersonNeeded.
    """
    if not actor.has_role(*SUPERVISOR_ROLES):
        raise NotAllowed
    with transaction.atomic():
        events.own_lock()
        proposal = (
            BonusProposal.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .filter(pk=proposal_id)
            .first()
        )
        if proposal is None:
            raise Missing
        if proposal.approved is not None:
            raise AlreadyDecided
        if proposal.proposed_by_id == actor.user_id:
            raise SecondPersonNeeded
        if approve:
            proposal.event = CreditEvent.objects.create(
                key=f"bonus:{proposal.pk}",
                **written(
                    actor,
                    supplier_id=proposal.supplier_id,
                    kind=EventKind.BONUS,
                    source="officer",
                    reason=proposal.reason,
                    points=POINTS,
                    half_life_days=HALF_LIFE_DAYS,
                    effective_on=clock.today(),
                ),
            )
            notices.tell_of_event(proposal.event)
        proposal.approved = approve
        proposal.decided_by_id = actor.user_id
        proposal.decided_at = clock.now()
        proposal.save()
        verb = "approved" if approve else "declined"
        audit.record(actor=actor, action=f"credit_bonus.{verb}", subject=proposal)
        return proposal
