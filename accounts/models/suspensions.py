"""Suspensions of suppliers: proposed by one person, confirmed by another, lifted in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.roles import Role
from zcy import clock

if TYPE_CHECKING:
    from accounts.actor import Actor


class SuspensionCause(models.TextChoices):
    """Each cause has rows of its own, so that lifting one never lifts the other."""

    ADMINISTRATIVE = "administrative", _("administrative")
    CREDIT = "credit", _("credit")


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def visible_to(self, actor: Actor) -> SuspensionQuerySet:
        """The onboarding staff see all, supervisors those of their region."""
        from accounts.visibility import in_region_of

        if actor.has_role(Role.ONBOARDING, Role.AUDITOR, Role.SERVICE):
            return self
        found: SuspensionQuerySet = in_region_of(self, actor, "organisation__region__path")  # type: ignore[assignment]
        return found

    def in_force(self) -> Self:
        """Confirmed, begun, neither over nor lifted."""
        day = clock.today()
        return self.filter(confirmed_at__isnull=False, lifted_at__isnull=True, begins_on__lte=day).exclude(
            ends_on__lt=day
        )

    def awaiting_confirmation(self) -> Self:
        """Proposed, or proposed to be lifted, and not decided by a second person."""
        return self.filter(
            models.Q(confirmed_at__isnull=True, refused_at__isnull=True)
            | models.Q(lift_proposed_by__isnull=False, lifted_at__isnull=True, confirmed_at__isnull=False)
        )


class Suspension(models.Model):
    """A supplier may not sell for a while, for one cause."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspensions")
    cause = models.CharField(_("cause"), max_length=16, choices=SuspensionCause)
    begins_on = models.DateField(_("from"))
    # The last day; empty: until it is lifted.
    ends_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=1000)
    # Nobody where the night proposes.
    proposed_by = models.ForeignKey(
        User, verbose_name=_("proposed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), db_default=Now())
    confirmed_by = models.ForeignKey(
        User,
        verbose_name=_("confirmed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    refused_by = models.ForeignKey(
        User, verbose_name=_("refused by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)
    lift_reason = models.CharField(_("reason for lifting"), max_length=1000, blank=True)
    lift_proposed_by = models.ForeignKey(
        User,
        verbose_name=_("lifting proposed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    lifted_by = models.ForeignKey(
        User, verbose_name=_("lifted by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cause__in=SuspensionCause.values), name="suspension_cause_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("begins_on")),
                name="suspension_ends_after_it_begins",
                violation_error_message=_("The suspension ends before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (
                    models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                    & (models.Q(proposed_by__isnull=True) | ~models.Q(confirmed_by=models.F("proposed_by")))
                ),
                name="suspension_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | (
                    models.Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_proposed_by__isnull=False)
                    & ~models.Q(lifted_by=models.F("lift_proposed_by"))
                    & models.Q(confirmed_at__isnull=False)
                ),
                name="suspension_is_lifted_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(refused_at__isnull=True) | models.Q(confirmed_at__isnull=True),
                name="refused_suspension_is_not_confirmed",
            ),
            models.UniqueConstraint(
                fields=["organisation", "cause"],
                condition=models.Q(lifted_at__isnull=True, refused_at__isnull=True, ends_on__isnull=True),
                name="one_open_suspension_for_each_cause",
                violation_error_message=_(
                    "This organisation is suspended for this cause already, without an end."
                ),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="suspension_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.cause} {self.begins_on}"

    @property
    def is_in_force(self) -> bool:
        day = clock.today()
        return (
            self.confirmed_at is not None
            and self.lifted_at is None
            and self.begins_on <= day
            and (self.ends_on is None or self.ends_on >= day)
        )

    @property
    def is_over(self) -> bool:
        past = self.ends_on is not None and self.ends_on < clock.today()
        return self.refused_at is not None or self.lifted_at is not None or past
