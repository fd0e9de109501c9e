"""What a price rule makes of a price."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from catalog.models.bulk import PriceStep, Rounding
from zcy.money import CENT, yuan

_STEPS: Final = {Rounding.TENTH: Decimal("0.1"), Rounding.WHOLE: Decimal(1)}
_ENDINGS: Final = {Rounding.NINETY: Decimal("0.90"), Rounding.NINETY_NINE: Decimal("0.99")}


def new_price(price: Decimal, step: str, value: Decimal, rounding: str) -> Decimal:
    """The price after the step, rounded.

    Args:
        price: in yuan.
        step: `percent` or `amount`.
        value: signed; -5 is five per cent, or five yuan, less.
        rounding: `cent`, `tenth`, `whole`: to the nearest, half up; `ninety`, `ninety_nine`: to the nearest price
            that ends so, the higher one at the same distance, never below the first such ending.

    Returns:
        A price with two places; it may be zero or less, which no listing takes.
    """
    raw = price + value if step == PriceStep.AMOUNT else price * (100 + value) / 100
    if raw <= 0 or rounding == Rounding.CENT:
        return yuan(raw)
    if ending := _ENDINGS.get(Rounding(rounding)):
        whole = (raw - ending).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return (max(whole, Decimal(0)) + ending).quantize(CENT)
    unit = _STEPS[Rounding(rounding)]
    return ((raw / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit).quantize(CENT)
