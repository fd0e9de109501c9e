"""What regions decide about ordering."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts.settings import declare, get, setting

if TYPE_CHECKING:
    from accounts.models import Region

DEFAULT_PAYMENT_DAYS: Final = 30


@declare("orders", _("Orders"))
@dataclass(frozen=True)
class OrderSettings:
    """Settings by region, group `orders`."""

    approval_limit: Decimal = setting(
        Decimal("10000.00"),
        label=_("approval limit"),
        unit="¥",
        least=0,
        help=_("Orders above it need an approver of the unit; a unit may set a limit of its own."),
    )
    payment_days: int = setting(
        DEFAULT_PAYMENT_DAYS, label=_("days to pay"), unit=_("days after acceptance"), least=1, most=365
    )
    approval_days: int = setting(2, label=_("days to approve"), unit=_("working days"), least=1, most=60)
    confirmation_days: int = setting(2, label=_("days to confirm"), unit=_("working days"), least=1, most=60)
    acceptance_days: int = setting(7, label=_("days to accept"), unit=_("working days"), least=1, most=60)


def order_settings(region: Region | None) -> OrderSettings:
    """The settings in force in a region."""
    return get(region, OrderSettings)
