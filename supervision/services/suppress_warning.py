"""Let a rule keep silent about a subject for a while, with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from supervision.errors import SuppressionTooLong
from supervision.models import Suppression, Warning
from supervision.models.warnings import LONGEST_SUPPRESSION
from supervision.services.steps import need, person, take, text_or_refuse, warning_for
from zcy import clock

if TYPE_CHECKING:
    from accounts.actor import Actor


def suppress_warning(*, actor: Actor, warning_id: int, days: int, reason: str) -> Suppression:
    """Silence rule × subject; the night lifts it when it ends or the value has worsened by more than 10%.

    Args:
        actor: a supervisor of the region.
        warning_id: the warning whose evidence it is about.
        days: 1 to 180.
        reason: at least ten characters.

    Raises:
        NotAllowed, Missing, WrongStep, SuppressionTooLong, TextMissing.
    """
    if not 1 <= days <= LONGEST_SUPPRESSION:
        raise SuppressionTooLong(field="days")
    reason = text_or_refuse(reason, "reason")
    today = clock.today()
    with transaction.atomic():
        warning = warning_for(actor, warning_id)
        need(actor, warning, "suppressed")
        found = Suppression.objects.create(
            rule_id=warning.rule_id,
            subject_key=warning.subject_key,
            warning=warning,
            value=warning.value,
            threshold=warning.threshold,
            reason=reason,
            from_day=today,
            to_day=today + timedelta(days=days),
            by_id=person(actor),
        )
        _silence(warning, actor, days, reason)
        return found


def _silence(warning: Warning, actor: Actor, days: int, reason: str) -> None:
    take(warning, "suppressed", actor=actor, data={"days": days, "reason": reason}, due_at=None)
