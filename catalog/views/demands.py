"""Asking for what nobody offers, and the operator's answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Max, Min, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import BUYER_ROLES, Role
from catalog import services
from catalog.forms.searching import DecideDemandForm, DemandForm
from catalog.models import DemandRequest, EmptySearch
from catalog.queries.goods_of_number import goods_of_number
from catalog.search.find import find_for_supplier
from catalog.search.recording import keep_searches
from catalog.staff import SEES
from catalog.tree import category_tree
from zcy import clock
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.refusals import refuse_in_form

if TYPE_CHECKING:
    from accounts.actor import ActorRequest

# Searches without hits that the operator sees.
DAYS: Final = 90
MOST_GROUPS: Final = 200
MOST_EMPTY: Final = 100
MOST_SHOWN: Final = 200
# Goods to pick one from; who sees that many writes another word.
MOST_GOODS: Final = 10


@roles(*BUYER_ROLES)
@require_safe
def demands(request: ActorRequest) -> HttpResponse:
    """What the unit has asked for, and the answers."""
    found = DemandRequest.objects.visible_to(request.actor).select_related("user", "good", "category")
    page = KeysetPage.of(found, request.GET, order=["-id"])
    return render(request, "catalog/buyer/demands.html", {"page": page})


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """Ask for a good."""
    person = request.actor.user
    typed = {
        "query": request.GET.get("q", "")[:100],
        "category": request.GET.get("category", "")[:40],
        "filters": request.GET.get("filters", "")[:2000],
        "contact": str(person or ""),
    }
    form, status = DemandForm(request.POST or None, initial=typed), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            data = dict(form.cleaned_data)
            data["category"] = category_tree().by_code.get(data["category"])
            try:
                services.ask_for_good(actor=request.actor, **data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("Your demand is recorded. You will be told of the answer."))
                return redirect("catalog:demands")
    return render(request, "catalog/buyer/ask.html", {"form": form}, status=status)


@roles(*BUYER_ROLES)
@require_POST
def withdraw(request: ActorRequest, demand_id: int) -> HttpResponse:
    """Take back a demand of one's own."""
    try:
        services.withdraw_demand(actor=request.actor, demand_id=min(demand_id, 2**63 - 1))
    except DomainError as error:
        raise Http404(str(error)) from error
    messages.success(request, _("The demand is taken back."))
    return redirect("catalog:demands")


@roles(*SEES["demands"])
@require_safe
def demanded(request: ActorRequest) -> HttpResponse:
    """Open demands by their words, and what was searched for in vain."""
    keep_searches()
    groups: list[dict[str, Any]] = [
        dict(row)
        for row in DemandRequest.objects.open()
        .values("key")
        .annotate(
            n=Count("id"), units=Count("organisation", distinct=True), quantity=Sum("quantity"),
            since=Min("created_at"), until=Min("need_by"), query=Max("query"),
        )
        .order_by("-n", "since", "key")[:MOST_GROUPS]
    ]  # fmt: skip
    empty = list(
        EmptySearch.objects.filter(day__gt=clock.today() - timedelta(days=DAYS))
        .values("key")
        .annotate(n=Sum("times"), last=Max("day"))
        .order_by("-n", "key")[:MOST_EMPTY]
    )
    counts = {row["key"]: row["n"] for row in empty}
    for group in groups:
        group["url"] = f"?{urlencode({'key': group['key']})}"
        group["in_vain"] = counts.get(group["key"], 0)
    return render(
        request,
        "catalog/operator/demands.html",
        {"groups": groups, "empty": empty, "days": DAYS, "decides": request.actor.has_role(Role.CATALOG)},
    )


@roles(Role.CATALOG)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest) -> HttpResponse:
    """All open demands of the same words, and their answer."""
    key = (request.POST.get("key") or request.GET.get("key", ""))[:100].replace("\x00", " ")
    rows = list(
        DemandRequest.objects.open()
        .filter(key=key)
        .select_related("organisation", "user", "category")
        .order_by("id")[:MOST_SHOWN]
    )
    form, status = DecideDemandForm(request.POST or None, initial={"key": key}), 200
    finding = "find" in request.POST
    if finding:
        # Without scripts: what was typed stays, and nothing is complained of yet.
        form = DecideDemandForm(initial=request.POST.dict())
    elif form.is_bound:
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                n = services.decide_demands(
                    actor=request.actor,
                    key=key,
                    state=data["state"],
                    answer=data["answer"],
                    good_id=data["good"],
                )
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(
                    request,
                    ngettext("%(n)s demand is answered.", "%(n)s demands are answered.", n) % {"n": n},
                )
                return redirect("catalog:demanded")
    if not rows and not form.is_bound:
        raise Http404(_("No open demand has these words: somebody may have answered."))
    q = request.POST.get("q", "")
    context = {"form": form, "rows": rows, "key": key}
    context |= _goods_for(q if request.method == "POST" else rows[0].query, form["picked"].value())
    return render(request, "catalog/operator/decide_demand.html", context, status=status)


@roles(Role.CATALOG)
@require_safe
def goods_to_name(request: ActorRequest) -> HttpResponse:
    """Goods that answer a demand, by name, model or number: a piece of the page, fetched while typing."""
    context = _goods_for(request.GET.get("q", ""), request.GET.get("picked", ""))
    return render(request, "catalog/operator/_goods.html", context)


def _goods_for(q: str, picked: Any) -> dict[str, Any]:
    """The goods of a search, the one whose number it is first; what was picked stays among them."""
    q = q.replace("\x00", " ").strip()[:100]
    text = str(picked or "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    found = (
        {row["id"]: row for row in goods_of_number(q) + find_for_supplier(q, None, limit=MOST_GOODS)}
        if q
        else {}
    )
    if number and number not in found:
        found = {row["id"]: row for row in goods_of_number(text)} | found
    return {"q": q, "goods": list(found.values()), "picked": number if number in found else None}
