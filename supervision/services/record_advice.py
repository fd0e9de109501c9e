"""What became of advice: shown, answered with a reason, or heeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet

from orders.advice import Advice, Outcome, Projected
from orders.models import Order
from supervision.models import AdviceRecord
from supervision.models.advice import AdviceOutcome
from supervision.rules import RULES
from zcy import clock

if TYPE_CHECKING:
    from accounts.actor import Actor

# Whoever has not ordered what the advice was about a week later has changed course.
SETTLED_AFTER: Final = timedelta(days=7)


def advice_shown(
    *, actor: Actor, projected: Projected | None, advice: Sequence[Advice], **_signal: Any
) -> None:
    """Receiver of `advice_given`: one open record per offence, however often it is shown."""
    if projected is None:
        return
    now = clock.now()
    records = [
        AdviceRecord(
            rule=one.advisor,
            key=one.key[:120],
            buyer_id=projected.buyer_id,
            region_id=projected.region_id,
            user_id=actor.user_id,
            supplier_id=one.supplier_id,
            severity=one.severity,
            text=str(one.text),
            figures=dict(one.figures),
            shown_at=now,
        )
        for one in advice
        if one.outcome is Outcome.FLAGGED and one.advisor in RULES
    ]
    if records:
        AdviceRecord.objects.bulk_create(records, ignore_conflicts=True)


def order_was_submitted(*, order: Order, answers: Mapping[str, str] | None = None, **_signal: Any) -> None:
    """Receiver of `order_submitted`: advice is answered where it was overruled, heeded where the order avoids it."""
    now = clock.now()
    open_ones = AdviceRecord.objects.filter(buyer_id=order.buyer_id, outcome=AdviceOutcome.SHOWN)
    settled = {"settled_at": now, "order_id": order.pk}
    for key, answer in (answers or {}).items():
        for record in open_ones.filter(key=key[:120]):
            told = {"outcome": AdviceOutcome.ANSWERED, "answer": answer, **settled}
            _about_the_same(record, now).update(**told)
    goods = list(order.lines.values_list("good_id", flat=True))
    about = Q(rule="price-above-peer", figures__good__in=goods) | Q(
        rule="split-orders", figures__category=order.category_id
    )
    open_ones.filter(about).exclude(key__in=[key[:120] for key in answers or ()]).update(
        outcome=AdviceOutcome.CHANGED, **settled
    )


def _about_the_same(record: AdviceRecord, now: datetime) -> QuerySet[AdviceRecord]:
    """The record, and what was shown lately about the same good or category.

    Another quantity or price is another piece of advice; who overrules it in the end has changed no course before.
    """
    subject = {
        f"figures__{name}": record.figures[name] for name in ("good", "category") if name in record.figures
    }
    lately = Q(
        outcome__in=[AdviceOutcome.SHOWN, AdviceOutcome.CHANGED], shown_at__gte=now - SETTLED_AFTER, **subject
    )
    same = lately if subject else Q(pk=record.pk)
    return AdviceRecord.objects.filter(Q(pk=record.pk) | same, buyer_id=record.buyer_id, rule=record.rule)


def settle_old_advice() -> int:
    """What was shown a week ago and never ordered; returns how many records."""
    now = clock.now()
    old = AdviceRecord.objects.filter(outcome=AdviceOutcome.SHOWN, shown_at__lt=now - SETTLED_AFTER)
    return old.update(outcome=AdviceOutcome.CHANGED, settled_at=now)
