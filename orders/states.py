"""The states of an order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    SUBMITTED = "submitted", _("awaiting approval")
    APPROVED = "approved", _("awaiting the supplier")
    CONFIRMED = "confirmed", _("confirmed")
    SHIPPED = "shipped", _("on its way")
    DELIVERED = "delivered", _("delivered")
    ACCEPTED = "accepted", _("accepted")
    INVOICED = "invoiced", _("invoiced")
    PAYMENT_REQUESTED = "payment_requested", _("payment requested")
    PAID = "paid", _("paid")
    REJECTED = "rejected", _("not approved")
    REFUSED = "refused", _("refused by the supplier")
    CANCELLED = "cancelled", _("cancelled")
    # Nothing of it was accepted: the goods go back and the budget is released.
    FAILED = "failed", _("not accepted")
