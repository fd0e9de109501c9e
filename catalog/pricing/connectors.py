"""Where reference prices come from by themselves: anything that can list files of the CSV format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from django.core.files.storage import Storage, default_storage, storages
from django.core.files.storage.handler import InvalidStorageError

from catalog.services.import_references import MOST_BYTES, ImportReport, import_references

ALIAS: Final = "references"
FOLDER: Final = "references/inbox"


class Connector(Protocol):
    """A source of files; the rows themselves say whether they are known, so a file may come again."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and content of each file."""
        ...


class StorageConnector:
    """CSV files in a folder or in an S3-compatible bucket, through Django's storages (django-storages)."""

    def __init__(self, storage: Storage, folder: str = "") -> None:
        self.storage = storage
        self.folder = folder

    def files(self) -> Iterator[tuple[str, bytes]]:
        """All CSV files of the folder, by name; an absent folder has none."""
        try:
            _folders, names = self.storage.listdir(self.folder)
        except FileNotFoundError:
            return
        for name in sorted(names):
            if name.lower().endswith(".csv"):
                with self.storage.open(f"{self.folder}/{name}" if self.folder else name) as file:
                    yield name, file.read(MOST_BYTES + 1)


def configured() -> Connector:
    """The storage named `references` in STORAGES, a bucket for example; else a folder of the default storage."""
    try:
        return StorageConnector(storages[ALIAS])
    except InvalidStorageError:
        return StorageConnector(default_storage, FOLDER)


def fetch_references(connector: Connector | None = None) -> dict[str, ImportReport]:
    """Import every file of a connector; known rows change nothing. Returns the report of each file."""
    return {
        name: import_references(content, actor=None) for name, content in (connector or configured()).files()
    }
