"""What regions decide about the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.settings import declare, setting

# Working days in which the operator answers what a supplier asks the catalog for.
ANSWER_DAYS: Final = 5


@declare("catalog", _("Catalog"))
@dataclass(frozen=True)
class CatalogSettings:
    """`publish_first`: listings can be ordered at once, and are found by search after their review.

    `request_days` is that of the region of the supplier who asks.
    """

    publish_first: bool = setting(
        False,
        label=_("publish first"),
        help=_("Listings can be ordered before their review; search shows them afterwards."),
    )
    request_days: int = setting(
        ANSWER_DAYS,
        label=_("requests of suppliers are answered within"),
        unit=_("working days"),
        help=_("Brands and categories that a supplier asks for, and label certificates that it sends."),
        least=1,
        most=60,
    )
