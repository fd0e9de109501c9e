"""Types of columns: how a text is checked, and what would be right where it is not.

A checked value is handed on as text that PostgreSQL reads by itself, so that a million rows cost little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Remedy = str | _StrPromise

_MONEY = re.compile(r"-?\d{1,12}(\.\d{1,2})?\Z", re.ASCII)
_QUANTITY = re.compile(r"-?\d{1,9}(\.\d{1,3})?\Z", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}\Z", re.ASCII)
_SHARE = re.compile(r"(0(\.\d{1,6}0*)?|1(\.0+)?|\.\d{1,6})\Z", re.ASCII)
# Times as both Python and PostgreSQL read them: extended or basic, the offset in hours and minutes.
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?|\d{8}T\d{4}(\d\d(\.\d{1,9})?)?)(Z|[+-]\d\d(:?\d\d)?)\Z",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
# Codes stand in addresses and in paths of trees.
_PLAIN = re.compile(r"(?=.*\w)[^\s/]+\Z")
# Beyond these years nothing that the platform computes makes sense, and PostgreSQL and Python begin to differ.
_YEARS = range(1900, 2200)
_OFFSET = timedelta(hours=14)
# jsonb holds longer numbers than that, but none that anybody means.
_DIGITS = 300


@dataclass(frozen=True)
class ColumnType:
    """`check(text)` says whether a non-empty text is of the type; `remedy` is what would be right."""

    sql: str
    check: Callable[[str], bool]
    remedy: Remedy


def _is_time(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text) if _TIME.match(text) else None
    except ValueError:
        return False
    offset = moment.utcoffset() if moment else None
    return moment is not None and offset is not None and abs(offset) <= _OFFSET and moment.year in _YEARS


def _is_date(text: str) -> bool:
    try:
        return _DATE.match(text) is not None and date.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def _is_object(text: str) -> bool:
    try:
        found = json.loads(text, parse_constant=_refuse_constant, parse_float=_short_number)
        if "\\u" in text:
            # Half a surrogate pair is no character, in UTF-8 as in jsonb.
            json.dumps(found, ensure_ascii=False, default=str).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "\\u0000" not in text


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _short_number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS or len(text) > _DIGITS:
        raise ValueError(text)
    return number


def text(limit: int) -> ColumnType:
    """Any text of at most `limit` characters."""
    return ColumnType(
        "text", lambda value: len(value) <= limit, _("at most %(limit)d characters") % {"limit": limit}
    )


def _plain(limit: int, remedy: Remedy) -> ColumnType:
    return ColumnType("text", lambda value: len(value) <= limit and _PLAIN.match(value) is not None, remedy)


def _whole(lowest: int, highest: int, remedy: Remedy) -> ColumnType:
    return ColumnType(
        "integer", lambda value: _WHOLE.match(value) is not None and lowest <= int(value) <= highest, remedy
    )


ID: Final = text(100)
NAME: Final = text(300)
SHORT: Final = text(100)
CODE: Final = text(40)
REGION: Final = _plain(12, _("at most 12 characters without blanks and slashes, such as 330106"))
CATEGORY: Final = _plain(40, _("at most 40 characters without blanks and slashes, such as A02010105"))
LONG: Final = text(20_000)
MONEY: Final = ColumnType(
    "numeric(14,2)",
    lambda value: _MONEY.match(value) is not None,
    _("yuan with at most two decimal places, such as 1299.00"),
)
CEILING: Final = ColumnType(
    "numeric(14,2)",
    lambda value: _MONEY.match(value) is not None and float(value) >= 0,
    _("yuan, zero or more, with at most two decimal places, such as 500000.00"),
)
QUANTITY: Final = ColumnType(
    "numeric(12,3)",
    lambda value: _QUANTITY.match(value) is not None,
    _("a number with at most three decimal places, such as 12"),
)
POSITIVE: Final = ColumnType(
    "numeric(12,3)",
    lambda value: _QUANTITY.match(value) is not None and float(value) > 0,
    _("a number above zero with at most three decimal places, such as 12"),
)
SHARE: Final = ColumnType(
    "numeric(7,6)",
    lambda value: _SHARE.match(value) is not None,
    _("a share between 0 and 1 with at most six decimal places, such as 0.25"),
)
WHOLE: Final = _whole(0, 32_767, _("a whole number from 0 to 32767"))
YEAR: Final = _whole(1900, 2199, _("a year, such as 2026"))
STARS: Final = _whole(1, 5, _("a whole number from 1 to 5"))
BOOLEAN: Final = ColumnType("boolean", lambda value: value in {"true", "false"}, _("true or false"))
TIME: Final = ColumnType(
    "timestamptz", _is_time, _("a time with its offset, such as 2026-11-23T14:05:00+08:00")
)
DATE: Final = ColumnType("date", _is_date, _("a date, such as 2026-11-23"))
OBJECT: Final = ColumnType("jsonb", _is_object, _('a JSON object, such as {"memory": "16 GB"}'))
