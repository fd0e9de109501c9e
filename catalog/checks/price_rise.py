"""The price against the one that was approved last."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from zcy.formats import money
from zcy.said import said


class PriceRiseCheck(Check):
    """Small steps do not add up unseen: the measure is what was approved, not the price of yesterday."""

    code = "price_rise"
    label = gettext_lazy("price against the one last approved")
    description = gettext_lazy("Doubts a price that has risen by much since it was approved.")
    fields = frozenset({"price"})
    evidence = "price"

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        if subject.price is None:
            return self.unknown(said(_("no price yet")))
        if not subject.approved_price:
            return self.unknown(said(_("no price of this offer was approved before")))
        saw = said(
            _("%(price)s; approved %(approved)s"),
            price=money(subject.price),
            approved=money(subject.approved_price),
        )
        if subject.price > subject.approved_price * subject.settings.rise_factor:
            return self.doubt("price_rise", saw)
        return self.clear(saw)
