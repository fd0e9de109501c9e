"""The price index of a category, month by month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.categories import Category


class PriceIndex(models.Model):
    """One month of a category (with all below it): the link to the month before, over goods bought in both."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="price_index")
    # The first day of the month.
    month = models.DateField(_("month"))
    # ln of the change since the month before (Törnqvist); null where too few goods were bought in both.
    link = models.FloatField(_("link"), null=True)
    goods = models.PositiveIntegerField(_("goods bought in both months"), default=0)
    deals = models.PositiveIntegerField(_("deals"), default=0)

    class Meta:
        verbose_name = _("month of a price index")
        verbose_name_plural = _("months of price indices")
        constraints = [
            models.UniqueConstraint(fields=["category", "month"], name="price_index_has_one_row_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.month:%Y-%m}"
