"""What a unit has decided for itself about buying."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from zcy.money import MoneyField


class UnitRules(models.Model):
    """A unit's own rules; without a row its region's settings hold."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="buying_rules"
    )
    # Orders above it need an approver; an order of exactly this amount does not.
    approval_limit = MoneyField(_("approval limit"))

    class Meta:
        verbose_name = _("buying rules of a unit")
        verbose_name_plural = _("buying rules of units")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approval_limit__gte=0), name="approval_limit_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.approval_limit}"
