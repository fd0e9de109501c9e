"""Subjects for tests of checks."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

from accounts.models import SupplierStanding
from catalog.checks import CheckResult, Subject, check_all
from catalog.models import Good, PriceLevel, PriceModel
from catalog.pricing.combined import CLASSES, expected
from catalog.pricing.formulas import Confidence
from catalog.services.listing_values import ListingValues
from tests.catalog.factories import a_good, an_organisation
from zcy import clock


def a_subject(**values: Any) -> Subject:
    """An offer at ¥100, delivered in three days everywhere."""
    values.setdefault("good", None)
    values["good"] = values["good"] or a_good()
    values.setdefault("supplier", None)
    values["supplier"] = values["supplier"] or an_organisation()
    values.setdefault("price", Decimal(100))
    values.setdefault("delivery_days", 3)
    return Subject(key=1, **values)


def result(check: str, subject: Subject) -> CheckResult:
    """What one check says of it."""
    (results,) = check_all([subject])
    (found,) = [item for item in results if item.check == check]
    return found


# How many deals of a dozen suppliers make a range how sure.
_DEALS: Final = {Confidence.HIGH: 40, Confidence.MEDIUM: 9, Confidence.LOW: 7}


def a_known_range(good: Good, low: str = "90", high: str = "110", sure: Confidence = Confidence.HIGH) -> None:
    """What the nights have learned of a good, so that its reasonable range has just these ends."""
    n = _DEALS[sure]
    middle, spread = math.log(100), 0.1
    shared = {"as_of": clock.today(), "within": spread, "between": spread}
    _level, of_next = expected(
        own=middle, weight=n, own_spread=spread, prior=None, prior_spread=None, within=spread
    ) or (0.0, 1.0)
    ends = [(math.log(float(end)) - middle) / of_next for end in (low, "100", high)]
    tails = {str(number): ends for number in range(len(CLASSES) + 1)}
    for category in (None, good.category):
        PriceModel.objects.update_or_create(category=category, defaults=shared | {"tails": tails})
    PriceLevel.objects.update_or_create(
        good=good,
        defaults={
            "category": good.category,
            "as_of": clock.today(),
            "n": n,
            "recent": n,
            "suppliers": 12,
            "recent_suppliers": 12,
            "own": middle,
            "own_spread": spread,
            "weight": n,
        },
    )


def typed(**changes: Any) -> ListingValues:
    """What a supplier types: ¥100, ten in stock, three days."""
    values: dict[str, Any] = {"price": Decimal(100), "stock": Decimal(10), "delivery_days": 3}
    return ListingValues(**(values | changes))


def in_good_standing(supplier: Any, grade: str = "A", **values: Any) -> None:
    SupplierStanding.objects.update_or_create(supplier=supplier, defaults={"grade": grade} | values)
