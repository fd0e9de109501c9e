"""How often people found the machine right, with an honest interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from catalog.checks.registry import checks
from catalog.models.checks import MarkedVerdict
from zcy.intervals import wilson

APPROVAL: Final = "approval"


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
