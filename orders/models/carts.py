"""What a purchaser gathers before ordering, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from catalog.models import Listing
from zcy.money import QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation=actor.organisation)


class InvoiceTitleQuerySet(models.QuerySet["InvoiceTitle"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation=actor.organisation)


class CartLineQuerySet(models.QuerySet["CartLine"]):
    def visible_to(self, actor: Actor) -> Self:
        """The lines of the actor's own cart in the organisation acted for."""
        return self.filter(cart__user=actor.user, cart__organisation=actor.organisation)


class Address(models.Model):
    """A delivery address of a unit."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="addresses")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(_("street and number"), max_length=200)
    contact = models.CharField(_("contact"), max_length=60)
    phone = models.CharField(_("phone"), max_length=40)
    is_default = models.BooleanField(_("default"), default=False)
    active = models.BooleanField(default=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery address")
        verbose_name_plural = _("delivery addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_default=True, active=True),
                name="one_default_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line} ({self.contact})"


class InvoiceTitle(models.Model):
    """To whom invoices are made out (发票抬头)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invoice_titles")
    title = models.CharField(_("invoice title"), max_length=200)
    tax_number = models.CharField(_("taxpayer number"), max_length=30)
    is_default = models.BooleanField(_("default"), default=False)
    active = models.BooleanField(default=True)

    objects = InvoiceTitleQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice title")
        verbose_name_plural = _("invoice titles")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_default=True, active=True),
                name="one_default_invoice_title",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Cart(models.Model):
    """The one cart of a purchaser in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="carts")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="carts")

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="cart_is_one_per_purchaser")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}"


class CartLine(models.Model):
    """A listing and a quantity; the price seen is kept so that a change is shown before ordering."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    quantity = QuantityField(_("quantity"))
    price_seen = models.DecimalField(_("price seen"), max_digits=14, decimal_places=2)
    selected = models.BooleanField(_("selected"), default=True)
    added_at = models.DateTimeField(_("added"), db_default=Now())

    objects = CartLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a cart")
        verbose_name_plural = _("lines of a cart")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "listing"], name="cart_has_a_listing_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="cart_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} × {self.quantity}"
