"""What belongs to a standard good besides its offers: equivalents, relations, certificates, pictures; as columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.gtin import show_gtin
from catalog.models import PolicyLabel
from catalog.packs import pack_text, price_each
from catalog.tree import category_tree
from zcy import clock
from zcy.formats import money

MOST: Final = 12

# The index good_category_key finds the equivalents; the cheapest that are offered come first.
# Columns of a statement that loads one good `g` anyway.
STANDARD_COLUMNS: Final = f"""
           g.gtin, g.maker,
           (SELECT json_build_object('id', s.id, 'name', s.name) FROM catalog_good s WHERE s.id = g.successor_id),
           (SELECT json_agg(r) FROM (SELECT p.id, p.name FROM catalog_good p
             WHERE p.successor_id = g.id AND p.state <> 'merged' ORDER BY p.id DESC LIMIT {MOST}) AS r),
           (SELECT json_agg(r) FROM (SELECT a.id, a.name, a.lowest_price FROM catalog_good_accessories x
              JOIN catalog_good a ON a.id = x.to_good_id
             WHERE x.from_good_id = g.id AND a.state = 'active' ORDER BY a.offers DESC, a.id LIMIT {MOST}) AS r),
           (SELECT json_agg(r) FROM (SELECT a.id, a.name FROM catalog_good_accessories x
              JOIN catalog_good a ON a.id = x.from_good_id
             WHERE x.to_good_id = g.id AND a.state = 'active' ORDER BY a.id LIMIT {MOST}) AS r),
           (SELECT json_agg(r) FROM (SELECT c.label, c.certificate, c.expires_on FROM catalog_goodlabel c
             WHERE c.good_id = g.id ORDER BY c.label, c.expires_on DESC NULLS FIRST) AS r),
           (SELECT json_agg(p.picture ORDER BY p."order", p.id) FROM catalog_goodpicture p WHERE p.good_id = g.id),
           (SELECT json_agg(r) FROM (SELECT e.id, e.name, coalesce(b.name, '') AS brand, e.model, e.lowest_price, e.offers,
                   e.origin, e.unit, e.pack_size, count(*) OVER () AS total
              FROM catalog_good e LEFT JOIN catalog_brand b ON b.id = e.brand_id
             WHERE g.key_hash <> '' AND e.category_id = g.category_id AND e.key_hash = g.key_hash AND e.id <> g.id
               AND e.key_hash <> '' AND e.state = 'active'
             ORDER BY e.offers = 0, e.lowest_price, e.id LIMIT {MOST}) AS r)
"""


@dataclass(frozen=True)
class Related:
    """A good that this one is related to."""

    id: int
    name: str
    brand: str = ""
    model: str = ""
    price: str = ""
    # Where its unit holds several: how many, and the price for one of them.
    pack: str = ""
    each: str = ""
    offers: int = 0
    origin: str = ""

    @property
    def url(self) -> str:
        return f"/goods/{self.id}/"


@dataclass(frozen=True)
class Certificate:
    """A policy label with the certificate it rests on."""

    label: str
    number: str
    expires_on: date | None
    valid: bool


@dataclass
class StandardGood:
    """What the page of a good shows besides offers and prices."""

    gtin: str = ""
    maker: str = ""
    successor: Related | None = None
    predecessors: list[Related] = field(default_factory=list)
    accessories: list[Related] = field(default_factory=list)
    accessory_of: list[Related] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    # Equal in all key attributes of the category (同等品), of another brand or model.
    equivalents: list[Related] = field(default_factory=list)
    all_equivalents: int = 0


def standard_of(values: Sequence[Any], category_id: int) -> StandardGood:
    """What was loaded as `STANDARD_COLUMNS` of a good of this category."""
    gtin, maker, *rest = values
    successor, before, accessories, of, certificates, pictures, equals = (_loaded(value) for value in rest)
    words = {value: str(label) for value, label in PolicyLabel.choices}
    category = category_tree().by_id.get(category_id)
    standard = category.unit if category else ""
    return StandardGood(
        gtin=show_gtin(gtin),
        maker=maker,
        successor=Related(successor["id"], successor["name"]) if successor else None,
        predecessors=[_related(one) for one in before or ()],
        accessories=[_related(one) for one in accessories or ()],
        accessory_of=[_related(one) for one in of or ()],
        certificates=[_certificate(one, words) for one in certificates or ()],
        pictures=[f"{settings.MEDIA_URL}{name}" for name in pictures or ()],
        equivalents=[_related(one, standard) for one in equals or ()],
        all_equivalents=equals[0]["total"] if equals else 0,
    )


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _related(row: dict[str, Any], standard: str = "") -> Related:
    price, pack = (
        Decimal(str(value)) if (value := row.get(name)) is not None else None
        for name in ("lowest_price", "pack_size")
    )
    unit = row.get("unit", "")
    shown = money(price) if price is not None else ""
    return Related(
        id=row["id"],
        name=row["name"],
        brand=row.get("brand", ""),
        model=row.get("model", ""),
        price=f"{shown}/{unit}" if shown and unit else shown,
        pack=pack_text(unit, pack, standard) if pack not in (None, 1) else "",
        each=price_each(price, unit, pack, standard),
        offers=row.get("offers", 0),
        origin=row.get("origin", "") or _("not stated"),
    )


def _certificate(row: dict[str, Any], words: dict[str, str]) -> Certificate:
    expires = date.fromisoformat(row["expires_on"]) if row["expires_on"] else None
    return Certificate(
        words.get(row["label"], row["label"]),
        row["certificate"],
        expires,
        expires is None or expires >= clock.today(),
    )
