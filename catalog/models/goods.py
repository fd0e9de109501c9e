"""Standard goods (标准商品): one row per brand, model and key specification."""

from __future__ import annotations

from typing import Final, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalog.models.categories import Category
from zcy.money import MoneyField

# Where nobody states how long delivery takes, lists by delivery put the good last.
SLOWEST: Final = 32767


class Brand(models.Model):
    """A brand as people write it, in Chinese and in Latin letters."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    latin = models.CharField(_("Latin name"), max_length=80, blank=True)
    goods_count = models.PositiveIntegerField(_("goods on sale"), default=0, editable=False)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PolicyLabel(models.TextChoices):
    ENERGY_SAVING = "energy_saving", _("energy saving")
    ENVIRONMENTAL = "environmental", _("environmental")
    GREEN = "green", _("green")
    XINCHUANG = "xinchuang", _("domestic IT")
    RURAL = "rural", _("rural revitalisation")


class GoodState(models.TextChoices):
    ACTIVE = "active", _("active")
    RETIRED = "retired", _("retired")
    # Another standard good has taken its place: its address leads there (`merged_into`).
    MERGED = "merged", _("merged")


class GoodQuerySet(models.QuerySet["Good"]):
    def active(self) -> Self:
        return self.filter(state=GoodState.ACTIVE)

    def searchable(self) -> Self:
        """Goods with at least one listing that is on sale and approved."""
        return self.filter(state=GoodState.ACTIVE, offers__gt=0)


class Good(models.Model):
    """A standard good. What a card of a result list shows is kept on the row itself."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="goods")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="goods")
    model = models.CharField(_("model"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=300)
    spec = models.JSONField(_("specification"), default=dict, blank=True)
    # Hash of the whole specification: equal specifications form the fallback peer group of price rules.
    spec_hash = models.CharField(_("hash of the specification"), max_length=32, editable=False, default="")
    # Hash of the category's key attributes: goods of one category with equal ones are equivalent (同等品). Empty where
    # the category has none or one is not stated.
    key_hash = models.CharField(_("hash of the key attributes"), max_length=32, editable=False, default="")
    # unit and pack as in market-csv.md; an unknown pack counts as 1.
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    pack_size = models.DecimalField(
        _("units per pack"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    labels = ArrayField(
        models.CharField(max_length=40), verbose_name=_("policy labels"), default=list, blank=True
    )
    picture = models.ImageField(_("picture"), upload_to="goods/", blank=True)
    description = models.TextField(_("description"), blank=True)
    origin = models.CharField(_("country of origin"), max_length=60, blank=True)
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    # Always 14 digits with a right check digit (catalog.gtin): an EAN-13 and its GTIN-14 are the same number.
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    accessories = models.ManyToManyField(
        "self", verbose_name=_("accessories"), symmetrical=False, blank=True, related_name="accessory_of"
    )
    successor = models.ForeignKey(
        "self",
        verbose_name=_("successor"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
    )
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_goods",
    )
    # An edit names the version it was made on, and is refused when a newer one came between.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # Fingerprint of what was compared with other goods last: those that differ from it are compared next night.
    compared = models.CharField(max_length=32, default="", editable=False)
    state = models.CharField(_("state"), max_length=10, choices=GoodState, default=GoodState.ACTIVE)
    proposed_by = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposed_goods"
    )
    created_at = models.DateTimeField(_("created"), db_default=Now())
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # Kept by catalog.services whenever a listing changes.
    offers = models.PositiveIntegerField(_("offers"), default=0, editable=False)
    lowest_price = MoneyField(_("lowest price"), null=True, editable=False)
    in_stock = models.BooleanField(_("in stock"), default=False, editable=False)
    delivery_days = models.PositiveSmallIntegerField(_("fastest delivery in days"), null=True, editable=False)
    # Paths of the regions that some offer delivers to; empty = everywhere.
    delivery_paths = ArrayField(models.CharField(max_length=80), default=list, blank=True, editable=False)
    # The best ranking factor among its offers' suppliers, for the bounded effect of credit on relevance.
    ranking_factor = models.FloatField(_("ranking factor"), default=1.0, editable=False)
    # Sizes of the suppliers that offer it, and the best grade and score among them.
    supplier_sizes = ArrayField(models.CharField(max_length=20), default=list, blank=True, editable=False)
    best_grade = models.CharField(_("best credit grade"), max_length=3, blank=True, editable=False)
    best_score = models.FloatField(_("best credit score"), default=0.0, editable=False)
    # Orders in the last 365 days, as the figures say.
    sold = models.PositiveIntegerField(_("orders in 365 days"), default=0, editable=False)
    # Since when it has been on offer for the first time: what saved searches tell of.
    offered_at = models.DateTimeField(_("first offered"), null=True, editable=False)
    # All of its place among hits but the words: catalog.search.ranking.
    merit = models.FloatField(_("merit"), default=1.0, editable=False)
    # Merit × how much it is offered: the order of lists that nobody has searched for.
    weight = models.FloatField(_("weight in lists"), default=0.0, editable=False)
    search = SearchVectorField(null=True, editable=False)
    # Model in capitals without blanks and dashes, for search by trigram.
    model_key = models.CharField(max_length=120, blank=True, editable=False)
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)

    objects = GoodQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard good")
        verbose_name_plural = _("standard goods")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="good_external_id_is_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(pack_size__isnull=True) | models.Q(pack_size__gt=0),
                name="pack_size_is_positive",
                violation_error_message=_("A pack holds more than nothing; leave it empty if it is one."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=GoodState.values), name="good_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="merged_good_names_its_survivor",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")) & ~models.Q(successor=models.F("id")),
                name="good_does_not_follow_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex=r"^[0-9]{14}$"),
                name="gtin_has_14_digits",
                violation_error_message=_("A GTIN has 14 digits."),
            ),
            models.UniqueConstraint(
                fields=["gtin"],
                condition=models.Q(state="active") & ~models.Q(gtin=""),
                name="gtin_is_unique_among_active_goods",
                violation_error_message=_(
                    "Another active good has this GTIN already: merge the two, or mend one."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["category", "lowest_price", "id"],
                condition=models.Q(offers__gt=0),
                name="good_category_price",
            ),
            models.Index(
                fields=["category", "-weight", "-id"],
                condition=models.Q(offers__gt=0),
                name="good_category_weight",
            ),
            models.Index(fields=["lowest_price", "id"], condition=models.Q(offers__gt=0), name="good_price"),
            models.Index(fields=["-weight", "-id"], condition=models.Q(offers__gt=0), name="good_weight"),
            models.Index(fields=["-sold", "-id"], condition=models.Q(offers__gt=0), name="good_sold"),
            models.Index(fields=["-best_score", "-id"], condition=models.Q(offers__gt=0), name="good_credit"),
            models.Index(
                Coalesce("delivery_days", SLOWEST),
                "id",
                condition=models.Q(offers__gt=0),
                name="good_delivery",
            ),
            models.Index(fields=["offered_at"], condition=models.Q(offers__gt=0), name="good_offered_at"),
            models.Index(fields=["brand", "id"], name="good_brand"),
            models.Index(fields=["category", "spec_hash"], name="good_category_spec"),
            models.Index(
                fields=["category", "key_hash"], condition=~models.Q(key_hash=""), name="good_category_key"
            ),
            models.Index(fields=["gtin"], condition=~models.Q(gtin=""), name="good_gtin"),
            models.Index(fields=["model_key"], condition=~models.Q(model_key=""), name="good_model_key"),
            GinIndex(fields=["search"], name="good_search", fastupdate=False),
            GinIndex(OpClass("model_key", name="gin_trgm_ops"), name="good_model_trigram"),
            GinIndex(OpClass("pinyin", name="gin_trgm_ops"), name="good_pinyin_trigram"),
        ]

    def __str__(self) -> str:
        return self.name


class GoodFigures(models.Model):
    """Sales and returns of a good in the last 365 days. Written by orders."""

    good = models.OneToOneField(Good, on_delete=models.CASCADE, primary_key=True, related_name="figures")
    orders = models.PositiveIntegerField(_("orders"), default=0)
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=3, default=0)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, default=0)
    returns = models.PositiveIntegerField(_("returns"), default=0)
    as_of = models.DateField(_("as of"), null=True)

    class Meta:
        verbose_name = _("figures of a good")
        verbose_name_plural = _("figures of goods")

    def __str__(self) -> str:
        return f"{self.good_id}: {self.orders}"
