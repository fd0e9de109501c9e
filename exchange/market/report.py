"""What an import found and did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from exchange.market.files import MarketFile

MOST_ERRORS: Final = 1_000
MOST_NOTICES: Final = 1_000


@dataclass(frozen=True)
class RowError:
    """One wrong value. `file` is a name such as orders.csv, `line` where the row begins, 1 being the header.

    `column` is empty where the row as a whole is wrong.
    """

    file: str
    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        if not self.column:
            return _("%(file)s, line %(line)d: “%(value)s” – %(remedy)s") % asdict(self)
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

    # Ids of rows left out for another error, and files that were not read to their end: who refers to these is not
    # blamed as well.
    left_out: dict[str, set[str]] = field(default_factory=dict)
    not_read: set[str] = field(default_factory=set)

    def error(self, file: MarketFile, line: int, column: str, value: str, remedy: str) -> None:
        """Count an error; the first thousand are listed."""
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            shown = value if len(value) <= 80 else value[:77] + "…"
            self.errors.append(RowError(file.file_name, line, column, shown, str(remedy)))

    def unreadable(self, file: MarketFile, line: int, value: str, remedy: str, *, column: str = "") -> None:
        """Count an error after which the rest of the file is not read."""
        self.not_read.add(file.name)
        self.error(file, line, column, value, remedy)

    def notice(self, text: str) -> None:
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(text)

    def unknown_code(self, file: MarketFile, column: str, code: str) -> None:
        """Count a code that the format does not know."""
        key = (file.file_name, column, code)
        if key in self.unknown_codes or len(self.unknown_codes) < MOST_NOTICES:
            self.unknown_codes[key] += 1

    def know_codes(self, column: str, codes: Iterable[str]) -> None:
        """Codes of a column that the market itself, or an earlier one, has defined."""
        known = set(codes)
        for key in [key for key in self.unknown_codes if key[1] == column and key[2] in known]:
            del self.unknown_codes[key]

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
