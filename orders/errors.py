"""What orders refuse, in words for the person who asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zcy.errors import Conflict, DomainError, NotAllowed

if TYPE_CHECKING:
    from orders.advice import Advice


class WrongState(Conflict):
    code = "wrong_state"


class FourEyes(NotAllowed):
    code = "four_eyes"
    message = _("You placed this order: somebody else has to decide about it.")


class HistoricOrder(Conflict):
    code = "historic_order"
    message = _("This order was imported as history: it can be read, not worked on.")


class InvalidQuantity(DomainError):
    code = "invalid_quantity"
    message = _("Enter a quantity above zero.")


class InvalidAmount(DomainError):
    code = "invalid_amount"
    message = _("Enter an amount above zero, with at most two decimal places.")


class EmptyCart(DomainError):
    code = "empty_cart"
    message = _("Nothing is selected: choose at least one line of the cart.")


class NotOrderable(Conflict):
    code = "not_orderable"
    message = _("This offer cannot be ordered at the moment.")


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = _("There is not enough of it left in stock.")


class NotDeliveredThere(DomainError):
    code = "not_delivered_there"
    message = _("The supplier does not deliver to this address.")


@dataclass(frozen=True)
class ChangedPrice:
    """One line whose price is another than what the buyer saw."""

    listing_id: int
    name: str
    old: Decimal
    new: Decimal


class PriceChanged(Conflict):
    """The buyer sees old and new prices and decides again."""

    code = "price_changed"
    message = _("Prices have changed since you looked. Check the new prices and submit again.")

    def __init__(self, changes: Sequence[ChangedPrice]) -> None:
        self.changes = tuple(changes)
        super().__init__(field="lines")


class AdviceGiven(Conflict):
    """The order may go on, but not before the buyer has read this advice and answered it."""

    code = "advice_given"
    message = _("Please read the advice below. Change the order, or say why you keep it.")

    def __init__(self, advice: Sequence[Advice]) -> None:
        self.advice = tuple(advice)
        super().__init__(field="advice")


class OverCeiling(DomainError):
    code = "over_ceiling"
    message = _("The amount is too high for a direct order.")


class PlanNotFitting(DomainError):
    code = "plan_not_fitting"
    message = _("This plan cannot pay for this order.")


class BudgetExceeded(Conflict):
    code = "budget_exceeded"
    message = _("The plan's budget is not enough.")


class TooMuch(DomainError):
    code = "too_much"
    message = _("This is more than is left.")


class AlreadyRecorded(Conflict):
    code = "already_recorded"
    message = _("This has been recorded already.")


class SentBefore(AlreadyRecorded):
    """The key of a form comes back with other content: what was recorded first counts."""

    code = "sent_before"
    message = _(
        "This form was sent before, with other values: those are recorded. Look at what is there now; what you have"
        " typed is still here and counts if you send it again."
    )


class CartChanged(Conflict):
    """The cart is not the one that the page showed."""

    code = "cart_changed"
    message = _(
        "Your cart has changed since this page was opened, perhaps in another window. This is what would be ordered"
        " now: check it and submit again."
    )


class ReasonNeeded(DomainError):
    code = "reason_needed"
    message = _("Say why.")

    def __init__(self, *, field: str = "reason") -> None:
        super().__init__(field=field)
