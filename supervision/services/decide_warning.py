"""Decide a warning, close it, or hand it up: always another person than who handled or explained it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from supervision.errors import FourEyes
from supervision.models import Warning
from supervision.services.deadlines import verify_by
from supervision.services.steps import need, take, text_or_refuse, warning_for
from supervision.signals import warning_verified
from supervision.vocabulary import DismissalReason, Verdict
from zcy import clock
from zcy.errors import DomainError

if TYPE_CHECKING:
    from accounts.actor import Actor


def verify_warning(
    *, actor: Actor, warning_id: int, verdict: str, text: str, dismissal_reason: str = ""
) -> Warning:
    """Decide: upheld, dismissed (with a reason code) or corrected.

    Args:
        actor: a supervisor of the region who has neither handled nor explained it; an escalated one is for a lead.
        warning_id: the warning.
        verdict: a `Verdict`.
        text: the grounds, at least ten characters.
        dismissal_reason: a `DismissalReason`, for dismissed ones.

    Raises:
        NotAllowed, Missing, WrongStep, FourEyes, TextMissing, DomainError.
    """
    if verdict not in Verdict.values:
        raise DomainError(_("Choose one of the decisions."), field="verdict")
    if verdict == Verdict.DISMISSED and dismissal_reason not in DismissalReason.values:
        raise DomainError(_("Choose why it is dismissed."), field="dismissal_reason")
    text = text_or_refuse(text, "text")
    with transaction.atomic():
        warning = warning_for(actor, warning_id)
        need(actor, warning, "verified")
        if actor.user_id in {warning.assignee_id, warning.explainer_id, *_handlers(warning)}:
            raise FourEyes
        take(
            warning,
            "verified",
            actor=actor,
            data={"verdict": verdict, "reason": dismissal_reason},
            verifier_id=actor.user_id,
            verdict=verdict,
            dismissal_reason=dismissal_reason if verdict == Verdict.DISMISSED else "",
            decision_text=text,
            decided_at=clock.now(),
            due_at=None,
        )
        warning_verified.send(sender=Warning, warning=warning, actor=actor)
        return warning


def _handlers(warning: Warning) -> set[int | None]:
    """Who has answered for a side, and who has asked as assignee: passing it on makes nobody a second pair of eyes."""
    answered: set[int | None] = set(warning.explanations.values_list("answered_by_id", flat=True))
    asked = set(warning.explanations.values_list("asked_by_id", flat=True))
    given = warning.events.filter(action="assigned").values_list("data__assignee", flat=True)
    return answered | (asked & set(given))


def close_warning(*, actor: Actor, warning_id: int) -> Warning:
    """Put a decided warning away.

    Raises:
        NotAllowed, Missing, WrongStep.
    """
    with transaction.atomic():
        warning = warning_for(actor, warning_id)
        return take(warning, "closed", actor=actor, closed_at=clock.now(), due_at=None)


def escalate_warning(*, actor: Actor, warning_id: int, text: str) -> Warning:
    """Hand a warning up to the supervision leads.

    Raises:
        NotAllowed, Missing, WrongStep, TextMissing.
    """
    text = text_or_refuse(text, "text")
    with transaction.atomic():
        warning = warning_for(actor, warning_id)
        return take(warning, "escalated", actor=actor, data={"why": text}, due_at=verify_by(clock.now()))
