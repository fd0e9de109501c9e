"""Goods that are counted in packs: how much a unit holds, and what one of it costs, in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from zcy.formats import money
from zcy.money import CENT


def pack_text(unit: str, pack_size: Decimal | None, standard: str = "") -> str:
    """The unit, and how many standard units it holds where it holds several: “箱 · 8 包/箱”.

    Args:
        unit: of the good.
        pack_size: standard units in one unit; None: not known.
        standard: the standard unit, which is the category's; where it is the good's own, nobody knows its name.
    """
    if pack_size is None or pack_size == 1 or not unit:
        return unit
    number = f"{pack_size.normalize():f}"
    if standard and standard != unit:
        return f"{unit} · {number} {standard}/{unit}"
    return f"{unit} · " + _("%(n)s per %(unit)s") % {"n": number, "unit": unit}


def price_each(price: Decimal | None, unit: str, pack_size: Decimal | None, standard: str = "") -> str:
    """The price per standard unit of a good whose unit holds several; empty elsewhere."""
    if price is None or pack_size is None or pack_size == 1:
        return ""
    each = money((price / pack_size).quantize(CENT))
    return f"{each}/{standard}" if standard and standard != unit else _("%(price)s each") % {"price": each}
