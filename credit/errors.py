"""What the credit app refuses, in the user's words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zcy.errors import Conflict, DomainError, NotAllowed


class ReasonMissing(DomainError):
    """A bonus or a reversal must say why."""

    code = "credit_reason_missing"
    message = _("Write the reason in 10 to 300 characters.")


class SecondPersonNeeded(NotAllowed):
    """Four eyes: who proposed does not decide."""

    code = "credit_second_person"
    message = _("Another person than the one who proposed it must decide.")


class AlreadyDecided(Conflict):
    """The proposal is no longer open."""

    code = "credit_already_decided"
    message = _("This proposal has been decided in the meantime.")


class AlreadyReversed(Conflict):
    """An event is reversed once."""

    code = "credit_already_reversed"
    message = _("This event has been reversed already.")
