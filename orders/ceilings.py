"""T of rule-definitions.md: up to which amount a region allows a method, for a category."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orders.models import Ceiling

if TYPE_CHECKING:
    from accounts.models import Region


@dataclass(frozen=True)
class CeilingRow:
    """One row of the region that decides; an empty category path is the general row."""

    region_code: str
    category_path: str
    ceiling: Decimal


@dataclass(frozen=True)
class Ceilings:
    """The rows of the region that decides about a method."""

    rows: tuple[CeilingRow, ...]

    def for_category(self, category_path: str) -> CeilingRow | None:
        """The row of the most special category that contains this one, else the general row, else None."""
        fitting = [row for row in self.rows if category_path.startswith(row.category_path)]
        return max(fitting, key=lambda row: len(row.category_path), default=None)


def ceilings_of(region: Region, method: str) -> Ceilings:
    """The nearest region (county, city, province) with any row for the method decides, in one statement."""
    codes = region.path.strip("/").split("/")
    rows = list(
        Ceiling.objects.filter(method=method, region__code__in=codes).values_list(
            "region__path", "region__code", "category__path", "ceiling"
        )
    )
    nearest = max((path for path, *_rest in rows), key=len, default="")
    return Ceilings(
        tuple(
            CeilingRow(code, category or "", ceiling)
            for path, code, category, ceiling in rows
            if path == nearest
        )
    )
