"""What an import found and did."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

MOST_ERRORS: Final = 1_000
MOST_NOTICES: Final = 1_000


@dataclass(frozen=True)
class RowError:
    """One wrong value. `line` is the line of the file on which the row begins, 1 being the header."""

    file: str
    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return _("%(file)s, line %(line)d, column %(column)s: “%(value)s” – %(remedy)s") % asdict(self)


@dataclass
class FileCounts:
    """How many rows a file had and what became of them; the rest was there already, the same."""

    rows: int = 0
    inserted: int = 0
    updated: int = 0

    @property
    def unchanged(self) -> int:
        return self.rows - self.inserted - self.updated


@dataclass
class Report:
    """The outcome of one import."""

    source: str
    dry_run: bool = False
    files: dict[str, FileCounts] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    notices: list[str] = field(default_factory=list)
    # (file, column, code) that the format does not know, and how often.
    unknown_codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    # Ids of rows left out for another error: who refers to them is not blamed as well.
    left_out: dict[str, set[str]] = field(default_factory=dict)

    def error(self, file: str, line: int, column: str, value: str, remedy: str) -> None:
        """Count an error; the first thousand are listed."""
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            shown = value if len(value) <= 80 else value[:77] + "…"
            self.errors.append(RowError(file, line, column, shown, str(remedy)))

    def notice(self, text: str) -> None:
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(text)

    def unknown_code(self, file: str, column: str, code: str) -> None:
        if (file, column, code) in self.unknown_codes or len(self.unknown_codes) < MOST_NOTICES:
            self.unknown_codes[file, column, code] += 1

    def close(self) -> None:
        """Turn what was counted on the way into notices."""
        for (file, column, code), count in sorted(self.unknown_codes.items()):
            self.notice(
                _(
                    "%(file)s, column %(column)s: the code “%(code)s” is not known; kept as text (%(count)d rows)."
                )
                % {"file": file, "column": column, "code": code, "count": count}
            )
        self.unknown_codes.clear()

    def as_dict(self) -> dict[str, Any]:
        """For `--report FILE`."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "ok": not self.error_count,
            "error_count": self.error_count,
            "errors": [asdict(error) for error in self.errors],
            "notices": self.notices,
            "files": {
                name: asdict(counts) | {"unchanged": counts.unchanged} for name, counts in self.files.items()
            },
        }
