"""Checks of single values that several services share."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from orders.errors import InvalidAmount, InvalidQuantity, ReasonNeeded, SentBefore
from zcy.errors import DomainError, NotAllowed
from zcy.money import CENT

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import User

MOST_QUANTITY: Final = Decimal("999999999.999")
MOST_MONEY: Final = Decimal("999999999999.99")


def checked_quantity(
    quantity: Decimal, *, counted: bool, field: str = "quantity", zero: bool = False
) -> Decimal:
    """A quantity above zero (or zero, where allowed), with three decimal places at most, whole where it is counted."""
    if not quantity.is_finite() or quantity > MOST_QUANTITY or quantity < 0 or (not quantity and not zero):
        raise InvalidQuantity(field=field)
    if counted and quantity != quantity.to_integral_value():
        raise InvalidQuantity(_("Enter a whole number: this good is counted."), field=field)
    if quantity != quantity.quantize(Decimal("0.001")):
        raise InvalidQuantity(_("Enter at most three decimal places."), field=field)
    return quantity


def checked_amount(amount: Decimal, *, field: str = "amount") -> Decimal:
    """An amount above zero in whole cents."""
    if not amount.is_finite() or amount <= 0 or amount > MOST_MONEY or amount != amount.quantize(CENT):
        raise InvalidAmount(field=field)
    return amount


def checked_reason(reason: str, *, field: str = "reason") -> str:
    """A reason that is not blank, at most 300 characters."""
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded(field=field)
    return checked_text(reason, most=300, field=field)


def checked_text(text: str, *, most: int, field: str, needed: bool = False) -> str:
    """A text without surrounding blanks, not longer than its column."""
    text = text.strip()
    if needed and not text:
        raise DomainError(_("Fill this in."), field=field)
    if len(text) > most or "\0" in text:
        raise DomainError(_("At most %(most)d characters.") % {"most": most}, field=field)
    return text


def checked_key(key: str) -> str:
    """An idempotency key of a form: 8 to 48 characters."""
    if not 8 <= len(key) <= 48 or not key.isascii() or not key.isprintable():
        raise DomainError(_("This form is damaged: reload the page."), field="idempotency_key")
    return key


def lock_form(organisation_id: int, key: str) -> None:
    """Wait for a twin of this call that is under way with the same key; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, organisation_id])


def once_per_form(*, same: bool) -> None:
    """Something is recorded under the key of this form already: the same content again is a second click.

    Raises:
        SentBefore: the content is another one.
    """
    if not same:
        raise SentBefore


def need_role(actor: Actor, *roles: str) -> int:
    """The id of the actor's organisation, if one of the roles is held there.

    Raises:
        NotAllowed: none of them is.
    """
    if actor.organisation_id is None or not actor.has_role(*roles):
        raise NotAllowed
    return actor.organisation_id


def person(actor: Actor) -> User:
    """Who acts.

    Raises:
        NotAllowed: nobody has signed in.
    """
    if actor.user is None:
        raise NotAllowed
    return actor.user
