"""The shop's tree of categories with its attribute schemas, Latin names of brands, and synonyms, from files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from catalog.attributes import forget_attributes
from catalog.errors import BadCategoryFile
from catalog.models import AttributeType, Brand, Category, CategoryAttribute, Synonym
from catalog.tree import forget_tree
from zcy.outbox import enqueue

DATA: Final = Path(__file__).resolve().parent.parent / "data"
# Goods measured by these units may be bought in parts.
MEASURED_UNITS: Final = frozenset(
    ["千克", "公斤", "吨", "米", "平方米", "立方米", "升", "小时", "工时", "项"]
)


@dataclass(frozen=True)
class Loaded:
    """How many rows were added or changed."""

    categories: int
    attributes: int
    brands: int
    synonyms: int = 0


def load_categories(*, folder: Path = DATA) -> Loaded:
    """Bring categories, attributes, brands and synonyms to what the files say; what they do not name stays as it is.

    Raises:
        BadCategoryFile: names file, line and what is wrong; nothing is written.
    """
    rows = _read_csv(folder / "categories.csv", ("code", "name", "parent", "unit"))
    schemas = _read_json(folder / "attribute_schemas.json")
    brands = _read_csv(folder / "brands.csv", ("name", "latin")) if (folder / "brands.csv").exists() else []
    synonyms = _read_csv(folder / "synonyms.csv", ("words",)) if (folder / "synonyms.csv").exists() else []
    with transaction.atomic():
        loaded = Loaded(
            _write_categories(rows),
            _write_attributes(schemas),
            _write_brands(brands),
            _write_synonyms(synonyms),
        )
        if loaded.attributes:
            enqueue("catalog.tasks.follow_schemas", key="catalog.follow_schemas")
        transaction.on_commit(forget_tree)
        transaction.on_commit(forget_attributes)
    return loaded


def _read_csv(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise BadCategoryFile(f"{path.name}: missing column {', '.join(sorted(missing))}")
            return [{name: (row[name] or "").strip() for name in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadCategoryFile(f"{path.name}: {error}") from error


def _read_json(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadCategoryFile(f"{path.name}: {error}") from error
    if not isinstance(loaded, dict):
        raise BadCategoryFile(f"{path.name}: an object by category code is expected")
    return loaded


def _write_categories(rows: list[dict[str, str]]) -> int:
    wanted: dict[str, dict[str, Any]] = {}
    order: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        code, parent = row["code"], row["parent"]
        if not code or not row["name"] or "/" in code or code in wanted:
            raise BadCategoryFile(f"categories.csv, line {line}: {code!r} is empty, repeated, or has no name")
        if parent and parent not in wanted:
            raise BadCategoryFile(f"categories.csv, line {line}: parent {parent!r} does not come before it")
        above = wanted.get(parent)
        order[parent] = order.get(parent, 0) + 10
        # Below the single letter (货物, 工程, 服务) begins what rules call the top-level category.
        top = above["top_code"] if above and above["top_code"] else (code if len(code) > 1 else "")
        wanted[code] = {
            "name": row["name"],
            "parent_code": parent,
            "path": f"{above['path'] if above else ''}{code}/",
            "depth": above["depth"] + 1 if above else 0,
            "top_code": top,
            "unit": row["unit"],
            "counted": row["unit"] not in MEASURED_UNITS,
            "order": order[parent],
        }
    known = {category.code: category for category in Category.objects.all()}
    changed = 0
    for code, values in wanted.items():
        parent_row = known.get(values.pop("parent_code"))
        category = known.get(code)
        values["parent_id"] = parent_row.pk if parent_row else None
        if category and all(getattr(category, name) == value for name, value in values.items()):
            continue
        category = category or Category(code=code)
        for name, value in values.items():
            setattr(category, name, value)
        category.save()
        known[code] = category
        changed += 1
    return changed


def _write_attributes(schemas: Mapping[str, Iterable[Mapping[str, Any]]]) -> int:
    categories = dict(Category.objects.values_list("code", "pk"))
    known = {(item.category_id, item.key): item for item in CategoryAttribute.objects.all()}
    new: list[CategoryAttribute] = []
    changed: list[CategoryAttribute] = []
    for code, attributes in schemas.items():
        if code not in categories:
            raise BadCategoryFile(f"attribute_schemas.json: there is no category {code!r}")
        for number, attribute in enumerate(attributes, start=1):
            values = _attribute(code, attribute) | {"order": number * 10}
            row = known.get((categories[code], attribute["key"]))
            if row is None:
                new.append(CategoryAttribute(category_id=categories[code], key=attribute["key"], **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                changed.append(row)
    CategoryAttribute.objects.bulk_create(new)
    if changed:
        names = ["label", "label_en", "type", "unit", "choices", "required", "filterable", "is_key", "order"]
        CategoryAttribute.objects.bulk_update(changed, names)
    return len(new) + len(changed)


def _attribute(code: str, attribute: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values = {
            "label": attribute["label"]["zh"],
            "label_en": attribute["label"]["en"],
            "type": AttributeType(attribute["type"]).value,
            "unit": attribute.get("unit", ""),
            "choices": list(attribute.get("values", [])) if attribute["type"] == AttributeType.CHOICE else [],
            "required": bool(attribute.get("required", False)),
            "filterable": bool(attribute.get("filterable", False)),
            "is_key": bool(attribute.get("key_attribute", False)),
        }
        attribute["key"]
    except (KeyError, TypeError, ValueError) as error:
        raise BadCategoryFile(
            f"attribute_schemas.json: {code}: an attribute is incomplete ({error})"
        ) from error
    return values


def _write_brands(rows: list[dict[str, str]]) -> int:
    known = {brand.name: brand for brand in Brand.objects.all()}
    changed = 0
    for row in rows:
        brand = known.get(row["name"]) or Brand(name=row["name"])
        if row["name"] and (brand.pk is None or brand.latin != row["latin"]):
            brand.latin = row["latin"]
            brand.save()
            changed += 1
    return changed


def _write_synonyms(rows: list[dict[str, str]]) -> int:
    """New groups only: one that shares two words with a known group is the known one, mended by the staff."""
    known = [set(words) for words in Synonym.words_of_all()]
    new = []
    for line, row in enumerate(rows, start=2):
        words = list(dict.fromkeys(word.strip() for word in row["words"].split(";") if word.strip()))
        if len(words) < 2 or max(map(len, words)) > 40:
            raise BadCategoryFile(
                f"synonyms.csv, line {line}: at least two words are expected, separated by ;"
            )
        if not any(len(group & set(words)) > 1 for group in known):
            known.append(set(words))
            new.append(Synonym(words=words))
    return len(Synonym.objects.bulk_create(new))
