"""What belongs to a standard good: its pictures, its policy labels with their certificates, and its history."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.goods import Good, PolicyLabel
from zcy.models import append_only_triggers
from zcy.said import SaidTextField


class GoodPicture(models.Model):
    """A picture of a good besides the first one, which stands on the good itself."""

    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ImageField(_("picture"), upload_to="goods/")
    order = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("picture of a good")
        verbose_name_plural = _("pictures of a good")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.picture}"


class GoodLabelQuerySet(models.QuerySet["GoodLabel"]):
    def valid_on(self, day: object) -> Self:
        """Certificates that hold on a local date."""
        return self.filter(models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=day))


class GoodLabel(models.Model):
    """A policy label with the certificate it rests on. `Good.labels`, which search reads, follows from these."""

    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="certificates")
    label = models.CharField(_("policy label"), max_length=40, choices=PolicyLabel)
    certificate = models.CharField(_("certificate number"), max_length=80)
    # The last day on which it holds; empty = without an end.
    expires_on = models.DateField(_("expires"), null=True, blank=True)

    objects = GoodLabelQuerySet.as_manager()

    class Meta:
        verbose_name = _("label certificate")
        verbose_name_plural = _("label certificates")
        ordering = ["label", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["good", "label", "certificate"],
                name="certificate_stands_once_on_a_good",
                violation_error_message=_("This certificate stands on the good already."),
            ),
            models.CheckConstraint(
                condition=models.Q(label__in=PolicyLabel.values), name="certified_label_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(certificate=""),
                name="certified_label_has_a_certificate",
                violation_error_message=_("A label needs the number of its certificate."),
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="good_label_expiry")]

    def __str__(self) -> str:
        return f"{self.label} {self.certificate}"


class ChangeKind(models.TextChoices):
    CREATED = "created", _("created")
    EDITED = "edited", _("edited")
    RETIRED = "retired", _("retired")
    REVIVED = "revived", _("taken up again")
    MERGED = "merged", _("merged into another good")
    ABSORBED = "absorbed", _("another good was merged into it")
    UNMERGED = "unmerged", _("merge undone")
    SCHEMA = "schema", _("followed its category's attributes")
    LABELS = "labels", _("policy labels followed their certificates")


class GoodChange(models.Model):
    """One change of a good with its author and what differed: {field: [before, after]}."""

    good = models.ForeignKey(Good, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(_("time"), db_default=Now())
    kind = models.CharField(_("what happened"), max_length=10, choices=ChangeKind)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    # Kept beside the account, which may be closed one day; empty = the platform itself.
    author_name = models.CharField(_("author"), max_length=150, blank=True)
    version = models.PositiveIntegerField(_("version"))
    changes = models.JSONField(_("difference"), default=dict)
    note = SaidTextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("change of a good")
        verbose_name_plural = _("changes of goods")
        ordering = ["-id"]
        indexes = [models.Index(fields=["good", "-id"], name="good_change_good")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ChangeKind.values), name="good_change_kind_is_known"
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.good_id} {self.kind}"
