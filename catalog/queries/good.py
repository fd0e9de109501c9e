"""The read side of the page of a good: rows ready to render, in a fixed number of statements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Region
from catalog.attributes import attributes_of, labelled
from catalog.models import PolicyLabel, QuantityBand, Tier
from catalog.orderable import delivers_to
from catalog.packs import pack_text, price_each
from catalog.pricing.formulas import Place
from catalog.pricing.panel import PLACE_WORDS, Panel, price_band, price_panel
from catalog.pricing.ranges import PAGE_COLUMN, PriceRange, Wanted, page_parameters, page_range
from catalog.pricing.references import twin_price
from catalog.pricing.words import ground_text, range_sentence
from catalog.queries.equivalents import STANDARD_COLUMNS, StandardGood, standard_of
from catalog.tree import Node, category_tree
from zcy.drawing import Mark, PriceBand, describe
from zcy.formats import money, percent, quantity
from zcy.prepared import prepared_cursor

MOST_OFFERS: Final = 200
MOST_CHANGES: Final = 30

_CHANGES: Final = """
    SELECT c.at, o.name, c.old_price::text, c.new_price::text FROM catalog_pricechange c
      JOIN catalog_listing l ON l.id = c.listing_id JOIN accounts_organisation o ON o.id = l.supplier_id
     WHERE l.good_id = g.id AND l.sale <> 'draft' ORDER BY c.at DESC, c.id DESC LIMIT %s
"""
_GOOD: Final = f"""
    SELECT g.id, g.name, g.model, coalesce(b.name, ''), g.category_id, g.spec, g.spec_hash, g.unit, g.pack_size, g.labels,
           g.picture, g.description, g.origin, g.state, coalesce(f.orders, 0), coalesce(f.quantity, 0),
           (SELECT json_agg(c) FROM ({_CHANGES}) AS c), g.brand_id, {PAGE_COLUMN}, {STANDARD_COLUMNS}
      FROM catalog_good g LEFT JOIN catalog_brand b ON b.id = g.brand_id
      LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
     WHERE g.id = %s
"""
_OFFERS_BY: Final = """
    SELECT l.id, l.supplier_id, o.name, r.name, l.price, l.stock, l.min_quantity, l.delivery_days, l.delivery_paths,
           l.warranty_months, l.note, l.review, coalesce(s.grade, ''), coalesce(s.provisional, true), count(*) OVER ()
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
_OFFERS: Final = {sort: _OFFERS_BY.format(order=order) for sort, order in _ORDERS.items()}


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
    stock_known: bool
    delivers: bool
    in_review: bool

    @property
    def orderable(self) -> bool:
        return self.in_stock and self.delivers


@dataclass(frozen=True)
class Choice:
    """One way to narrow the deals, with how many there are."""

    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class Comparison:
    """A row of choices."""

    title: str
    choices: list[Choice]


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
    # What a price should be, and in words; until it has been learned, what was paid.
    range: PriceRange
    sentence: str
    range_ground: str
    quantity: Decimal | None = None
    offers: list[Offer] = field(default_factory=list)
    changes: list[tuple[datetime, str, str, str, str]] = field(default_factory=list)
    sort: str = "price"
    comparisons: list[Comparison] = field(default_factory=list)
    # The unit with what it holds, and the lowest offer's price for one of that, where it holds several.
    pack: str = ""
    each: str = ""
    # How many offers there are; `offers` holds the first of them.
    all_offers: int = 0
    # The lowest public price of a twin, where this model has none and is dearer (专供).
    twin_price: Decimal | None = None
    # Equivalents, relations, certificates and pictures.
    standard: StandardGood = field(default_factory=StandardGood)

    @property
    def evidence_key(self) -> str:
        """Changes whenever anything in the drawn evidence does, so that the kept drawing is never a wrong one."""
        offers = [(offer.id, offer.price, offer.supplier) for offer in self.offers]
        told = (self.panel, self.unit, sorted(offers), self.changes)
        return hashlib.md5(repr(told).encode(), usedforsecurity=False).hexdigest()


def good_page(
    *,
    good_id: int,
    region: Region | None,
    publish_first: bool,
    sort: str = "price",
    tier: int = 0,
    band: int = 0,
    quantity_wanted: Decimal | None = None,
) -> GoodPage | None:
    """One good with its offers and prices; None where there is none. Two statements and the panel's, whatever its size.

    Args:
        good_id: the good.
        region: of the reader, for what is delivered there.
        publish_first: offers in review are shown.
        sort: order of the offers: price, delivery or grade.
        tier: of the regions whose deals the reader wants to compare with, 0 = all.
        band: the quantity band of those deals, 0 = all.
        quantity_wanted: that the range is told for; None: the good's usual one.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_GOOD, [MOST_CHANGES, *page_parameters(region), good_id])
        row = cursor.fetchone()
        if row is None:
            return None
        reviews = ["approved", "pending"] if publish_first else ["approved"]
        if row[13] != "active":
            reviews = []  # what is retired is no longer offered
        sort = sort if sort in _ORDERS else "price"
        cursor.execute(_OFFERS[sort], [good_id, reviews, MOST_OFFERS])
        offers = cursor.fetchall()
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
        orders,
        sold,
        changes,
        brand_id,
        learned,
        *others,
    ) = row
    spec = spec if isinstance(spec, dict) else json.loads(spec)
    reasonable = page_range(
        learned, wanted=Wanted(pk, quantity_wanted, region), pack=pack, brand=brand_id, spec=spec
    )
    panel = price_panel(
        good_id=pk, category_id=category_id, spec_hash=spec_hash, pack_size=pack, tier=tier, band=band
    )
    category = category_tree().by_id.get(category_id)
    standard = category.unit if category else ""
    words = {value: str(label) for value, label in PolicyLabel.choices}
    place = reasonable.place if reasonable.known else panel.place
    lines = [_offer(offer, place, unit, region) for offer in offers]
    drawn = price_band(panel, unit=unit, marks=_marks(lines), evidence=True)
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
        orders=orders,
        sold=quantity(sold, unit),
        specs=labelled(spec, attributes_of(category)),
        panel=panel,
        band=drawn,
        ground=_ground(panel),
        range=reasonable,
        sentence=range_sentence(reasonable, unit) if reasonable.known else describe(drawn),
        range_ground=ground_text(reasonable) if reasonable.known else _ground(panel),
        quantity=quantity_wanted,
        offers=lines,
        changes=_changes(changes),
        sort=sort,
        comparisons=_comparisons(panel, sort),
        pack=pack_text(unit, pack, standard),
        each=price_each(min((line.amount for line in lines), default=None), unit, pack, standard),
        all_offers=offers[0][-1] if offers else 0,
        twin_price=twin_price((pk, category_id, spec_hash)),
        standard=standard_of(others, category_id),
    )


def _offer(
    row: tuple[Any, ...], place_of: Callable[[Decimal], Place], unit: str, region: Region | None
) -> Offer:
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
        _all,
    ) = row
    place = place_of(price)
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
        stock_known=stock is not None,
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
    """Which deals are compared, wherever they are not just those that were asked for."""
    said = []
    if panel.widened:
        said.append(_("Too few deals of this kind: all regions and quantities are counted in."))
    if panel.fallback:
        said.append(
            _(
                "This good was bought too seldom: deals of goods of the same category and specification are counted in."
            )
        )
    return " ".join(said)


def _comparisons(panel: Panel, sort: str) -> list[Comparison]:
    """What the deals can be narrowed to: tiers in the chosen band, bands in the chosen tier, with their numbers."""

    def choice(label: str, count: int, tier: int, band: int) -> Choice:
        chosen = (tier, band) == (panel.tier, panel.band)
        pairs = [("sort", sort)] if sort != "price" else []
        pairs += [("tier", str(tier)), ("band", str(band))]
        return Choice(label, count, f"?{urlencode(pairs)}#evidence", chosen)

    tiers = [choice(_("all"), sum(panel.by_tier.values()), 0, panel.band)]
    tiers += [choice(str(t.label), panel.by_tier.get(t, 0), t, panel.band) for t in Tier]
    bands = [choice(_("all"), sum(panel.by_band.values()), panel.tier, 0)]
    bands += [choice(str(b.label), panel.by_band.get(b, 0), panel.tier, b) for b in QuantityBand]
    return [Comparison(_("Tier of the region"), tiers), Comparison(_("Quantity ordered"), bands)]


def _changes(found: Any) -> list[tuple[datetime, str, str, str, str]]:
    """(time, supplier, old price, new price, change) of each."""
    rows = []
    for row in json.loads(found) if isinstance(found, str) else found or ():
        old, new = Decimal(row["old_price"]), Decimal(row["new_price"])
        at = datetime.fromisoformat(row["at"])
        rows.append((at, row["name"], money(old), money(new), _change(old, new)))
    return rows


def _change(old: Decimal, new: Decimal) -> str:
    if not old:
        return ""
    share = (new - old) / old
    return ("+" if share > 0 else "") + percent(share)
