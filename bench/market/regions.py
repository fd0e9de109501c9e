"""The tree of regions, shared with the project's own fixtures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "accounts" / "data" / "regions_zhejiang.csv"


@dataclass(frozen=True)
class Region:
    """A node of the tree; tier is `province`, `city` or `county`."""

    code: str
    name: str
    parent: str

    @property
    def tier(self) -> str:
        """The tier that decides peer groups."""
        if not self.parent:
            return "province"
        return "city" if self.code.endswith("00") else "county"

    @property
    def city(self) -> str:
        """Code of the city that the region is or belongs to; the province is its own."""
        return self.code if self.tier != "county" else self.parent


@cache
def regions() -> dict[str, Region]:
    """Regions by code."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        return {
            row["code"]: Region(row["code"], row["name"], row["parent"]) for row in csv.DictReader(handle)
        }


def cities() -> list[Region]:
    """The eleven cities."""
    return [region for region in regions().values() if region.tier == "city"]


def counties() -> list[Region]:
    """The ninety counties."""
    return [region for region in regions().values() if region.tier == "county"]


def freight(origin: str, destination: str) -> float:
    """How much a delivery from one city to another adds to the unit price, as a share of it."""
    if origin == destination:
        return 0.0
    remote = 0.008 if destination[:4] in {"3309", "3311"} else 0.0
    order = [city.code for city in cities()]
    if origin not in order or destination not in order:
        return 0.004 + remote
    return 0.004 + 0.001 * abs(order.index(origin) - order.index(destination)) + remote
