"""Scores of nights, their contributions, changes of grade, and the sums that are carried from night to night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Grade, Organisation
from credit.models.versions import Component, CreditModelVersion
from zcy.models import append_only_triggers

if TYPE_CHECKING:
    from accounts.actor import Actor


class CreditSnapshotQuerySet(models.QuerySet["CreditSnapshot"]):
    def visible_to(self, actor: Actor) -> Self:
        """A supplier its own; supervisors those of their region; the operator's staff all."""
        return self.filter(supplier__in=Organisation.objects.visible_to(actor))

    def newest(self) -> Self:
        """The newest revision of each night."""
        return self.order_by("supplier_id", "as_of", "-revision").distinct("supplier_id", "as_of")


class CreditSnapshot(models.Model):
    """A supplier's score as of a night, as it was known then; a later finding adds a revision."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="credit_snapshots")
    as_of = models.DateField(_("as of"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    known_at = models.DateTimeField(_("known at"))
    model_version = models.ForeignKey(CreditModelVersion, on_delete=models.PROTECT, related_name="snapshots")
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    lower = models.DecimalField(_("lower bound (90%)"), max_digits=7, decimal_places=4)
    upper = models.DecimalField(_("upper bound (90%)"), max_digits=7, decimal_places=4)
    grade = models.CharField(_("grade"), max_length=3, choices=Grade)
    provisional = models.BooleanField(_("provisional"))
    # Over confirmed orders; the components' own are in `parts`.
    effective_n = models.DecimalField(_("effective number of orders"), max_digits=12, decimal_places=4)
    observed = models.BooleanField(_("has observations"))
    # Component → weight, prior, mean, points (w·q), start (w·p), moved, mass (Σω), cap (C), n, count.
    parts = models.JSONField(_("components"))
    bonus = models.DecimalField(_("bonus"), max_digits=8, decimal_places=4, default=0)
    deductions = models.DecimalField(_("deductions"), max_digits=8, decimal_places=4, default=0)
    limit = models.DecimalField(_("limit"), max_digits=8, decimal_places=4, default=0)

    objects = CreditSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit snapshot")
        verbose_name_plural = _("credit snapshots")
        ordering = ["-as_of", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "as_of", "revision"], name="snapshot_has_one_row_per_revision"
            ),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=100), name="score_is_0_to_100"),
            models.CheckConstraint(
                condition=Q(lower__lte=models.F("upper")), name="interval_is_not_upside_down"
            ),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="snapshot_grade_is_known"),
        ]
        indexes = [models.Index(fields=["as_of"], name="credit_snapshot_as_of")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.as_of}: {self.score} {self.grade}"


class CreditContribution(models.Model):
    """What each order added to or took from one component of a snapshot, in points with four places."""

    snapshot = models.ForeignKey(CreditSnapshot, on_delete=models.PROTECT, related_name="contributions")
    component = models.CharField(_("component"), max_length=20, choices=Component)
    start = models.DecimalField(_("start"), max_digits=8, decimal_places=4)
    orders = ArrayField(models.BigIntegerField(), verbose_name=_("orders"))
    points = ArrayField(models.DecimalField(max_digits=8, decimal_places=4), verbose_name=_("points"))

    class Meta:
        verbose_name = _("credit contribution")
        verbose_name_plural = _("credit contributions")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "component"], name="contribution_is_one_per_component"
            )
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.component}"


class GradeChangeQuerySet(models.QuerySet["GradeChange"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(supplier__in=Organisation.objects.visible_to(actor))


class GradeChange(models.Model):
    """A grade's move, announced when it was decided."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grade_changes")
    decided_on = models.DateField(_("decided"))
    effective_on = models.DateField(_("in effect from"))
    before = models.CharField(pgettext_lazy("grade", "from"), max_length=3, choices=Grade)
    after = models.CharField(pgettext_lazy("grade", "to"), max_length=3, choices=Grade)
    reason = models.CharField(_("reason"), max_length=20)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("change of grade")
        verbose_name_plural = _("changes of grades")
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "decided_on", "after"], name="grade_change_is_recorded_once"
            ),
            models.CheckConstraint(
                condition=Q(effective_on__gte=models.F("decided_on")), name="grade_change_is_announced_first"
            ),
        ]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.decided_on}: {self.before} → {self.after}"


class CreditSum(models.Model):
    """Σda, Σdax and Σda² of a supplier, component and buyer, carried from night to night.

    Instead of multiplying every row by 2^(−1/180) a night, the sums are kept as of a fixed day (`sums.EPOCH`) and
    multiplied once when they are read: only rows of the day's own orders are written.
    """

    pk = models.CompositePrimaryKey("supplier_id", "component", "buyer_id")
    supplier_id = models.BigIntegerField()
    component = models.CharField(max_length=20)
    buyer_id = models.BigIntegerField()
    weight = models.DecimalField(max_digits=40, decimal_places=18)
    good = models.DecimalField(max_digits=40, decimal_places=18)
    squares = models.DecimalField(max_digits=40, decimal_places=18)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("carried credit sum")
        verbose_name_plural = _("carried credit sums")

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.component} {self.buyer_id}"


class CreditState(models.Model):
    """How far a supplier has been computed: the night, and the last rows of the ledger that it knows."""

    supplier = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    as_of = models.DateField(_("as of"))
    observation_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("state of the credit computation")
        verbose_name_plural = _("states of the credit computation")

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.as_of}"


class CreditProgress(models.Model):
    """One row: up to which night the orders have been compared with the ledger, and the newest import by then."""

    reconciled_to = models.DateField(null=True)
    # Id of the audit entry; after a newer import everything is compared again.
    import_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("progress of the credit computation")
        verbose_name_plural = _("progress of the credit computation")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="credit_progress_is_one_row")]

    def __str__(self) -> str:
        return f"{self.reconciled_to}"
