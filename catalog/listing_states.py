"""The two fields in which a listing stands: whether it is offered, and what its review says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sale(models.TextChoices):
    DRAFT = "draft", _("draft")
    ON_SALE = "on_sale", _("on sale")
    OFF_SALE = "off_sale", _("off sale")
    FROZEN = "frozen", _("frozen")


class Review(models.TextChoices):
    NONE = "none", _("not submitted")
    PENDING = "pending", _("in review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
