"""What is known of suppliers, with two clocks: when it took effect, and when it was recorded here. Append-only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from credit.models.versions import Component, CreditModelVersion
from orders.models import Order
from zcy.models import append_only_triggers
from zcy.money import MoneyField

if TYPE_CHECKING:
    from accounts.actor import Actor


class CreditObservation(models.Model):
    """What an order says about one component from a night on.

    Of the rows of one order and component the newest effective one counts; one without a value takes the order out.
    A row that turned out wrong is taken back by another that names it in `reversal_of`. The nightly run derives the
    rows from the orders set-wise, so the references carry no constraints that would be checked row by row.
    """

    supplier = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    buyer = models.ForeignKey(
        Organisation, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(Order, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    component = models.CharField(_("component"), max_length=20, choices=Component)
    # t of the definition; decay counts from here.
    occurred_on = models.DateField(_("date"))
    effective_on = models.DateField(_("counts from"))
    # x of the definition, 0–1.
    value = models.DecimalField(_("value"), max_digits=6, decimal_places=4, null=True)
    amount = MoneyField(_("amount"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    reversal_of = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, related_name="reversals", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("credit observation")
        verbose_name_plural = _("credit observations")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | (Q(value__gte=0) & Q(value__lte=1)),
                name="observation_is_between_0_and_1",
            ),
            models.UniqueConstraint(fields=["reversal_of"], name="observation_is_reversed_once"),
        ]
        indexes = [
            models.Index(fields=["supplier", "component", "buyer"], name="credit_observation_supplier"),
            models.Index(fields=["order", "component"], name="credit_observation_order"),
            models.Index(fields=["effective_on"], name="credit_observation_effective"),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.order_id} {self.component} {self.value}"


class EventKind(models.TextChoices):
    DEDUCTION = "deduction", _("deduction")
    BONUS = "bonus", _("bonus")
    REMEDY = "remedy", _("remedied")
    REVERSAL = "reversal", _("reversal")


class Severity(models.TextChoices):
    MINOR = "minor", _("minor")
    GENERAL = "general", _("general")
    MAJOR = "major", _("major")
    SERIOUS = "serious", _("serious")


class CreditEventQuerySet(models.QuerySet["CreditEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier its own; supervisors those of their region; the operator's staff all."""
        return self.filter(supplier__in=Organisation.objects.visible_to(actor))


class CreditEvent(models.Model):
    """Points that an upheld finding or an officer's decision takes or gives. Never changed, only reversed."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="credit_events")
    kind = models.CharField(_("kind"), max_length=10, choices=EventKind)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    # Where it comes from: `warning:123`, `decision:45`, `officer`.
    source = models.CharField(_("source"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="credit_events"
    )
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=0)
    half_life_days = models.PositiveSmallIntegerField(_("half-life in days"), null=True, blank=True)
    effective_on = models.DateField(_("effective"))
    # The first day on which it no longer counts.
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="recorded_credit_events"
    )
    model_version = models.ForeignKey(CreditModelVersion, on_delete=models.PROTECT, related_name="events")
    # The event that a reversal undoes, or a remedy halves.
    reversal_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    # The same cause is recorded once.
    key = models.CharField(max_length=120, unique=True, editable=False)

    objects = CreditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit event")
        verbose_name_plural = _("credit events")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="credit_event_kind_is_known"),
            models.CheckConstraint(condition=Q(points__gte=0), name="credit_points_are_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["deduction", "bonus"], reversal_of__isnull=True)
                | Q(kind__in=["remedy", "reversal"], reversal_of__isnull=False),
                name="reversal_and_remedy_name_their_event",
            ),
            models.CheckConstraint(
                condition=~Q(kind="deduction") | ~Q(severity=""), name="deduction_has_a_severity"
            ),
            models.UniqueConstraint(
                fields=["reversal_of", "kind"],
                condition=Q(reversal_of__isnull=False),
                name="event_is_reversed_once",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "-id"], name="credit_event_supplier")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.points}"

    @property
    def is_reversed(self) -> bool:
        """Whether an appeal against it has succeeded: it has never happened then."""
        return any(event.kind == EventKind.REVERSAL for event in self.followed_by.all())


class BonusProposalQuerySet(models.QuerySet["BonusProposal"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(supplier__in=Organisation.objects.visible_to(actor))

    def waiting(self) -> Self:
        return self.filter(approved__isnull=True)


class BonusProposal(models.Model):
    """A bonus that an officer proposes with a reason, and a second officer decides on."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bonus_proposals")
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    event = models.OneToOneField(CreditEvent, on_delete=models.PROTECT, null=True, related_name="proposal")

    objects = BonusProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed bonus")
        verbose_name_plural = _("proposed bonuses")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="bonus_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
                name="bonus_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, decided_by__isnull=True, event__isnull=True)
                | Q(approved=False, decided_by__isnull=False, event__isnull=True)
                | Q(approved=True, decided_by__isnull=False, event__isnull=False),
                name="approved_bonus_has_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.reason}"
