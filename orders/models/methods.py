"""Buying methods and the ceilings that regions set for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from catalog.models import Category
from zcy.money import MoneyField


class Method(models.Model):
    """A buying method; an import may add more."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("buying method")
        verbose_name_plural = _("buying methods")

    def __str__(self) -> str:
        return self.name


class Ceiling(models.Model):
    """T of rule-definitions.md: a method is allowed below this amount, in a region, for a category or in general."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="ceilings")
    method = models.CharField(_("method"), max_length=40)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    ceiling = MoneyField(_("ceiling"))
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("ceiling of a method")
        verbose_name_plural = _("ceilings of methods")
        constraints = [
            models.CheckConstraint(condition=models.Q(ceiling__gte=0), name="ceiling_is_not_negative"),
            models.UniqueConstraint(
                fields=["region", "method", "category"],
                condition=models.Q(row_key=""),
                nulls_distinct=False,
                name="ceiling_is_one_per_region_method_category",
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"],
                condition=~models.Q(row_key=""),
                name="ceiling_row_is_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.method}: {self.ceiling}"
