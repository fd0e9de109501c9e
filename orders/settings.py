"""What regions decide about ordering."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from accounts.models import Region

DEFAULT_PAYMENT_DAYS: Final = 30


@dataclass(frozen=True)
class OrderSettings:
    """Settings by region, group `orders`."""

    approval_limit: Decimal = Decimal("10000.00")
    payment_days: int = DEFAULT_PAYMENT_DAYS
    publish_first: bool = False
    approval_days: int = 2
    confirmation_days: int = 2
    acceptance_days: int = 7


def order_settings(region: Region) -> OrderSettings:
    """The settings in force in a region."""
    return OrderSettings()
