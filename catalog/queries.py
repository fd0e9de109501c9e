"""The read side of the public pages: rows ready to render, in a fixed number of statements."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Region
from catalog.attributes import attributes_of, labelled
from catalog.models import PolicyLabel
from catalog.orderable import delivers_to
from catalog.pricing.panel import PLACE_WORDS, Panel, price_band, price_panel
from catalog.tree import Node, category_tree
from zcy.drawing import Mark, PriceBand
from zcy.formats import money, percent, quantity

MOST_OFFERS: Final = 60
MOST_CHANGES: Final = 30

_GOOD: Final = """
    SELECT g.id, g.name, g.model, coalesce(b.name, ''), g.category_id, g.spec, g.spec_hash, g.unit, g.pack_size, g.labels,
           g.picture, g.description, g.origin, g.state, coalesce(f.orders, 0), coalesce(f.quantity, 0)
      FROM catalog_good g LEFT JOIN catalog_brand b ON b.id = g.brand_id
      LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
     WHERE g.id = %s
"""
_OFFERS: Final = """
    SELECT l.id, l.supplier_id, o.name, r.name, l.price, l.stock, l.min_quantity, l.delivery_days, l.delivery_paths,
           l.warranty_months, l.note, l.review, coalesce(s.grade, ''), coalesce(s.provisional, true)
      FROM catalog_listing l
      JOIN accounts_organisation o ON o.id = l.supplier_id AND o.active
      JOIN accounts_region r ON r.id = o.region_id
      LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id
     WHERE l.good_id = %s AND l.sale = 'on_sale' AND l.review = ANY(%s) AND NOT coalesce(s.suspended, false)
     ORDER BY {order} LIMIT %s
"""
_ORDERS: Final = {
    "price": "l.price, l.id",
    "delivery": "l.delivery_days NULLS LAST, l.price, l.id",
    "grade": "s.score DESC NULLS LAST, l.price, l.id",
}
_CHANGES: Final = """
    SELECT c.at, o.name, c.old_price, c.new_price FROM catalog_pricechange c
      JOIN catalog_listing l ON l.id = c.listing_id JOIN accounts_organisation o ON o.id = l.supplier_id
     WHERE l.good_id = %s AND l.sale <> 'draft' ORDER BY c.at DESC, c.id DESC LIMIT %s
"""


@dataclass(slots=True)
class Offer:
    """A line of the offers table."""

    id: int
    store_url: str
    supplier: str
    region: str
    price: str
    amount: Decimal
    place: str
    place_code: str
    delivery: str
    warranty: str
    grade: str
    provisional: bool
    stock: str
    min_quantity: str
    least: str
    note: str
    in_stock: bool
    delivers: bool
    in_review: bool

    @property
    def orderable(self) -> bool:
        return self.in_stock and self.delivers


@dataclass
class GoodPage:
    """Everything that the page of a good shows."""

    id: int
    name: str
    model: str
    brand: str
    category: Node | None
    unit: str
    labels: list[str]
    picture: str
    description: str
    origin: str
    retired: bool
    orders: int
    sold: str
    specs: list[tuple[str, str]]
    panel: Panel
    band: PriceBand
    ground: str
    offers: list[Offer] = field(default_factory=list)
    changes: list[tuple[datetime, str, str, str, str]] = field(default_factory=list)
    sort: str = "price"

    @property
    def evidence_key(self) -> str:
        """Changes whenever anything in the drawn evidence does, so that the kept drawing is never a wrong one."""
        offers = [(offer.id, offer.price, offer.supplier) for offer in self.offers]
        told = (
            self.panel.as_of,
            self.panel.deals,
            self.panel.suppliers,
            self.unit,
            sorted(offers),
            self.changes,
        )
        return hashlib.md5(repr(told).encode(), usedforsecurity=False).hexdigest()


def good_page(
    *, good_id: int, region: Region | None, publish_first: bool, sort: str = "price"
) -> GoodPage | None:
    """One good with its offers and prices; None where there is none. At most six statements, whatever its size."""
    with connection.cursor() as cursor:
        cursor.execute(_GOOD, [good_id])
        row = cursor.fetchone()
        if row is None:
            return None
        reviews = ["approved", "pending"] if publish_first else ["approved"]
        sort = sort if sort in _ORDERS else "price"
        cursor.execute(_OFFERS.format(order=_ORDERS[sort]), [good_id, reviews, MOST_OFFERS])
        offers = cursor.fetchall()
        cursor.execute(_CHANGES, [good_id, MOST_CHANGES])
        changes = cursor.fetchall()
    (
        pk,
        name,
        model,
        brand,
        category_id,
        spec,
        spec_hash,
        unit,
        pack,
        labels,
        picture,
        text,
        origin,
        state,
        *sales,
    ) = row
    panel = price_panel(good_id=pk, category_id=category_id, spec_hash=spec_hash, pack_size=pack)
    category = category_tree().by_id.get(category_id)
    words = {value: str(label) for value, label in PolicyLabel.choices}
    lines = [_offer(offer, panel, unit, region) for offer in offers]
    return GoodPage(
        id=pk,
        name=name,
        model=model,
        brand=brand,
        category=category,
        unit=unit,
        labels=[words.get(label, label) for label in labels],
        picture=f"{settings.MEDIA_URL}{picture}" if picture else "",
        description=text,
        origin=origin,
        retired=state != "active",
        orders=sales[0],
        sold=quantity(sales[1], unit),
        specs=labelled(spec if isinstance(spec, dict) else json.loads(spec), attributes_of(category)),
        panel=panel,
        band=price_band(panel, unit=unit, marks=_marks(lines), evidence=True),
        ground=_ground(panel),
        offers=lines,
        changes=[
            (at, supplier, money(old), money(new), _change(old, new)) for at, supplier, old, new in changes
        ],
        sort=sort,
    )


def _offer(row: tuple[Any, ...], panel: Panel, unit: str, region: Region | None) -> Offer:
    (
        pk,
        supplier_id,
        name,
        where,
        price,
        stock,
        least,
        days,
        paths,
        warranty,
        note,
        review,
        grade,
        provisional,
    ) = row
    place = panel.place(price)
    return Offer(
        id=pk,
        store_url=f"/stores/{supplier_id}/",
        supplier=_safe(name),
        region=_safe(where),
        price=_safe(money(price)),
        amount=price,
        place=_safe(str(PLACE_WORDS[place])),
        place_code=_safe(place.value),
        delivery=_safe(ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days is not None else "–"),
        warranty=_safe(
            ngettext("warranty %(n)s month", "warranty %(n)s months", warranty) % {"n": warranty}
            if warranty
            else ""
        ),
        grade=_safe(grade),
        provisional=provisional,
        stock=_safe(quantity(stock, unit) if stock is not None else _("unknown")),
        min_quantity=_safe(quantity(least, unit)),
        least=_safe(f"{least.normalize():f}"),
        note=_safe(note),
        in_stock=stock is not None and stock >= least and stock > 0,
        delivers=delivers_to(paths, region),
        in_review=review == "pending",
    )


def _safe(text: str) -> SafeString:
    """Escaped once here, because the template would ask of every cell anew whether it is lazy."""
    return SafeString(escape(text))


def _marks(offers: list[Offer]) -> list[Mark]:
    """Each offer's place in the histogram; only the lowest is written beside its line, the table names all."""
    ordered = sorted(offers, key=lambda offer: offer.amount)
    return [
        Mark(offer.amount, offer.supplier, quiet=True)
        if number
        else Mark(offer.amount, _("lowest offer"), "own")
        for number, offer in enumerate(ordered)
    ]


def _ground(panel: Panel) -> str:
    if panel.fallback:
        return _(
            "This good was bought too seldom: deals of goods of the same category and specification are counted in."
        )
    return ""


def _change(old: Decimal, new: Decimal) -> str:
    if not old:
        return ""
    share = (new - old) / old
    return ("+" if share > 0 else "") + percent(share)


@dataclass(frozen=True)
class Store:
    """A supplier as the public sees it."""

    id: int
    name: str
    region: str
    size: str
    active: bool
    grade: str
    provisional: bool
    suspended: bool
    # (label, value, what it says) of the service figures.
    figures: list[tuple[str, str, str]]
    as_of: Any = None


_STORE: Final = """
    SELECT o.id, o.name, r.name, o.size, o.active, coalesce(s.grade, ''), coalesce(s.provisional, true),
           coalesce(s.suspended, false), f.orders, f.confirmed_in_time, f.delivered_in_time, f.accepted_at_once, f.stars,
           f.evaluations, f.as_of
      FROM accounts_organisation o JOIN accounts_region r ON r.id = o.region_id
      LEFT JOIN accounts_supplierstanding s ON s.supplier_id = o.id
      LEFT JOIN accounts_supplierfigures f ON f.supplier_id = o.id
     WHERE o.id = %s AND o.kind = 'supplier'
"""


def store(supplier_id: int) -> Store | None:
    """Name, grade and service figures of a supplier; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [supplier_id])
        row = cursor.fetchone()
    if row is None:
        return None
    orders, confirmed, delivered, accepted, stars, evaluations, as_of = row[8:]
    figures: list[tuple[str, str, str]] = []
    if orders:
        figures = [
            (_("Orders"), str(orders), _("in the last 365 days")),
            (_("Confirmed in time"), percent(confirmed), _("within 1 working day")),
            (_("Delivered in time"), percent(delivered), _("by the promised day")),
            (_("Accepted at once"), percent(accepted), _("without a second try")),
            (
                _("Stars"),
                f"{stars:.1f}" if stars is not None else "–",
                _("from %(n)s evaluations") % {"n": evaluations},
            ),
        ]
    pk, name, region, size, active, grade, provisional, suspended = row[:8]
    return Store(pk, name, region, size, active, grade, provisional, suspended, figures, as_of)
