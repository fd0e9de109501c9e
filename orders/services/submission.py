"""What a submission is made of: the lines that the page showed, split by supplier, priced and described."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from catalog.attributes import attributes_of, labelled
from catalog.models import Category, Good, Listing
from catalog.tree import category_tree
from orders.advice import Projected, ProjectedLine, ProjectedOrder
from orders.errors import EmptyCart, InvalidAmount, InvalidQuantity, NotOrderable
from orders.services.checks import MOST_MONEY, checked_quantity
from zcy import clock
from zcy.errors import Missing
from zcy.money import ZERO, line_total

if TYPE_CHECKING:
    from accounts.actor import Actor

METHOD = "direct"


@dataclass(frozen=True)
class OrderedLine:
    """A line as the page showed it: quantity in the good's unit, price in yuan per unit."""

    listing_id: int
    quantity: Decimal
    price_seen: Decimal


@dataclass(frozen=True)
class Item:
    """A line with the listing behind it, at the price that is in force."""

    listing: Listing
    quantity: Decimal
    price_seen: Decimal

    @property
    def price(self) -> Decimal:
        price: Decimal = self.listing.price
        return price

    @property
    def total(self) -> Decimal:
        return line_total(self.listing.price, self.quantity)

    @property
    def category(self) -> Category:
        return self.listing.good.category


@dataclass(frozen=True)
class Parcel:
    """What one supplier gets: it becomes one order."""

    supplier_id: int
    items: tuple[Item, ...]

    @property
    def total(self) -> Decimal:
        return sum((item.total for item in self.items), ZERO)

    @property
    def category(self) -> Category:
        """The category with the largest amount; of equal ones that with the smaller code."""
        amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for item in self.items:
            amounts[item.category.pk] += item.total
        categories = {item.category.pk: item.category for item in self.items}
        return min(categories.values(), key=lambda category: (-amounts[category.pk], category.code))


def read_items(lines: Sequence[OrderedLine]) -> list[Item]:
    """Load the listings of these lines with all that an order needs to know of them, in one statement, unlocked.

    Raises:
        EmptyCart: no lines. Missing: an unknown listing. InvalidQuantity: as in the cart.
    """
    if not lines:
        raise EmptyCart(field="lines")
    if len({line.listing_id for line in lines}) != len(lines):
        raise NotOrderable(_("One offer stands in two lines: reload the page."), field="lines")
    listings = {listing.pk: listing for listing in listings_to_order([line.listing_id for line in lines])}
    items = []
    for line in lines:
        listing = listings.get(line.listing_id)
        if listing is None:
            raise Missing
        quantity = checked_quantity(line.quantity, counted=listing.good.category.counted, field="lines")
        if quantity < listing.min_quantity:
            raise InvalidQuantity(
                _("Order at least %(least)s of %(name)s.")
                % {"least": f"{listing.min_quantity.normalize():f}", "name": listing.good.name},
                field="lines",
            )
        items.append(Item(listing, quantity, line.price_seen))
    return items


def fingerprint(
    *,
    lines: Sequence[OrderedLine],
    plans: Mapping[int, int],
    address_id: int,
    invoice_title_id: int,
    answers: Mapping[str, str],
    note: str,
) -> str:
    """A hash of everything that a checkout form says: a second click says the same, a form changed and sent again not."""
    said = {
        "lines": sorted(
            [line.listing_id, f"{line.quantity.normalize():f}", f"{line.price_seen.normalize():f}"]
            for line in lines
        ),
        "plans": sorted(plans.items()),
        "address": address_id,
        "title": invoice_title_id,
        "answers": sorted(answers.items()),
        "note": note,
    }
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def listings_to_order(listing_ids: Collection[int]) -> Iterable[Listing]:
    """Listings with good, category, supplier, standing, and the price band that stands beside them."""
    return (
        Listing.objects.filter(pk__in=listing_ids)
        .select_related("good__category", "good__brand", "supplier__standing", "supplier__region")
        .annotate(
            band=FilteredRelation(
                "good__price_statistics",
                condition=Q(good__price_statistics__tier=0, good__price_statistics__quantity_band=0),
            ),
            band_n=F("band__n"),
            band_median=F("band__median"),
            band_p10=F("band__p10"),
            band_p90=F("band__p90"),
        )
    )


def split_by_supplier(items: Iterable[Item]) -> list[Parcel]:
    """One parcel per supplier, in the order of supplier ids; lines in the order of listing ids."""
    by_supplier: dict[int, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.listing.pk):
        by_supplier[item.listing.supplier_id].append(item)
    return [Parcel(supplier, tuple(found)) for supplier, found in sorted(by_supplier.items())]


def check_totals(parcels: Iterable[Parcel]) -> None:
    """An order is worth something, and not more than its column holds.

    Raises:
        InvalidAmount: it is not.
    """
    for parcel in parcels:
        if parcel.total > MOST_MONEY:
            raise InvalidAmount(_("The total of an order is too large."), field="lines")
        if not parcel.total:
            raise InvalidAmount(
                _("The total of an order is less than a cent: order more of it."), field="lines"
            )


def projected(actor: Actor, parcels: Iterable[Parcel]) -> Projected:
    """The state that advisors judge: what would be ordered now, at the prices in force."""
    if actor.organisation_id is None or actor.region is None:
        raise Missing
    return Projected(
        buyer_id=actor.organisation_id,
        region_id=actor.region.pk,
        method=METHOD,
        at=clock.now(),
        orders=tuple(
            ProjectedOrder(
                supplier_id=parcel.supplier_id,
                category_id=parcel.category.pk,
                total=parcel.total,
                lines=tuple(_projected_line(item) for item in parcel.items),
            )
            for parcel in parcels
        ),
    )


def _projected_line(item: Item) -> ProjectedLine:
    good = item.listing.good
    return ProjectedLine(
        listing_id=item.listing.pk,
        good_id=good.pk,
        category_id=good.category_id,
        spec_hash=good.spec_hash,
        pack_size=good.pack_size,
        quantity=item.quantity,
        unit_price=item.price,
        total=item.total,
    )


def snapshot(item: Item) -> dict[str, Any]:
    """The good and the offer as they were when they were ordered (JSON)."""
    listing, good = item.listing, item.listing.good
    return {
        "name": good.name,
        "brand": good.brand.name if good.brand else "",
        "model": good.model,
        "spec": good.spec,
        # As pages show it, in Chinese: documents print what the attributes were called then.
        "spec_shown": _spec_shown(good),
        "unit": good.unit,
        "pack_size": str(good.pack_size) if good.pack_size is not None else None,
        "labels": list(good.labels),
        "category": {"code": good.category.code, "name": good.category.name},
        "listing_version": listing.version,
        "min_quantity": str(listing.min_quantity),
        "delivery_days": listing.delivery_days,
        "warranty_months": listing.warranty_months,
        "note": listing.note,
    }


def _spec_shown(good: Good) -> list[tuple[str, str]]:
    with translation.override("zh-hans"):
        return labelled(good.spec or {}, attributes_of(category_tree().by_id.get(good.category_id)))


def seen_band(item: Item) -> dict[str, Any]:
    """What the dossier keeps of a line: the price seen and the band that stood beside it."""
    values: Mapping[str, Any] = vars(item.listing)
    band = {name: values.get(f"band_{name}") for name in ("n", "median", "p10", "p90")}
    return {
        "listing": item.listing.pk,
        "price_seen": str(item.price_seen),
        "band": {name: str(value) for name, value in band.items() if value is not None},
    }
