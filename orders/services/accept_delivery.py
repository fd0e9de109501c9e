"""验收: somebody other than the purchaser decides about what has arrived, at once or in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from catalog.services import withdraw_lines
from orders.errors import ReasonNeeded, TooMuch
from orders.models import Acceptance, AcceptanceLine, Order, OrderLine
from orders.services.budget import release
from orders.services.checks import checked_key, checked_quantity, checked_text, once_per_form
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_accepted
from orders.states import State
from orders.transitions import Action, Facts
from zcy import clock
from zcy.errors import Missing
from zcy.money import ZERO, line_total

if TYPE_CHECKING:
    from accounts.actor import Actor

NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Decision:
    """What is decided about an order line now, in the good's unit; a refusal has a reason."""

    accepted: Decimal = NOTHING
    refused: Decimal = NOTHING
    reason: str = ""


@transaction.atomic
def accept_delivery(
    *, actor: Actor, number: str, decisions: Mapping[int, Decision], idempotency_key: str, note: str = ""
) -> Acceptance:
    """Accept and refuse quantities that have arrived.

    Once everything ordered is decided, the acceptance carries the decision about the order as a whole: passed,
    partial (something was refused) or failed (nothing was accepted: the order ends). What was refused is released, and
    the price of a line that was refused whole is no deal any more.

    Args:
        actor: an acceptor of the buyer who did not place the order.
        number: of the order.
        decisions: by order line; fields of refusals are `line_<id>`.
        idempotency_key: of the form.
        note: a remark for both sides.

    Raises:
        Missing, WrongState, NotAllowed, InvalidQuantity. FourEyes: the actor placed the order.
        TooMuch: more than has arrived and is undecided. ReasonNeeded: refused without a reason.
        SentBefore: the same form with other decisions.
    """
    order = locked_order(actor=actor, number=number)
    key = f"{order.pk}:{checked_key(idempotency_key)}"
    earlier = Acceptance.objects.filter(idempotency_key=key).first()
    note = checked_text(note, most=300, field="note")
    if earlier is not None:
        once_per_form(same=earlier.note == note and _decided_in(earlier) == _meant(decisions))
        return earlier
    lines = _lines(order)
    allowed_state(order, Action.ACCEPT, actor=actor)  # who and when, before what
    deciding = _decide(lines, decisions)
    facts = Facts(
        everything_decided=all(
            line.accepted_quantity + line.refused_quantity == line.quantity for line in lines.values()
        ),
        something_accepted=any(line.accepted_quantity for line in lines.values()),
    )
    state = allowed_state(order, Action.ACCEPT, actor=actor, facts=facts)
    acceptance = Acceptance.objects.create(
        order=order,
        at=clock.now(),
        by_id=actor.user_id,
        result=_result(facts, lines),
        note=note,
        idempotency_key=key,
    )
    AcceptanceLine.objects.bulk_create(
        AcceptanceLine(
            acceptance=acceptance,
            order_line=line,
            accepted=decision.accepted,
            refused=decision.refused,
            reason=decision.reason,
        )
        for line, decision in deciding
    )
    OrderLine.objects.bulk_update([line for line, _d in deciding], ["accepted_quantity", "refused_quantity"])
    _step(order, acceptance, state, lines, actor=actor)
    # What comes back whole was not bought at its price; of a part that is kept the price still says what was agreed.
    returned = [line.pk for line, _d in deciding if line.refused_quantity == line.quantity]
    withdraw_lines(order_line_ids=returned, at=acceptance.at)
    return acceptance


def _step(
    order: Order, acceptance: Acceptance, state: State, lines: Mapping[int, OrderLine], *, actor: Actor
) -> None:
    accepted_total = sum((_accepted_amount(line) for line in lines.values()), ZERO)
    changes: dict[str, Any] = {"accepted_total": min(accepted_total, order.total)}
    if state in {State.ACCEPTED, State.FAILED}:
        changes["accepted_at"] = acceptance.at
    data = {"acceptance": acceptance.pk, "result": acceptance.result, "accepted_total": str(accepted_total)}
    take_step(order, Action.ACCEPT, actor=actor, state=state, changes=changes, data=data)
    if state in {State.ACCEPTED, State.FAILED}:
        release(order, order.total - order.accepted_total, actor=actor, key="refused")
    if acceptance.result:
        order_accepted.send(sender=Order, order=order, actor=actor, acceptance=acceptance)


def _accepted_amount(line: OrderLine) -> Decimal:
    whole = line.accepted_quantity == line.quantity
    amount: Decimal = line.total if whole else line_total(line.unit_price, line.accepted_quantity)
    return amount


def _decided_in(acceptance: Acceptance) -> dict[int, tuple[Decimal, Decimal, str]]:
    return {line.order_line_id: (line.accepted, line.refused, line.reason) for line in acceptance.lines.all()}


def _meant(decisions: Mapping[int, Decision]) -> dict[int, tuple[Decimal, Decimal, str]]:
    return {
        line_id: (decision.accepted, decision.refused, decision.reason.strip())
        for line_id, decision in decisions.items()
        if decision.accepted or decision.refused
    }


def _lines(order: Order) -> dict[int, OrderLine]:
    here = Sum("shipment_lines__quantity", filter=Q(shipment_lines__shipment__delivered_at__isnull=False))
    return {line.pk: line for line in order.lines.select_related("good__category").annotate(here=here)}


def _decide(
    lines: Mapping[int, OrderLine], decisions: Mapping[int, Decision]
) -> list[tuple[OrderLine, Decision]]:
    if not decisions.keys() <= lines.keys():
        raise Missing
    deciding = []
    for line_id, decision in sorted(decisions.items()):
        line, field = lines[line_id], f"line_{line_id}"
        counted = line.good.category.counted
        accepted = checked_quantity(decision.accepted, counted=counted, field=field, zero=True)
        refused = checked_quantity(decision.refused, counted=counted, field=field, zero=True)
        reason = checked_text(decision.reason, most=200, field=field)
        if refused and not reason:
            raise ReasonNeeded(field=field)
        open_quantity = (
            (getattr(line, "here", None) or NOTHING) - line.accepted_quantity - line.refused_quantity
        )
        if accepted + refused > open_quantity:
            raise TooMuch(
                _("Only %(left)s of %(name)s has arrived and is still undecided.")
                % {
                    "left": f"{open_quantity.normalize():f}",
                    "name": line.snapshot.get("name", line.good.name),
                },
                field=field,
            )
        if accepted + refused:
            line.accepted_quantity += accepted
            line.refused_quantity += refused
            deciding.append((line, Decision(accepted, refused, reason)))
    if not deciding:
        raise TooMuch(_("Say how much of which line you accept or refuse."), field="lines")
    return deciding


def _result(facts: Facts, lines: Mapping[int, OrderLine]) -> str:
    if not facts.everything_decided:
        return ""
    if not facts.something_accepted:
        return "failed"
    return "partial" if any(line.refused_quantity for line in lines.values()) else "passed"
