"""What a supplier is told of its listings: kinds of alerts, each a condition in SQL and the words for it.

The condition may use `l` (the listing), `g` (its good), `a` (the supplier's settings), `t` (the listing's own threshold),
`s` (what was sold of it in 90 days) and `p` (statistics of the good's deals); all but the first two may be missing.
%(today)s is the local date; a per cent sign of its own is written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind
from accounts.notices import kinds as notice_kinds
from catalog.pricing.formulas import LEAST_OBSERVATIONS
from catalog.pricing.range_sql import RANGE_HIGH
from zcy.registries import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SALES_DAYS: Final = 90
DAYS_LEFT: Final = 7
ABOVE_LOWEST: Final = 10
LOW_STOCK: Final = "low_stock"
PRICE: Final = "price_not_competitive"
CERTIFICATE: Final = "label_certificate"
# So many days before its end a certificate is to be renewed, and so long after it a lost label is still told of.
CERTIFICATE_DAYS: Final = 60


@dataclass(frozen=True)
class AlertKind:
    """A reason for which a listing needs its supplier.

    Attributes:
        name: as it is stored, and in addresses.
        label: what is wrong with the listings.
        condition: in SQL.
        action: what mends it.
        notice: the sentence of the daily notice, with %(n)s listings.
        fields: the fields of the table form that mend it (`price`, `stock`, `low_stock`); none: it is mended elsewhere.
        hint: how it is mended, where no field does.
        url_of_good: the page that mends it for one good, with {good} for its id, where no field does.
    """

    name: str
    label: _StrPromise
    condition: str
    action: _StrPromise
    notice: _StrPromise
    fields: tuple[str, ...]
    hint: _StrPromise | str = ""
    url_of_good: str = ""


kinds: Registry[AlertKind] = Registry("alerts of listings")

# Sold out for whoever orders the least; at or below the line of the listing, else of the supplier; or sold within days.
_LOW_STOCK: Final = f"""
    l.stock IS NOT NULL AND (
        l.stock < l.min_quantity
        OR l.stock <= coalesce(t.low_stock, a.low_stock, 0)
        OR (t.listing_id IS NULL AND l.stock < coalesce(s.quantity, 0) / {SALES_DAYS} * coalesce(a.days_left, {DAYS_LEFT}))
    )
"""
# So much above the lowest offer of the same good, or above its reasonable range; where there is none, above the 90% of
# what was paid.
_PRICE: Final = f"""
    (g.offers > 1 AND l.price > g.lowest_price * (1 + coalesce(a.above_lowest, {ABOVE_LOWEST}) / 100.0))
    OR l.price > coalesce({RANGE_HIGH}, CASE WHEN p.n >= {LEAST_OBSERVATIONS} THEN p.p90 END)
"""

# A certificate of the good ends soon, or has ended, none of the same label goes on for longer, and the supplier has sent
# none that waits for the operator.
_CERTIFICATE: Final = f"""
    EXISTS (SELECT FROM catalog_goodlabel c
             WHERE c.good_id = g.id
               AND c.expires_on BETWEEN %(today)s::date - {CERTIFICATE_DAYS} AND %(today)s::date + {CERTIFICATE_DAYS}
               AND NOT EXISTS (SELECT FROM catalog_goodlabel d
                                WHERE d.good_id = g.id AND d.label = c.label
                                  AND (d.expires_on IS NULL OR d.expires_on > %(today)s::date + {CERTIFICATE_DAYS}))
               AND NOT EXISTS (SELECT FROM catalog_catalogrequest r
                                WHERE r.supplier_id = l.supplier_id AND r.good_id = g.id AND r.label = c.label
                                  AND r.kind = 'certificate' AND r.state = 'waiting'))
"""


def add(kind: AlertKind) -> None:
    """Register a kind, and the notice of the day that goes with it."""
    kinds.register(kind)
    notice_kinds.register(NoticeKind(f"listings_{kind.name}", kind.notice, tone="watch"))


def register() -> None:
    """Called once, when the app is ready."""
    add(
        AlertKind(
            LOW_STOCK,
            _("Low stock"),
            _LOW_STOCK,
            _("State the stock"),
            _("Listings that are low in stock: %(n)s. State what you have."),
            ("stock", "low_stock"),
        )
    )
    add(
        AlertKind(
            PRICE,
            _("Price that no longer competes"),
            _PRICE,
            _("Change prices"),
            _("Listings whose price no longer competes: %(n)s. Compare and change it."),
            ("price",),
        )
    )
    add(
        AlertKind(
            CERTIFICATE,
            _("Label certificate that expires"),
            _CERTIFICATE,
            _("Renew the certificate"),
            _("Listings whose label certificate expires within 60 days: %(n)s. Renew it."),
            (),
            _(
                "Renew the certificate with its issuer, then send it here: the catalog staff enter it. "
                "Without it the good loses its label, and its place in halls that ask for it."
            ),
            "/supplier/certificates/{good}/",
        )
    )


def alert_choices() -> list[tuple[str, str]]:
    """The kinds to filter a list by."""
    return [("", str(_("all"))), *((kind.name, str(kind.label)) for kind in kinds)]
