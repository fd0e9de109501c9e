"""Reference prices from a CSV file: each row is told what became of it, and the same row is kept once."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actor import Actor
from catalog import merging
from catalog.bulk.columns import spelt
from catalog.models import Good, ReferencePrice
from catalog.models.references import ReferenceKind
from catalog.pricing.references import grade_of, offered_warranty
from catalog.tree import category_tree
from zcy import audit, clock
from zcy.text_files import UnreadableText, decoded

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 100_000
SOURCE: Final = "csv"
REQUIRED: Final = ("good", "source", "kind", "price", "observed_at")
COLUMNS: Final = (
    *REQUIRED, "in_stock", "tax_included", "freight_included", "installation_included", "warranty_months",
    "quantity", "unit", "url",
)  # fmt: skip
# Columns that are named otherwise than the field that they fill.
_FIELDS: Final = {"source": "seen_at"}
_PARENTHESES: Final = re.compile(r"\([^()]*\)")
_MONEY: Final = re.compile(r"\d{1,9}(\.\d{1,2})?\Z", re.ASCII)
_QUANTITY: Final = re.compile(r"\d{1,9}(\.\d{1,3})?\Z", re.ASCII)
_TRUE: Final = frozenset({"true", "1", "yes", "是", "含"})
_FALSE: Final = frozenset({"false", "0", "no", "否", "不含"})
_KINDS: Final = {"厂家": "maker", "大型电商自营": "own_shop", "其他商店": "other_shop", "调查": "survey"}


@dataclass
class RowOutcome:
    """What became of a row: kept, known already, or what is wrong with which column."""

    line: int
    state: str
    column: str = ""
    value: str = ""
    remedy: str = ""

    @property
    def label(self) -> str:
        """The column as the reader reads it."""
        return label_of(self.column) if self.column else ""


@dataclass
class ImportReport:
    """All rows of a file, in order; nothing of a file that cannot be read at all."""

    rows: list[RowOutcome] = field(default_factory=list)
    error: str = ""

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def kept(self) -> int:
        return self.count("kept")

    @property
    def known(self) -> int:
        return self.count("known")

    @property
    def wrong(self) -> list[RowOutcome]:
        return [row for row in self.rows if row.state == "wrong"]


class _WrongCell(Exception):
    def __init__(self, column: str, remedy: str) -> None:
        super().__init__(column)
        self.column, self.remedy = column, remedy


def import_references(content: bytes, *, actor: Actor | None) -> ImportReport:
    """Keep the good rows of a file; rows that are known already change nothing.

    Args:
        content: a CSV file with a header, `COLUMNS` or their labels in any language; kind may be written in Chinese,
            a good is our number or its id at the source, money is yuan with tax per unit of the good.
        actor: who captured them.
    """
    try:
        return _keep(_rows(content), actor)
    except _NoTable as error:
        return ImportReport(error=str(error))


class _NoTable(Exception):
    """A file that cannot be read at all, in words."""


def _rows(content: bytes) -> list[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise _NoTable(_("A file has at most 20 MB. Split it."))
    try:
        text, _encoding = decoded(content)
    except UnreadableText as error:
        raise _NoTable(str(error)) from error
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows.fieldnames = _keys(rows.fieldnames or ())
        found = list(rows)
    except csv.Error as error:
        raise _NoTable(_("The file cannot be read as CSV: %(error)s.") % {"error": error}) from error
    if not found:
        raise _NoTable(_("The file has no rows."))
    if missing := [name for name in REQUIRED if name not in found[0]]:
        lacking = "、".join(label_of(name) for name in missing)
        raise _NoTable(_("The header lacks %(columns)s.") % {"columns": lacking})
    if len(found) > MOST_ROWS:
        raise _NoTable(_("A file has at most 100,000 rows. Split it."))
    return found


def _keys(titles: Sequence[str]) -> list[str]:
    """The keys of the columns, whichever language they are headed in; what is not known stays as it is."""
    known = _names()
    keys = [
        known.get(spelt(title)) or known.get(_PARENTHESES.sub("", spelt(title)), title) for title in titles
    ]
    for place, key in enumerate(keys):
        if key in COLUMNS and key in keys[:place]:
            raise _NoTable(
                _("The column “%(title)s” stands twice. Delete one of them.") % {"title": titles[place][:60]}
            )
    return keys


def _names() -> dict[str, str]:
    names = {spelt(key): key for key in COLUMNS}
    for language, _name in settings.LANGUAGES:
        with override(language):
            names |= {spelt(label_of(key)): key for key in COLUMNS}
    return names


def label_of(key: str) -> str:
    """What a column is called in the reader's language: as the field of the reference price."""
    return str(ReferencePrice._meta.get_field(_FIELDS.get(key, key)).verbose_name)  # type: ignore[union-attr]


def headings() -> list[str]:
    """The first row of a template: each column in the reader's language, with the name that always holds behind it."""
    return [f"{label_of(key)} ({key})" for key in COLUMNS]


def _keep(found: list[dict[str, str]], actor: Actor | None) -> ImportReport:
    report = ImportReport()
    goods = _goods(found)
    warranties = offered_warranty({good.merged_into_id or good.pk for good in goods.values()})
    numbers: Counter[str] = Counter()
    wanted: list[tuple[int, ReferencePrice]] = []
    # Row → the good that its sender named, where that one was merged into another.
    merged: dict[str, int] = {}
    for line, row in enumerate(found, start=2):
        try:
            reference = _read(row, goods, warranties)
        except _WrongCell as wrong:
            value = (row.get(wrong.column) or "")[:100]
            report.rows.append(RowOutcome(line, "wrong", wrong.column, value, wrong.remedy))
            continue
        key = hashlib.md5(
            "\x1f".join((row.get(name) or "").strip() for name in COLUMNS).encode(), usedforsecurity=False
        ).hexdigest()
        numbers[key] += 1
        reference.row_key = f"{key}-{numbers[key]}"
        reference.captured_by = actor.user if actor else None
        if (named := goods[(row.get("good") or "").strip()]).pk != reference.good_id:
            merged[reference.row_key] = named.pk
        wanted.append((line, reference))
    with transaction.atomic():
        known = set(
            ReferencePrice.objects.filter(
                source=SOURCE, row_key__in=[reference.row_key for _line, reference in wanted]
            ).values_list("row_key", flat=True)
        )
        new = [reference for _line, reference in wanted if reference.row_key not in known]
        ReferencePrice.objects.bulk_create(new, ignore_conflicts=True, batch_size=2000)
        _take_along(merged)
        if new:
            audit.record(actor=actor, action="references.imported", data={"rows": len(new)})
    report.rows += [
        RowOutcome(line, "known" if reference.row_key in known else "kept") for line, reference in wanted
    ]
    report.rows.sort(key=lambda row: row.line)
    return report


def _take_along(merged: Mapping[str, int]) -> None:
    """What names a merged good stands at its survivor, until that merge is undone."""
    if merged:
        rows = ReferencePrice.objects.filter(source=SOURCE, row_key__in=list(merged))
        named = {pk: merged[key] for pk, key in rows.values_list("pk", "row_key")}
        merging.take_along("catalog.ReferencePrice.good", named)


def _goods(found: list[dict[str, str]]) -> dict[str, Good]:
    """Goods by our number and by their id at the source, those that were merged included."""
    texts = {(row.get("good") or "").strip() for row in found}
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    only = Good.objects.select_related("merged_into").only(
        "id", "unit", "pack_size", "category_id", "external_id", "merged_into__unit", "merged_into__pack_size",
        "merged_into__category_id",
    )  # fmt: skip
    by_text = {good.external_id: good for good in only.filter(external_id__in=texts - {""})}
    return by_text | {str(good.pk): good for good in only.filter(pk__in=numbers)}


def _read(row: Mapping[str, str], goods: Mapping[str, Good], warranties: Mapping[int, int]) -> ReferencePrice:
    def cell(name: str) -> str:
        return (row.get(name) or "").strip()

    good = goods.get(cell("good"))
    if good is None:
        raise _WrongCell("good", _("the number of a standard good, or its id at the source"))
    good = good.merged_into or good
    kind = _KINDS.get(cell("kind"), cell("kind"))
    if kind not in ReferenceKind.values:
        raise _WrongCell("kind", _("maker, own_shop, other_shop or survey"))
    if not cell("source") or len(cell("source")) > 100:
        raise _WrongCell("source", _("where it was seen, at most 100 characters"))
    price = cell("price")
    if not _MONEY.match(price) or Decimal(price) <= 0:
        raise _WrongCell("price", _("yuan above zero with at most two decimal places, such as 1299.00"))
    reference = ReferencePrice(
        good=good,
        seen_at=cell("source"),
        kind=kind,
        price=Decimal(price),
        observed_at=_moment(cell("observed_at")),
        unit=cell("unit")[:20],
        source=SOURCE,
    )
    for name in ("in_stock", "tax_included", "freight_included", "installation_included"):
        setattr(reference, name, _boolean(name, cell(name)))
    if quantity := cell("quantity"):
        if not _QUANTITY.match(quantity) or Decimal(quantity) <= 0:
            raise _WrongCell(
                "quantity", _("a number above zero with at most three decimal places, such as 12")
            )
        reference.quantity = Decimal(quantity)
    if months := cell("warranty_months"):
        if not (months.isascii() and months.isdigit() and int(months) <= 600):
            raise _WrongCell("warranty_months", _("a whole number from 0 to 600"))
        reference.warranty_months = int(months)
    if url := cell("url"):
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError as error:
            raise _WrongCell("url", _("an address that begins with https://")) from error
        reference.url = url[:500]
    node = category_tree().by_id.get(good.category_id)
    reference.grade = grade_of(
        reference,
        good.unit,
        good.pack_size,
        standard=node.unit if node else "",
        warranty=warranties.get(good.pk),
    )
    return reference


def _moment(text: str) -> datetime:
    remedy = _("a date or time in the past, such as 2026-11-23 or 2026-11-23T14:05:00+08:00")
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise _WrongCell("observed_at", remedy) from error
    if found.tzinfo is None:
        found = datetime.combine(found.date(), time(12) if len(text) <= 10 else found.time(), clock.SHANGHAI)
    found = found.astimezone(UTC)
    if not clock.now() - timedelta(days=3660) <= found <= clock.now() + timedelta(days=1):
        raise _WrongCell("observed_at", remedy)
    return found


def _boolean(name: str, text: str) -> bool | None:
    if not text:
        return None
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise _WrongCell(name, _("true or false, or nothing where it is not known"))


def report_rows(report: ImportReport) -> Iterator[tuple[int, str, str, str, str]]:
    """Lines of the report for a download."""
    for row in report.rows:
        yield row.line, row.state, row.label, row.value, row.remedy
