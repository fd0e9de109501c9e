"""What the price of a service is for: an hour of work, an item, an area, a time."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Basis(TextChoices):
    """What one unit is."""

    HOUR = "hour", _("per hour of work")
    PERIOD = "period", _("per day, month or year")
    AREA = "area", _("per area")
    ITEM = "item", _("per item")


HOURS: Final = frozenset(["小时", "时", "工时", "人时", "hour", "hours", "h", "台时"])
PERIODS: Final = frozenset(
    ["天", "日", "人天", "人日", "周", "月", "季", "季度", "年", "人月", "人年", "day", "month", "year"]
)
AREAS: Final = frozenset(["平方米", "平米", "㎡", "m2", "m²", "亩", "公顷"])


def basis_of(unit: str) -> Basis:
    """By what a unit measures; a compound unit (平方米·月, 元/小时) by its first part that says it."""
    text = unit.strip().lower()
    for mark in ("·", "/", "*", "×", "每"):
        text = text.replace(mark, " ")
    for part in text.split():
        for names, basis in ((HOURS, Basis.HOUR), (AREAS, Basis.AREA), (PERIODS, Basis.PERIOD)):
            if part in names:
                return basis
    return Basis.ITEM
