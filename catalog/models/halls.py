"""Halls (馆): parts of the marketplace with rules of admission, which each region chooses, orders and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from accounts.visibility import within_region
from catalog.models.goods import Good
from zcy.money import MoneyField

if TYPE_CHECKING:
    from accounts.actor import Actor


class HallLayout(models.TextChoices):
    """How the entry page is laid out."""

    SUPERMARKET = "supermarket", _("online supermarket")
    RURAL = "rural", _("rural revitalisation, by origin")
    ENTERPRISE = "enterprise", _("small and medium firms, by supplier")
    GREEN = "green", _("green, by policy label")
    SERVICES = "services", _("services, by price per item or hour")


class Hall(models.Model):
    """A hall with its entry page."""

    slug = models.SlugField(_("name in the address"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    layout = models.CharField(_("layout"), max_length=12, choices=HallLayout)
    intro = models.CharField(_("introduction"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["order", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(layout__in=HallLayout.values), name="hall_layout_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class HallRegionQuerySet(models.QuerySet["HallRegion"]):
    def visible_to(self, actor: Actor) -> Self:
        """What one's region and those below it have decided; the operator sees all."""
        from accounts.roles import OPERATOR_ROLES

        return self if actor.has_role(*OPERATOR_ROLES) else self.filter(within_region(actor))


class HallRegion(models.Model):
    """What a region has decided about a hall: it holds below it too, as far as a region there has not decided."""

    hall = models.ForeignKey(Hall, verbose_name=_("hall"), on_delete=models.CASCADE, related_name="regions")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="halls")
    # None or empty: as in the region above.
    shown = models.BooleanField(_("shown"), null=True, blank=True)
    name = models.CharField(_("own name"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("own position"), null=True, blank=True)

    objects = HallRegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("hall of a region")
        verbose_name_plural = _("halls by region")
        ordering = ["region__path", "hall__order"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "region"], name="region_decides_once_about_a_hall")
        ]

    def __str__(self) -> str:
        return f"{self.hall_id} @ {self.region_id}"


class HallRule(models.Model):
    """A condition that an offer meets to be admitted to a hall; all rules of a hall hold together."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="rules")
    # A key of catalog.halls.rules; one that is not known any more admits nothing.
    kind = models.CharField(_("rule"), max_length=40)
    # What the rule asks for, any of them: labels, sizes, codes of categories.
    values = ArrayField(models.CharField(max_length=60), verbose_name=_("any of"), default=list, blank=True)

    class Meta:
        verbose_name = _("rule of admission")
        verbose_name_plural = _("rules of admission")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "kind"],
                name="hall_has_a_rule_once",
                violation_error_message=_("The hall has a rule of this kind already: change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.hall_id}: {self.kind}"


class HallGood(models.Model):
    """A good in a hall, with what its admitted offers show. Kept by catalog.services.refresh_halls."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="+")
    offers = models.PositiveIntegerField(_("offers"))
    lowest_price = MoneyField(_("lowest price"))
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("good in a hall")
        verbose_name_plural = _("goods in halls")
        constraints = [models.UniqueConstraint(fields=["hall", "good"], name="good_is_in_a_hall_once")]
        indexes = [models.Index(fields=["good"], name="hall_good_good")]

    def __str__(self) -> str:
        return f"{self.good_id} @ {self.hall_id}"


class HallShare(models.Model):
    """How much of what a region and those below it bought in 90 days went to goods of a hall. Kept each night."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="shares")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(_("amount in the hall"), max_digits=18, decimal_places=2)
    total = models.DecimalField(_("amount in all"), max_digits=18, decimal_places=2)
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("share of a hall")
        verbose_name_plural = _("shares of halls")
        constraints = [
            models.UniqueConstraint(fields=["hall", "region"], name="share_of_a_hall_is_one_per_region"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0) & models.Q(total__gte=models.F("amount")),
                name="hall_amount_is_a_part_of_the_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hall_id} @ {self.region_id}: {self.amount} / {self.total}"


class OriginCounty(models.Model):
    """A county of the list of 832 (国家级脱贫县) from which goods of rural revitalisation come."""

    # GB/T 2260; counties lie all over the country, beyond the tree of regions.
    code = models.CharField(_("code (GB/T 2260)"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=60)
    city = models.CharField(_("city"), max_length=60, blank=True)
    province = models.CharField(_("province"), max_length=60)

    class Meta:
        verbose_name = _("county of origin")
        verbose_name_plural = _("counties of origin")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.name}"


class GoodOrigin(models.Model):
    """Where a good of rural revitalisation comes from, and who makes it."""

    good = models.OneToOneField(
        Good, on_delete=models.CASCADE, primary_key=True, related_name="origin_county"
    )
    county = models.ForeignKey(
        OriginCounty, verbose_name=_("county of origin"), on_delete=models.PROTECT, related_name="goods"
    )
    producer = models.CharField(_("producer"), max_length=120)
    # Of the good's worth, made in the county; 0 < share ≤ 1.
    share = models.DecimalField(
        _("share made in the county (0–1)"), max_digits=4, decimal_places=3, default=1
    )

    class Meta:
        verbose_name = _("origin of a good")
        verbose_name_plural = _("origins of goods")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gt=0) & models.Q(share__lte=1),
                name="origin_share_is_a_share",
                violation_error_message=_("A share is above 0 and at most 1: write 0.25 for a quarter."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.county_id}"
