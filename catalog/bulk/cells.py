"""One cell: what was meant by it, and how it is written so that no spreadsheet executes it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from zcy.exports import cell as harmless

# A mark in front of a formula keeps it a text. One more is put before what has one already, so that reading takes off
# exactly what writing has put on.
_MARKED: Final = re.compile(r"^'+\s*[=+\-@\t\r\n＝＋－＠]")
# Written in place of a value: take it away.
CLEAR: Final = ("-", "–", "—", "－", "无", "清空")
_NUMBER: Final = re.compile(r"[-+]?\d{1,30}(\.\d{0,30})?([eE][-+]?\d{1,2})?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER_NOISE: Final = re.compile(r"^[¥￥]|(元|块|rmb|cny)$", re.IGNORECASE)
# Control characters cannot be stored, or mean nothing in a cell; line breaks are kept until the text is used.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\ud800-\udfff]")


def text_of(value: Any) -> str:
    """A cell of a workbook or a CSV file as text: whole numbers without a point, no marks, no blanks around."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    text = str(value)
    if _MARKED.match(text):
        text = text[1:]
    return _CONTROL.sub("", text).strip() if not text.isalnum() else text


def marked(value: Any) -> str:
    """A value as it stands in a CSV file: text that no spreadsheet executes, and that `text_of` reads back."""
    if isinstance(value, str):
        return twice_marked(value) if _MARKED.match(value) else harmless(value)
    return harmless(value)


def twice_marked(text: str) -> str:
    """A text for a workbook, where texts are harmless by themselves: `text_of` takes one mark off."""
    return f"'{text}" if _MARKED.match(text) else text


def plain_number(value: Any) -> Any:
    """A decimal without needless zeros, so that 3.000 is written as 3; anything else as it is."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def number_of(text: str) -> Decimal | None:
    """A number as people type it: 1,234.50, ¥12, 12元, full-width digits; None where it is none."""
    plain = _NUMBER_NOISE.sub("", unicodedata.normalize("NFKC", text).strip()).strip()
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def whole_of(text: str) -> int | None:
    """A whole number, such as 3 or 3.0; None where it is none."""
    number = number_of(text)
    if number is None or number != number.to_integral_value() or abs(number) >= 2**63:
        return None
    return int(number)


def is_clear(text: str) -> bool:
    """Whether the cell says that the value is to be taken away."""
    return text in CLEAR
