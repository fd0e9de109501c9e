"""Shipments, acceptances and what both sides think of each other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models.orders import Order, OrderLine
from orders.triggers import four_eyes_trigger
from zcy.money import QuantityField


class Shipment(models.Model):
    """A part of an order on its way: a row of deliveries.csv."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    signed_at = models.DateTimeField(_("signed for"), null=True)
    signed_by = models.CharField(_("signed by"), max_length=80, blank=True)
    origin = models.CharField(max_length=10, default="live", editable=False)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="imported")
                | Q(delivered_at__isnull=True)
                | Q(delivered_at__gte=models.F("shipped_at")),
                name="live_shipment_arrives_after_it_left",
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"], condition=~Q(row_key=""), name="shipment_row_is_imported_once"
            ),
        ]
        indexes = [models.Index(fields=["order", "id"], name="shipment_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.carrier} {self.tracking_number}"


class ShipmentLine(models.Model):
    """How much of an order line is in a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="shipment_lines")
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("line of a shipment")
        verbose_name_plural = _("lines of a shipment")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_has_a_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipped_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} × {self.quantity}"


class Acceptance(models.Model):
    """验收: a decision about the order as a whole (passed, partial, failed), or about parts on the way (empty)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="acceptances")
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="acceptances")
    # passed, partial, failed; an import may bring others. Empty: parts accepted on the way, no row in the CSV.
    result = models.CharField(_("result"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    origin = models.CharField(max_length=10, default="live", editable=False)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "row_key"], condition=~Q(row_key=""), name="acceptance_row_is_imported_once"
            )
        ]
        indexes = [models.Index(fields=["order", "at"], name="acceptance_order")]
        triggers = [four_eyes_trigger("by_id", of_origin=True)]

    def __str__(self) -> str:
        return f"{self.order_id} {self.result}"


class AcceptanceLine(models.Model):
    """What was accepted and refused of an order line."""

    acceptance = models.ForeignKey(Acceptance, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="acceptance_lines")
    accepted = QuantityField(_("accepted"), default=0)
    refused = QuantityField(_("refused"), default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of an acceptance")
        verbose_name_plural = _("lines of an acceptance")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__gte=0) & Q(refused__gte=0), name="accepted_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(refused=0) | ~Q(reason=""), name="refused_goods_have_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id}: {self.accepted}/{self.refused}"


class Evaluation(models.Model):
    """Stars from one side about the other."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="evaluations")
    by_side = models.CharField(_("by"), max_length=20)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("text"), blank=True)
    origin = models.CharField(max_length=10, default="live", editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=5), name="stars_are_1_to_5"),
            models.UniqueConstraint(
                fields=["order", "by_side"], condition=Q(origin="live"), name="each_side_evaluates_once"
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"], condition=~Q(row_key=""), name="evaluation_row_is_imported_once"
            ),
        ]
        indexes = [models.Index(fields=["order", "by_side"], name="evaluation_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.by_side} {self.stars}★"
