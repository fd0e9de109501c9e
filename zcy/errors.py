"""The errors that a user may meet, and the one place where views turn them into answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.utils.functional import _StrPromise


class DomainError(Exception):
    """A refusal that the user can understand and act on.

    Attributes:
        message: what is wrong and what to do, translatable, shown as it is.
        field: name of the form field that it concerns, or None for the whole form.
        status: HTTP status of the answer, 400, 403, 404 or 409.
        code: a short stable word for logs, tests and other systems.
    """

    status = 400
    code = "refused"
    message: str | _StrPromise = _("This is not possible.")

    def __init__(self, message: str | _StrPromise | None = None, *, field: str | None = None) -> None:
        if message is not None:
            self.message = message
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)

    def add_to(self, form: BaseForm) -> None:
        """Put the message beside the field it concerns, or on top of the form."""
        field = self.field if self.field in form.fields else None
        form.add_error(field, str(self.message))


class NotAllowed(DomainError):
    """The person's role, organisation or region does not permit the act."""

    status = 403
    code = "not_allowed"
    message = _("Your role does not permit this.")


class Missing(DomainError):
    """The row does not exist, or is not for this person to see."""

    status = 404
    code = "missing"
    message = _("This does not exist, or it is not for you to see.")


class Conflict(DomainError):
    """Somebody else was quicker, or the row has moved on."""

    status = 409
    code = "conflict"
    message = _("This has changed in the meantime. Look at the new state and decide again.")
