"""The list of those who are excluded from procurement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from zcy.said import said


class ExclusionCheck(Check):
    """First and last day are part of an exclusion; one without an end lasts."""

    code = "exclusion"
    label = gettext_lazy("list of excluded suppliers")
    description = gettext_lazy("Refuses offers of a supplier that is excluded from procurement today.")

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        begin, end = subject.supplier.excluded_from, subject.supplier.excluded_to
        if begin is None or begin > day or (end is not None and end < day):
            return self.clear()
        if end:
            saw = said(_("from %(begin)s to %(end)s"), begin=begin, end=end)
        else:
            saw = said(_("from %(begin)s on"), begin=begin)
        return self.block("supplier_excluded", saw)
