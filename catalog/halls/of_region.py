"""Which halls a region shows, in its order and under its names: its own decisions, else those of the regions above."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Region
from catalog.models import Hall, HallRegion


@dataclass(frozen=True)
class ShownHall:
    """A hall as one region shows it."""

    id: int
    slug: str
    name: str
    layout: str
    intro: str
    order: int

    @property
    def url(self) -> str:
        return f"/halls/{self.slug}/"


def paths_towards(path: str) -> list[str]:
    """The paths of the regions above and of the region itself, from the province down."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[: length + 1]) + "/" for length in range(len(codes))]


def halls_of(region: Region | None) -> list[ShownHall]:
    """The halls of a region; without a region all active ones as the operator ordered them. Two statements."""
    decided: dict[int, list[HallRegion]] = {}
    if region is not None:
        rows = HallRegion.objects.filter(region__path__in=paths_towards(region.path))
        for row in rows.order_by("region__path"):
            decided.setdefault(row.hall_id, []).append(row)
    found = []
    for hall in Hall.objects.filter(active=True):
        shown, name, order = True, hall.name, hall.order
        for row in decided.get(hall.pk, ()):
            shown = shown if row.shown is None else row.shown
            name = row.name or name
            order = order if row.order is None else row.order
        if shown:
            found.append(ShownHall(hall.pk, hall.slug, name, hall.layout, hall.intro, order))
    return sorted(found, key=lambda hall: (hall.order, hall.slug))
