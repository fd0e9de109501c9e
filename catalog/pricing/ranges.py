"""The reasonable-price range (合理价格区间): what this good, in this quantity, in this region, should cost today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from accounts.models import Region
from catalog.models import Good, GoodPriceStatistics
from catalog.pricing.formulas import WINDOW_DAYS, Confidence, Place, confidence, place_in_range


class Ground(Enum):
    """From what a range was reached."""

    OWN = "own"
    NONE = "none"


@dataclass(frozen=True)
class PriceRange:
    """A central value and an 80% band, in yuan per unit of the good, tax included."""

    low: Decimal = Decimal(0)
    central: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    # Deals of the good itself in the window.
    n: int = 0
    window_days: int = WINDOW_DAYS
    ground: Ground = Ground.NONE
    confidence: Confidence = Confidence.NONE

    @property
    def known(self) -> bool:
        return self.confidence is not Confidence.NONE

    def place(self, price: Decimal) -> Place:
        """Where a price per unit stands; the ends belong to the range."""
        if not self.known:
            return Place.UNKNOWN
        return place_in_range(float(price), float(self.low), float(self.high))


def reasonable_range(
    *, good: Good, quantity: Decimal | None = None, region: Region | None = None
) -> PriceRange:
    """The range of one good for a quantity and a region; without them for all.

    Args:
        good: the good.
        quantity: in units of the good.
        region: of the buyer.
    """
    return ranges_of([good.pk]).get(good.pk, PriceRange())


def ranges_of(good_ids: Collection[int]) -> dict[int, PriceRange]:
    """The ranges of many goods over all regions and quantities, in one statement; goods without one are left out."""
    rows = GoodPriceStatistics.objects.filter(good_id__in=good_ids, tier=0, quantity_band=0)
    found = {
        row.good_id: PriceRange(
            row.p10,
            row.median,
            row.p90,
            row.n,
            row.window_days,
            Ground.OWN,
            confidence(row.n, row.suppliers),
        )
        for row in rows
    }
    return {good_id: item for good_id, item in found.items() if item.known}
