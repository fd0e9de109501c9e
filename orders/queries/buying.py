"""Cart and checkout: what would be ordered, and what could be chosen for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.orderable import publishes_first
from orders.ceilings import ceilings_of
from orders.models import (
    Address,
    CartLine,
    InvoiceTitle,
    Plan,
    UnitRules,
)
from orders.orderable import why_not_orderable
from orders.services.submission import METHOD, Item, OrderedLine, Parcel, listings_to_order
from orders.settings import order_settings
from zcy import clock
from zcy.errors import Missing
from zcy.money import ZERO

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from accounts.actor import Actor
    from catalog.models import Listing


@dataclass(frozen=True)
class CartRow:
    """A line of the cart with the price of today and what stands against ordering it."""

    line: CartLine
    item: Item
    problem: str | _StrPromise

    @property
    def price_changed(self) -> bool:
        return self.line.price_seen != self.item.price

    @property
    def short_of_stock(self) -> bool:
        return self.item.listing.stock is not None and self.item.listing.stock < self.item.quantity


@dataclass(frozen=True)
class CartGroup:
    """What one supplier would get; `parcel` holds the selected lines only and is None where none is."""

    supplier_id: int
    supplier_name: str
    rows: tuple[CartRow, ...]
    parcel: Parcel | None

    @property
    def total(self) -> Decimal:
        return self.parcel.total if self.parcel else ZERO


@dataclass(frozen=True)
class CartView:
    """The whole cart, split by supplier."""

    groups: tuple[CartGroup, ...]

    @property
    def total(self) -> Decimal:
        return sum((group.total for group in self.groups), ZERO)

    @property
    def selected(self) -> list[OrderedLine]:
        """The selected lines as the page shows them: what `submit_orders` and `ask_advisors` want."""
        return [
            OrderedLine(row.item.listing.pk, row.item.quantity, row.item.price)
            for group in self.groups
            for row in group.rows
            if row.line.selected
        ]

    @property
    def parcels(self) -> list[Parcel]:
        return [group.parcel for group in self.groups if group.parcel]


def cart_view(actor: Actor) -> CartView:
    """The actor's cart in two statements."""
    lines = list(CartLine.objects.visible_to(actor).order_by("pk"))
    listings = {listing.pk: listing for listing in listings_to_order([line.listing_id for line in lines])}
    publish_first = publishes_first(actor.region)
    rows: dict[int, list[CartRow]] = {}
    for line in lines:
        listing = listings[line.listing_id]
        item = Item(listing, line.quantity, line.price_seen)
        row = CartRow(line, item, why_not_orderable(listing, publish_first=publish_first))
        rows.setdefault(listing.supplier_id, []).append(row)
    return CartView(tuple(_cart_group(supplier, found) for supplier, found in rows.items()))


def _cart_group(supplier_id: int, rows: Sequence[CartRow]) -> CartGroup:
    # Not `split_by_supplier`, which refuses what no order can hold: a cart is shown, so that it can be mended.
    chosen = tuple(row.item for row in rows if row.line.selected)
    name = rows[0].item.listing.supplier.name
    return CartGroup(supplier_id, name, tuple(rows), Parcel(supplier_id, chosen) if chosen else None)


def offer_of(listing_id: int) -> Listing | None:
    """One listing with its good and supplier, in one statement."""
    return next(iter(listings_to_order([listing_id])), None)


def cart_count(actor: Actor) -> int:
    """How many lines lie in the cart."""
    return CartLine.objects.visible_to(actor).count()


@dataclass(frozen=True)
class CheckoutView:
    """What the checkout page offers beside the selected lines."""

    cart: CartView
    addresses: tuple[Address, ...]
    titles: tuple[InvoiceTitle, ...]
    # Supplier id → the plans of the unit that could pay for its order, the fullest first.
    plans: dict[int, tuple[Plan, ...]]
    approval_limit: Decimal


def checkout_view(actor: Actor) -> CheckoutView:
    """Everything for the checkout page, in six statements."""
    cart = cart_view(actor)
    plans = list(
        Plan.objects.visible_to(actor)
        .filter(year=clock.today().year, closed=False, origin="live")
        .select_related("category")
        .order_by("pk")
    )
    return CheckoutView(
        cart=cart,
        addresses=tuple(addresses_of(actor)),
        titles=tuple(invoice_titles_of(actor)),
        plans={parcel.supplier_id: fitting_plans(plans, parcel) for parcel in cart.parcels},
        approval_limit=approval_limit_of(actor),
    )


@dataclass(frozen=True)
class ParcelTerms:
    """Under which conditions a supplier's order can be placed: the ceiling of the method, the unit's limit, the budget."""

    supplier_id: int
    total: Decimal
    # None: the region has set none for the category.
    ceiling: Decimal | None
    limit: Decimal
    # The fullest plan that covers the order.
    plan: Plan | None

    @property
    def too_much(self) -> bool:
        return self.ceiling is not None and self.total >= self.ceiling

    @property
    def approver(self) -> bool:
        return self.total > self.limit

    @property
    def left_after(self) -> Decimal | None:
        return self.plan.left - self.total if self.plan else None


def terms_of(actor: Actor, view: CheckoutView) -> list[ParcelTerms]:
    """The terms of each parcel of the checkout, in two statements whatever it holds."""
    if actor.region is None:
        raise Missing
    ceilings = ceilings_of(actor.region, METHOD)
    terms = []
    for parcel in view.cart.parcels:
        row = ceilings.for_category(parcel.category.path)
        plans = view.plans.get(parcel.supplier_id, ())
        terms.append(
            ParcelTerms(
                supplier_id=parcel.supplier_id,
                total=parcel.total,
                ceiling=row.ceiling if row is not None else None,
                limit=view.approval_limit,
                plan=plans[0] if plans else None,
            )
        )
    return terms


def fitting_plans(plans: Sequence[Plan], parcel: Parcel) -> tuple[Plan, ...]:
    """The plans whose category and remaining budget cover the whole parcel; the fullest first."""
    paths = {item.category.path for item in parcel.items}
    fitting = [
        plan
        for plan in plans
        if plan.left >= parcel.total
        and (plan.category is None or all(path.startswith(plan.category.path) for path in paths))
    ]
    return tuple(sorted(fitting, key=lambda plan: (-plan.left, plan.pk)))


@dataclass(frozen=True)
class LimitView:
    """The limit that a unit has set for itself, if any, and the one that holds without it (yuan)."""

    own: Decimal | None
    of_region: Decimal

    @property
    def in_force(self) -> Decimal:
        return self.of_region if self.own is None else self.own


def limit_view(actor: Actor) -> LimitView:
    """The approval limits of the actor's unit."""
    if actor.region is None:
        raise Missing
    own = UnitRules.objects.filter(organisation=actor.organisation).values_list("approval_limit", flat=True)
    return LimitView(own.first(), order_settings(actor.region).approval_limit)


def approval_limit_of(actor: Actor) -> Decimal:
    """Above which amount the unit's orders need an approver (yuan): its own limit, else its region's."""
    return limit_view(actor).in_force


def addresses_of(actor: Actor) -> QuerySet[Address]:
    """The unit's addresses, the default one first."""
    return (
        Address.objects.visible_to(actor)
        .filter(active=True)
        .select_related("region")
        .order_by("-is_default", "pk")
    )


def invoice_titles_of(actor: Actor) -> QuerySet[InvoiceTitle]:
    """The unit's invoice titles, the default one first."""
    return InvoiceTitle.objects.visible_to(actor).filter(active=True).order_by("-is_default", "pk")
