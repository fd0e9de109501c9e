"""How money, quantities and times are written on pages: plain functions for filters and exports."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from zcy import clock

NOTHING: Final = "–"
MINUS: Final = "−"
# The two languages count in different steps, so the number changes with the word.
_CHINESE_UNITS: Final = ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元"))
_ENGLISH_UNITS: Final = ((Decimal(10**9), "billion"), (Decimal(10**6), "million"))


def as_decimal(value: object) -> Decimal | None:
    """A number as Decimal; None where there is none (None, an empty text, NaN)."""
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def money(value: object) -> str:
    """Yuan with sign, thousands separators and two places: ¥1,234.50, −¥3.00; a dash for nothing."""
    amount = as_decimal(value)
    if amount is None:
        return NOTHING
    text = f"{abs(amount).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,}"
    return f"{MINUS}¥{text}" if amount < 0 else f"¥{text}"


def short_money(value: object) -> str:
    """A rough amount for charts and ranges: no cents where they are zero."""
    return money(value).removesuffix(".00")


def wan(value: object) -> str:
    """A large amount in 万元 or 亿元 (in English in millions and billions); small ones in full."""
    amount = as_decimal(value)
    if amount is None:
        return NOTHING
    chinese = (get_language() or "").startswith("zh")
    for unit, word in _CHINESE_UNITS if chinese else _ENGLISH_UNITS:
        if abs(amount) >= unit:
            sign = MINUS if amount < 0 else ""
            return f"{sign}¥{abs(amount) / unit:,.2f} {word}"
    return money(amount)


def number(value: object) -> str:
    """A number with thousands separators and no trailing zeros."""
    amount = as_decimal(value)
    if amount is None:
        return NOTHING
    text = f"{abs(amount):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if amount < 0 else text


def quantity(value: object, unit: str = "") -> str:
    """A quantity of goods with its unit: 3 台, 1.5 kg."""
    text = number(value)
    return f"{text} {unit}".rstrip() if text != NOTHING else text


def typed(value: object) -> str:
    """A number as a person types it into a field and as forms read it: no separators, no trailing zeros, no 1E+1."""
    amount = as_decimal(value)
    return "" if amount is None else f"{amount.normalize():f}"


def percent(value: object, places: int = 1) -> str:
    """A share between 0 and 1 as per cent."""
    share = as_decimal(value)
    if share is None:
        return NOTHING
    rounded = f"{abs(share) * 100:.{places}f}%"
    return f"{MINUS}{rounded}" if share < 0 else rounded


def signed(value: object, places: int = 2) -> str:
    """A contribution with its sign: +3.20, −1,000.00, 0.00."""
    amount = as_decimal(value)
    if amount is None:
        return NOTHING
    text = f"{abs(amount):,.{places}f}"
    if not amount or not float(text.replace(",", "")):
        return text
    return f"{MINUS}{text}" if amount < 0 else f"+{text}"


def local(moment: date | datetime | None) -> str:
    """2026-11-23 14:05 in Asia/Shanghai; a bare date without the time."""
    if moment is None:
        return NOTHING
    if isinstance(moment, datetime):
        return f"{_local(moment):%Y-%m-%d %H:%M}"
    return moment.isoformat()


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.SHANGHAI) if moment.tzinfo else moment


def days_until(moment: date | datetime) -> int:
    """Whole local days from today; negative when it is past."""
    day = clock.local_date(moment) if isinstance(moment, datetime) else moment
    return (day - clock.today()).days


def due(moment: date | datetime) -> tuple[str, str]:
    """What is said of a deadline, and the tone to say it in."""
    days = days_until(moment)
    passed = isinstance(moment, datetime) and moment < clock.now()
    if days < 0:
        text = ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
        return text, "serious"
    if passed:
        return _("overdue since today"), "serious"
    if days == 0:
        return _("due today"), "watch"
    text = ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days}
    return text, "watch" if days <= 2 else "idle"
