"""CSV files as spreadsheets on Chinese desktops write them: UTF-8 with or without a mark, UTF-16, GB18030."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from catalog.bulk.errors import BadFile

BLOCK: Final = 1 << 20
DELIMITERS: Final = ",\t;"
# Beyond this a quotation mark was left open.
LONGEST_FIELD: Final = 131_072


def encoding_of(path: Path) -> str:
    """The encoding of a whole file, by its mark or by reading it through.

    Raises:
        BadFile: it is in none of them, or not text; names the first line that cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start:
        raise BadFile(_("This is no CSV file. Save the table as .xlsx or as CSV."))
    if _decodes(path, "utf-8"):
        return "utf-8-sig"
    if _decodes(path, "gb18030"):
        return "gb18030"
    raise BadFile(
        _("Line %(line)s is neither UTF-8 nor GB18030. Save the file as “CSV UTF-8” in one encoding.")
        % {"line": _first_wrong_line(path)}
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_wrong_line(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                try:
                    line.decode("gb18030")
                except UnicodeDecodeError:
                    return number
    return 1


def rows_of(path: Path) -> Iterator[list[Any]]:
    """The rows of a CSV file; the header's line decides between comma, tab and semicolon.

    Raises:
        BadFile: it is not CSV.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(BLOCK)
        delimiter = max(DELIMITERS, key=header.count) if header else ","
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        previous = csv.field_size_limit(LONGEST_FIELD)
        try:
            yield from reader
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFile(
                _("The file cannot be read from line %(line)s on: probably a quotation mark is not closed.")
                % {"line": reader.line_num}
            ) from error
        finally:
            csv.field_size_limit(previous)
