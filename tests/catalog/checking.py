"""Subjects for tests of checks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.models import SupplierStanding
from catalog.checks import CheckResult, Subject, check_all
from catalog.models import Good, GoodPriceStatistics
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


def a_known_range(good: Good, low: str = "90", high: str = "110", n: int = 40) -> None:
    """The statistics from which the good's reasonable range is read."""
    GoodPriceStatistics.objects.update_or_create(
        good=good,
        tier=0,
        quantity_band=0,
        defaults={
            "n": n,
            "suppliers": 12,
            "median": (Decimal(low) + Decimal(high)) / 2,
            "p10": Decimal(low),
            "p90": Decimal(high),
            "lowest": Decimal(low),
            "highest": Decimal(high),
            "as_of": clock.today(),
        },
    )


def typed(**changes: Any) -> ListingValues:
    """What a supplier types: ¥100, ten in stock, three days."""
    values: dict[str, Any] = {"price": Decimal(100), "stock": Decimal(10), "delivery_days": 3}
    return ListingValues(**(values | changes))


def in_good_standing(supplier: Any, grade: str = "A", **values: Any) -> None:
    SupplierStanding.objects.update_or_create(supplier=supplier, defaults={"grade": grade} | values)
