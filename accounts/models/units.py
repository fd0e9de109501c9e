"""Buyers' units come in by the invitation of their county's supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.models.regions import Region
from accounts.roles import SUPERVISOR_ROLES
from zcy import clock

if TYPE_CHECKING:
    from accounts.actor import Actor


class UnitInvitationQuerySet(models.QuerySet["UnitInvitation"]):
    def visible_to(self, actor: Actor) -> UnitInvitationQuerySet:
        """Supervisors see those of their region and below."""
        from accounts.visibility import within_region

        if not actor.has_role(*SUPERVISOR_ROLES):
            return self.none()
        return self.filter(within_region(actor))

    def open(self) -> UnitInvitationQuerySet:
        """May still be taken up."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())


class UnitInvitation(models.Model):
    """A unit that a supervisor has invited; taken up, it becomes a buyer with its first administrator."""

    name = models.CharField(_("name"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="unit_invitations")
    address = models.CharField(_("address"), max_length=300, blank=True)
    manager_name = models.CharField(_("first administrator"), max_length=150)
    manager_email = models.EmailField(_("e-mail"), blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    bureau = models.ForeignKey(
        Organisation, verbose_name=_("finance bureau"), on_delete=models.PROTECT, related_name="invited_units"
    )
    created_at = models.DateTimeField(_("invited"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="unit_invitation"
    )

    objects = UnitInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of a unit")
        verbose_name_plural = _("invitations of units")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, organisation__isnull=True)
                | models.Q(accepted_at__isnull=False, organisation__isnull=False),
                name="accepted_unit_is_an_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="accepted_unit_is_not_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="unit_is_invited_once",
            ),
        ]
        indexes = [models.Index(fields=["region", "-id"], name="unit_invitation_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """Where it stands: accepted, withdrawn, expired or open."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if self.expires_at > clock.now() else "expired"
