"""What a purchaser puts into the cart, changes and takes out."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from catalog.models import Listing
from catalog.orderable import publishes_first
from orders.errors import InvalidQuantity, NotOrderable
from orders.models import Cart, CartLine
from orders.orderable import why_not_orderable
from orders.services.checks import checked_quantity, need_role
from zcy.errors import DomainError, Missing

if TYPE_CHECKING:
    from accounts.actor import Actor

MOST_LINES: Final = 200


@transaction.atomic
def cart_add(*, actor: Actor, listing_id: int, quantity: Decimal) -> CartLine:
    """Put a quantity of a listing into the actor's cart; more of it where it lies there already.

    Raises:
        NotAllowed: the actor is no purchaser. Missing: there is no such listing.
        NotOrderable: it is not on sale. InvalidQuantity: not above zero, below the minimum, or a part of a whole unit.
    """
    need_role(actor, Role.PURCHASER)
    listing = _listing(listing_id)
    reason = why_not_orderable(listing, publish_first=publishes_first(actor.region))
    if reason:
        raise NotOrderable(reason)
    cart, _made = Cart.objects.get_or_create(user=actor.user, organisation=actor.organisation)
    Cart.objects.select_for_update(no_key=True).get(pk=cart.pk)
    line = cart.lines.filter(listing=listing).first()
    quantity = checked_quantity(quantity, counted=listing.good.category.counted)
    wanted = _checked(listing, quantity + (line.quantity if line else 0))
    if line is None:
        if cart.lines.count() >= MOST_LINES:
            raise DomainError(_("The cart is full: order or remove something first."))
        line = CartLine(cart=cart, listing=listing)
    line.quantity, line.price_seen, line.selected = wanted, listing.price, True
    line.save()
    return line


@transaction.atomic
def cart_change(
    *, actor: Actor, line_id: int, quantity: Decimal | None = None, selected: bool | None = None
) -> CartLine:
    """Change quantity or selection of a line of the actor's own cart.

    Raises:
        Missing: it is not in the actor's cart. InvalidQuantity: as in `cart_add`.
    """
    line = _own_lines(actor).select_related("listing__good__category").filter(pk=line_id).first()
    if line is None:
        raise Missing
    if quantity is not None:
        line.quantity = _checked(line.listing, quantity)
    if selected is not None:
        line.selected = selected
    line.save(update_fields=["quantity", "selected"])
    return line


@transaction.atomic
def cart_remove(*, actor: Actor, line_ids: Collection[int]) -> int:
    """Take lines out of the actor's cart; returns how many were there."""
    return _own_lines(actor).filter(pk__in=line_ids).delete()[0]


@transaction.atomic
def cart_see_prices(*, actor: Actor) -> int:
    """Today's prices count as seen by the purchaser; returns how many lines had another one."""
    price = Listing.objects.filter(pk=OuterRef("listing_id")).values("price")
    lines = _own_lines(actor).annotate(today=Subquery(price)).exclude(price_seen=F("today"))
    return lines.update(price_seen=Subquery(price))


def _own_lines(actor: Actor) -> QuerySet[CartLine]:
    need_role(actor, Role.PURCHASER)
    return CartLine.objects.visible_to(actor)


def _listing(listing_id: int) -> Listing:
    listing = (
        Listing.objects.select_related("good__category", "supplier__standing", "supplier__region")
        .filter(pk=listing_id)
        .first()
    )
    if listing is None:
        raise Missing
    return listing


def _checked(listing: Listing, quantity: Decimal) -> Decimal:
    quantity = checked_quantity(quantity, counted=listing.good.category.counted)
    if quantity < listing.min_quantity:
        raise InvalidQuantity(
            _("Order at least %(least)s of it.") % {"least": f"{listing.min_quantity.normalize():f}"},
            field="quantity",
        )
    return quantity
