"""Inquiries and auctions that orders were placed on: imported history for now."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalog.models import Category
from zcy.money import MoneyField


class Inquiry(models.Model):
    """A call for quotes."""

    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="inquiries")
    kind = models.CharField(_("kind"), max_length=40)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=300)
    estimate = MoneyField(_("estimate"), null=True)
    named_brand = models.CharField(_("named brand"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"))
    deadline = models.DateTimeField(_("deadline"))
    opened_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    awarded_quote_ref = models.CharField(max_length=100, blank=True)
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="repeats")
    origin = models.CharField(max_length=10, default="live", editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    external_id = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="inquiry_external_id_is_unique",
            )
        ]

    def __str__(self) -> str:
        return self.title
