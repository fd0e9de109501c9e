"""Public numbers that people quote: by kind, region and year, gaps allowed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """The last number given in a series such as orders of 2026.

    Numbers are reserved in blocks by one short statement of their own, so that two orders never wait for each other.
    """

    prefix = models.CharField(_("prefix"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.BigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="number_series_is_one_per_year"),
            models.CheckConstraint(condition=models.Q(last__gte=0), name="number_series_counts_up"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"
