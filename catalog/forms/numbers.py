"""Numbers in forms: one sentence says what is right, whatever is wrong with what was typed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_WRONG: Final = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")


def says(right: str | _StrPromise) -> dict[str, str | _StrPromise]:
    """The `error_messages` of a field of numbers."""
    return dict.fromkeys(_WRONG, right)


# Of a DecimalField: yuan, and an amount above zero of a unit.
PRICE: Final[dict[str, Any]] = {
    "min_value": Decimal("0.01"),
    # That is MOST_MONEY; a greatest value besides would say the same sentence twice.
    "max_digits": 11,
    "decimal_places": 2,
    "error_messages": says(_("From 0.01 to 999,999,999.99, at most two decimal places.")),
}
AMOUNT: Final[dict[str, Any]] = {
    "min_value": Decimal("0.001"),
    "max_digits": 12,
    "decimal_places": 3,
    "error_messages": says(_("Above zero, at most 999,999,999.999, with at most three decimal places.")),
}
