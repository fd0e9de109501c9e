"""What was really paid: the only table that price panels, ranges and price rules read."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from catalog.models.categories import Category
from catalog.models.goods import Good
from zcy.money import MoneyField, QuantityField


class ClockTimestamp(models.Func):
    """The time by the wall clock, not that of the transaction's beginning."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Tier(models.IntegerChoices):
    """Tier of the order's region."""

    PROVINCE = 1, _("province")
    CITY = 2, _("city")
    COUNTY = 3, _("county")


class QuantityBand(models.IntegerChoices):
    """Decades of quantity (rule-definitions.md, Price)."""

    ONES = 1, "1–9"
    TENS = 2, "10–99"
    HUNDREDS = 3, "100–999"
    THOUSANDS = 4, "≥ 1000"


class PriceObservation(models.Model):
    """One row per order line from the moment the supplier confirms; withdrawn when the order is cancelled."""

    # Ids of orders below this layer's knowledge: the row is written by orders and by the market import.
    order_line_id = models.BigIntegerField(unique=True)
    order_id = models.BigIntegerField()
    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="observations")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    spec_hash = models.CharField(max_length=32)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier)
    quantity_band = models.PositiveSmallIntegerField(_("quantity band"), choices=QuantityBand)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    listing_id = models.BigIntegerField(null=True)
    unit_price = MoneyField(_("unit price"))
    pack_size = models.DecimalField(_("units per pack"), max_digits=12, decimal_places=3, default=1)
    # ln(unit price ÷ pack size); null where the price is not positive.
    x = models.FloatField(_("logarithm of the price"), null=True)
    quantity = QuantityField(_("quantity"))
    accessory = models.BooleanField(_("accessory"), default=False)
    confirmed_at = models.DateTimeField(_("confirmed"))
    # Local date of confirmed_at: windows are counted in local dates.
    confirmed_on = models.DateField(_("confirmed on"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    # When the row was written or changed last, by the wall clock: what came late or was corrected is found by it.
    touched_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        verbose_name = _("price observation")
        verbose_name_plural = _("price observations")
        indexes = [
            models.Index(
                fields=["good", "tier", "quantity_band", "confirmed_on"], name="observation_peer_group"
            ),
            models.Index(
                fields=["category", "spec_hash", "tier", "quantity_band", "confirmed_on"],
                name="observation_fallback",
            ),
            models.Index(fields=["order_id"], name="observation_order"),
            # A range of blocks would do while deals come in their order; history that comes later does not.
            models.Index(fields=["confirmed_at"], name="observation_confirmed"),
            BrinIndex(fields=["touched_at"], name="observation_touched_brin"),
            models.Index(
                fields=["withdrawn_at"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="observation_withdrawn",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="touched",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(),
                func="NEW.touched_at = clock_timestamp(); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.good_id} ¥{self.unit_price} {self.confirmed_on}"


class GoodPriceStatistics(models.Model):
    """Statistics of one good × tier × quantity band (tier or band 0 = all), kept by the share rule of performance.md."""

    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="price_statistics")
    tier = models.PositiveSmallIntegerField(default=0)
    quantity_band = models.PositiveSmallIntegerField(default=0)
    window_days = models.PositiveSmallIntegerField(default=90)
    n = models.PositiveIntegerField(_("deals"))
    suppliers = models.PositiveIntegerField(_("suppliers"), default=0)
    median = MoneyField(_("median"))
    p10 = MoneyField(_("10%"))
    p90 = MoneyField(_("90%"))
    lowest = MoneyField(_("lowest"))
    highest = MoneyField(_("highest"))
    mad = models.FloatField(_("median absolute deviation of the logarithms"), null=True)
    # Lines that have entered and left the window since the last computation.
    entered_lines = models.PositiveIntegerField(default=0)
    left_lines = models.PositiveIntegerField(default=0)
    as_of = models.DateField(_("as of"))
    # By the wall clock, before its lines were read.
    computed_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        verbose_name = _("price statistics of a good")
        verbose_name_plural = _("price statistics of goods")
        constraints = [
            models.UniqueConstraint(
                fields=["good", "tier", "quantity_band"], name="price_statistics_are_one_per_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.median}"


class PriceStatisticsMark(models.Model):
    """How far the price statistics of one part of the goods (id mod the number of parts) have come."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    as_of = models.DateField(_("as of"))
    # Lines written or changed before this moment were counted.
    seen_to = models.DateTimeField()

    class Meta:
        verbose_name = _("progress of the price statistics")
        verbose_name_plural = _("progress of the price statistics")

    def __str__(self) -> str:
        return f"{self.shard}: {self.as_of}"
