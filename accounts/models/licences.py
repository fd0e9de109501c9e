"""Licences of suppliers, each with the file that proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.onboarding import APPLICATION_VIEWERS, Application
from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.roles import SUPPLIER_ROLES

if TYPE_CHECKING:
    from accounts.actor import Actor


class LicenceKind(models.TextChoices):
    BUSINESS = "business", _("business licence")
    PERMIT = "permit", _("permit for a trade")
    AUTHORISATION = "authorisation", _("authorisation by a maker")
    CERTIFICATE = "certificate", _("certificate")
    OTHER = "other", _("other paper")


FILES_FOLDER: Final = "licences"


class LicenceQuerySet(models.QuerySet["Licence"]):
    def visible_to(self, actor: Actor) -> Self:
        """The onboarding staff see all; a supplier its own; the applicant what belongs to the application."""
        if actor.has_role(*APPLICATION_VIEWERS):
            return self
        mine = models.Q(application__in=Application.objects.own(actor))
        if actor.has_role(*SUPPLIER_ROLES):
            mine |= models.Q(organisation_id=actor.organisation_id, accepted_at__isnull=False)
        return self.filter(mine)

    def in_force(self) -> Self:
        """Accepted, and not replaced by a newer one."""
        return self.filter(accepted_at__isnull=False, replaced_at__isnull=True)

    def of_application(self, application: Application) -> Self:
        """What was uploaded with an application and not taken out again."""
        return self.filter(application=application, removed_at__isnull=True)


class Licence(models.Model):
    """A paper that entitles a supplier, uploaded with an application and accepted with its approval."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(_("kind"), max_length=16, choices=LicenceKind)
    number = models.CharField(_("number"), max_length=60)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    # Empty: valid without limit (长期).
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    # A random name in the storage; the uploader's own name is only shown.
    file = models.CharField(_("file"), max_length=100, unique=True)
    file_name = models.CharField(_("name of the file"), max_length=200)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(
        User, verbose_name=_("uploaded by"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ["kind", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=LicenceKind.values), name="licence_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(issued_on__isnull=True)
                | models.Q(expires_on__isnull=True)
                | models.Q(expires_on__gte=models.F("issued_on")),
                name="licence_expires_after_it_was_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(accepted_at__isnull=True),
                name="accepted_licence_is_not_removed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"],
                condition=models.Q(accepted_at__isnull=False) & models.Q(replaced_at__isnull=True),
                name="licence_in_force_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def url(self) -> str:
        return f"/media/{self.file}"
