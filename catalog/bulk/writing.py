"""Templates, exports and files of error rows: one format, as a workbook or as CSV, in constant memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from catalog.bulk.cells import marked, plain_number, twice_marked
from catalog.bulk.limits import MOST_ROWS

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM: Final = "\ufeff"
# Excel takes at most 255 characters of choices written into a cell's rule; longer lists stand on a sheet.
_LONGEST_LIST: Final = 255


@dataclass(frozen=True)
class Field:
    """A column as it is written."""

    title: str
    is_text: bool = True
    needed: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    width: int = 16
    # A list to choose from that is too long for a rule: the sheet has it once for all rows.
    many: tuple[str, ...] = ()


@dataclass
class Table:
    """What a file holds: columns, rows, and with a template its examples and explanations."""

    name: str
    fields: Sequence[Field]
    rows: Iterable[Sequence[Any]] = ()
    examples: Sequence[Sequence[Any]] = ()
    notes: Sequence[str] = field(default_factory=list)


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(table: Table) -> Iterator[str]:
    """The lines of a CSV file with a byte order mark, each row as it is asked for."""
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow([marked(column.title) for column in table.fields])
    for row in table.rows:
        yield writer.writerow([marked(plain_number(value)) for value in row])


def respond(table: Table, kind: str) -> HttpResponseBase:
    """The table as a download, `xlsx` or `csv`; a workbook is made in a temporary file, a CSV while it is sent."""
    name = f"attachment; filename*=UTF-8''{quote(table.name)}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write_workbook(table, file)
        file.seek(0)
        response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = name
    return response


def write_workbook(table: Table, file: IO[bytes]) -> None:
    """Write the workbook row by row; texts stay texts, whatever they begin with."""
    with tempfile.TemporaryDirectory(prefix="zcy-xlsx-") as folder:
        options = {"constant_memory": True, "tmpdir": str(Path(folder)), "strings_to_formulas": False}
        with xlsxwriter.Workbook(file, options) as book:
            lists = _Lists()
            sheet = book.add_worksheet(_("Listings"))
            _data(book, sheet, table, lists)
            if table.notes or table.examples:
                _explanations(book, table)
            lists.write(book)


class _Lists:
    """Long lists of choices, on a sheet of their own."""

    def __init__(self) -> None:
        self.columns: list[tuple[str, ...]] = []

    def source(self, values: tuple[str, ...]) -> str:
        """Where a rule finds the values."""
        if values not in self.columns:
            self.columns.append(values)
        letter = xlsxwriter.utility.xl_col_to_name(self.columns.index(values))
        return f"='{self.title}'!${letter}$1:${letter}${len(values)}"

    @property
    def title(self) -> str:
        return str(_("Choices"))

    def write(self, book: Workbook) -> None:
        """The sheet, row by row as constant memory needs it."""
        if not self.columns:
            return
        sheet = book.add_worksheet(self.title)
        for row in range(max(map(len, self.columns))):
            for place, values in enumerate(self.columns):
                if row < len(values):
                    sheet.write_string(row, place, values[row])


def _data(book: Workbook, sheet: Worksheet, table: Table, lists: _Lists) -> None:
    text, number = book.add_format({"num_format": "@"}), book.add_format()
    plain = book.add_format({"bold": True, "bottom": 1})
    needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e8f1fb"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.fields):
        sheet.set_column(place, place, column.width, text if column.is_text else number)
        if column.many or len(",".join(column.choices)) > _LONGEST_LIST:
            source: Any = lists.source(column.many or column.choices)
        else:
            source = list(column.choices)
        if source:
            # A warning, not a stop: a list of several values is allowed where one can be chosen.
            rule = {
                "validate": "list", "source": source, "error_type": "warning", "ignore_blank": True,
                "input_message": column.hint[:250],
            }  # fmt: skip
            sheet.data_validation(1, place, MOST_ROWS, place, rule)
        elif column.hint:
            rule = {"validate": "any", "input_title": column.title[:32], "input_message": column.hint[:250]}
            sheet.data_validation(1, place, MOST_ROWS, place, rule)
    for place, column in enumerate(table.fields):
        sheet.write_string(0, place, column.title, needed if column.needed else plain)
    for line, row in enumerate(table.rows, 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, text)


def _write(sheet: Worksheet, line: int, place: int, value: Any, text: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        sheet.write_number(line, place, float(value))
    else:
        sheet.write_string(line, place, twice_marked(str(value)), text)


def _explanations(book: Workbook, table: Table) -> None:
    """What each column means, and rows as they may look: on sheets beside the data, which stays empty."""
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_("How to fill it in"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90, wrapped)
    line = 0
    for note in table.notes:
        sheet.write_string(line, 1, note, wrapped)
        line += 1
    for column in table.fields:
        line += 1
        sheet.write_string(line, 0, column.title, bold)
        words = [column.hint, _("Needed for a new listing.") if column.needed else ""]
        if column.choices:
            words.append(_("One of: %(choices)s.") % {"choices": "、".join(column.choices[:40])})
        sheet.write_string(line, 1, " ".join(filter(None, words)), wrapped)
    if table.examples:
        shown = book.add_worksheet(_("Examples"))
        for place, column in enumerate(table.fields):
            shown.set_column(place, place, column.width)
            shown.write_string(0, place, column.title, bold)
        for line, row in enumerate(table.examples, 1):
            for place, value in enumerate(row):
                _write(shown, line, place, value, None)
