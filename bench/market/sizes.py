"""The sizes of performance.md, and the parameters of a market."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

#: The last day of a market unless `--end` says otherwise: fixed, so that equal commands give equal files.
DEFAULT_END = date(2026, 10, 31)
MONTHS = 24
#: Share of optional cells that are left empty, as in real exports.
MISSING = 0.10
LINES_PER_ORDER = 2.5


@dataclass(frozen=True)
class Size:
    """How much of everything a market has."""

    code: str
    goods: int
    listings: int
    suppliers: int
    buyers: int
    lines: int


SIZES = {
    size.code: size
    for size in (
        Size("S", 600, 3_000, 120, 60, 12_000),
        Size("E", 2_000, 12_000, 500, 200, 250_000),
        Size("M", 20_000, 200_000, 2_000, 1_000, 1_000_000),
        Size("L", 100_000, 1_000_000, 10_000, 5_000, 10_000_000),
    )
}


@dataclass(frozen=True)
class Settings:
    """What decides every byte of a market."""

    size: Size
    seed: int = 20
    end: date = DEFAULT_END
    sigma: float = 0.06

    @property
    def start(self) -> date:
        """The first day: 24 months, ending with `end`."""
        months = self.end.year * 12 + self.end.month - MONTHS
        return date(months // 12, months % 12 + 1, 1)

    def rng(self, part: str) -> random.Random:
        """A stream of chance of its own for each part, so that parts do not disturb each other."""
        return random.Random(f"{self.seed}:{self.size.code}:{part}")

    @property
    def cases(self) -> int:
        """How many cases of each rule and difficulty are planted."""
        return max(4, min(100, round(self.size.lines / LINES_PER_ORDER / 3000)))
