"""Reading the files of a directory: decoding, headers, types, required values, duplicate ids."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from django.utils.translation import gettext as _

from exchange.market.files import BY_NAME, NOT_READ_YET, Column, MarketFile
from exchange.market.report import Report

# A cell of this size is a mistake (an unclosed quotation mark), not a value.
csv.field_size_limit(1_000_000)

Row = tuple[Any, ...]
_WRONG: Final = object()


@dataclass(frozen=True)
class Source:
    """One file found in the directory."""

    file: MarketFile
    path: Path
    # In bytes, packed where the file is.
    size: int


def find_files(directory: Path, report: Report) -> list[Source]:
    """The files of the format in a directory, in the order of loading; the rest is named in notices."""
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        name = path.name.removesuffix(".gz").removesuffix(".csv")
        if path.name.startswith(".") or (path.is_dir() and path.name == name):
            continue
        if path.is_dir():
            report.notice(_("%(file)s is ignored: it is a folder.") % {"file": path.name})
        elif name in found:
            report.notice(
                _("%(file)s is ignored: the same file is there without compression.") % {"file": path.name}
            )
        elif name in BY_NAME and path.name in {f"{name}.csv", f"{name}.csv.gz"}:
            found[name] = path
        elif name in NOT_READ_YET:
            report.notice(
                _("%(file)s is part of the format but is not read by this version.") % {"file": path.name}
            )
        else:
            report.notice(_("%(file)s is ignored: the format has no such file.") % {"file": path.name})
    return [
        Source(file, found[file.name], _size(found[file.name]))
        for file in BY_NAME.values()
        if file.name in found
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will tell


def read_rows(source: Source, report: Report) -> Iterator[tuple[int, Row]]:
    """Yield (bytes of the file read so far, row) for each good row: line number, then the file's columns in order.

    Wrong rows go to the report and are left out. Values are texts that PostgreSQL understands, or None.
    """
    file = source.file
    reader: Any = None
    try:
        with source.path.open("rb") as raw, _unpacked(source.path, raw) as content:
            reader = csv.reader(
                io.TextIOWrapper(content, encoding="utf-8-sig", newline="", errors="strict"), strict=True
            )
            header = next(reader, None)
            if header is None:
                report.unreadable(file, 1, "", _("a header row with the names of the columns"))
                return
            positions = _positions(file, header, report)
            if positions is None:
                return
            yield from _checked(source, reader, len(header), positions, report, raw)
    except UnicodeDecodeError:
        report.unreadable(file, _line_not_in_utf8(source.path), "", _("text in UTF-8"))
    except (csv.Error, EOFError, OSError, zlib.error) as problem:
        report.unreadable(
            file,
            max(1, reader.line_num if reader else 1),
            str(problem),
            _("a CSV file as in RFC 4180, or one packed by gzip"),
        )


@contextmanager
def _unpacked(path: Path, raw: BinaryIO) -> Iterator[BinaryIO]:
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=raw) as content:
            yield cast("BinaryIO", content)
    else:
        yield raw


def _line_not_in_utf8(path: Path) -> int:
    """The first line that cannot be decoded; the decoder itself reads ahead and does not know."""
    with path.open("rb") as raw, _unpacked(path, raw) as content:
        for number, line in enumerate(content, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _positions(file: MarketFile, header: list[str], report: Report) -> list[int | None] | None:
    """Where each column of the format stands in this file; None where the header is wrong."""
    names = [name.strip() for name in header]
    known = {column.name for column in file.columns}
    for name, count in Counter(names).items():
        if name not in known:
            report.notice(
                _("%(file)s: the column “%(column)s” is not known and is not read.")
                % {"file": file.file_name, "column": name}
            )
        elif count > 1:
            report.unreadable(file, 1, name, _("each column once"), column=name)
            return None
    missing = [column.name for column in file.columns if column.required and column.name not in names]
    for name in missing:
        report.unreadable(file, 1, "", _("this column, which is required"), column=name)
    if missing:
        return None
    return [names.index(column.name) if column.name in names else None for column in file.columns]


def _checked(
    source: Source,
    reader: Any,
    header_width: int,
    positions: list[int | None],
    report: Report,
    raw: BinaryIO,
) -> Iterator[tuple[int, Row]]:
    file = source.file
    columns = list(zip(file.columns, positions, strict=True))
    key_position = next((n for n, column in enumerate(file.columns) if column.name == file.key), None)
    width = max((position for position in positions if position is not None), default=0) + 1
    line = reader.line_num + 1
    for cells in reader:
        begins, line = line, reader.line_num + 1
        if not cells:
            continue
        if len(cells) > header_width and any(cells[header_width:]):
            # A comma that should have been quoted has moved every value behind it.
            report.error(
                file,
                begins,
                "",
                ",".join(cells[header_width:]),
                _("as many cells as the header has: %(count)d") % {"count": header_width},
            )
            _leave_out(file, cells, positions, key_position, report)
            continue
        # A row that ends early leaves its last columns unknown.
        padded = cells + [""] * (width - len(cells))
        values = [
            _value(file, column, padded[position] if position is not None else "", begins, report)
            for column, position in columns
        ]
        if _WRONG in values:
            _leave_out(file, padded, positions, key_position, report)
            continue
        yield raw.tell(), (begins, *values)


def _leave_out(
    file: MarketFile,
    cells: list[str],
    positions: list[int | None],
    key_position: int | None,
    report: Report,
) -> None:
    """Remember the id of a wrong row, so that who refers to it is not blamed as well."""
    position = positions[key_position] if key_position is not None else None
    if position is not None and "\x00" not in cells[position]:
        report.left_out.setdefault(file.name, set()).add(cells[position])


def _value(file: MarketFile, column: Column, text: str, line: int, report: Report) -> Any:
    if not text:
        if not column.required:
            return None
        report.error(file, line, column.name, "", _("a value, which is required"))
        return _WRONG
    if "\x00" in text:
        report.error(file, line, column.name, text.replace("\x00", "␀"), _("text without the character NUL"))
        return _WRONG
    if not column.type.check(text):
        report.error(file, line, column.name, text, str(column.type.remedy))
        return _WRONG
    if column.codes:
        for code in text.split(";") if column.several else (text,):
            if code and code not in column.codes:
                report.unknown_code(file, column.name, code)
    return text
