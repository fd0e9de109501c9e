"""The supplier's credit."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from accounts.models.standings import Grade
from catalog.checks.base import Check, CheckResult, Subject
from zcy.said import said

FROM_BEST: Final = [grade.value for grade in Grade]


class CreditCheck(Check):
    """The grade of the floor itself is clear."""

    code = "credit"
    label = gettext_lazy("credit of the supplier")
    description = gettext_lazy(
        "Refuses offers of a suspended supplier; doubts those below the region's floor."
    )

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        standing = getattr(subject.supplier, "standing", None)
        if standing is None:
            return self.unknown(said(_("no credit yet: a newcomer")))
        if standing.suspended:
            return self.block("credit_too_low", said(_("suspended")))
        saw = said(
            _("grade %(grade)s, floor %(floor)s"), grade=standing.grade, floor=subject.settings.grade_floor
        )
        if FROM_BEST.index(standing.grade) > FROM_BEST.index(subject.settings.grade_floor):
            return self.doubt("credit_too_low", saw)
        return self.clear(saw)
