"""Goods by the number that stands on their page or under their bar code."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from catalog.gtin import clean_gtin
from catalog.models import Good
from catalog.models.goods import GoodState


def goods_of_number(text: str) -> list[dict[str, Any]]:
    """Active goods whose number or GTIN the text is, as `find_for_supplier` gives them; mostly one or none."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return []
    wanted = Q(pk=int(digits))
    # No trade item number: then it is the number of a page only.
    with suppress(ValidationError):
        wanted |= Q(gtin=clean_gtin(digits))
    rows = Good.objects.filter(wanted, state=GoodState.ACTIVE).values_list(
        "id", "name", "category__name", "offers", "lowest_price"
    )
    return [
        {"id": pk, "name": name, "category": category, "offers": offers, "lowest": price, "listing": None}
        for pk, name, category, offers, price in rows
    ]
