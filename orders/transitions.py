"""The one table of what may happen to an order: from which state, by which action, into which state, by whom, when.

Services ask it (`next_state`), the database's triggers are made from it (orders/triggers.py), `draw_transitions`
draws it into docs/orders/states.md, and tests refuse every pair that is not in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from orders.errors import FourEyes, WrongState
from orders.states import State
from zcy.errors import NotAllowed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NEW: Final = ""  # before an order exists


class Action(models.TextChoices):
    SUBMIT = "submit", _("submit")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("do not approve")
    CONFIRM = "confirm", _("confirm")
    REFUSE = "refuse", _("refuse")
    CANCEL = "cancel", _("cancel")
    SHIP = "ship", _("ship")
    DELIVER = "deliver", _("mark as delivered")
    SIGN = "sign", _("sign for it")
    ACCEPT = "accept", _("accept")
    INVOICE = "invoice", _("record an invoice")
    REQUEST_PAYMENT = "request_payment", _("request payment")
    PAY = "pay", _("pay")
    EVALUATE = "evaluate", _("evaluate")


@dataclass(frozen=True)
class Facts:
    """What the guards of the table ask; a service states what concerns its action."""

    over_limit: bool = False
    everything_arrived: bool = False
    everything_decided: bool = False
    something_accepted: bool = False
    everything_paid: bool = False


@dataclass(frozen=True)
class Guard:
    """A condition with the words for its drawing."""

    words: str
    holds: Callable[[Facts], bool]


@dataclass(frozen=True)
class Transition:
    """One row: `by_another` means that who placed the order may not do it."""

    before: str
    action: Action
    after: State
    roles: frozenset[Role]
    guard: Guard | None = None
    by_another: bool = False


ORDERING: Final = frozenset({Role.PURCHASER, Role.MANAGER})
SELLING: Final = frozenset({Role.SUPPLIER_ADMIN, Role.SUPPLIER_CLERK})
RECEIVING: Final = frozenset({Role.PURCHASER, Role.ACCEPTOR, Role.MANAGER})
APPROVING: Final = frozenset({Role.APPROVER})
ACCEPTING: Final = frozenset({Role.ACCEPTOR})
PAYING: Final = frozenset({Role.FINANCE})

OVER_LIMIT: Final = Guard("above the unit's limit", lambda facts: facts.over_limit)
WITHIN_LIMIT: Final = Guard("within the unit's limit", lambda facts: not facts.over_limit)
MORE_TO_COME: Final = Guard("more is to come", lambda facts: not facts.everything_arrived)
ALL_HERE: Final = Guard("everything has arrived", lambda facts: facts.everything_arrived)
UNDECIDED: Final = Guard("something is still to be decided", lambda facts: not facts.everything_decided)
PASSED: Final = Guard(
    "everything is decided, something accepted",
    lambda facts: facts.everything_decided and facts.something_accepted,
)
ALL_REFUSED: Final = Guard(
    "everything is refused", lambda facts: facts.everything_decided and not facts.something_accepted
)
PART_PAID: Final = Guard("more is to be paid", lambda facts: not facts.everything_paid)
ALL_PAID: Final = Guard("everything accepted is paid", lambda facts: facts.everything_paid)

_S, _A, _T = State, Action, Transition

TABLE: Final[tuple[Transition, ...]] = (
    _T(NEW, _A.SUBMIT, _S.SUBMITTED, frozenset({Role.PURCHASER}), OVER_LIMIT),
    _T(NEW, _A.SUBMIT, _S.APPROVED, frozenset({Role.PURCHASER}), WITHIN_LIMIT),
    _T(_S.SUBMITTED, _A.APPROVE, _S.APPROVED, APPROVING, by_another=True),
    _T(_S.SUBMITTED, _A.REJECT, _S.REJECTED, APPROVING, by_another=True),
    _T(_S.SUBMITTED, _A.CANCEL, _S.CANCELLED, ORDERING),
    _T(_S.APPROVED, _A.CANCEL, _S.CANCELLED, ORDERING),
    _T(_S.APPROVED, _A.CONFIRM, _S.CONFIRMED, SELLING),
    _T(_S.APPROVED, _A.REFUSE, _S.REFUSED, SELLING),
    _T(_S.CONFIRMED, _A.CANCEL, _S.CANCELLED, ORDERING | SELLING),
    _T(_S.CONFIRMED, _A.SHIP, _S.SHIPPED, SELLING),
    _T(_S.SHIPPED, _A.SHIP, _S.SHIPPED, SELLING),
    _T(_S.SHIPPED, _A.DELIVER, _S.SHIPPED, SELLING, MORE_TO_COME),
    _T(_S.SHIPPED, _A.DELIVER, _S.DELIVERED, SELLING, ALL_HERE),
    _T(_S.SHIPPED, _A.SIGN, _S.SHIPPED, RECEIVING, MORE_TO_COME),
    _T(_S.SHIPPED, _A.SIGN, _S.DELIVERED, RECEIVING, ALL_HERE),
    _T(_S.DELIVERED, _A.SIGN, _S.DELIVERED, RECEIVING),
    _T(_S.SHIPPED, _A.ACCEPT, _S.SHIPPED, ACCEPTING, UNDECIDED, by_another=True),
    _T(_S.DELIVERED, _A.ACCEPT, _S.DELIVERED, ACCEPTING, UNDECIDED, by_another=True),
    _T(_S.DELIVERED, _A.ACCEPT, _S.ACCEPTED, ACCEPTING, PASSED, by_another=True),
    _T(_S.DELIVERED, _A.ACCEPT, _S.FAILED, ACCEPTING, ALL_REFUSED, by_another=True),
    _T(_S.ACCEPTED, _A.INVOICE, _S.INVOICED, SELLING | PAYING),
    _T(_S.INVOICED, _A.INVOICE, _S.INVOICED, SELLING | PAYING),
    _T(_S.PAYMENT_REQUESTED, _A.INVOICE, _S.PAYMENT_REQUESTED, SELLING | PAYING),
    _T(_S.INVOICED, _A.REQUEST_PAYMENT, _S.PAYMENT_REQUESTED, SELLING),
    _T(_S.PAYMENT_REQUESTED, _A.REQUEST_PAYMENT, _S.PAYMENT_REQUESTED, SELLING),
    _T(_S.PAYMENT_REQUESTED, _A.PAY, _S.PAYMENT_REQUESTED, PAYING, PART_PAID),
    _T(_S.PAYMENT_REQUESTED, _A.PAY, _S.PAID, PAYING, ALL_PAID),
    *(
        _T(state, _A.EVALUATE, state, RECEIVING | SELLING)
        for state in (_S.ACCEPTED, _S.INVOICED, _S.PAYMENT_REQUESTED, _S.PAID, _S.FAILED)
    ),
)

INITIAL_STATES: Final = frozenset(row.after.value for row in TABLE if row.before == NEW)
STATE_CHANGES: Final = frozenset(
    (str(row.before), row.after.value) for row in TABLE if row.before not in (NEW, row.after)
)
FINAL_STATES: Final = frozenset(State.values) - {old for old, _new in STATE_CHANGES}


def next_state(
    before: str,
    action: Action,
    *,
    roles: frozenset[str],
    facts: Facts | None = None,
    is_purchaser: bool = False,
) -> State:
    """The state that an action leads to.

    Args:
        before: the present state, or NEW.
        action: what is to be done.
        roles: the person's roles in the organisation acted for.
        facts: what the guards ask.
        is_purchaser: whether the person placed the order.

    Raises:
        WrongState: the table has no such action in this state.
        NotAllowed: it has, but not for these roles.
        FourEyes: the person placed the order, and somebody else must do this.
    """
    rows = [row for row in TABLE if row.before == before and row.action == action]
    rows = [row for row in rows if row.guard is None or row.guard.holds(facts or Facts())]
    if not rows:
        raise WrongState(wrong_state_message(before, action))
    (row,) = rows
    if row.roles.isdisjoint(roles):
        raise NotAllowed
    if row.by_another and is_purchaser:
        raise FourEyes
    return row.after


def actions_for(before: str, *, roles: frozenset[str], is_purchaser: bool) -> frozenset[Action]:
    """What a person with these roles may do in this state, whatever the guards decide about where it leads."""
    return frozenset(
        row.action
        for row in TABLE
        if row.before == before and not row.roles.isdisjoint(roles) and not (row.by_another and is_purchaser)
    )


def wrong_state_message(before: str, action: Action) -> str | _StrPromise:
    """The words of a refusal."""
    label = State(before).label if before else _("new")
    return _("The order is “%(state)s”: “%(action)s” is not possible now.") % {
        "state": label,
        "action": action.label,
    }
