"""Price data for everyone: how a reasonable price is reached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.pricing.help import help_text
from zcy.access import public


@public
@require_safe
def price_help(request: HttpRequest) -> HttpResponse:
    """How a reasonable price is reached, for people who are no statisticians."""
    chinese = (get_language() or "").startswith("zh")
    return render(request, "catalog/public/price_help.html", {"text": help_text(chinese=chinese)})
