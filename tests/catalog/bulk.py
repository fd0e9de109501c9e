"""Files of listings for tests, and the workers that take them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from catalog.models import Brand, Category, Good, ListingImport
from catalog.services import bulk, index_goods
from tests.catalog.factories import a_category

# English headings: tests do not depend on translations.
HEADER = ("Standard good number", "Unit price in yuan, tax included", "Stock", "Delivery days")


def csv_bytes(header: Sequence[Any], *rows: Sequence[Any], encoding: str = "utf-8") -> bytes:
    """A CSV file as a spreadsheet writes it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(header: Sequence[Any], *rows: Sequence[Any]) -> bytes:
    """A workbook with numbers as numbers and texts as texts."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((header, *rows)):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif value is not None:
                    sheet.write_number(number, place, float(value))
    return content.getvalue()


def a_file(content: bytes, name: str = "listings.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def uploaded(actor: Actor, header: Sequence[Any], *rows: Sequence[Any], **options: Any) -> ListingImport:
    """An import that a worker has read."""
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(header, *rows)), **options)
    return read(made)


def read(made: ListingImport) -> ListingImport:
    """The import after a worker had it in hand."""
    bulk.work(made.pk)
    made.refresh_from_db()
    return made


def confirmed(actor: Actor, made: ListingImport, *, mode: str = "good", submit: bool = True) -> ListingImport:
    """The import confirmed, not written yet."""
    return bulk.confirm_import(actor=actor, import_id=made.pk, mode=mode, submit=submit, key=made.confirm_key)


def written(actor: Actor, made: ListingImport, **options: Any) -> ListingImport:
    """The import confirmed and written."""
    return read(confirmed(actor, made, **options))


def some_goods(count: int, *, category: Category | None = None, brand: str = "得力") -> list[Good]:
    """Goods that nobody offers, of one brand, indexed."""
    made, _new = Brand.objects.get_or_create(name=brand, defaults={"latin": "Deli"})
    goods = Good.objects.bulk_create(
        Good(
            category=category or a_category(),
            brand=made,
            name=f"{brand} 打印机 P{number:05d}",
            model=f"P{number:05d}",
            unit="台",
        )
        for number in range(count)
    )
    index_goods([good.pk for good in goods])
    return goods


def verdicts(made: ListingImport) -> dict[int, str]:
    """row → verdict."""
    return dict(made.rows.values_list("number", "verdict"))


def problems(made: ListingImport) -> dict[int, list[str]]:
    """row → what is wrong."""
    return {row.number: [text for _column, text in row.problems] for row in made.rows.exclude(problems=[])}


def priced(goods: Sequence[Good], price: str = "100") -> list[tuple[Any, ...]]:
    """A row for each good."""
    return [(good.pk, Decimal(price) + number, 10, 3) for number, good in enumerate(goods)]
