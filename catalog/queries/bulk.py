"""What the supplier's files hold: templates, exports in the same format, and rows with errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Region
from catalog.attributes import Attribute
from catalog.bulk.columns import (
    KEYS,
    REASON,
    attributes_for,
    base_columns,
    heading,
    hint_of,
    label_of,
)
from catalog.bulk.goods import plain_value
from catalog.bulk.regions import Regions
from catalog.bulk.writing import Field, Table
from catalog.models import AttributeType, ListingImport, ListingImportRow, Verdict
from catalog.own_listings import chosen_listings
from catalog.tree import Node

CHUNK: Final = 1_000
MOST_EXAMPLES: Final = 3
_WIDTHS: Final = {"name": 36, "note": 30, "delivery_areas": 24}
_VALUES: Final = (
    "pk", "good_id", "good__brand__name", "good__model", "good__name", "good__spec", "price", "stock", "min_quantity",
    "delivery_days", "delivery_paths", "warranty_months", "own_public_price", "note",
)  # fmt: skip


def template_of(node: Node | None, *, supplier_id: int) -> Table:
    """An empty table for a category, with examples from its goods, choices and explanations."""
    regions = Regions()
    table = Table(
        _("Listings") + (f" {node.name}" if node else ""),
        _fields(node, areas=_region_names(regions)),
        notes=[
            _("Fill in the sheet “Listings”, one row for each good; the other sheets are not read."),
            _("Say which good you mean: by its number, by its GTIN, or by brand and model."),
            _(
                "An empty cell keeps what is there. A dash (-) takes a remark, a warranty or your own price away."
            ),
            _("Nothing changes before you have seen what would change and confirmed it."),
        ],
    )
    table.examples = _examples(node)
    return table


def _region_names(regions: Regions) -> tuple[str, ...]:
    named = [str(_("everywhere"))]
    return (*named, *(regions.write([path]) for path in regions.by_path))


def _fields(node: Node | None, *, areas: tuple[str, ...] = ()) -> list[Field]:
    fields: list[Field] = []
    for column in base_columns():
        if column.key == "price":
            fields += [_attribute_field(attribute) for attribute in attributes_for(node)]
        fields.append(
            Field(
                str(column.label),
                column.is_text,
                column.needed,
                hint=hint_of(column),
                width=_WIDTHS.get(column.key, 16),
                many=areas if column.key == "delivery_areas" else (),
            )
        )
    return fields


def _attribute_field(attribute: Attribute) -> Field:
    choices = attribute.choices
    if attribute.type == AttributeType.BOOLEAN:
        choices = (_("yes"), _("no"))
    hint = _(
        "Of the standard good: it helps to find it and is compared with it; your listing does not keep it."
    )
    return Field(heading(attribute), choices=choices, hint=hint)


def _examples(node: Node | None) -> list[list[Any]]:
    """Rows as they may look, with goods of the category."""
    from catalog.models import Good
    from catalog.models.goods import GoodState

    goods = Good.objects.filter(state=GoodState.ACTIVE).exclude(model="")
    if node is not None:
        goods = goods.filter(category_id__in=node.subtree)
    found = goods.order_by("-weight", "-id").values_list("pk", "brand__name", "model", "name", "spec")
    attributes = attributes_for(node)
    examples = []
    for pk, brand, model, name, spec in found[:MOST_EXAMPLES]:
        cells: dict[str, Any] = {"good": pk, "brand": brand or "", "model": model, "name": name}
        cells |= {f"attr:{item.key}": plain_value(spec[item.key]) for item in attributes if item.key in spec}
        examples.append(_ordered(cells, attributes, example=True))
    return examples


def _ordered(
    cells: Mapping[str, Any], attributes: Iterable[Attribute], *, example: bool = False
) -> list[Any]:
    row: list[Any] = []
    for column in base_columns():
        if column.key == "price":
            row += [cells.get(f"attr:{item.key}", "") for item in attributes]
        value = cells.get(column.key)
        row.append(column.example if example and value is None else value)
    return row


def export_of(supplier_id: int, node: Node | None, filters: Mapping[str, Any]) -> Table:
    """The supplier's listings in the format of imports: importing the file again changes nothing."""
    name = _("My listings") + (f" {node.name}" if node else "")
    return Table(name, _fields(node), rows=_exported(supplier_id, node, filters))


def _exported(supplier_id: int, node: Node | None, filters: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Row by row, a chunk of listings after another by their numbers: memory does not grow with them."""
    attributes, regions = attributes_for(node), Regions()
    chosen = chosen_listings(supplier_id, dict(filters) | ({"category": [node.code]} if node else {}))
    extra = ["good__gtin"] if any(column.key == "gtin" for column in base_columns()) else []
    last = 0
    while rows := list(chosen.filter(pk__gt=last).order_by("pk").values(*_VALUES, *extra)[:CHUNK]):
        last = rows[-1]["pk"]
        for row in rows:
            spec = row["good__spec"] if isinstance(row["good__spec"], dict) else {}
            cells: dict[str, Any] = {
                **{f"attr:{item.key}": _written(spec.get(item.key)) for item in attributes},
                **{name: row[name] for name in KEYS if name in row},
                "listing": str(row["pk"]),
                "good": str(row["good_id"]),
                "gtin": row.get("good__gtin") or "",
                "brand": row["good__brand__name"] or "",
                "model": row["good__model"],
                "name": row["good__name"],
                "delivery_areas": regions.write(row["delivery_paths"]),
            }
            yield _ordered(cells, attributes)


def _written(value: Any) -> str:
    return "" if value in (None, "", []) else plain_value(value)


def errors_of(task: ListingImport) -> Table:
    """The rows that could not be taken, as they stood in the file, with the reason in a last column."""
    fields = [Field(title) for title in task.header]
    fields.append(Field(str(REASON.label), width=60))
    return Table(_("Rows to mend"), fields, rows=_erroneous(task))


def _erroneous(task: ListingImport) -> Iterator[list[Any]]:
    width = len(task.header)
    known = [title for title in task.header if title]
    reason_at = _place_of_reason(task.header)
    rows = task.rows.filter(verdict__in=[Verdict.ERROR, Verdict.CONFLICT]).order_by("number")
    for cells, problems in rows.values_list("cells", "problems").iterator(chunk_size=CHUNK):
        row = (list(cells) + [""] * width)[: max(width, 0)]
        if reason_at is not None:
            row[reason_at] = ""
        yield [*row, reasons(problems) if known else ""]


def _place_of_reason(header: list[str]) -> int | None:
    """A file of error rows that was uploaded again has the column already: its old reasons are left out."""
    from catalog.bulk.columns import spelt

    names = {spelt(str(REASON.label)), *map(spelt, REASON.names), REASON.key}
    return next((place for place, title in enumerate(header) if spelt(title) in names), None)


def reasons(problems: Iterable[Any]) -> str:
    """All that is wrong with a row, in one text."""
    loaded = json.loads(problems) if isinstance(problems, str) else problems
    parts = []
    for column, text in loaded:
        label = label_of(column.removeprefix("attr:")) if column else ""
        parts.append(f"{label}: {text}" if label else text)
    return "；".join(parts)


def rows_of(task: ListingImport, verdict: str) -> QuerySet[ListingImportRow]:
    """The rows of an import that a page shows, with the names of their goods."""
    rows = ListingImportRow.objects.filter(listing_import=task).select_related("good")
    rows = rows.defer("good__search", "good__description", "good__spec")
    return rows.filter(verdict=verdict) if verdict else rows


def region_names(paths: Iterable[str]) -> dict[str, str]:
    """Path → name."""
    return dict(Region.objects.filter(path__in=list(paths)).values_list("path", "name"))
