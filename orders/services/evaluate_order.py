"""What one side thinks of the other, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from orders.errors import AlreadyRecorded
from orders.models import Evaluation, Order
from orders.services.checks import checked_text
from orders.services.steps import allowed_state, locked_order, take_step
from orders.signals import order_evaluated
from orders.transitions import Action
from zcy import clock
from zcy.errors import DomainError

if TYPE_CHECKING:
    from accounts.actor import Actor


@transaction.atomic
def evaluate_order(*, actor: Actor, number: str, stars: int, text: str = "") -> Evaluation:
    """Give one to five stars after the acceptance; each side once.

    Raises:
        Missing, WrongState, NotAllowed. AlreadyRecorded: this side has given other stars before.
        DomainError: not one to five stars.
    """
    order = locked_order(actor=actor, number=number)
    side = "buyer" if actor.organisation_id == order.buyer_id else "supplier"
    text = checked_text(text, most=2000, field="text")
    earlier = order.evaluations.filter(by_side=side).first()
    if earlier is not None:
        if (earlier.by_id, earlier.stars, earlier.text) == (actor.user_id, stars, text):
            return earlier
        raise AlreadyRecorded(_("Your side has evaluated this order already."), field="stars")
    state = allowed_state(order, Action.EVALUATE, actor=actor)
    if not 1 <= stars <= 5:
        raise DomainError(_("Give one to five stars."), field="stars")
    evaluation = Evaluation.objects.create(
        order=order, by_side=side, at=clock.now(), by_id=actor.user_id, stars=stars, text=text
    )
    take_step(order, Action.EVALUATE, actor=actor, state=state, data={"by_side": side, "stars": stars})
    order_evaluated.send(sender=Order, order=order, actor=actor, evaluation=evaluation)
    return evaluation
