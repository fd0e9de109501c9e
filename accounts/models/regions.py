"""The tree of regions (GB/T 2260) and the settings that each region overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.actor import Actor


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")


class RegionQuerySet(models.QuerySet["Region"]):
    def below(self, region: Region) -> Self:
        """The region itself and everything under it."""
        return self.filter(path__startswith=region.path)

    def visible_to(self, actor: Actor) -> Self:
        """Regions are public."""
        return self


class Region(models.Model):
    """A province, city or county."""

    code = models.CharField(_("code (GB/T 2260)"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    level = models.CharField(_("tier"), max_length=10, choices=RegionLevel)
    # Codes from the root to this region, each followed by a slash: a subtree is a prefix.
    path = models.CharField(_("path"), max_length=80, unique=True, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=RegionLevel.values), name="region_level_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(path__endswith=Concat(models.F("code"), models.Value("/"))),
                name="region_path_ends_with_its_code",
            ),
        ]
        indexes = [models.Index(OpClass("path", name="text_pattern_ops"), name="region_path_prefix")]

    def __str__(self) -> str:
        return self.name


class RegionSetting(models.Model):
    """A region's own value of one setting that an app has declared; regions below inherit it."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="settings")
    # `group.field`, for example `orders.approval_limit`.
    key = models.CharField(_("setting"), max_length=100)
    value = models.JSONField(_("value"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="changed_settings"
    )

    class Meta:
        verbose_name = _("setting of a region")
        verbose_name_plural = _("settings by region")
        ordering = ["key", "region__code"]
        constraints = [
            models.UniqueConstraint(fields=["region", "key"], name="region_setting_is_one_per_region"),
        ]

    def __str__(self) -> str:
        return f"{self.key} @ {self.region_id}"
