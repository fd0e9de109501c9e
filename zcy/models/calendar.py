"""Days off, make-up working days, and outages that move deadlines."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("day off")
    WORKDAY = "workday", _("make-up working day")


class Holiday(models.Model):
    """A day whose kind differs from Monday to Friday, or is stated to be sure."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DayKind)
    name = models.CharField(_("name"), max_length=60, blank=True)
    # The State Council has not announced the year yet: statutory days only.
    provisional = models.BooleanField(_("provisional"), default=False)
    # A day given by an import or corrected by a person is not replaced by the built-in calendar.
    source = models.CharField(_("source"), max_length=20, default="builtin")

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DayKind.values) | ~models.Q(source="builtin"),
                name="holiday_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class Outage(models.Model):
    """A time in which the platform could not be used."""

    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=models.F("began_at")),
                name="outage_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class Workday(models.Model):
    """Every date with the number of working days from 2015 up to and including it.

    Written by `zcy.workdays.rebuild` whenever a special day changes, so that SQL computes wd(a, b) by subtraction.
    """

    date = models.DateField(_("date"), primary_key=True)
    working = models.BooleanField(_("working day"))
    cumulative = models.IntegerField(_("working days so far"))

    class Meta:
        verbose_name = _("working day")
        verbose_name_plural = _("working days")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date}: {self.cumulative}"
