"""The one table of what may happen to a listing: from which state, by which action, into which state, by whom, when.

A state is a pair of two fields, sale × review. Services ask the table (`next_state`), the database's triggers are made
from it (catalog/triggers.py), `draw_listing_life` draws it into docs/catalog/listing-states.md, and tests refuse every pair
that is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES, Role
from catalog.errors import WrongState
from catalog.listing_states import Review, Sale
from zcy.errors import NotAllowed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Standing(NamedTuple):
    """Where a listing stands."""

    sale: str
    review: str


NEW: Final = Standing("", "")  # before a listing exists


class Action(models.TextChoices):
    CREATE = "create", _("create")
    SUBMIT = "submit", _("submit for review")
    EDIT = "edit", _("edit")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    RESTORE = "restore", _("put the approved values back")
    REOPEN = "reopen", _("review again")
    PUT_ON = "put_on", _("put on sale")
    TAKE_OFF = "take_off", _("take off sale")
    WITHDRAW = "withdraw", _("take back from review")
    FREEZE = "freeze", _("freeze")
    UNFREEZE = "unfreeze", _("lift the freeze")
    EXPIRE = "expire", _("end")


class Verdict(Enum):
    """What the automatic checks said together about the act."""

    CLEAR = "clear"
    DOUBT = "doubt"
    BLOCK = "block"


@dataclass(frozen=True)
class Facts:
    """What the guards of the table ask; a service states what concerns its action."""

    verdict: Verdict = Verdict.DOUBT
    ended: bool = False


@dataclass(frozen=True)
class Guard:
    """A condition with the words for its drawing."""

    words: str
    holds: Callable[[Facts], bool]


@dataclass(frozen=True)
class Transition:
    """One row; no roles means that the platform does it by itself."""

    before: Standing
    action: Action
    after: Standing
    roles: frozenset[Role]
    guard: Guard | None = None
    effect: str = ""


SELLING: Final = frozenset(Role(role) for role in SUPPLIER_ROLES)
STAFF: Final = frozenset({Role.CATALOG})
PLATFORM: Final[frozenset[Role]] = frozenset()

CLEAR: Final = Guard("every check is clear", lambda facts: facts.verdict is Verdict.CLEAR)
DOUBT: Final = Guard("a check doubts or could not be made", lambda facts: facts.verdict is Verdict.DOUBT)
BLOCK: Final = Guard("a check blocks", lambda facts: facts.verdict is Verdict.BLOCK)
ENDED: Final = Guard("its end has passed", lambda facts: facts.ended)
NOT_ENDED: Final = Guard("its end has not passed", lambda facts: not facts.ended)

_S, _R, _A = Sale, Review, Action


def _rows(
    sales: Iterable[Sale],
    reviews: Iterable[Review],
    action: Action,
    after: tuple[Sale | None, Review | None],
    roles: frozenset[Role],
    guard: Guard | None = None,
    effect: str = "",
) -> list[Transition]:
    """One row for each pair; None in `after` leaves the field as it is."""
    return [
        Transition(
            Standing(sale.value, review.value),
            action,
            Standing((after[0] or sale).value, (after[1] or review).value),
            roles,
            guard,
            effect,
        )
        for sale, review in product(sales, reviews)
    ]


UNSOLD: Final = (_S.DRAFT, _S.OFF_SALE)
OFFERED: Final = (_S.ON_SALE, _S.OFF_SALE)
KEPT: Final = (_S.ON_SALE, _S.OFF_SALE, _S.FROZEN)
UNDECIDED: Final = (_R.NONE, _R.REJECTED)

_ALL: Final[tuple[Transition, ...]] = (
    Transition(NEW, _A.CREATE, Standing(_S.DRAFT.value, _R.NONE.value), SELLING),
    *_rows(UNSOLD, UNDECIDED, _A.SUBMIT, (_S.ON_SALE, _R.APPROVED), SELLING, CLEAR, "decided by the checks"),
    *_rows(UNSOLD, UNDECIDED, _A.SUBMIT, (_S.ON_SALE, _R.PENDING), SELLING, DOUBT, "waits for catalog staff"),
    *_rows(UNSOLD, UNDECIDED, _A.SUBMIT, (_S.OFF_SALE, _R.REJECTED), SELLING, BLOCK, "decided by the checks"),
    *_rows(UNSOLD, UNDECIDED, _A.EDIT, (None, None), SELLING),
    *_rows(OFFERED, [_R.PENDING], _A.EDIT, (None, _R.APPROVED), SELLING, CLEAR, "decided by the checks"),
    *_rows(OFFERED, [_R.PENDING], _A.EDIT, (None, _R.PENDING), SELLING, DOUBT),
    *_rows(OFFERED, [_R.APPROVED], _A.EDIT, (None, _R.APPROVED), SELLING, CLEAR),
    *_rows(OFFERED, [_R.APPROVED], _A.EDIT, (None, _R.PENDING), SELLING, DOUBT, "waits for catalog staff"),
    *_rows(KEPT, [_R.PENDING], _A.APPROVE, (None, _R.APPROVED), STAFF, effect="the supplier is told"),
    *_rows(
        OFFERED, [_R.PENDING], _A.REJECT, (_S.OFF_SALE, _R.REJECTED), STAFF, effect="the supplier is told"
    ),
    *_rows([_S.FROZEN], [_R.PENDING], _A.REJECT, (None, _R.REJECTED), STAFF, effect="the supplier is told"),
    *_rows(KEPT, [_R.PENDING], _A.RESTORE, (None, _R.APPROVED), STAFF, effect="the supplier is told"),
    *_rows(KEPT, [_R.APPROVED], _A.REOPEN, (None, _R.PENDING), STAFF, effect="a person decides"),
    *_rows([_S.OFF_SALE], [_R.PENDING, _R.APPROVED], _A.PUT_ON, (_S.ON_SALE, None), SELLING, NOT_ENDED),
    *_rows([_S.ON_SALE], [_R.PENDING, _R.APPROVED], _A.TAKE_OFF, (_S.OFF_SALE, None), SELLING),
    *_rows(OFFERED, [_R.PENDING], _A.WITHDRAW, (_S.OFF_SALE, _R.NONE), SELLING),
    *_rows(OFFERED, Review, _A.FREEZE, (_S.FROZEN, None), STAFF, effect="the supplier is told why"),
    *_rows([_S.FROZEN], Review, _A.UNFREEZE, (_S.OFF_SALE, None), STAFF, effect="the supplier is told"),
    *_rows([_S.ON_SALE], [_R.PENDING, _R.APPROVED], _A.EXPIRE, (_S.OFF_SALE, None), PLATFORM, ENDED),
)
# On sale needs a review, which the database refuses otherwise: rows from states that cannot be are left out.
TABLE: Final = tuple(
    row
    for row in _ALL
    if not (row.before.sale == Sale.ON_SALE and row.before.review in (Review.NONE, Review.REJECTED))
)
STANDINGS: Final = tuple(
    Standing(sale.value, review.value)
    for sale, review in product(Sale, Review)
    if not (sale == Sale.ON_SALE and review in (Review.NONE, Review.REJECTED))
)

# What the database lets happen, whoever writes: the states a listing begins in, and each change from one to another.
INITIAL_STANDINGS: Final = frozenset(row.after for row in TABLE if row.before == NEW)
STANDING_CHANGES: Final = frozenset(
    (row.before, row.after) for row in TABLE if row.before not in (NEW, row.after)
)


def next_state(
    before: Standing, action: Action, *, roles: frozenset[str] | None, facts: Facts | None = None
) -> Standing:
    """The state that an action leads to.

    Args:
        before: the present state, or NEW.
        action: what is to be done.
        roles: the person's roles in the organisation acted for; None is the platform itself.
        facts: what the guards ask.

    Raises:
        WrongState: the table has no such action in this state.
        NotAllowed: it has, but not for these roles.
    """
    rows = [row for row in TABLE if row.before == before and row.action == action]
    rows = [row for row in rows if row.guard is None or row.guard.holds(facts or Facts())]
    if not rows:
        raise WrongState(wrong_state_message(before, action))
    (row,) = rows
    if (roles is None) != (not row.roles) or (roles is not None and row.roles.isdisjoint(roles)):
        raise NotAllowed
    return row.after


def actions_for(before: Standing, *, roles: frozenset[str]) -> frozenset[Action]:
    """What a person with these roles may do in this state, whatever the guards decide about where it leads."""
    return frozenset(row.action for row in TABLE if row.before == before and not row.roles.isdisjoint(roles))


def wrong_state_message(before: Standing, action: Action) -> str | _StrPromise:
    """The words of a refusal."""
    if before.sale == Sale.FROZEN and action not in (Action.FREEZE, Action.UNFREEZE):
        return _("This listing is frozen by the platform: ask the operator's catalog staff.")
    if before == NEW:
        return _("This listing does not exist yet.")
    return _("The listing is “%(sale)s, %(review)s”: “%(action)s” is not possible now.") % {
        "sale": Sale(before.sale).label,
        "review": Review(before.review).label,
        "action": action.label,
    }
