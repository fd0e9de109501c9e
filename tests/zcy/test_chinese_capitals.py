"""Amounts in Chinese capitals, as contracts and cheques need them (《支付结算办法》附一)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zcy.money import chinese_capitals

DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        # The four examples of the regulation itself.
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.15", "壹角伍分"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("100", "壹佰元整"),
        ("101", "壹佰零壹元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("10010", "壹万零壹拾元整"),
        ("100000", "壹拾万元整"),
        ("100100", "壹拾万零壹佰元整"),
        ("1000000", "壹佰万元整"),
        ("10300000", "壹仟零叁拾万元整"),
        ("20000005", "贰仟万零伍元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"),
        ("1200000000000", "壹万贰仟亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("1000000010000", "壹万亿零壹万元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_in_capitals(amount: str, text: str) -> None:
    assert chinese_capitals(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["-0.01", "10000000000000000"])
def test_what_cannot_be_written_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="capitals"):
        chinese_capitals(Decimal(amount))


def read(text: str) -> Decimal:
    """The amount that a text in capitals says: an independent reader."""
    text = text.removesuffix("整")
    whole, _yuan, rest = text.partition("元") if "元" in text else ("", "", text)
    cents = 0
    for unit, worth in (("角", 10), ("分", 1)):
        if unit in rest:
            cents += worth * DIGITS.index(rest[rest.index(unit) - 1])
    return Decimal(_number(whole)) + Decimal(cents) / 100


def _number(text: str) -> int:
    for unit, worth in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if unit in text:
            before, after = text.rsplit(unit, 1) if worth >= 10**4 else text.split(unit, 1)
            return _number(before) * worth + _number(after)
    return int("".join(str(DIGITS.index(letter)) for letter in text) or "0")


@given(st.integers(0, 10**18 - 1))
def test_every_amount_can_be_read_back(cents: int) -> None:
    amount = Decimal(cents) / 100
    text = chinese_capitals(amount)
    assert read(text) == amount
    assert "零零" not in text and not text.startswith("零元零") and "零元" not in text.removeprefix("零元")
    assert text.endswith("整") != text.endswith("分")
