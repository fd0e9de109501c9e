"""Versions of the credit model: which components with which weights, and the constants."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from credit import formulas
from zcy.models import append_only_triggers


class Component(models.TextChoices):
    ON_TIME = "on_time", _("on-time delivery")
    FIRST_ACCEPTANCE = "first_acceptance", _("accepted at the first go")
    EVALUATIONS = "evaluations", _("buyers' evaluations")
    FULFILLED = "fulfilled", _("orders fulfilled")
    COMPLAINTS = "complaints", _("upheld complaints")
    RETURNS = "returns", _("returns for defects")
    PRICE_DISCIPLINE = "price_discipline", _("price discipline")
    RESPONSE = "response", _("quick response")
    # Confirmed orders, for the effective number of the grade; no part of the score.
    ORDERS = "orders", _("confirmed orders")


class CreditModelVersion(models.Model):
    """Never changed: a new way of scoring is a new version, and old snapshots keep naming theirs."""

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    effective_on = models.DateField(_("in force from"), unique=True)
    # Component → weight; the weights of components that a version lacks go to the others in proportion.
    weights = models.JSONField(_("weights"))
    constants = models.JSONField(_("constants"), default=dict)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("version of the credit model")
        verbose_name_plural = _("versions of the credit model")
        ordering = ["number"]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def points(self) -> dict[str, float]:
        """Weights that add up to 100."""
        return formulas.weights(self.weights)

    @property
    def numbers(self) -> formulas.Constants:
        """The constants, those of the definition where the version says nothing."""
        return formulas.Constants(**self.constants)
