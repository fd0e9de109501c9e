"""What regions decide about the catalog."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.settings import declare, setting


@declare("catalog", _("Catalog"))
@dataclass(frozen=True)
class CatalogSettings:
    """`publish_first`: listings can be ordered at once, and are found by search after their review."""

    publish_first: bool = setting(
        False,
        label=_("publish first"),
        help=_("Listings can be ordered before their review; search shows them afterwards."),
    )
