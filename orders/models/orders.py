"""The order: what was bought, from whom, on what terms, and everything that happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region, User
from catalog.models import Category, Good, Listing
from orders.models.inquiries import Inquiry
from orders.models.plans import Plan
from orders.states import State
from orders.triggers import (
    agreed_line_trigger,
    agreed_trigger,
    four_eyes_trigger,
    initial_state_trigger,
    state_trigger,
)
from zcy.models import append_only_triggers
from zcy.money import MoneyField, QuantityField

if TYPE_CHECKING:
    from accounts.actor import Actor


class Origin(models.TextChoices):
    LIVE = "live", _("placed here")
    IMPORTED = "imported", _("imported")


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        """Buyer's and supplier's own people; supervisors those of their region."""
        from accounts.roles import BUYER_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES

        if actor.has_role(*BUYER_ROLES):
            return self.filter(buyer_id=actor.organisation_id)
        if actor.has_role(*SUPPLIER_ROLES):
            # Not what its unit has not approved, nor what was cancelled before that.
            return self.filter(supplier_id=actor.organisation_id).exclude(
                origin=Origin.LIVE, approved_at__isnull=True
            )
        if actor.has_role(*SUPERVISOR_ROLES) and actor.region is not None:
            return self.filter(region__path__startswith=actor.region.path)
        return self.none()


class Order(models.Model):
    """An order to one supplier. Constraints about the order of events hold for live orders only."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.LIVE, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.SUBMITTED)
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="received_orders")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="orders")
    method = models.CharField(_("method"), max_length=40, default="direct")
    # The category with the largest amount of its lines (ties: smaller code); the whole total belongs to it.
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    contract = models.CharField(_("contract"), max_length=100, blank=True)
    emergency = models.BooleanField(_("emergency"), null=True, blank=True)
    total = MoneyField(_("total"), default=0)
    # What of the total was accepted: the most that may be invoiced and paid.
    accepted_total = MoneyField(_("accepted amount"), default=0)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="placed_orders")
    placed_at = models.DateTimeField(_("placed"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    # When the last part arrived.
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    # When it ended without a deal: cancelled, not approved, or refused by the supplier.
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=20, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Terms as they were at submission: address, contact, invoice title, supplier's after-sales terms, payment days.
    terms = models.JSONField(_("terms"), default=dict)
    # What the buyer saw and answered: advice, price band of each line, the rule that offered the method.
    dossier = models.JSONField(_("dossier"), default=dict)
    idempotency_key = models.CharField(max_length=64, null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    external_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_is_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="order_origin_is_known"),
            models.CheckConstraint(
                condition=Q(origin="imported") | Q(total__gte=0), name="order_total_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(origin="imported")
                | Q(confirmed_at__isnull=True)
                | Q(confirmed_at__gte=models.F("placed_at")),
                name="live_order_is_confirmed_after_it_was_placed",
            ),
            models.CheckConstraint(
                condition=Q(origin="imported")
                | ~Q(state__in=["cancelled", "refused", "rejected"])
                | Q(cancelled_at__isnull=False),
                name="live_cancelled_order_says_when",
            ),
            models.CheckConstraint(
                condition=Q(origin="imported")
                | (Q(accepted_total__gte=0) & Q(accepted_total__lte=models.F("total"))),
                name="live_order_accepts_no_more_than_it_ordered",
            ),
            models.CheckConstraint(
                condition=Q(origin="imported") | Q(plan__isnull=False), name="live_order_has_a_plan"
            ),
            models.UniqueConstraint(
                fields=["buyer", "supplier", "idempotency_key"],
                name="order_is_submitted_once",
                nulls_distinct=True,
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="order_external_id_is_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at", "-id"], name="order_buyer_placed"),
            models.Index(fields=["supplier", "-placed_at", "-id"], name="order_supplier_placed"),
            models.Index(fields=["buyer", "category", "method", "placed_at"], name="order_buyer_category"),
            models.Index(fields=["state", "placed_at"], condition=Q(origin="live"), name="order_live_state"),
            BrinIndex(fields=["placed_at"], name="order_placed_brin"),
            BrinIndex(fields=["confirmed_at"], name="order_confirmed_brin"),
            # The newest deals for everyone: a range in a BRIN would have to be sorted for each page.
            models.Index(
                fields=["confirmed_at"], condition=Q(cancelled_at__isnull=True), name="order_published"
            ),
        ]
        triggers = [initial_state_trigger(), state_trigger(), agreed_trigger()]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """What was bought, as it was described and priced at submission."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, related_name="order_lines")
    good = models.ForeignKey(Good, on_delete=models.PROTECT, related_name="order_lines")
    quantity = QuantityField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    total = MoneyField(_("total"))
    accessory = models.BooleanField(_("accessory"), null=True)
    # Name, model, spec, unit, pack size, listing version, warranty, delivery days at submission.
    snapshot = models.JSONField(default=dict)
    accepted_quantity = QuantityField(_("accepted"), default=0)
    refused_quantity = QuantityField(_("refused"), default=0)
    source = models.CharField(max_length=40, blank=True, editable=False)
    external_id = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="order_line_external_id_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(accepted_quantity__gte=0)
                & Q(refused_quantity__gte=0)
                & (
                    (Q(accepted_quantity=0) & Q(refused_quantity=0))
                    | Q(quantity__gte=models.F("accepted_quantity") + models.F("refused_quantity"))
                ),
                name="no_more_is_decided_than_was_ordered",
            ),
        ]
        indexes = [models.Index(fields=["good", "order"], name="order_line_good")]
        triggers = [agreed_line_trigger()]

    def __str__(self) -> str:
        return f"{self.good_id} × {self.quantity}"


class Approval(models.Model):
    """A decision on an order over the unit's own limit."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="approval")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals")
    approved = models.BooleanField(_("approved"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("time"), db_default=Now())

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=True) | ~Q(reason=""), name="refusal_of_approval_has_a_reason"
            )
        ]
        triggers = [four_eyes_trigger("approver_id")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.approved}"


class OrderEvent(models.Model):
    """One step of an order's life: its timeline."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("time"), db_default=Now())
    action = models.CharField(_("action"), max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        ordering = ["id"]
        indexes = [models.Index(fields=["order", "id"], name="order_event_order")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.order_id} {self.action}"
