"""Money is Decimal yuan with two places, rounded half up, as invoices are."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db import models

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")


def yuan(value: Decimal | int | str) -> Decimal:
    """Round to whole cents, half up."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(unit_price: Decimal, quantity: Decimal) -> Decimal:
    """Unit price in yuan times quantity in the good's unit, in whole cents."""
    return yuan(unit_price * quantity)


class MoneyField(models.DecimalField[Any, Any]):
    """`numeric(14,2)` yuan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 14
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class QuantityField(models.DecimalField[Any, Any]):
    """`numeric(12,3)` of the good's unit; whole where the unit is counted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = 12
        kwargs["decimal_places"] = 3
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def chinese_capitals(amount: Decimal) -> str:
    """An amount in yuan in Chinese capitals, as contracts and cheques need it.

    Source: 《支付结算办法》(银发〔1997〕393号), annex 1: 整 after yuan or jiao, one 零 for a run of zeros.

    Raises:
        ValueError: the amount is negative or not below 10^16 yuan.
    """
    amount = yuan(amount)
    if amount < 0 or amount >= Decimal(10) ** 16:
        raise ValueError(f"cannot be written in capitals: {amount}")
    whole, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    text = f"{_whole_in_capitals(whole)}元" if whole else ""
    if not cents:
        return (text or "零元") + "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif whole:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole_in_capitals(whole: int) -> str:
    """Above 亿 the number before it is spoken like any other: 壹万贰仟亿, not 壹万亿贰仟亿."""
    above, below = divmod(whole, 10**8)
    text = f"{_whole_in_capitals(above)}亿" if above else ""
    zero = False
    for group, unit in ((below // 10_000, "万"), (below % 10_000, "")):
        if group:
            text += ("零" if text and (zero or group < 1000) else "") + _group_in_capitals(group) + unit
        zero = zero or not group
    return text


def _group_in_capitals(group: int) -> str:
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        else:
            zero = bool(text)
    return text
