"""What may be said in a listing, checked for creation and for edits alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Region
from catalog.errors import ListingRefused
from catalog.models import Good, Listing
from zcy.money import CENT

MOST_MONEY: Final = Decimal("999999999.99")
MOST_QUANTITY: Final = Decimal("99999999")
MOST_DAYS: Final = 365
MOST_MONTHS: Final = 240


@dataclass(frozen=True)
class ListingValues:
    """Price in yuan per unit of the good, quantities in that unit; no areas means everywhere."""

    price: Decimal
    stock: Decimal
    min_quantity: Decimal = Decimal(1)
    delivery_days: int | None = None
    delivery_areas: tuple[Region, ...] = ()
    warranty_months: int | None = None
    note: str = ""
    own_public_price: Decimal | None = None

    def check(self, good: Good) -> None:
        """Refuse values that cannot be meant.

        Raises:
            ListingRefused: names the field.
        """
        for name, amount in (("price", self.price), ("own_public_price", self.own_public_price)):
            if amount is None:
                continue
            if not amount.is_finite() or amount < CENT or amount > MOST_MONEY:
                raise ListingRefused(_("State a price between ¥0.01 and ¥999,999,999.99."), field=name)
            if amount != amount.quantize(CENT):
                raise ListingRefused(_("A price has at most two decimal places."), field=name)
        for name, quantity, least in (
            ("stock", self.stock, Decimal(0)),
            ("min_quantity", self.min_quantity, None),
        ):
            if (
                not quantity.is_finite()
                or quantity > MOST_QUANTITY
                or quantity < 0
                or (least is None and quantity == 0)
            ):
                raise ListingRefused(_("State a quantity of at most 99,999,999, not below zero."), field=name)
            if good.category.counted and quantity != quantity.to_integral_value():
                raise ListingRefused(_("This good is counted in whole units."), field=name)
        if self.delivery_days is not None and not 0 <= self.delivery_days <= MOST_DAYS:
            raise ListingRefused(_("State delivery in 0 to 365 days."), field="delivery_days")
        if self.warranty_months is not None and not 0 <= self.warranty_months <= MOST_MONTHS:
            raise ListingRefused(_("State a warranty of 0 to 240 months."), field="warranty_months")

    def write_to(self, listing: Listing) -> None:
        """Put the values on the row; the areas follow with `write_areas` once it has an id."""
        listing.price = self.price
        listing.stock = self.stock
        listing.min_quantity = self.min_quantity
        listing.delivery_days = self.delivery_days
        listing.warranty_months = self.warranty_months
        listing.note = " ".join(self.note.split())[:300]
        listing.own_public_price = self.own_public_price
        listing.delivery_paths = paths(self.delivery_areas)


def paths(areas: Collection[Region]) -> list[str]:
    """The paths of regions without those that lie below another one."""
    kept: list[str] = []
    for path in sorted(area.path for area in areas):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept
