"""What a listing was before."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.listings import Listing
from zcy.models import append_only_triggers


class ListingVersion(models.Model):
    """The values of a listing at one of its versions, and who wrote them. Never changed."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("time"), db_default=Now())
    # Code of catalog.transitions.Action; empty for what was found, not written (an imported listing before its edit).
    action = models.CharField(_("action"), max_length=10, blank=True)
    changed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    sale = models.CharField(_("sale"), max_length=10)
    review = models.CharField(_("review"), max_length=10)
    # edit_listing.snapshot
    values = models.JSONField(_("values"))
    note = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("version of a listing")
        verbose_name_plural = _("versions of listings")
        ordering = ["-version", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "version"], name="listing_version_is_written_once")
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.listing_id} v{self.version}"
