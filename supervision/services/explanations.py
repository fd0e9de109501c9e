"""说明: ask the buyer or the supplier about a warning, and take their answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse

from accounts.notices import notify
from accounts.roles import OrganisationKind, Role
from supervision.errors import NobodyToAsk, WrongStep
from supervision.models import Explanation, Warning
from supervision.services.deadlines import explain_by, verify_by
from supervision.services.steps import need, person, take, text_or_refuse, warning_for
from supervision.vocabulary import WarningState
from zcy import clock
from zcy.errors import Missing, NotAllowed

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import Organisation

BUYER_EXPLAINS: Final = (Role.PURCHASER, Role.FINANCE, Role.ACCEPTOR, Role.MANAGER)
SUPPLIER_EXPLAINS: Final = (Role.SUPPLIER_ADMIN, Role.SUPPLIER_CLERK)
SIDES: Final = ("buyer", "supplier")


def request_explanation(*, actor: Actor, warning_id: int, sides: Iterable[str], question: str) -> Warning:
    """Ask one or both sides; they have five working days.

    Args:
        actor: a supervisor of the region.
        warning_id: the warning.
        sides: `buyer`, `supplier`, or both.
        question: what they are asked, at least ten characters.

    Raises:
        NotAllowed, Missing, WrongStep, NobodyToAsk, TextMissing.
    """
    question = text_or_refuse(question, "question")
    now = clock.now()
    with transaction.atomic():
        warning = warning_for(actor, warning_id)
        need(actor, warning, "explanation_requested")
        asked = [
            getattr(warning, side)
            for side in SIDES
            if side in set(sides) and getattr(warning, side) is not None
        ]
        if not asked:
            raise NobodyToAsk(field="sides")
        due = explain_by(now)
        waiting = set(warning.explanations.filter(answered_at=None).values_list("organisation_id", flat=True))
        for organisation in asked:
            if organisation.pk in waiting:
                continue
            explanation = Explanation.objects.create(
                warning=warning,
                organisation=organisation,
                question=question,
                asked_by_id=person(actor),
                due_at=due,
            )
            _tell(explanation, organisation, warning)
        data = {"asked": [organisation.pk for organisation in asked]}
        return take(warning, "explanation_requested", actor=actor, data=data, due_at=due)


def explain(*, actor: Actor, explanation_id: int, text: str) -> Explanation:
    """Answer for one's organisation; when nobody else is asked, the warning is explained.

    Raises:
        NotAllowed, Missing, WrongStep, TextMissing.
    """
    if not actor.has_role(*BUYER_EXPLAINS, *SUPPLIER_EXPLAINS):
        raise NotAllowed
    now = clock.now()
    with transaction.atomic():
        found = (
            Explanation.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .filter(pk=explanation_id)
            .first()
        )
        if found is None:
            raise Missing
        warning = Warning.objects.select_for_update().get(pk=found.warning_id)
        if found.answered_at is not None or warning.state not in (
            WarningState.REQUESTED,
            WarningState.ESCALATED,
        ):
            raise WrongStep
        found.text, found.answered_by_id, found.answered_at = text_or_refuse(text, "text"), actor.user_id, now
        found.save(update_fields=["text", "answered_by", "answered_at"])
        if not warning.explanations.filter(answered_at=None).exists():
            data = {"explanation": found.pk}
            take(
                warning,
                "explained",
                actor=actor,
                data=data,
                explainer_id=actor.user_id,
                due_at=verify_by(now),
            )
        if warning.assignee_id is not None:
            url = reverse("admin:supervision_warning_change", args=[warning.pk])
            notify(
                [warning.assignee_id],
                "supervision.explained",
                data={"organisation": str(found.organisation), "subject": warning.ids},
                url=url,
                key=f"explained:{found.pk}",
            )
        return found


def _tell(explanation: Explanation, organisation: Organisation, warning: Warning) -> None:
    buyer = organisation.kind == OrganisationKind.BUYER
    roles = BUYER_EXPLAINS if buyer else SUPPLIER_EXPLAINS
    name = "buyer_explanation" if buyer else "supplier_explanation"
    notify(
        (organisation, list(roles)),
        "supervision.asked",
        data={"subject": warning.ids},
        url=reverse(name, args=[explanation.pk]),
        key=f"asked:{explanation.pk}",
    )
