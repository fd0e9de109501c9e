"""Excel files: looked at from outside first, then read by a process of its own whose memory is bounded.

A worksheet of a few kilobytes can make a reader allocate gigabytes (a cell in the last corner, one long text that a
million cells share). The process that reads it may not have them; it ends, and the file is refused. The worker itself
stays flat: it sees one row at a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from catalog.bulk.errors import BadFile
from catalog.bulk.limits import MOST_PARTS, MOST_UNPACKED
from zcy.uploads import MEGABYTE

READER: Final = Path(__file__).with_name("_read_workbook.py")
LONGEST_SECONDS: Final = 180
DAMAGED, TOO_MUCH = 3, 4


def check(path: Path | IO[bytes]) -> None:
    """Refuse by the table of contents what is no workbook, has a password, or unpacks to too much.

    Raises:
        BadFile: says what would be right.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_much()
    if any(part.flag_bits & 0x1 for part in parts):
        raise BadFile(_("The workbook has a password. Save it without one, and upload that."))
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise BadFile(_("This is no Excel workbook. Save the table as .xlsx or as CSV."))


def _too_much() -> BadFile:
    return BadFile(
        _(
            "The workbook unpacks to more than %(most)s MB, or has cells far outside of the table. "
            "Copy the table alone into a new workbook, or save it as CSV."
        )
        % {"most": MOST_UNPACKED // MEGABYTE}
    )


def _damaged() -> BadFile:
    return BadFile(_("The workbook is damaged. Open it, save it again as .xlsx, and upload that."))


def rows_of(path: Path) -> Iterator[list[Any]]:
    """The rows of the first sheet from its first row on; results of formulas, never formulas.

    Raises:
        BadFile: it cannot be read.
    """
    check(path)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as rows:
        try:
            ended = subprocess.run(
                [sys.executable, "-I", str(READER), str(path)],
                stdin=subprocess.DEVNULL,
                stdout=rows,
                stderr=subprocess.DEVNULL,
                timeout=LONGEST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _too_much() from error
        if ended.returncode == DAMAGED:
            raise _damaged()
        if ended.returncode:
            raise _too_much()
        rows.seek(0)
        for line in rows:
            yield json.loads(line)
