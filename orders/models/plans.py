"""Procurement plans (采购计划) and their budget: frozen at submission, spent at payment, released on cancellation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.models import Category
from orders.triggers import book_entry_trigger, plan_follows_ledger_trigger
from zcy.models import append_only_triggers
from zcy.money import MoneyField

if TYPE_CHECKING:
    from accounts.actor import Actor


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(buyer_id=actor.organisation_id)


class Plan(models.Model):
    """What a unit may spend in a year on a category from a fund source. amount ≥ frozen + spent for live plans."""

    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")
    number = models.CharField(_("number"), max_length=40, blank=True, db_index=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("fiscal year"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fund_source = models.CharField(_("fund source"), max_length=100, blank=True)
    made_on = models.DateField(_("made on"), null=True, blank=True)
    amount = MoneyField(_("amount"))
    frozen = MoneyField(_("frozen"), default=0, editable=False)
    spent = MoneyField(_("spent"), default=0, editable=False)
    closed = models.BooleanField(_("closed"), default=False)
    origin = models.CharField(max_length=10, default="live", editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    external_id = models.CharField(max_length=100, blank=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("procurement plan")
        verbose_name_plural = _("procurement plans")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin="imported")
                | (models.Q(frozen__gte=0) & models.Q(spent__gte=0) & models.Q(amount__gte=0)),
                name="budget_is_never_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(origin="imported")
                | models.Q(amount__gte=models.F("frozen") + models.F("spent")),
                name="budget_is_never_overdrawn",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="plan_external_id_is_unique",
            ),
        ]
        indexes = [models.Index(fields=["buyer", "-year", "id"], name="plan_buyer_year")]
        triggers = [plan_follows_ledger_trigger()]

    def __str__(self) -> str:
        return self.title or self.number

    @property
    def left(self) -> Decimal:
        """What may still be ordered on it, in yuan."""
        left: Decimal = self.amount - self.frozen - self.spent
        return left


class BudgetEntryKind(models.TextChoices):
    GRANTED = "granted", _("granted")
    FROZEN = "frozen", _("frozen")
    RELEASED = "released", _("released")
    SPENT = "spent", _("spent")


class BudgetEntry(models.Model):
    """The ledger of a plan. Writing an entry is the only way to change a live plan's sums: a trigger books it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="entries")
    order = models.ForeignKey(
        "orders.Order", on_delete=models.PROTECT, null=True, related_name="budget_entries"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BudgetEntryKind)
    amount_change = MoneyField(_("change of the amount"), default=0)
    frozen_change = MoneyField(_("change of what is frozen"), default=0)
    spent_change = MoneyField(_("change of what is spent"), default=0)
    # The act that caused it; the same act is booked once.
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(_("time"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("budget entry")
        verbose_name_plural = _("budget entries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=BudgetEntryKind.values), name="budget_entry_kind_is_known"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(kind="granted", order__isnull=True, frozen_change=0, spent_change=0)
                    | models.Q(kind="frozen", amount_change=0, frozen_change__gt=0, spent_change=0)
                    | models.Q(kind="released", amount_change=0, frozen_change__lt=0, spent_change=0)
                    | models.Q(
                        kind="spent",
                        amount_change=0,
                        spent_change__gt=0,
                        frozen_change=models.F("spent_change") * -1,
                    )
                )
                & (models.Q(kind="granted") | models.Q(order__isnull=False)),
                name="budget_entry_moves_what_its_kind_says",
            ),
        ]
        triggers = [*append_only_triggers(), book_entry_trigger()]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"
