"""What a supervisor, a buyer or a supplier may be refused in handling a warning."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zcy.errors import Conflict, DomainError


class WrongStep(Conflict):
    code = "wrong_step"
    message = _("The warning has moved on, so this step is not possible any more. Look at its new state.")


class FourEyes(DomainError):
    status = 403
    code = "four_eyes"
    message = _("Whoever was assigned the warning or explained it may not decide it. Let a colleague decide.")


class NotASupervisor(DomainError):
    code = "not_a_supervisor"
    message = _("Choose somebody of a finance bureau who is responsible for the region of the warning.")


class NobodyToAsk(DomainError):
    code = "nobody_to_ask"
    message = _("Choose the buyer or the supplier of this warning.")


class TextMissing(DomainError):
    code = "text_missing"
    message = _("Write at least ten characters, so that others understand it.")


class SuppressionTooLong(DomainError):
    code = "suppression_too_long"
    message = _("A rule may keep silent for 1 to 180 days.")


class BadParameter(DomainError):
    code = "bad_parameter"
    message = _("This is not a value for the parameter.")


class LooserParameter(DomainError):
    code = "looser_parameter"
    message = _("A lower tier may tighten a parameter, never loosen it.")


class BadDates(DomainError):
    code = "bad_dates"
    message = _("A version begins tomorrow at the earliest and ends after it begins.")
