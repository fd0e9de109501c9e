"""What a supplier is told of its listings: low stock, a price that no longer competes, and what else is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalog.models.listings import Listing
from zcy.money import QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor


class AlertSettings(models.Model):
    """From when on a supplier wants to be told; without a row the defaults of the fields hold."""

    supplier = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="alert_settings"
    )
    # Stock is low when less is left than is sold in this many days.
    days_left = models.PositiveSmallIntegerField(_("days of sales left"), default=7)
    # … or when no more than this is left; 0 = only what is sold out.
    low_stock = QuantityField(_("low stock"), default=0)
    # A price competes no longer when it lies more than this above the lowest offer of the good.
    above_lowest = models.PositiveSmallIntegerField(_("percent above the lowest offer"), default=10)

    class Meta:
        verbose_name = _("supplier's settings of notices")
        verbose_name_plural = _("suppliers' settings of notices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_left__lte=365)
                & models.Q(above_lowest__lte=1000)
                & models.Q(low_stock__gte=0),
                name="alert_settings_are_bounded",
                violation_error_message=_("At most 365 days, at most 1000 percent, and no stock below zero."),
            )
        ]

    def __str__(self) -> str:
        return str(self.supplier_id)


class ListingThreshold(models.Model):
    """A listing's own threshold of low stock, instead of its supplier's."""

    listing = models.OneToOneField(
        Listing, on_delete=models.CASCADE, primary_key=True, related_name="threshold"
    )
    low_stock = QuantityField(_("low stock"))

    class Meta:
        verbose_name = _("listing's threshold of low stock")
        verbose_name_plural = _("listings' thresholds of low stock")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low_stock__gte=0), name="low_stock_threshold_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.low_stock}"


class ListingSales(models.Model):
    """What was sold of a listing in the 90 days that end with a night. Kept each night; nothing sold, no row."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="sales")
    orders = models.PositiveIntegerField(_("orders"))
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=3)
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("sales of a listing")
        verbose_name_plural = _("sales of listings")

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.quantity}"


class ListingAlertQuerySet(models.QuerySet["ListingAlert"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier's own."""
        from accounts.roles import SUPPLIER_ROLES

        return (
            self.filter(supplier_id=actor.organisation_id) if actor.has_role(*SUPPLIER_ROLES) else self.none()
        )


class ListingAlert(models.Model):
    """A listing that needs its supplier, and why. Kept set-based by catalog.services.refresh_alerts."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="alerts")
    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # A name of catalog.alerts.kinds.
    kind = models.CharField(_("kind"), max_length=30)
    since = models.DateTimeField(_("since"), db_default=Now())
    # Its supplier has been told, in a notice of that day for all of this kind.
    told_at = models.DateTimeField(_("told"), null=True)

    objects = ListingAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing to mend")
        verbose_name_plural = _("listings to mend")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "kind"], name="listing_needs_its_supplier_once_per_kind"
            )
        ]
        indexes = [
            models.Index(fields=["supplier", "kind", "listing"], name="listing_alert_supplier"),
            models.Index(
                fields=["kind"], condition=models.Q(told_at__isnull=True), name="listing_alert_untold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.kind}"
