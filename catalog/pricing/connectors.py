"""Where reference prices come from by themselves: anything that can list files of the CSV format.

By night the storage named `references` in STORAGES is read: a folder or a bucket, by REFERENCES_FOLDER or
REFERENCES_S3_BUCKET. Rows say by themselves whether they are known, so a file may lie there for as long as it likes.
What went wrong is written down for the operator's staff; one bad file keeps no other from being read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.files.storage.handler import InvalidStorageError
from django.utils.translation import gettext as _

from catalog.models import FetchState, ReferenceFetch
from catalog.services.import_references import MOST_BYTES, ImportReport, import_references
from zcy import clock

ALIAS: Final = "references"
KEPT: Final = timedelta(days=90)
# Wrong rows of one file that are written down; the file itself has them all.
MOST_WRONG: Final = 50
LONGEST_ERROR: Final = 500

log = structlog.get_logger(__name__)


class Connector(Protocol):
    """A source of files. Any exception means that it, or the file, cannot be read just now."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def names(self) -> Sequence[str]:
        """The files that it has."""
        ...

    def read(self, name: str) -> bytes:
        """The content of a file, or the first `MOST_BYTES` + 1 bytes of it."""
        ...


class StorageConnector:
    """CSV files in a folder or in an S3-compatible bucket, through Django's storages (django-storages)."""

    def __init__(self, storage: Storage, folder: str = "") -> None:
        self.storage = storage
        self.folder = folder

    @property
    def name(self) -> str:
        """The bucket or the folder."""
        place = getattr(self.storage, "bucket_name", "") or getattr(self.storage, "location", "")
        return "/".join(filter(None, [str(place), self.folder])) or type(self.storage).__name__

    def names(self) -> Sequence[str]:
        """All CSV files of the folder, in order.

        Raises:
            FileNotFoundError: there is no such folder; a bucket without such files is just empty.
        """
        _folders, names = self.storage.listdir(self.folder)
        return sorted(name for name in names if name.lower().endswith(".csv"))

    def read(self, name: str) -> bytes:
        """The content; of what is too large anyway not more than tells so."""
        with self.storage.open(f"{self.folder}/{name}" if self.folder else name) as file:
            if file.size > MOST_BYTES and not isinstance(self.storage, FileSystemStorage):
                return b" " * (
                    MOST_BYTES + 1
                )  # opening is a question to the bucket, reading would fetch it all
            content: bytes = file.read(MOST_BYTES + 1)
            return content


def configured() -> Connector | None:
    """The storage named `references`; None where there is none."""
    try:
        return StorageConnector(storages[ALIAS])
    except InvalidStorageError:
        return None


def fetch_references(connector: Connector | None = None) -> ReferenceFetch | None:
    """Import every file of a connector and write down what became of it; rows that are known change nothing.

    Args:
        connector: by default the configured one.

    Returns:
        what was written down; None where nothing is configured.
    """
    source = connector or configured()
    if source is None:
        return None
    fetch = ReferenceFetch(source=source.name[:200], started_at=clock.now())
    try:
        names = source.names()
    except Exception as error:
        log.exception("references_not_listed", source=source.name)
        fetch.state, fetch.error = FetchState.FAILED, _words(error)
    else:
        fetch.details = [_fetch_one(source, name) for name in names]
        fetch.files = len(names)
        for count in ("kept", "known", "wrong"):
            setattr(fetch, count, sum(told[count] for told in fetch.details))
        faulty = any(told["error"] or told["wrong"] for told in fetch.details)
        fetch.state = FetchState.FAULTY if faulty else FetchState.DONE
    fetch.ended_at = clock.now()
    fetch.save()
    ReferenceFetch.objects.filter(started_at__lt=fetch.started_at - KEPT).delete()
    log.info(
        "references_fetched", source=fetch.source, state=fetch.state, files=fetch.files, kept=fetch.kept,
        known=fetch.known, wrong=fetch.wrong,
    )  # fmt: skip
    return fetch


def _fetch_one(source: Connector, name: str) -> dict[str, Any]:
    """What became of a file: its name, the numbers of its rows, why it could not be read, and the first wrong rows."""
    try:
        report = import_references(source.read(name), actor=None)
    except Exception as error:
        log.exception("references_not_read", source=source.name, file=name)
        report = ImportReport(error=_words(error))
    wrong = report.wrong
    if report.error or wrong:
        log.warning("references_faulty", source=source.name, file=name, error=report.error, wrong=len(wrong))
    return {
        "name": name,
        "kept": report.kept,
        "known": report.known,
        "wrong": len(wrong),
        "error": report.error,
        "rows": [[row.line, row.column, row.value, row.remedy] for row in wrong[:MOST_WRONG]],
    }


def _words(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return _("There is no such folder or file.")
    return _("It cannot be read just now: %(error)s") % {
        "error": f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    }
