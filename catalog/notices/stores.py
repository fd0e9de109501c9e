"""What suppliers are told of their storefront."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds, notify
from accounts.roles import SUPPLIER_ROLES
from catalog.models import StoreFreeze, StoreVersion


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    kinds.register(
        NoticeKind(
            "store_frozen",
            _("Version %(number)s of your storefront was taken from the public: %(text)s"),
            tone="serious",
        )
    )


def tell_frozen(*, version: StoreVersion, freeze: StoreFreeze) -> None:
    """Give everyone who works for the supplier one notice with what to mend."""
    notify(
        (version.supplier, SUPPLIER_ROLES),
        "store_frozen",
        data={"number": version.number, "text": freeze.text},
        url="/supplier/storefront/",
        key=f"store-frozen-{freeze.pk}",
    )
