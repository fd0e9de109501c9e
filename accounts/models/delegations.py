"""Who stands in for whom while somebody is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.actor import Actor


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that one gave or got; an organisation's own, for its administrator, are found by organisation."""
        return self.filter(
            models.Q(giver_id=actor.user_id or 0) | models.Q(deputy_id=actor.user_id or 0),
            organisation_id=actor.organisation_id,
        )

    def running(self) -> Self:
        """In force at this moment."""
        return self.filter(begins_at__lte=Now(), ends_at__gt=Now(), ended_at__isnull=True)

    def not_over(self) -> Self:
        """Running or still to begin."""
        return self.filter(ends_at__gt=Now(), ended_at__isnull=True)


class Delegation(models.Model):
    """Roles that a colleague holds in somebody's place, until they end by themselves."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="delegations")
    giver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="given_delegations")
    deputy = models.ForeignKey(User, on_delete=models.CASCADE, related_name="taken_delegations")
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("roles"))
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)
    note = models.CharField(_("remark"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"), db_default=Now())

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="delegation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("deputy")), name="nobody_stands_in_for_oneself"
            ),
            models.CheckConstraint(condition=models.Q(roles__len__gte=1), name="delegation_names_a_role"),
        ]
        indexes = [
            models.Index(
                fields=["deputy", "ends_at"],
                condition=models.Q(ended_at__isnull=True),
                name="delegation_deputy",
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.deputy_id}"

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) if role in Role.values else role for role in self.roles]
