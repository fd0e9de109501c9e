"""The list of those who may not take part (政府采购严重违法失信行为记录名单)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from zcy import clock


class ExclusionQuerySet(models.QuerySet["ExclusionEntry"]):
    def in_force(self, day: date | None = None) -> Self:
        """Bans that hold on a day."""
        day = day or clock.today()
        return self.filter(begins_on__lte=day).exclude(ends_on__lt=day)


class ExclusionEntry(models.Model):
    """A ban that an authority has published."""

    name = models.CharField(_("name"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    reason = models.CharField(_("reason"), max_length=1000)
    authority = models.CharField(_("authority"), max_length=200)
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("recorded"), db_default=Now())

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the exclusion list")
        verbose_name_plural = _("exclusion list")
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("begins_on")),
                name="exclusion_ends_after_it_begins",
                violation_error_message=_("The ban ends before it begins."),
            ),
            models.UniqueConstraint(
                fields=["name", "uscc", "authority", "begins_on"],
                name="exclusion_is_recorded_once",
                violation_error_message=_(
                    "This entry is in the list already: same name, code, authority and first day."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["uscc"], name="exclusion_uscc"),
            models.Index(fields=["name"], name="exclusion_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.begins_on}"
