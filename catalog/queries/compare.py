"""Up to six goods or offers side by side: the read side of the comparison, in a fixed number of statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Region
from catalog.attributes import attributes_of
from catalog.models import PolicyLabel
from catalog.packs import pack_text, price_each
from catalog.pricing.ranges import PriceRange, Wanted, ranges_at
from catalog.pricing.words import range_sentence
from catalog.tree import category_tree
from zcy.formats import money

MOST: Final = 6

# What the supplier has published on its storefront and nobody has frozen.
_STORE: Final = """
      LEFT JOIN catalog_storefront w ON w.supplier_id = l.supplier_id
      LEFT JOIN catalog_storeversion v
        ON v.id = w.shown_id AND NOT EXISTS (SELECT FROM catalog_storefreeze z WHERE z.version_id = v.id)
"""
_GOODS: Final = f"""
    SELECT g.id, NULL::bigint, g.name, coalesce(b.name, ''), g.model, g.category_id, g.spec, g.unit, g.labels, g.origin,
           l.id, l.price, o.id, o.name, l.delivery_days, l.warranty_months, l.stock, coalesce(s.grade, ''),
           coalesce(f.orders, 0), g.lowest_price, g.pack_size, l.min_quantity, v.content ->> 'terms'
      FROM catalog_good g LEFT JOIN catalog_brand b ON b.id = g.brand_id
      LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
      LEFT JOIN LATERAL (
          SELECT l.* FROM catalog_listing l JOIN accounts_organisation o ON o.id = l.supplier_id AND o.active
            LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id
           WHERE l.good_id = g.id AND l.sale = 'on_sale' AND l.review = 'approved' AND NOT coalesce(s.suspended, false)
             AND g.state = 'active' ORDER BY l.price, l.id LIMIT 1) AS l ON true
      LEFT JOIN accounts_organisation o ON o.id = l.supplier_id
      LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id {_STORE}
     WHERE g.id = ANY(%(goods)s)
    UNION ALL
    SELECT g.id, l.id, g.name, coalesce(b.name, ''), g.model, g.category_id, g.spec, g.unit, g.labels, g.origin,
           l.id, l.price, o.id, o.name, l.delivery_days, l.warranty_months, l.stock, coalesce(s.grade, ''),
           coalesce(f.orders, 0), g.lowest_price, g.pack_size, l.min_quantity, v.content ->> 'terms'
      FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id
      JOIN accounts_organisation o ON o.id = l.supplier_id AND o.active
      LEFT JOIN catalog_brand b ON b.id = g.brand_id LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
      LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id {_STORE}
     WHERE l.id = ANY(%(offers)s) AND l.sale = 'on_sale' AND l.review = 'approved'
       AND NOT coalesce(s.suspended, false) AND g.state = 'active'
"""


@dataclass(frozen=True)
class Compared:
    """One column of the comparison."""

    good_id: int
    # None where the good with its lowest offer is compared, else the offer.
    offer_id: int | None
    name: str
    remove_url: str = ""


@dataclass(frozen=True)
class Row:
    """One property of all columns; `differs` where they are not all the same."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass
class Comparison:
    """Columns, and rows by section."""

    columns: list[Compared] = field(default_factory=list)
    sections: list[tuple[str, list[Row]]] = field(default_factory=list)
    # Asked for, and not there any more.
    missing: int = 0


def comparison(
    *,
    goods: Sequence[int],
    offers: Sequence[int],
    region: Region | None,
    address: Callable[[Sequence[int], Sequence[int]], str],
) -> Comparison:
    """Goods (with their lowest offer) and offers beside each other, in the order asked for.

    Args:
        goods: ids of standard goods.
        offers: ids of listings on sale.
        region: of the reader, for the ranges.
        address: the page's address for other goods and offers, so that one can be taken away.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GOODS, {"goods": list(goods), "offers": list(offers)})
        found = {(row[0], None) if row[1] is None else (None, row[1]): row for row in cursor.fetchall()}
    asked: list[tuple[int | None, int | None]] = [(pk, None) for pk in goods] + [(None, pk) for pk in offers]
    rows = [found[key] for key in asked if key in found]
    result = Comparison(missing=len(asked) - len(rows))
    if not rows:
        return result
    ranges = ranges_at([Wanted(row[0], None, region) for row in rows])
    for row in rows:
        url = address(
            [pk for pk in goods if row[1] is not None or pk != row[0]], [pk for pk in offers if pk != row[1]]
        )
        result.columns.append(Compared(row[0], row[1], row[2], url))
    result.sections = [
        (_("Price"), _prices(rows, ranges)),
        (_("Good"), _facts(rows)),
        (_("Specification"), _specs(rows)),
        (_("Delivery and after-sales"), _service(rows)),
    ]
    return result


def _prices(rows: list[Any], ranges: Sequence[PriceRange | None]) -> list[Row]:
    told = [
        range_sentence(item, row[7]) if item is not None and item.known else _("not known")
        for row, item in zip(rows, ranges, strict=True)
    ]
    from catalog.pricing.panel import PLACE_WORDS

    places = [
        str(PLACE_WORDS[item.place(row[11])]) if item is not None and row[11] is not None else ""
        for row, item in zip(rows, ranges, strict=True)
    ]
    return [
        Row(_("Price of the offer"), [_unit_price(row[11], row[7]) for row in rows]),
        Row(_("Place in the range"), [place or "–" for place in places]),
        Row(_("Reasonable price"), told),
        Row(
            _("Price per standard unit"),
            [price_each(row[11], row[7], row[20], _standard(row)) or "–" for row in rows],
        ),
        Row(_("Lowest offer today"), [_unit_price(row[19], row[7]) for row in rows]),
        Row(_("Orders in 365 days"), [str(row[18]) for row in rows]),
    ]


def _standard(row: Any) -> str:
    """The standard unit of a row's good."""
    node = category_tree().by_id.get(row[5])
    return node.unit if node else ""


def _unit_price(price: Decimal | None, unit: str) -> str:
    if price is None:
        return _("no offer")
    return f"{money(price)}/{unit}" if unit else money(price)


def _facts(rows: list[Any]) -> list[Row]:
    words = {value: str(label) for value, label in PolicyLabel.choices}
    nodes = category_tree().by_id
    return [
        Row(_("Brand"), [row[3] or "–" for row in rows]),
        Row(_("Model"), [row[4] or "–" for row in rows]),
        Row(_("Category"), [nodes[row[5]].name if row[5] in nodes else "–" for row in rows]),
        Row(_("Unit"), [pack_text(row[7], row[20], _standard(row)) or "–" for row in rows]),
        Row(_("Country of origin"), [row[9] or _("not stated") for row in rows]),
        Row(
            _("Policy labels"),
            ["、".join(words.get(label, label) for label in row[8]) or "–" for row in rows],
        ),
    ]


def _specs(rows: list[Any]) -> list[Row]:
    nodes = category_tree().by_id
    shown: dict[str, list[str]] = {}
    for number, row in enumerate(rows):
        spec = json.loads(row[6]) if isinstance(row[6], str) else row[6]
        known = {attribute.key: attribute for attribute in attributes_of(nodes.get(row[5]))}
        ordered = [*(key for key in known if key in spec), *(key for key in spec if key not in known)]
        for key in ordered:
            label = known[key].label if key in known else key
            value = known[key].show(spec[key]) if key in known else str(spec[key])
            shown.setdefault(label, ["–"] * len(rows))[number] = value
    return [Row(label, values) for label, values in shown.items()]


def _service(rows: list[Any]) -> list[Row]:
    def days(value: int | None) -> str:
        return "–" if value is None else ngettext("%(n)s day", "%(n)s days", value) % {"n": value}

    def months(value: int | None) -> str:
        return ngettext("%(n)s month", "%(n)s months", value) % {"n": value} if value else "–"

    return [
        Row(_("Supplier"), [row[13] or "–" for row in rows]),
        Row(_("Credit"), [row[17] or "–" for row in rows]),
        Row(_("Delivery"), [days(row[14]) for row in rows]),
        Row(_("Warranty"), [months(row[15]) for row in rows]),
        Row(_("After-sales terms"), [row[22] or "–" for row in rows]),
        Row(_("In stock"), [_stock(row[16], row[21], row[10]) for row in rows]),
    ]


def _stock(stock: Decimal | None, least: Decimal | None, listing: int | None) -> str:
    """As search means it: enough for the smallest order."""
    if listing is None:
        return "–"
    if stock is None:
        return _("unknown")
    return _("yes") if stock > 0 and stock >= (least or 0) else _("no")
