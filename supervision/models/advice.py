"""温情监管: advice given before the offence, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User

if TYPE_CHECKING:
    from accounts.actor import Actor


class AdviceOutcome(models.TextChoices):
    SHOWN = "shown", _("shown")
    ANSWERED = "answered", _("ordered with a reason")
    CHANGED = "changed", _("changed course")


class AdviceRecordQuerySet(models.QuerySet["AdviceRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """Supervisors: their region and below; a buyer its own."""
        from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES

        if actor.has_role(*SUPERVISOR_ROLES) and actor.region is not None:
            return self.filter(region__path__startswith=actor.region.path)
        if actor.has_role(*BUYER_ROLES):
            return self.filter(buyer_id=actor.organisation_id)
        return self.none()


class AdviceRecord(models.Model):
    """One piece of advice about one offence of one buyer: shown, answered with a reason, or heeded."""

    rule = models.SlugField(_("rule"), max_length=60)
    # Stable for one offence (orders/advice.py).
    key = models.CharField(max_length=120)
    buyer = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="advice_records")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=AdviceOutcome, default=AdviceOutcome.SHOWN
    )
    severity = models.PositiveSmallIntegerField(_("severity"), default=1)
    text = models.TextField(_("advice"))
    figures = models.JSONField(_("figures"), default=dict)
    answer = models.TextField(_("reason"), blank=True)
    shown_at = models.DateTimeField(_("shown"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    order_id = models.BigIntegerField(null=True, editable=False)

    objects = AdviceRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice given")
        ordering = ["-shown_at", "-id"]
        indexes = [models.Index(fields=["buyer", "rule", "shown_at"], name="advice_buyer_rule")]
        constraints = [
            # The same offence thought of again after it was settled is a record of its own.
            models.UniqueConstraint(
                fields=["buyer", "key"], condition=Q(outcome="shown"), name="advice_is_open_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=AdviceOutcome.values), name="advice_outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"
