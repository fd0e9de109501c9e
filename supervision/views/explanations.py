"""Where a buyer or a supplier reads what it is asked, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import BUYER_ROLES, SUPPLIER_ROLES
from orders.models import Order
from supervision.evidence import order_ids
from supervision.forms import ExplainForm
from supervision.models import Explanation
from supervision.queries import subject_of
from supervision.rules import RULES
from supervision.services.explanations import BUYER_EXPLAINS, SUPPLIER_EXPLAINS, explain
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.refusals import refuse_in_form
from zcy.tables import Column

if TYPE_CHECKING:
    from accounts.actor import ActorRequest

COLUMNS: Final = (
    Column(_("About"), fixed=True),
    Column(_("Asked")),
    Column(_("State")),
    Column(_("Deadline")),
)
WARNING_PARTS: Final = ("warning__rule", "warning__buyer", "warning__supplier", "warning__category")


@roles(*BUYER_ROLES)
@require_safe
def buyer_explanations(request: ActorRequest) -> HttpResponse:
    """What the unit is asked."""
    return _list(request, "buyer_explanation")


@roles(*SUPPLIER_ROLES)
@require_safe
def supplier_explanations(request: ActorRequest) -> HttpResponse:
    """What the supplier is asked."""
    return _list(request, "supplier_explanation")


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def buyer_explanation(request: ActorRequest, explanation_id: int) -> HttpResponse:
    """One question to the unit, and its answer."""
    return _detail(request, explanation_id, "buyer_explanation")


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def supplier_explanation(request: ActorRequest, explanation_id: int) -> HttpResponse:
    """One question to the supplier, and its answer."""
    return _detail(request, explanation_id, "supplier_explanation")


def _list(request: ActorRequest, detail: str) -> HttpResponse:
    rows = Explanation.objects.visible_to(request.actor).select_related(*WARNING_PARTS)
    page = KeysetPage.of(rows, request.GET, order=("-id",))
    for row in page.rows:
        row.about = subject_of(row.warning)  # type: ignore[attr-defined]
    context = {"page": page, "columns": COLUMNS, "detail_url": detail}
    return render(request, "supervision/explanations/list.html", context)


def _detail(request: ActorRequest, explanation_id: int, name: str) -> HttpResponse:
    rows = Explanation.objects.visible_to(request.actor).select_related(*WARNING_PARTS, "answered_by")
    found = rows.filter(pk=explanation_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        form = ExplainForm(request.POST)
        status = 400
        if form.is_valid():
            try:
                explain(actor=request.actor, explanation_id=found.pk, text=form.cleaned_data["text"])
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, gettext("Your explanation was sent to the supervisor."))
                return redirect(name, explanation_id=found.pk)
        return _page(request, found, form, name, status)
    return _page(request, found, ExplainForm(), name, 200)


def _page(
    request: HttpRequest, found: Explanation, form: ExplainForm, name: str, status: int
) -> HttpResponse:
    rule = RULES[found.warning.rule.slug]
    side = name.split("_", maxsplit=1)[0]
    may = request.actor.has_role(*BUYER_EXPLAINS, *SUPPLIER_EXPLAINS)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "explanation": found,
        "about": subject_of(found.warning),
        "rule": rule.title,
        "description": rule.description,
        "sentence": rule.sentence(found.warning.evidence),
        "orders": [
            (order.number, reverse(f"orders:{side}_order", args=[order.number]))
            for order in Order.objects.visible_to(request.actor)  # type: ignore[attr-defined]
            .filter(pk__in=order_ids(found.warning))
            .only("number")
            .order_by("placed_at", "pk")
        ],
        "form": form if may else None,
        "list_url": f"{name}s",
    }
    return render(request, "supervision/explanations/detail.html", context, status=status)
