"""Favourites of a buyer's people: lists, what stands in them, and the star on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import BUYER_ROLES
from catalog import services
from catalog.forms.searching import FavouriteForm, FavouriteListForm
from catalog.models import Favourite, FavouriteList, Good
from catalog.queries.favourites import FavouriteRow, favourites_in, lists_for
from zcy.access import roles
from zcy.errors import DomainError
from zcy.exports import csv_response
from zcy.refusals import refuse_in_form, refuse_in_message

if TYPE_CHECKING:
    from accounts.actor import ActorRequest

PAGE: Final = 50
MOST_EXPORTED: Final = 5000
LARGEST_ID: Final = 2**63 - 1


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_ID else 0


def back(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if that is a page of ours."""
    target = request.POST.get("next", "") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return target if safe else otherwise


@roles(*BUYER_ROLES)
@require_safe
def favourites(request: ActorRequest) -> HttpResponseBase:
    """The lists, and the goods of the chosen one."""
    lists = lists_for(request.actor)
    wanted = _number(request.GET.get("list", ""))
    chosen = next((one for one in lists if one.pk == wanted), None) if wanted else next(iter(lists), None)
    if wanted and chosen is None:
        raise Http404(_("There is no such list, or it is not shared with you."))
    if request.GET.get("format") == "csv" and chosen is not None:
        return _export(chosen, favourites_in(chosen.pk, limit=MOST_EXPORTED))
    before = _number(request.GET.get("before", "")) or None
    rows = favourites_in(chosen.pk, before=before, limit=PAGE + 1) if chosen else []
    more = f"?list={chosen.pk}&before={rows[PAGE - 1].id}" if chosen and len(rows) > PAGE else ""
    own = chosen is not None and chosen.user_id == request.actor.user_id
    context = {
        "lists": lists,
        "chosen": chosen,
        "rows": rows[:PAGE],
        "more": more,
        "own": own,
        "before": before,
    }
    return render(request, "catalog/buyer/favourites.html", context)


def _export(chosen: FavouriteList, rows: list[FavouriteRow]) -> HttpResponseBase:
    header = [
        _("Good"),
        _("Brand"),
        _("Note"),
        _("Added"),
        _("Price when added"),
        _("Lowest price"),
        _("Unit"),
        _("Offers"),
    ]
    lines = (
        [
            row.name,
            row.brand,
            row.note,
            row.added_at,
            row.price_then,
            None if row.ended else row.price_now,
            row.unit,
            row.offers,
        ]
        for row in rows
    )
    return csv_response(chosen.name, header, lines)


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """Put a good into a list: at once by the star, or with list and note by the page behind its link."""
    good_id = _number(request.POST.get("good", "") or request.GET.get("good", ""))
    good = Good.objects.filter(pk=good_id).only("pk", "name").first()
    if good is None:
        raise Http404(_("There is no such good."))
    if request.method != "POST":
        return _favourite_page(request, good, FavouriteForm(lists=_own_lists(request)))
    try:
        services.add_favourite(
            actor=request.actor,
            good_id=good_id,
            list_id=_number(request.POST.get("list", "")) or None,
            note=request.POST.get("note", "")[:200],
        )
    except DomainError as error:
        if _wants_json(request):
            return JsonResponse({"message": str(error)}, status=error.status)
        refuse_in_message(request, error)
        return redirect(back(request, "/buyer/favourites/"))
    if _wants_json(request):
        return JsonResponse({"kept": True})
    messages.success(request, _("The good is among your favourites."))
    return redirect(back(request, f"/goods/{good_id}/"))


@roles(*BUYER_ROLES)
@require_POST
def remove(request: ActorRequest) -> HttpResponse:
    """Take a good out."""
    good_id = _number(request.POST.get("good", ""))
    removed = services.remove_favourite(actor=request.actor, good_id=good_id)
    if _wants_json(request):
        return JsonResponse({"kept": False})
    if removed:
        messages.success(request, _("The good is no longer among your favourites."))
    return redirect(back(request, "/buyer/favourites/"))


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def favourite(request: ActorRequest, good_id: int) -> HttpResponse:
    """Move a favourite to another list, or note something."""
    kept = (
        Favourite.objects.visible_to(request.actor).select_related("good").filter(good_id=good_id).first()
        if good_id <= LARGEST_ID
        else None
    )
    if kept is None:
        raise Http404(_("This good is not among your favourites."))
    form = FavouriteForm(
        request.POST or None, lists=_own_lists(request), initial={"list": kept.list_id, "note": kept.note}
    )
    if form.is_bound and form.is_valid():
        changed = services.change_favourite(
            actor=request.actor,
            good_id=good_id,
            list_id=form.cleaned_data["list"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("The favourite is saved."))
        return redirect(f"/buyer/favourites/?list={changed.list_id}")
    return _favourite_page(request, kept.good, form, kept=True, status=400 if form.is_bound else 200)


@roles(*BUYER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def favourite_list(request: ActorRequest, list_id: int | None = None) -> HttpResponse:
    """Make a list, or name and share it anew."""
    initial: dict[str, Any] = {}
    if list_id is not None:
        found = (
            FavouriteList.objects.of(request.actor).filter(pk=list_id).first()
            if list_id <= LARGEST_ID
            else None
        )
        if found is None:
            raise Http404(_("There is no such list, or it is not yours."))
        initial = {"name": found.name, "shared": found.shared}
    form, status = FavouriteListForm(request.POST or None, initial=initial), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                saved = services.save_list(actor=request.actor, list_id=list_id, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(request, _("The list is saved."))
                return redirect(f"/buyer/favourites/?list={saved.pk}")
    context = {
        "form": form,
        "title": _("List of favourites"),
        "button": _("Save the list"),
        "list_id": list_id,
    }
    return render(request, "catalog/buyer/favourite_list.html", context, status=status)


@roles(*BUYER_ROLES)
@require_POST
def remove_list(request: ActorRequest, list_id: int) -> HttpResponse:
    """Remove a list; its goods go to another one."""
    try:
        services.remove_list(actor=request.actor, list_id=min(list_id, LARGEST_ID))
    except DomainError as error:
        if error.status == 404:
            raise Http404(str(error)) from error
        refuse_in_message(request, error)
    else:
        messages.success(request, _("The list is removed; its goods are in your other list."))
    return redirect("/buyer/favourites/")


def _own_lists(request: ActorRequest) -> list[tuple[int, str]]:
    lists = FavouriteList.objects.of(request.actor).order_by("pk").values_list("pk", "name")
    return list(lists) or [(0, services.DEFAULT_NAME)]


def _favourite_page(
    request: HttpRequest, good: Good, form: FavouriteForm, *, kept: bool = False, status: int = 200
) -> HttpResponse:
    context = {"good": good, "form": form, "kept": kept, "next": back(request, f"/goods/{good.pk}/")}
    return render(request, "catalog/buyer/favourite.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
