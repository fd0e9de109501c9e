"""The price against the one in the supplier's own public shop."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from zcy.formats import money
from zcy.said import said


class PriceOwnShopCheck(Check):
    """The same price is clear; a cent more is not."""

    code = "price_own_shop"
    label = gettext_lazy("price against your own public shop")
    description = gettext_lazy("Refuses a price above the one that the supplier itself states for its shop.")
    fields = frozenset({"price", "own_public_price"})

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        if subject.price is None:
            return self.unknown(said(_("no price yet")))
        if subject.own_public_price is None:
            return self.unknown(said(_("no price of an own shop stated")))
        saw = said(
            _("%(price)s; own shop %(own)s"), price=money(subject.price), own=money(subject.own_public_price)
        )
        if subject.price > subject.own_public_price:
            return self.block("price_above_own_shop", saw)
        return self.clear(saw)
