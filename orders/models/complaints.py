"""Complaints (投诉): what a buyer holds against a supplier, and what was decided about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orders.models.orders import Order


class Complaint(models.Model):
    """A row of complaints.csv."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="complaints_against")
    buyer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints_made"
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    at = models.DateTimeField(_("time"))
    replied_at = models.DateTimeField(_("replied"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    executed_at = models.DateTimeField(_("decision executed"), null=True, blank=True)
    # An import may bring degrees that are not known here: kept as text, they count as general.
    severity = models.CharField(_("severity"), max_length=20, blank=True)
    origin = models.CharField(max_length=10, default="live", editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="complaint_external_id_is_unique",
            )
        ]
        indexes = [models.Index(fields=["supplier", "decided_at"], name="complaint_supplier_decided")]

    def __str__(self) -> str:
        return self.external_id or str(self.pk)
