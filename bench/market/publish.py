"""`python -m bench.market.publish OFFICIAL.csv`: writes the facts that the shop and the fixtures share.

From the ranges and the official list of categories (code, name, parent) it writes `catalog/data/categories.csv`,
`catalog/data/attribute_schemas.json` and `catalog/data/brands.csv`. Run it after a change to the ranges.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from bench.market.ranges import POSITIONS, Leaf, leaves

ROOT = Path(__file__).resolve().parents[2]


def attribute_schema(leaf: Leaf) -> list[dict[str, Any]]:
    """The attribute schema of a leaf, as `catalog/data/attribute_schemas.json` holds it."""
    schema: list[dict[str, Any]] = [
        {
            "key": attribute.key,
            "label": {"zh": attribute.zh, "en": attribute.en},
            "type": attribute.type,
            "unit": attribute.unit,
            "values": [attribute.typed(value) for value in attribute.values],
            "required": True,
            "filterable": True,
            "key_attribute": attribute.is_key,
        }
        for attribute in leaf.attributes
    ]
    schema.append(
        {
            "key": "position",
            "label": {"zh": "产品定位", "en": "Class"},
            "type": "choice",
            "unit": "",
            "values": [name for _, name in POSITIONS],
            "required": True,
            "filterable": True,
            "key_attribute": False,
        }
    )
    return schema


def schemas() -> dict[str, list[dict[str, Any]]]:
    """Attribute schemas of all leaves by category code."""
    return {leaf.code: attribute_schema(leaf) for leaf in sorted(leaves(), key=lambda leaf: leaf.code)}


def brands() -> list[tuple[str, str]]:
    """Every brand's Chinese and Latin name, sorted, each once."""
    return sorted({(brand.name, brand.latin) for leaf in leaves() for brand in leaf.brands if brand.name})


def category_rows(official: Path) -> list[tuple[str, str, str, str]]:
    """(code, name, parent, unit) of the leaves and their ancestors, sorted by code."""
    with official.open(encoding="utf-8", newline="") as handle:
        known = {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(handle)}
    units = {leaf.code: leaf.unit for leaf in leaves()}
    wanted: set[str] = set()
    for leaf in units:
        code = leaf
        while code:
            wanted.add(code)
            code = known[code][1]
    return [(code, *known[code], units.get(code, "")) for code in sorted(wanted)]


def _write(path: Path, header: tuple[str, ...], rows: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(official: str) -> None:
    """Write the three files."""
    data = ROOT / "catalog" / "data"
    _write(data / "categories.csv", ("code", "name", "parent", "unit"), category_rows(Path(official)))
    _write(data / "brands.csv", ("name", "latin"), brands())
    text = json.dumps(schemas(), ensure_ascii=False, indent=1)
    (data / "attribute_schemas.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
