"""The choice of a table's columns."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zcy.access import public
from zcy.columns import MOST_COLUMNS, TABLE_NAME, choices_of, keep


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep which columns of a table are shown, or go back to how it begins; then show the page again."""
    response = HttpResponseRedirect(_address(request))
    table = request.POST.get("table", "")
    total, shown = _numbers(request, "total"), _numbers(request, "show")
    if not TABLE_NAME.fullmatch(table) or len(total) != 1 or not 1 <= total[0] <= MOST_COLUMNS:
        messages.error(request, _("There is no such table."))
        return response
    choices = choices_of(request)
    choices.pop(table, None)
    if "reset" not in request.POST:
        choices[table] = [total[0], *(n for n in range(1, total[0] + 1) if n not in shown)]
    keep(request, response, choices)
    if request.headers.get("X-Requested-With") == "fetch":
        # The script has shown them already; the cookie comes along.
        response.status_code = 204
        del response["Location"]
    return response


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if text.isascii() and text.isdigit()][:100]


def _address(request: HttpRequest) -> str:
    """The page that was looked at, if it is one of ours."""
    address = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if fits and not set("\r\n\0") & set(address) else "/"
