"""Reading the files of a directory: decoding, headers, types, required values, duplicate ids."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

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

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def find_files(directory: Path, report: Report) -> list[Source]:
    """The files of the format in a directory, in the order of loading; the rest is named in notices."""
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        if path.is_dir() or path.name.startswith("."):
            continue
        name = path.name.removesuffix(".gz").removesuffix(".csv")
        if name in found:
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
    return [Source(file, found[file.name]) for file in BY_NAME.values() if file.name in found]


def read_rows(source: Source, report: Report) -> Iterator[tuple[int, Row]]:
    """Yield (bytes read so far, row) for each good row: line number, then the file's columns in order.

    Wrong rows go to the report and are left out. Values are texts that PostgreSQL understands, or None.
    """
    file = source.file
    with _open(source.path) as raw:
        reader = csv.reader(
            io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", errors="strict"), strict=True
        )
        try:
            header = next(reader, None)
            if header is None:
                report.error(file.name, 1, "", "", _("a header row with the names of the columns"))
                return
            positions = _positions(file, header, report)
            if positions is None:
                return
            yield from _checked(source, reader, positions, report, raw)
        except UnicodeDecodeError:
            report.error(file.name, reader.line_num + 1, "", "", _("text in UTF-8"))
        except (csv.Error, EOFError, OSError, zlib.error) as problem:
            report.error(
                file.name,
                reader.line_num,
                "",
                str(problem),
                _("a CSV file as in RFC 4180, or one packed by gzip"),
            )


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _positions(file: MarketFile, header: list[str], report: Report) -> list[int | None] | None:
    """Where each column of the format stands in this file; None where a required one is missing."""
    names = [name.strip() for name in header]
    known = {column.name for column in file.columns}
    for name, count in Counter(names).items():
        if name not in known:
            report.notice(
                _("%(file)s: the column “%(column)s” is not known and is not read.")
                % {"file": file.name, "column": name}
            )
        elif count > 1:
            report.error(file.name, 1, name, name, _("each column once"))
            return None
    missing = [column.name for column in file.columns if column.required and column.name not in names]
    for name in missing:
        report.error(file.name, 1, name, "", _("this column, which is required"))
    if missing:
        return None
    return [names.index(column.name) if column.name in names else None for column in file.columns]


def _checked(
    source: Source, reader: Any, positions: list[int | None], report: Report, raw: IO[bytes]
) -> Iterator[tuple[int, Row]]:
    file = source.file
    columns = list(zip(file.columns, positions, strict=True))
    key_position = next((n for n, column in enumerate(file.columns) if column.name == file.key), None)
    seen: dict[str, int] = {}
    width = max((position for position in positions if position is not None), default=0) + 1
    line = reader.line_num + 1
    for cells in reader:
        begins, line = line, reader.line_num + 1
        if not cells:
            continue
        # A row that ends early leaves its last columns unknown.
        padded = cells + [""] * (width - len(cells))
        values = [
            _value(file, column, padded[position] if position is not None else "", begins, report)
            for column, position in columns
        ]
        if _WRONG in values:
            if key_position is not None:
                report.left_out.setdefault(file.name, set()).add(str(values[key_position]))
            continue
        if key_position is not None:
            identity = values[key_position]
            first = seen.setdefault(str(identity), begins)
            if first != begins:
                remedy = _("an id of its own: line %(line)d has it already") % {"line": first}
                report.error(file.name, begins, file.key, str(identity), remedy)
                continue
        yield raw.tell(), (begins, *values)


def _value(file: MarketFile, column: Column, text: str, line: int, report: Report) -> Any:
    if not text:
        if not column.required:
            return None
        report.error(file.name, line, column.name, "", _("a value, which is required"))
        return _WRONG
    if "\x00" in text or not column.type.check(text):
        report.error(file.name, line, column.name, text.replace("\x00", "␀"), str(column.type.remedy))
        return _WRONG
    if column.codes:
        for code in text.split(";") if column.several else (text,):
            if code not in column.codes:
                report.unknown_code(file.name, column.name, code)
    return text
