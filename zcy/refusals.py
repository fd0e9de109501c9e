"""The one place where a refusal becomes an answer of its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from django.forms import BaseForm

    from zcy.errors import DomainError


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page in our style that says what is wrong; for a fragment only the sentence."""
    if request.headers.get("HX-Request"):
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    return render(
        request, "errors/refusal.html", {"error": error, "status": error.status}, status=error.status
    )


def refuse_in_form(form: BaseForm, error: DomainError) -> int:
    """Put the message into the form; the answer's status, for `render(..., status=...)`."""
    error.add_to(form)
    return error.status


def refuse_in_message(request: HttpRequest, error: DomainError) -> None:
    """Show the message on the next page."""
    messages.error(request, str(error))
