"""How well probable duplicates are found: precision and recall on the labelled pairs, at the threshold in use.

The pairs were labelled by what they are, not by what the detector says of them. Its rules were written and mended while
looking at the half "fit" only; the other half was held back and is told apart.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from catalog.brands import BrandBook
from catalog.duplicates import THRESHOLD, Described, compare, features_of

ROOT: Final = Path(__file__).resolve().parent.parent
PAIRS: Final = ROOT / "tests" / "catalog" / "data" / "duplicate_pairs.csv"
#: Of another hand and other goods; "seen" is the half whose mistakes the rules were mended by, "unseen" the other one.
HELD_OUT: Final = ROOT / "tests" / "catalog" / "data" / "held_out" / "duplicate_pairs.csv"
BRANDS: Final = ROOT / "catalog" / "data" / "brands.csv"
SCHEMAS: Final = ROOT / "catalog" / "data" / "attribute_schemas.json"


@dataclass(frozen=True)
class Pair:
    """Two descriptions and what they are: the same good or not."""

    line: int
    family: str
    half: str
    kind: str
    same: bool
    first: Described
    second: Described


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The labelled pairs of a file."""
    keys = _key_attributes()
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(
                number, row["family"], row["half"], row["kind"], row["same"] == "1",
                _described(row, "a_", keys), _described(row, "b_", keys),
            )
            for number, row in enumerate(csv.DictReader(file), start=2)
        ]  # fmt: skip


def brand_book() -> BrandBook:
    """The brands that the platform is shipped with."""
    with BRANDS.open(encoding="utf-8-sig", newline="") as file:
        return BrandBook.of((row["name"], row["latin"]) for row in csv.DictReader(file))


def scored(pairs: list[Pair], book: BrandBook) -> Iterator[tuple[Pair, float]]:
    """Each pair with its score."""
    for pair in pairs:
        sides = [features_of(said, book) for said in (pair.first, pair.second)]
        yield pair, compare(*sides).score


def measure() -> dict[str, Any]:
    """Precision, recall and numbers of pairs: of all, of the half the rules were written on, and of the one held back.

    Then the same of the held-out pairs, and by what their two goods have to do with each other.
    """
    return {
        "threshold": THRESHOLD,
        **_by_half(read_pairs(), ("all", "fit", "held")),
        "held out": _by_half(read_pairs(HELD_OUT), ("all", "seen", "unseen")) | {"by kind": right_by_kind()},
    }


def right_by_kind() -> dict[str, dict[str, int]]:
    """How many held-out pairs there are of each kind, and how many of them are told rightly."""
    told: dict[str, list[bool]] = {}
    for pair, score in scored(read_pairs(HELD_OUT), brand_book()):
        told.setdefault(pair.kind, []).append(pair.same == (score >= THRESHOLD))
    return {kind: {"pairs": len(right), "right": sum(right)} for kind, right in sorted(told.items())}


def _by_half(pairs: list[Pair], halves: tuple[str, ...]) -> dict[str, dict[str, float]]:
    results = list(scored(pairs, brand_book()))
    return {
        name: _figures([(pair.same, score) for pair, score in results if name in ("all", pair.half)])
        for name in halves
    }


def _figures(results: list[tuple[bool, float]]) -> dict[str, float]:
    right = sum(same and score >= THRESHOLD for same, score in results)
    said = sum(score >= THRESHOLD for _same, score in results)
    really = sum(same for same, _score in results)
    return {
        "pairs": len(results),
        "same": really,
        "precision": round(right / said, 4) if said else 0.0,
        "recall": round(right / really, 4) if really else 0.0,
    }


def _key_attributes() -> dict[str, frozenset[str]]:
    schemas = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    return {
        code: frozenset(row["key"] for row in rows if row.get("key_attribute"))
        for code, rows in schemas.items()
    }


def _described(row: dict[str, str], side: str, keys: dict[str, frozenset[str]]) -> Described:
    return Described(
        name=row[f"{side}name"],
        brand=row[f"{side}brand"],
        model=row[f"{side}model"],
        category=row[f"{side}category"],
        category_name=row[f"{side}category_name"],
        spec=json.loads(row[f"{side}spec"]) if row[f"{side}spec"] else {},
        keys=keys.get(row[f"{side}category"], frozenset()),
        unit=row[f"{side}unit"],
        pack_size=Decimal(row[f"{side}pack"]) if row[f"{side}pack"] else None,
        gtin=row[f"{side}gtin"].zfill(14) if row[f"{side}gtin"] else "",
    )


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=1))
