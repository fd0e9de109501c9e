"""The real tree of regions, loaded from the file that lies beside."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from accounts.models import Region
from accounts.models.regions import RegionLevel

FILE: Final = Path(__file__).parent / "data" / "regions_zhejiang.csv"


def load_regions(path: Path = FILE, model: Any = Region) -> int:
    """Write the tree of the file into the table; a region that is there already gets its name and parent of the file.

    Args:
        path: `code,name,parent`, parents first.
        model: the model as a migration knows it.

    Returns:
        How many regions were added or changed.

    Raises:
        ValueError: a region's parent is not in the file before it.
    """
    known = {region.code: region for region in model.objects.all()}
    changed = 0
    with transaction.atomic(), path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            parent = known.get(row["parent"]) if row["parent"] else None
            if row["parent"] and parent is None:
                raise ValueError(
                    f"{path.name} line {line}: the parent {row['parent']} comes later or not at all"
                )
            region = known.get(row["code"]) or model(code=row["code"])
            values = {
                "name": row["name"],
                "parent": parent,
                "level": level_of(row["code"]),
                "path": f"{parent.path if parent else ''}{row['code']}/",
            }
            if region.pk and all(getattr(region, field) == value for field, value in values.items()):
                continue
            for field, value in values.items():
                setattr(region, field, value)
            region.save()
            known[region.code] = region
            changed += 1
    return changed


def level_of(code: str) -> str:
    """The tier that a code of GB/T 2260 tells by its zeros."""
    if code.endswith("0000"):
        return RegionLevel.PROVINCE
    return RegionLevel.CITY if code.endswith("00") else RegionLevel.COUNTY
