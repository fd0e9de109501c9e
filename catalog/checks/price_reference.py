"""The price against the best external reference; where references come from is plugged in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from zcy.formats import money
from zcy.said import joined, said

# good ids, day → good id → something with a `price` in yuan per unit of the good; goods without one are left out.
ReferenceSource: TypeAlias = Callable[[Collection[int], date], Mapping[int, Any]]
MODULE: Final = "catalog.pricing.references"


def best_references(good_ids: Collection[int], day: date) -> Mapping[int, Any]:
    """The best reference of each good that is fresh enough on a day; nothing where no source is installed."""
    if find_spec(MODULE) is None:
        return {}
    source: ReferenceSource = import_module(MODULE).best_references
    return source(good_ids, day)


def price_of(reference: Any) -> Decimal:
    """A reference is a price itself, or has one per unit of the good."""
    return Decimal(getattr(reference, "unit_price", None) or getattr(reference, "price", reference))


class PriceReferenceCheck(Check):
    """A price at the reference times the factor is still clear."""

    code = "price_reference"
    label = gettext_lazy("price against external references")
    description = gettext_lazy("Doubts a price above the best comparable price found outside the platform.")
    fields = frozenset({"price"})
    evidence = "price"

    def __init__(self, source: ReferenceSource = best_references) -> None:
        self.source = source

    def prepare(self, subjects: Sequence[Subject], day: date) -> Mapping[int, Any]:
        return self.source(sorted({subject.good.pk for subject in subjects}), day)

    def look(self, subject: Subject, facts: Mapping[int, Any], day: date) -> CheckResult:
        reference = facts.get(subject.good.pk)
        if subject.price is None:
            return self.unknown(said(_("no price yet")))
        if reference is None:
            return self.unknown(said(_("no external reference of today")))
        price = price_of(reference)
        saw = said(
            _("%(price)s; reference %(reference)s"), price=money(subject.price), reference=money(price)
        )
        if grade := getattr(reference, "grade", ""):
            where = getattr(reference, "seen_at", "")
            saw = joined("", (saw, f" ({grade}, {where})" if where else f" ({grade})"))
        if subject.price > price * subject.settings.reference_factor:
            return self.doubt("price_above_reference", saw)
        return self.clear(saw)
