"""A warning and its life: evidence, states, deadlines, statements, decision; four eyes in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from catalog.models import Category
from supervision.models.rules import Rule, RuleVersion
from supervision.vocabulary import (
    LIVE_STATES,
    Dimension,
    DismissalReason,
    Severity,
    SubjectKind,
    Verdict,
    WarningState,
)
from zcy.models import append_only_triggers
from zcy.money import MoneyField

if TYPE_CHECKING:
    from accounts.actor import Actor


LONGEST_SUPPRESSION: Final = 180


class WarningQuerySet(models.QuerySet["Warning"]):
    def visible_to(self, actor: Actor) -> Self:
        """Supervisors: their region and below; catalogue staff: unit errors; both sides: what they are asked about."""
        from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES, Role

        if actor.has_role(*SUPERVISOR_ROLES) and actor.region is not None:
            return self.filter(region__path__startswith=actor.region.path)
        if actor.has_role(Role.CATALOG):
            return self.filter(unit_error=True)
        if actor.has_role(*BUYER_ROLES, *SUPPLIER_ROLES):
            return self.filter(explanations__organisation_id=actor.organisation_id).distinct()
        return self.none()

    def live(self) -> Self:
        """What waits for somebody: not decided, not historic, not for the catalogue's staff."""
        return self.filter(state__in=LIVE_STATES, historic=False, unit_error=False)

    def by_deadline(self) -> Self:
        return self.order_by(F("due_at").asc(nulls_last=True), "-priority", "id")


class Warning(models.Model):
    """One episode of one rule about one subject. A second computation of the same nights finds the same row."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="warnings")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="warnings")
    dimension = models.CharField(_("dimension"), max_length=1, choices=Dimension)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="warnings")
    subject_kind = models.CharField(_("kind of subject"), max_length=10, choices=SubjectKind)
    # As in files: ids at the source, or public numbers; sorted.
    subject_ids = ArrayField(models.CharField(max_length=100), verbose_name=_("subject"))
    # Ids of rows here, `order:12`: the same subject under another rule is found by it.
    subject_key = models.CharField(max_length=120, editable=False)
    order_id = models.BigIntegerField(null=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    buyer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="warnings_as_buyer"
    )
    supplier = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="warnings_as_supplier"
    )
    first_seen = models.DateField(_("first seen"))
    last_seen = models.DateField(_("last seen"))
    times_seen = models.PositiveIntegerField(_("nights"), default=1)
    # The night from whose data on it could be known; never before first_seen.
    known_on = models.DateField(_("known on"))
    value = models.FloatField(_("value"))
    threshold = models.FloatField(_("threshold"))
    sample_size = models.PositiveIntegerField(_("sample"), null=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    at_stake = MoneyField(_("at stake"), default=0)
    priority = models.FloatField(_("priority"), default=0)
    # |ln(price/median)| is that of a pack size or of 10, 100, 1000: named as such, last, for the catalogue's staff.
    unit_error = models.BooleanField(_("unit error"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=WarningState, default=WarningState.OPEN)
    # First seen more than 30 days before it was raised here: listed apart, no deadlines.
    historic = models.BooleanField(_("historic"), default=False)
    raised_at = models.DateTimeField(_("raised"))
    # The end of the current step: 3 working days to assign, 5 to explain, 10 to verify.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned_warnings"
    )
    explainer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="explained_warnings"
    )
    verifier = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="verified_warnings"
    )
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict, blank=True)
    dismissal_reason = models.CharField(_("reason"), max_length=20, choices=DismissalReason, blank=True)
    decision_text = models.TextField(_("grounds"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # Closed by the night because the data no longer show it.
    self_closed = models.BooleanField(_("closed by corrected data"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WarningState.values), name="warning_state_is_known"),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="warning_severity_is_known"
            ),
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="warning_is_seen_in_order"
            ),
            models.CheckConstraint(
                condition=Q(known_on__gte=F("first_seen")), name="warning_is_known_when_seen"
            ),
            models.CheckConstraint(
                condition=Q(verifier__isnull=True)
                | (~Q(verifier=F("assignee")) & ~Q(verifier=F("explainer"))),
                name="verifier_is_neither_assignee_nor_explainer",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | (Q(verifier__isnull=False) & ~Q(verdict="")),
                name="verified_warning_has_a_verdict",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="dismissed") | ~Q(dismissal_reason=""), name="dismissal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(historic=False) | Q(due_at__isnull=True), name="historic_warning_has_no_deadline"
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "subject_key"], name="warning_rule_subject"),
            models.Index(fields=["subject_key", "first_seen"], name="warning_subject"),
            models.Index(fields=["region", "state", "due_at"], name="warning_region_state"),
            models.Index(fields=["-priority", "id"], name="warning_priority"),
            models.Index(fields=["rule", "last_seen"], name="warning_rule_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject_key} {self.first_seen}"

    @property
    def ids(self) -> str:
        """The subject's ids as files write them."""
        return ";".join(self.subject_ids)


class WarningEvent(models.Model):
    """One step of a warning's life."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("time"), db_default=Now())
    action = models.CharField(_("action"), max_length=40)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a warning")
        verbose_name_plural = _("steps of warnings")
        ordering = ["id"]
        indexes = [models.Index(fields=["warning", "id"], name="warning_event_warning")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.warning_id} {self.action}"


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def visible_to(self, actor: Actor) -> Self:
        """What one's own organisation is asked; supervisors what was asked in their region."""
        from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*SUPERVISOR_ROLES) and actor.region is not None:
            return self.filter(warning__region__path__startswith=actor.region.path)
        if actor.has_role(*BUYER_ROLES, *SUPPLIER_ROLES):
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, warning__state=WarningState.REQUESTED)


class Explanation(models.Model):
    """说明: what an organisation is asked about a warning, and what it answered."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="explanations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="explanations")
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    due_at = models.DateTimeField(_("due"))
    text = models.TextField(_("explanation"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["warning", "organisation"],
                condition=Q(answered_at__isnull=True),
                name="organisation_is_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | (~Q(text="") & Q(answered_by__isnull=False)),
                name="answered_explanation_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warning_id} → {self.organisation_id}"


class Suppression(models.Model):
    """A rule keeps silent about a subject for at most 180 days, unless its value worsens by more than 10%."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="suppressions")
    subject_key = models.CharField(max_length=120)
    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="suppressions")
    # How bad it was when it was suppressed.
    value = models.FloatField(_("value"))
    threshold = models.FloatField(_("threshold"))
    reason = models.TextField(_("reason"))
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("to"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), db_default=Now())
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        indexes = [models.Index(fields=["rule", "subject_key"], name="suppression_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="suppression_has_a_reason"),
            models.CheckConstraint(
                condition=Q(to_day__gte=F("from_day")), name="suppression_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(to_day__lte=F("from_day") + timedelta(days=LONGEST_SUPPRESSION)),
                name="suppression_lasts_180_days_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject_key} → {self.to_day}"
