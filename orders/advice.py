"""Advice before the offence: what registered advisors say about an order that is still being made.

Rules live above this app; they register here and are asked on cart, checkout and again inside the submission. An
advisor that fails or is slow is "could not be checked", never "clear", and never costs an order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import structlog
from django.db import connection, transaction

from zcy.registries import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

logger = structlog.get_logger(__name__)

LIMIT_SECONDS: Final = 0.2


class Outcome(Enum):
    FLAGGED = "flagged"
    CLEAR = "clear"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class ProjectedLine:
    """A line as it would be ordered: unit price in yuan per unit of the good."""

    listing_id: int
    good_id: int
    category_id: int
    spec_hash: str
    pack_size: Decimal | None
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    accessory: bool = False


@dataclass(frozen=True)
class ProjectedOrder:
    """What would become one order; its category as rule-definitions.md has it (largest amount, smaller code)."""

    supplier_id: int
    category_id: int
    total: Decimal
    lines: tuple[ProjectedLine, ...]


@dataclass(frozen=True)
class Projected:
    """Everything that would be ordered at this moment."""

    buyer_id: int
    region_id: int
    method: str
    at: datetime
    orders: tuple[ProjectedOrder, ...]


@dataclass(frozen=True)
class BetterOffer:
    """An offer that would not have raised the advice."""

    listing_id: int
    label: str
    price: Decimal


@dataclass(frozen=True)
class Advice:
    """What one advisor says about one thing.

    Attributes:
        advisor: its slug, for a rule the rule's.
        outcome: flagged, clear or unchecked.
        key: stable for one offence: an answer to it holds until the offence changes.
        title: a few words; text: what is wrong and what would be better, in the reader's language.
        supplier_id, listing_ids: what it is about.
        figures: the numbers behind it, as the evidence will show them (JSON).
        better: offers beside it.
    """

    advisor: str
    outcome: Outcome
    key: str = ""
    title: str | _StrPromise = ""
    text: str | _StrPromise = ""
    severity: int = 1
    supplier_id: int | None = None
    listing_ids: tuple[int, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    better: tuple[BetterOffer, ...] = ()


@dataclass(frozen=True)
class Advisor:
    """`ask(projected)` yields flagged advice (or `unchecked`, where it lacks the data); nothing means clear."""

    name: str
    ask: Callable[[Projected], Iterable[Advice]]
    order: int = 100


advisors: Registry[Advisor] = Registry("advisors")


def register(advisor: Advisor) -> Advisor:
    """Add an advisor; called in an app's `ready()`."""
    return advisors.register(advisor)


def advise(projected: Projected, *, clock: Callable[[], float] = time.perf_counter) -> tuple[Advice, ...]:
    """Ask every advisor, each for at most 200 ms.

    The database ends a statement that takes longer. Works inside and outside a transaction: a failed advisor leaves
    neither a broken transaction nor a locked row behind.
    """
    said: list[Advice] = []
    waiting = sorted(advisors, key=lambda advisor: advisor.order)
    while waiting and projected.orders:
        try:
            with transaction.atomic():
                _limit_statements()
                while waiting:
                    said.extend(_ask(waiting[0], projected, clock))
                    waiting.pop(0)
                _lift_limit()
        except Exception:
            logger.exception("advisor failed", advisor=waiting[0].name if waiting else "")
            if waiting:
                said.append(Advice(waiting.pop(0).name, Outcome.UNCHECKED))
    return tuple(said)


def _ask(advisor: Advisor, projected: Projected, clock: Callable[[], float]) -> Sequence[Advice]:
    began = clock()
    answer = tuple(advisor.ask(projected))
    took = clock() - began
    if took > LIMIT_SECONDS:
        logger.warning("advisor too slow", advisor=advisor.name, seconds=round(took, 3))
        return [Advice(advisor.name, Outcome.UNCHECKED)]
    return answer or [Advice(advisor.name, Outcome.CLEAR)]


def _limit_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(LIMIT_SECONDS * 1000)}")


def _lift_limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = DEFAULT")
