"""Whether the disk is full, which programs say in many words, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

# With less than this PostgreSQL cannot even begin a new log segment and a table beside it.
LEAST_SPACE = 64 * 1024 * 1024
WORDS = ("No space left on device", "Disk quota exceeded")


def shortage(folder: Path, said: str = "") -> str:
    """A sentence about a full disk, if that is what stands in the way; else nothing.

    `said` is what a failed program has printed: what it had written may be gone by now.
    """
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free >= LEAST_SPACE and not any(word in said for word in WORDS):
        return ""
    return (
        f"The disk of {folder} is full ({free // 2**20} MB left): make room, 1 GB is enough for the demonstration, "
        "or set ZCY_LOCAL to a folder on another disk."
    )
