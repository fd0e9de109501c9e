"""How large a file may be; checked before it is read."""

from __future__ import annotations

from typing import Final

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from zcy.uploads import MEGABYTE, UploadLimit

MOST_BYTES: Final = 50 * MEGABYTE
# What an Excel file unpacks to; a hundred thousand rows of thirty columns need about 200 MB.
MOST_UNPACKED: Final = 400 * MEGABYTE
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
MOST_PARTS: Final = 1_000
LONGEST_CELL: Final = 2_000
LONGEST_NAME: Final = 200
# Rows that are read, judged and written together.
CHUNK: Final = 1_000
DAYS_KEPT: Final = 30
UNDO_HOURS: Final = 24


def _too_large() -> str:
    return _(
        "The file is larger than %(most)s MB. Divide it into several, or leave pictures and other sheets out."
    ) % {"most": MOST_BYTES // MEGABYTE}


LISTINGS: Final = UploadLimit(MOST_BYTES, lazy(_too_large, str)())
