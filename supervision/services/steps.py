"""What every step of a warning's life shares: who may, from which state, and the trace it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from accounts.roles import SUPERVISOR_ROLES, Role
from supervision.errors import TextMissing, WrongStep
from supervision.models import Warning, WarningEvent
from supervision.transitions import STEPS
from zcy import audit
from zcy.errors import Missing, NotAllowed

if TYPE_CHECKING:
    from accounts.actor import Actor

LEAST_TEXT: Final = 10


def warning_for(actor: Actor, warning_id: int) -> Warning:
    """The warning, locked, for a supervisor of its region.

    Raises:
        NotAllowed, Missing.
    """
    if not actor.has_role(*SUPERVISOR_ROLES):
        raise NotAllowed
    found = Warning.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=warning_id).first()
    if found is None:
        raise Missing
    return found


def person(actor: Actor) -> int:
    """The id of who acts.

    Raises:
        NotAllowed: nobody is signed in.
    """
    if actor.user_id is None:
        raise NotAllowed
    return actor.user_id


def need(actor: Actor, warning: Warning, action: str) -> None:
    """Refuse a step that the table does not have.

    Raises:
        WrongStep, NotAllowed.
    """
    step = STEPS[action]
    if warning.state not in step.sources:
        raise WrongStep
    if warning.state in step.lead_only and not actor.has_role(Role.SUPERVISION_LEAD):
        raise NotAllowed


def take(
    warning: Warning, action: str, *, actor: Actor, data: Mapping[str, Any] | None = None, **changes: Any
) -> Warning:
    """Make the step, write it into the warning's events and the audit."""
    need(actor, warning, action)
    before, target = warning.state, STEPS[action].target
    for name, value in {**changes, "state": target}.items():
        setattr(warning, name, value)
    if warning.historic:
        warning.due_at = None
    warning.save(update_fields=[*changes, "state", "due_at"])
    WarningEvent.objects.create(
        warning=warning,
        action=action,
        from_state=before,
        to_state=target,
        by_id=actor.user_id,
        data=audit.plain(data or {}),
    )
    audit.record(actor=actor, action=f"warning.{action}", subject=warning, data=data)
    return warning


def text_or_refuse(text: str, field: str) -> str:
    """What a person wrote, if it says something.

    Raises:
        TextMissing.
    """
    text = text.strip()
    if len(text) < LEAST_TEXT:
        raise TextMissing(field=field)
    return text
