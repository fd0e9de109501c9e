"""The place of a list of goods in a hall: the hall, and the part of it that is looked at (`?part=origin-53`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models.organisations import OrganisationSize
from catalog.models import OriginCounty, PolicyLabel

_PART: Final = re.compile(r"(origin|label|size|unit)-(.{1,20})")
_ORIGIN: Final = re.compile(r"\d{2}|\d{6}", re.ASCII)


@dataclass(frozen=True)
class HallPlace:
    """A hall by its id, and a part of it: (what it is parted by, the value); empty for all of it."""

    id: int
    part: tuple[str, str] = ("", "")
    label: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """What the address carries of it."""
        return [("part", "-".join(self.part))] if self.part[0] else []

    def whole(self) -> HallPlace:
        """The hall without its part."""
        return HallPlace(self.id)

    def condition(self) -> tuple[str, list[Any]]:
        """(SQL over `g`, parameters)."""
        clause = "EXISTS (SELECT FROM catalog_hallgood h WHERE h.good_id = g.id AND h.hall_id = %s)"
        kind, value = self.part
        if kind == "origin":
            return (
                f"{clause} AND EXISTS (SELECT FROM catalog_goodorigin x JOIN catalog_origincounty c"
                " ON c.id = x.county_id WHERE x.good_id = g.id AND c.code LIKE %s)",
                [self.id, f"{value}%"],
            )
        if kind == "label":
            return f"{clause} AND g.labels @> %s::varchar[]", [self.id, [value]]
        if kind == "unit":
            return f"{clause} AND g.unit = %s", [self.id, value]
        if kind == "size":
            return (
                f"{clause} AND EXISTS (SELECT FROM catalog_listing l JOIN accounts_organisation o ON o.id = l.supplier_id"
                " WHERE l.good_id = g.id AND l.sale = 'on_sale' AND l.review = 'approved' AND o.active AND o.size = %s)",
                [self.id, value],
            )
        return clause, [self.id]


def read_place(hall_id: int, text: str) -> tuple[HallPlace, str]:
    """The place that an address names, and what is wrong with it (empty where nothing is)."""
    if not text:
        return HallPlace(hall_id), ""
    match = _PART.fullmatch(text.replace("\x00", ""))
    label = _label(match[1], match[2]) if match else ""
    if match is None or not label:
        return HallPlace(hall_id), _("This hall has no part “%(part)s”.") % {"part": text[:40]}
    return HallPlace(hall_id, (match[1], match[2]), label), ""


def _label(kind: str, value: str) -> str:
    """The words of a part; empty where there is no such part."""
    if kind == "label":
        return str(dict(PolicyLabel.choices).get(value, ""))
    if kind == "size":
        return str(dict(OrganisationSize.choices).get(value, ""))
    if kind == "unit":
        return value
    if not _ORIGIN.fullmatch(value):
        return ""
    county = OriginCounty.objects.filter(code__startswith=value).first()
    if county is None:
        return ""
    return county.name if len(value) == 6 else county.province
