"""Subjects for tests of checks."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

from accounts.models import SupplierStanding
from catalog.checks import CheckResult, Subject, check_all
from catalog.models import Good, PriceLevel, PriceModel
from catalog.pricing.combined import CLASSES
from catalog.pricing.formulas import SHRINKAGE, Confidence
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
    n, within = _DEALS[sure], 0.01
    ends = math.log(float(low)), math.log(float(high))
    spread = (ends[1] - ends[0]) / 2
    # The own spread from which `expected` makes just this spread of the next deal.
    own = math.sqrt(((spread**2 - within**2 / n) * (n + SHRINKAGE) - SHRINKAGE * within**2) / n)
    learned = {
        "as_of": clock.today(),
        "within": within,
        "tails": {str(number): [-1.0, 0.0, 1.0] for number in range(len(CLASSES) + 1)},
    }
    for category in (None, good.category):
        PriceModel.objects.update_or_create(category=category, defaults=learned)
    PriceLevel.objects.update_or_create(
        good=good,
        defaults={
            "category": good.category,
            "as_of": clock.today(),
            "n": n,
            "recent": n,
            "suppliers": 12,
            "recent_suppliers": 12,
            "own": sum(ends) / 2,
            "own_spread": own,
            "weight": n,
        },
    )


def typed(**changes: Any) -> ListingValues:
    """What a supplier types: ¥100, ten in stock, three days."""
    values: dict[str, Any] = {"price": Decimal(100), "stock": Decimal(10), "delivery_days": 3}
    return ListingValues(**(values | changes))


def in_good_standing(supplier: Any, grade: str = "A", **values: Any) -> None:
    SupplierStanding.objects.update_or_create(supplier=supplier, defaults={"grade": grade} | values)
