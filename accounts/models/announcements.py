"""Announcements that a region publishes to everyone."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.models.regions import Region
from zcy import clock


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def published(self) -> Self:
        moment = clock.now()
        return self.filter(published_at__lte=moment).exclude(withdrawn_at__lte=moment)


class Announcement(models.Model):
    """A public text of one region; regions below see it too."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="announcements")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="announcements"
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["region", "-published_at"], name="announcement_region")]

    def __str__(self) -> str:
        return self.title
