"""Where everyone like a supplier starts: by main category and city, stored once a month, never recomputed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from credit.models.versions import Component
from zcy.models import append_only_triggers


class CreditPrior(models.Model):
    """p of a component for a month: of a category in a city, of a category (city empty), or of all (both empty)."""

    month = models.DateField(_("first day of the month"))
    component = models.CharField(_("component"), max_length=20, choices=Component)
    category_code = models.CharField(_("top-level category"), max_length=40, blank=True)
    city_code = models.CharField(_("city"), max_length=12, blank=True)
    value = models.FloatField(_("prior"))
    suppliers = models.PositiveIntegerField(_("suppliers"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("credit prior")
        verbose_name_plural = _("credit priors")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "component", "category_code", "city_code"],
                name="prior_is_stored_once_a_month",
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.component} {self.category_code} {self.city_code}"


class CreditMembership(models.Model):
    """The group that a supplier is compared with in a month; one without a row is compared with all."""

    month = models.DateField(_("first day of the month"))
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="credit_memberships")
    category_code = models.CharField(_("top-level category"), max_length=40)
    city_code = models.CharField(_("city"), max_length=12)

    class Meta:
        verbose_name = _("credit group of a supplier")
        verbose_name_plural = _("credit groups of suppliers")
        constraints = [
            models.UniqueConstraint(fields=["month", "supplier"], name="supplier_is_in_one_group_a_month"),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.supplier_id} {self.category_code}"
