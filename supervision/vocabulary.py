"""The words of supervision: dimensions, severities, states and reasons."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dimension(models.TextChoices):
    """五维预警: the five sides from which a deal is looked at."""

    BEHAVIOUR = "B", _("behaviour")
    EFFICIENCY = "E", _("efficiency")
    PRICE = "P", _("price")
    INTEGRITY = "I", _("integrity")
    ANOMALY = "A", _("anomaly")


# What parameters are counted in, as people write it behind the number.
UNIT_WORDS: Final = {
    "d": _("day(s)"),
    "wd": _("working day(s)"),
    "×": _("times"),
    "× T": _("times the ceiling"),
    "S": _("standard deviations"),
}


class Severity(models.IntegerChoices):
    NOTICE = 1, _("notice")
    WARNING = 2, _("warning")
    SERIOUS = 3, _("serious")


class Outcome(models.TextChoices):
    FLAGGED = "flagged", _("flagged")
    CLEAR = "clear", _("clear")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")


class SubjectKind(models.TextChoices):
    ORDER = "order", _("order")
    LISTING = "listing", _("listing")
    INQUIRY = "inquiry", _("inquiry")
    QUOTE = "quote", _("quote")
    BUYER = "buyer", _("buyer")
    SUPPLIER = "supplier", _("supplier")
    PAIR = "pair", _("buyer and supplier")
    GOOD = "good", _("good")
    COMPLAINT = "complaint", _("complaint")


class WarningState(models.TextChoices):
    OPEN = "open", _("open")
    ASSIGNED = "assigned", _("assigned")
    REQUESTED = "requested", _("explanation requested")
    EXPLAINED = "explained", _("explained")
    VERIFIED = "verified", _("verified")
    ESCALATED = "escalated", _("escalated")
    SUPPRESSED = "suppressed", _("suppressed")
    CLOSED = "closed", _("closed")


# What still waits for somebody.
LIVE_STATES: Final = (
    WarningState.OPEN,
    WarningState.ASSIGNED,
    WarningState.REQUESTED,
    WarningState.EXPLAINED,
    WarningState.ESCALATED,
)


class Verdict(models.TextChoices):
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")
    CORRECTED = "corrected", _("corrected")


class DismissalReason(models.TextChoices):
    ONLY_SUPPLIER = "only_supplier", _("the only legitimate supplier")
    PREMIUM = "premium", _("a better specification than its peers")
    MARKET = "market", _("the market moved")
    CONTRACT = "contract", _("parts of one contract")
    EMERGENCY = "emergency", _("an emergency")
    DATA_ERROR = "data_error", _("an error in the data")
    OTHER = "other", _("another reason")


# Why a rule could not be computed: a code in the rows, a sentence on the page.
NOT_EVALUABLE: Final = {
    "too_few_peers": _("fewer suppliers to compare with than the rule needs"),
    "no_spread": _("the spread of the category is not known"),
    "no_price": _("a line has no price to compare"),
    "no_promise": _("no delivery date was promised"),
    "no_delivery_record": _("there is no record of the delivery"),
    "no_signature": _("the signature for the delivery is missing"),
    "no_acceptance_record": _("there is no record of the acceptance"),
    "no_ceiling": _("the region has no ceiling for the method"),
    "no_category": _("the order has no lines, so no category"),
}
