"""What the supplier has asked the catalog for or sent to it, and a form to ask."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog import services
from catalog.forms import RequestForm
from catalog.models import CatalogRequest, RequestState
from catalog.review_reasons import reasons_of
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.tables import Column

TONES: Final = {RequestState.GRANTED: "good", RequestState.DECLINED: "serious", RequestState.WAITING: "watch"}
COLUMNS: Final = [
    Column(gettext_lazy("Asked for"), fixed=True),
    Column(gettext_lazy("Kind")),
    Column(gettext_lazy("Asked")),
    Column(gettext_lazy("Answer due")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Answer")),
]


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """Own requests, newest first, and the form."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    initial = {name: request.GET.get(name, "")[:80] for name in ("name", "kind")}
    form = RequestForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                asked = services.ask_for(actor=actor, **form.cleaned_data)
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                messages.success(request, _("Asked. The answer is due on %(day)s.") % {"day": asked.due_on})
                return redirect("catalog:supplier_requests")
    asked_for = CatalogRequest.objects.visible_to(actor).select_related("good")
    page = KeysetPage.of(asked_for.defer("good__search", "good__description"), request.GET, order=["-id"])
    context = {
        "form": form,
        "columns": COLUMNS,
        "page": page,
        "rows": [(row, TONES[RequestState(row.state)], reasons_of(row.reasons)) for row in page.rows],
        "days": services.answer_days(actor.organisation) if actor.organisation else 0,
    }
    return render(request, "catalog/supplier/requests.html", context, status=status)
