"""What the reasonable-price range is read from: learned each night, one row per category and one per good."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.categories import Category
from catalog.models.goods import Good


class PriceModel(models.Model):
    """How prices behave in a category; the row without a category holds what all categories share.

    All prices are logarithms of yuan per standard unit.
    """

    category = models.OneToOneField(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="price_model"
    )
    as_of = models.DateField(_("as of"))
    deals = models.PositiveIntegerField(_("deals"), default=0)
    goods = models.PositiveIntegerField(_("goods with deals"), default=0)
    # What one more unit of ln(quantity) and one more day do to the logarithm of a price.
    quantity_slope = models.FloatField(_("effect of the quantity"), default=0)
    drift = models.FloatField(_("drift a day"), default=0)
    # Standard deviations: of deals of one good, of goods around what their attributes tell, of goods around the
    # mean of their equivalents.
    within = models.FloatField(_("spread within a good"), default=0)
    between = models.FloatField(_("spread between goods"), default=0)
    among_equivalents = models.FloatField(_("spread among equivalent goods"), default=0)
    # The share of the variance between goods that the attributes explain, out of sample.
    explained = models.FloatField(_("explained by attributes"), default=0)
    half_life = models.PositiveSmallIntegerField(_("half-life of a deal in days"), default=90)
    # Effects on the logarithm, by tier (of the category) and by id of the region (shared row only).
    tiers = models.JSONField(_("effects of tiers"), default=dict, blank=True)
    regions = models.JSONField(_("effects of regions"), default=dict, blank=True)
    # "" is the base; else "attribute=value", "brand=id" or "ln:attribute" → effect, with centres of numbers.
    attributes = models.JSONField(_("effects of attributes"), default=dict, blank=True)
    # class of the number of own deals → 10%, 50% and 90% quantile of (what was paid − expected) ÷ spread.
    tails = models.JSONField(_("tails"), default=dict, blank=True)

    class Meta:
        verbose_name = _("price model of a category")
        verbose_name_plural = _("price models of categories")
        constraints = [
            models.UniqueConstraint(
                fields=["category"], nulls_distinct=False, name="price_model_is_one_per_category"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.as_of}"


class PriceLevel(models.Model):
    """What a good costs as of a day, before quantity and region: its own deals, and what goods like it tell."""

    good = models.OneToOneField(Good, on_delete=models.CASCADE, primary_key=True, related_name="price_level")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    # The day that `own` is brought to.
    as_of = models.DateField(_("as of"))
    n = models.PositiveIntegerField(_("own deals in 365 days"), default=0)
    recent = models.PositiveIntegerField(_("own deals in 90 days"), default=0)
    suppliers = models.PositiveIntegerField(_("suppliers in 365 days"), default=0)
    recent_suppliers = models.PositiveIntegerField(_("suppliers in 90 days"), default=0)
    own = models.FloatField(_("level of its own deals"), null=True)
    own_spread = models.FloatField(_("spread of its own deals"), null=True)
    # Deals counted by their age: (Σw)² ÷ Σw².
    weight = models.FloatField(_("effective number of deals"), default=0)
    usual_quantity = models.FloatField(_("logarithm of the usual quantity"), null=True)
    prior = models.FloatField(_("level of goods like it"), null=True)
    prior_spread = models.FloatField(_("spread of goods like it"), null=True)
    equivalents = models.PositiveIntegerField(_("equivalent goods"), default=0)

    class Meta:
        verbose_name = _("price level of a good")
        verbose_name_plural = _("price levels of goods")
        indexes = [models.Index(fields=["category"], name="price_level_category")]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.own}"
