"""How often people found the machine right, with an honest interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from catalog.checks.registry import checks
from catalog.models.checks import MarkedVerdict

# Two-sided 95% of the normal distribution.
Z95: Final = 1.959963984540054
APPROVAL: Final = "approval"


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The 95% interval of a share; (0, 1) without observations. Source: Wilson (1927)."""
    if not n:
        return 0.0, 1.0
    share = hits / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


@dataclass(frozen=True)
class CheckPrecision:
    """Verdicts drawn by chance, those that people have marked, and those they found right."""

    drawn: int = 0
    marked: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        return self.right / self.marked if self.marked else None

    @property
    def low(self) -> float:
        return wilson(self.right, self.marked)[0]

    @property
    def high(self) -> float:
        return wilson(self.right, self.marked)[1]


def precision_of_checks() -> dict[str, CheckPrecision]:
    """Code of each check (and APPROVAL for "all is well") → its precision, in one statement."""
    rows = MarkedVerdict.objects.values("check_code").annotate(
        drawn=Count("id"),
        marked=Count("id", filter=Q(right__isnull=False)),
        hits=Count("id", filter=Q(right=True)),
    )
    found = {
        row["check_code"]: CheckPrecision(row["drawn"], row["marked"], row["hits"]) for row in rows.order_by()
    }
    return {code: found.get(code, CheckPrecision()) for code in [*(check.code for check in checks), APPROVAL]}
