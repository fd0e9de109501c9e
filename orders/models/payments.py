"""Invoices, payment requests and payments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models.orders import Order
from zcy.money import MoneyField


class Invoice(models.Model):
    """An invoice of the supplier."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="invoices")
    number = models.CharField(_("invoice number"), max_length=40)
    date = models.DateField(_("invoice date"))
    amount = MoneyField(_("amount"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="invoice_is_recorded_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentRequest(models.Model):
    """The supplier's request to be paid."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payment_requests")
    amount = MoneyField(_("amount"))
    due_on = models.DateField(_("due"))
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested"), db_default=Now())
    idempotency_key = models.CharField(max_length=64, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("payment request")
        verbose_name_plural = _("payment requests")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="requested_amount_is_positive")]

    def __str__(self) -> str:
        return f"{self.order_id} ¥{self.amount}"


class Payment(models.Model):
    """Money that went to the supplier."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    at = models.DateTimeField(_("time"))
    amount = MoneyField(_("amount"))
    due_on = models.DateField(_("due"), null=True)
    # Empty = not prepaid (rule-definitions.md, accepted-before-delivery).
    prepaid = models.BooleanField(_("prepaid"), null=True)
    reference = models.CharField(_("bank reference"), max_length=60, blank=True)
    paid_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=10, default="live", editable=False)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    row_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="imported") | Q(amount__gt=0), name="payment_is_positive"
            ),
            models.UniqueConstraint(
                fields=["source", "row_key"], condition=~Q(row_key=""), name="payment_row_is_imported_once"
            ),
        ]
        indexes = [models.Index(fields=["order", "at"], name="payment_order")]

    def __str__(self) -> str:
        return f"{self.order_id} ¥{self.amount}"
