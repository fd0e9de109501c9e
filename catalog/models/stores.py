"""A supplier's storefront: a draft that is edited, versions that were published, and what the operator froze."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from zcy.models import append_only_triggers


class StoreVersion(models.Model):
    """A storefront as it was published; never changed."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="store_versions")
    number = models.PositiveIntegerField(_("version"))
    # catalog.storefront.Content as JSON.
    content = models.JSONField(_("content"))
    banner = models.ImageField(_("banner"), upload_to="stores/", blank=True)
    published_at = models.DateTimeField(_("published"), db_default=Now())
    published_by = models.ForeignKey(
        User,
        verbose_name=_("published by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    # The version that was brought back, where it was.
    restored = models.PositiveIntegerField(_("restored from version"), null=True)

    class Meta:
        verbose_name = _("published storefront")
        verbose_name_plural = _("published storefronts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="store_version_number_is_unique")
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.supplier_id} v{self.number}"


class Storefront(models.Model):
    """What a supplier works on, and which version everyone sees."""

    supplier = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="storefront"
    )
    draft = models.JSONField(_("draft"), default=dict)
    banner = models.ImageField(_("banner"), upload_to="stores/", blank=True)
    # An edit names the revision it was made on, and is refused when a newer one came between.
    revision = models.PositiveIntegerField(_("revision"), default=1)
    # Whether the draft differs from what was published last.
    changed = models.BooleanField(_("changed since it was published"), default=False)
    shown = models.ForeignKey(StoreVersion, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("storefront")
        verbose_name_plural = _("storefronts")

    def __str__(self) -> str:
        return str(self.supplier_id)


class StoreFreeze(models.Model):
    """A published storefront that the operator has taken from the public, with the reason."""

    version = models.OneToOneField(StoreVersion, on_delete=models.PROTECT, related_name="freeze")
    # A code of catalog.review_reasons; the text is for the supplier.
    reason = models.CharField(_("reason"), max_length=40)
    text = models.CharField(_("what to mend"), max_length=500)
    at = models.DateTimeField(_("time"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("frozen storefront")
        verbose_name_plural = _("frozen storefronts")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(text=""), name="store_freeze_has_a_reason"
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.version_id}: {self.reason}"
