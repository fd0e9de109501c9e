"""The price against the reasonable range of the good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from catalog.pricing.formulas import Confidence
from catalog.pricing.ranges import PriceRange, ranges_of
from zcy.formats import money
from zcy.said import said


class PriceRangeCheck(Check):
    """The ends of the range belong to it, and so do those of the factors."""

    code = "price_range"
    label = gettext_lazy("price in the reasonable range")
    description = gettext_lazy(
        "Doubts a price above the range, or far below it; refuses one that is a multiple of it."
    )
    fields = frozenset({"price"})
    evidence = "price"

    def prepare(self, subjects: Sequence[Subject], day: date) -> Mapping[int, PriceRange]:
        return ranges_of({subject.good.pk for subject in subjects})

    def look(self, subject: Subject, facts: Mapping[int, PriceRange], day: date) -> CheckResult:
        found, price, settings = facts.get(subject.good.pk), subject.price, subject.settings
        if price is None:
            return self.unknown(said(_("no price yet")))
        if found is None or not found.known:
            return self.unknown(said(_("too few deals for a range")))
        saw = said(
            _("%(price)s; range %(low)s to %(high)s, %(n)s deals"),
            price=money(price),
            low=money(found.low),
            high=money(found.high),
            n=found.n,
        )
        # What a few deals, or other goods, tell is reason enough to look, not to refuse.
        sure = found.confidence in (Confidence.HIGH, Confidence.MEDIUM)
        if sure and price > found.high * settings.price_block_factor:
            return self.block("price_too_high", saw)
        if price > found.high * settings.price_factor:
            return self.doubt("price_too_high", saw)
        if price < found.low * settings.price_lure_factor:
            return self.doubt("price_lure", saw)
        return self.clear(saw)
