"""Downloads of tables: streamed, readable by spreadsheets, harmless in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from django.http import StreamingHttpResponse

from zcy.clock import SHANGHAI

# A cell that begins so is a formula to a spreadsheet; a leading apostrophe makes it text again.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it a spreadsheet on a Chinese desktop takes the file for GBK.
_BOM: Final = "\ufeff"


class _Echo:
    def write(self, value: str) -> str:
        return value


def cell(value: Any) -> str:
    """A value as it stands in a download: times in +08:00, numbers plain, text that no spreadsheet executes."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def csv_lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180) with a byte order mark."""
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow([cell(str(title)) for title in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download named `name`.csv, written while it is read from the database."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response
