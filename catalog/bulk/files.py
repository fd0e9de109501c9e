"""A file of rows, whatever its kind: workbook or CSV, told apart by its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.bulk import delimited, workbook
from catalog.bulk.cells import text_of
from catalog.bulk.columns import Header, recognise
from catalog.bulk.errors import BadFile
from catalog.bulk.limits import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS

_ZIP = b"PK\x03\x04"
# What old Excel files and packed or protected documents begin with.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(start: bytes) -> str:
    """`xlsx` or `csv`, by the first bytes of a file.

    Raises:
        BadFile: neither; says what to save it as.
    """
    if start.startswith(_ZIP):
        return "xlsx"
    if start.startswith(_OLE):
        raise BadFile(
            _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password.")
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc", b"\x1f\x8b")):
        raise BadFile(_("This is no table. Upload an Excel workbook (.xlsx) or a CSV file."))
    if not start.strip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t,;"):
        raise BadFile(_("The file is empty. Fill in the template and upload that."))
    return "csv"


def open_rows(path: Path, kind: str) -> tuple[Header, Iterator[tuple[int, list[str]]]]:
    """(what the columns mean, (row of the file, its cells as texts) for each row that is not empty).

    Raises:
        BadFile: at once, or while reading: the file as a whole cannot be taken.
    """
    rows = _numbered(workbook.rows_of(path) if kind == "xlsx" else delimited.rows_of(path))
    first = next(rows, None)
    if first is None:
        raise BadFile(_("The file is empty. Fill in the template and upload that."))
    if len(first[1]) > MOST_COLUMNS:
        raise BadFile(
            _("A file has at most %(most)s columns. Delete those that are not needed.")
            % {"most": MOST_COLUMNS}
        )
    return recognise([title[:200] for title in first[1]]), _bounded(rows)


def _numbered(rows: Iterator[list[Any]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        cells = [text_of(value) for value in row[: MOST_COLUMNS + 1]]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _bounded(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise BadFile(
                _("A file has at most %(most)s rows. Divide it into several.") % {"most": f"{MOST_ROWS:,}"}
            )
        yield number, cells


def too_long(cells: list[str]) -> list[int]:
    """The places of cells that are longer than any value may be."""
    if sum(map(len, cells)) <= LONGEST_CELL:
        return []
    return [place for place, text in enumerate(cells) if len(text) > LONGEST_CELL]
