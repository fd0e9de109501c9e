"""What the nights computed: outcomes of every rule in number and value, and the spread of categories."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from catalog.models import Category
from supervision.models.rules import Rule
from supervision.vocabulary import Outcome


class RuleNight(models.Model):
    """How many subjects of a region, worth how much, a rule found flagged, clear or not evaluable on a night."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="nights")
    night = models.DateField(_("night"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("number"))
    # Cents are kept: the sums of a night add up to what was traded.
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("outcome of a rule")
        verbose_name_plural = _("outcomes of rules")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "night", "region", "outcome", "reason"], name="rule_night_is_counted_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="rule_night_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="not_evaluable") ^ Q(reason=""), name="only_not_evaluable_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.night} {self.outcome}"


class CategorySpread(models.Model):
    """σ_category of a night (rule-definitions.md, Price): of the category, or of its top-level category."""

    night = models.DateField(_("night"))
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    sigma = models.FloatField(_("spread of the logarithms"))
    residuals = models.PositiveIntegerField(_("residuals"))
    # The category itself had fewer than 12 residuals.
    from_top = models.BooleanField(_("of the top-level category"), default=False)

    class Meta:
        verbose_name = _("spread of a category")
        verbose_name_plural = _("spreads of categories")
        constraints = [
            models.UniqueConstraint(fields=["category", "night"], name="category_spread_is_one_per_night")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.night}: {self.sigma:.4f}"
