"""CSV files, with a comma, a tab or a semicolon between cells, in whatever encoding."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from catalog.bulk.errors import BadFile
from zcy.text_files import UnreadableText, encoding_of

LONGEST_HEADER: Final = 1 << 20
DELIMITERS: Final = ",\t;"
# Beyond this a quotation mark was left open.
LONGEST_FIELD: Final = 131_072


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return encoding_of(file)
    except UnreadableText as error:
        raise BadFile(str(error)) from error


def rows_of(path: Path) -> Iterator[list[Any]]:
    """The rows of a CSV file; the header's line decides between comma, tab and semicolon.

    Raises:
        BadFile: it is not CSV.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline(LONGEST_HEADER)
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
