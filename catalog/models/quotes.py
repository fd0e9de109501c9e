"""What suppliers asked for and did not get: a class of price observations of its own, counted in no range."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from catalog.models.goods import Good
from catalog.models.prices import QuantityBand, Tier
from zcy.money import MoneyField, QuantityField


class QuoteObservation(models.Model):
    """A valid quote for one good in an inquiry that was awarded to another quote.

    A quote is a total; its unit price is known only where the inquiry's orders have one line together. Nothing that
    speaks of deals (panels, ranges, price rules) reads this table.
    """

    # The quote's own id: the sender's for imported ones, the platform's, with an empty source, for live ones.
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=100, editable=False)
    # Ids of inquiries are above this layer's knowledge, as those of orders are for `PriceObservation`.
    inquiry_id = models.BigIntegerField()
    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="losing_quotes")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier)
    quantity_band = models.PositiveSmallIntegerField(_("quantity band"), choices=QuantityBand)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # As it was quoted: the unit price is computed from it anew when the quantity is corrected.
    total = MoneyField(_("total"))
    quantity = QuantityField(_("quantity"))
    # Total ÷ quantity, yuan per unit of the good.
    unit_price = MoneyField(_("unit price"))
    pack_size = models.DecimalField(_("units per pack"), max_digits=12, decimal_places=3, default=1)
    submitted_at = models.DateTimeField(_("submitted"))
    # Local date of submitted_at: windows are counted in local dates.
    quoted_on = models.DateField(_("quoted on"))

    class Meta:
        verbose_name = _("losing quote")
        verbose_name_plural = _("losing quotes")
        constraints = [
            models.UniqueConstraint(fields=["source", "row_key"], name="losing_quote_is_kept_once"),
            models.CheckConstraint(
                condition=models.Q(unit_price__gt=0),
                name="losing_quote_has_a_price",
                violation_error_message=_("A quoted price is above zero."),
            ),
        ]
        indexes = [
            models.Index(fields=["good", "quoted_on"], name="losing_quote_good_by_date"),
            models.Index(fields=["inquiry_id"], name="losing_quote_inquiry"),
        ]

    def __str__(self) -> str:
        return f"{self.good_id} ¥{self.unit_price} {self.quoted_on}"
