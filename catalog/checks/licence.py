"""The supplier's licence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from zcy.said import said


class LicenceCheck(Check):
    """A licence is valid on the day on which it expires."""

    code = "licence"
    label = gettext_lazy("licence of the supplier")
    description = gettext_lazy("Refuses offers of a supplier whose licence has expired.")

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        expires = subject.supplier.licence_expires_on
        if expires is None:
            return self.unknown(said(_("no expiry of the licence is known")))
        saw = said(_("valid until %(day)s"), day=expires)
        return self.block("licence_expired", saw) if expires < day else self.clear(saw)
