"""What differs between two snapshots of a listing, in the words of its form: for suppliers and reviewers alike."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import Region
from catalog.forms import ListingForm

AREAS = "delivery_areas"


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(label, value before, value now) of each field that differs; a snapshot is `edit_listing.snapshot`."""
    differing = [name for name in now if before.get(name, "") != now[name]]
    names: dict[str, str] = {}
    if AREAS in differing:
        paths = [*before.get(AREAS, "").split(), *now[AREAS].split()]
        names = dict(Region.objects.filter(path__in=paths).values_list("path", "name"))

    def shown(name: str, value: str) -> str:
        if name == AREAS:
            return "、".join(names.get(path, path) for path in value.split()) or _("everywhere")
        return value or "–"

    fields = ListingForm.base_fields
    return [
        (str(fields[name].label), shown(name, before.get(name, "")), shown(name, now[name]))
        for name in differing
    ]
