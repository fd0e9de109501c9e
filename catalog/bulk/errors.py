"""Why a file cannot be taken."""

from __future__ import annotations

from zcy.errors import Conflict, DomainError


class BadFile(DomainError):
    """The file as a whole cannot be read; the message says what would be right."""

    code = "bad_import_file"

    def __init__(self, message: str, *, field: str | None = "file") -> None:
        super().__init__(message, field=field)


class FileTooLarge(BadFile):
    """More bytes than are taken."""

    status = 413
    code = "import_file_too_large"


class ImportMoved(Conflict):
    """The import is no longer in the state that the act needs."""

    code = "import_moved"
