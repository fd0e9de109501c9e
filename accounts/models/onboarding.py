"""How a supplier comes in (入驻): its application, what was submitted each time, each step, and what was admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.models.regions import Region
from accounts.roles import Role
from zcy.formats import local
from zcy.models import append_only_triggers

if TYPE_CHECKING:
    from accounts.actor import Actor


class ApplicationKind(models.TextChoices):
    FIRST = "first", _("first application")
    RENEWAL = "renewal", _("renewal or change")


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("in review")
    RETURNED = "returned", _("sent back")
    APPROVED = "approved", _("approved")
    # A renewal that its supplier has given up; it can be taken up again while no other one is open.
    DISCARDED = "discarded", _("discarded")


OPEN_STATES: Final = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED)
EDITABLE_STATES: Final = (ApplicationState.DRAFT, ApplicationState.RETURNED)
APPLICATION_VIEWERS: Final = frozenset([Role.ONBOARDING, Role.AUDITOR])


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> Self:
        """The onboarding staff see all; a supplier's administrator and the applicant their own."""
        if actor.has_role(*APPLICATION_VIEWERS):
            return self
        return self.own(actor)

    def own(self, actor: Actor) -> Self:
        """What the person has applied for, or administers."""
        mine = models.Q(applicant_id=actor.user_id or 0, kind=ApplicationKind.FIRST) & ~models.Q(
            state=ApplicationState.APPROVED
        )
        if actor.has_role(Role.SUPPLIER_ADMIN):
            mine |= models.Q(organisation_id=actor.organisation_id)
        return self.filter(mine)

    def open(self) -> Self:
        """Neither approved nor discarded."""
        return self.filter(state__in=OPEN_STATES)


class Application(models.Model):
    """A supplier's request to be admitted, or to renew what was admitted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(_("kind"), max_length=10, choices=ApplicationKind)
    state = models.CharField(
        _("state"), max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    applicant = models.ForeignKey(
        User, verbose_name=_("applicant"), on_delete=models.PROTECT, related_name="applications"
    )
    # As it was typed, checked only at submission: nothing that somebody typed is lost because it is not right yet.
    typed = models.JSONField(_("typed"), default=dict, blank=True)
    # Field → what the reviewer wants mended.
    remarks = models.JSONField(_("remarks"), default=dict, blank=True)
    # Changes with everything that is saved: whoever decides or saves names the version that was looked at.
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("registered"), db_default=Now())
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="decided_applications"
    )
    # Who has the review open just now, so that a second reviewer is told.
    opened_by = models.ForeignKey(
        User,
        verbose_name=_("opened by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="opened_applications",
    )
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for admission")
        verbose_name_plural = _("applications for admission")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ApplicationState.values), name="application_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ApplicationKind.values), name="application_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ApplicationState.DRAFT, ApplicationState.DISCARDED])
                | models.Q(submitted_at__isnull=False),
                name="application_is_submitted_before_it_is_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ApplicationState.DISCARDED)
                | models.Q(kind=ApplicationKind.RENEWAL),
                name="first_application_is_not_discarded",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ApplicationState.APPROVED)
                | (models.Q(decided_by__isnull=False) & models.Q(decided_at__isnull=False)),
                name="application_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("applicant")),
                name="application_is_not_decided_by_its_applicant",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state__in=[state.value for state in OPEN_STATES]),
                name="organisation_has_one_open_application",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="application_state"),
            models.Index(fields=["applicant"], name="application_applicant"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.state}"

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_STATES

    @property
    def is_discardable(self) -> bool:
        """A renewal that is not being reviewed; without a first application there would be no supplier."""
        return self.kind == ApplicationKind.RENEWAL and self.is_editable


class ApplicationVersion(models.Model):
    """What was submitted each time, with the licences of that moment."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    values = models.JSONField(_("values"))
    licences = models.JSONField(_("licences"), default=list)
    submitted_by = models.ForeignKey(
        User, verbose_name=_("submitted by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("submitted"), db_default=Now())

    class Meta:
        verbose_name = _("submitted version of an application")
        verbose_name_plural = _("submitted versions of applications")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="application_version_number_is_unique"
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"


class ApplicationStep(models.TextChoices):
    REGISTERED = "registered", _("registered")
    BEGUN = "begun", _("begun")
    LICENCE_ADDED = "licence_added", _("licence added")
    LICENCE_REMOVED = "licence_removed", _("licence removed")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("sent back")
    APPROVED = "approved", _("approved")
    DISCARDED = "discarded", _("discarded")
    RESUMED = "resumed", _("taken up again")


class ApplicationEvent(models.Model):
    """One step of an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=20, choices=ApplicationStep)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"), db_default=Now())
    data = models.JSONField(_("data"), default=dict)

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        ordering = ["id"]
        indexes = [models.Index(fields=["application", "id"], name="application_event")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.application_id} {self.step} {local(self.at)}"


class SupplierProfile(models.Model):
    """What was admitted of a supplier that came in by application; imported suppliers have none."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact's phone"), max_length=60, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    delivery_regions = models.ManyToManyField(
        Region, verbose_name=_("delivery regions"), related_name="+", blank=True
    )
    # Codes of the catalog's categories; the catalog says what they are called.
    categories = ArrayField(
        models.CharField(max_length=20), verbose_name=_("categories"), default=list, blank=True
    )
    registered_at = models.DateTimeField(_("registered"))
    admitted_at = models.DateTimeField(_("admitted"))
    # Written by the catalog: when an offer could first be bought.
    first_listing_at = models.DateTimeField(_("first listing on sale"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile of a supplier")
        verbose_name_plural = _("profiles of suppliers")
        indexes = [
            models.Index(fields=["bank_account"], name="profile_bank_account"),
            models.Index(fields=["first_listing_at"], name="profile_first_listing"),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)
