"""Suggestions, and what a person keeps of searching: saved searches, history, and whether it is kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import services
from catalog.forms.searching import SavedSearchForm
from catalog.models import SavedSearch, SearchHistory, SearchPreference
from catalog.search.complete import complete
from catalog.search.filters import LONGEST_QUERY
from catalog.search.recording import MOST_KEPT, keep_searches
from catalog.views.favourites import back
from zcy.access import public, signed_in
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form

if TYPE_CHECKING:
    from accounts.actor import ActorRequest

HOME: Final = "/searches/"


@public
@require_safe
def suggest(request: ActorRequest) -> HttpResponse:
    """Suggestions for what has been typed so far, as JSON."""
    typed = " ".join(request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", " ").split())
    groups = complete(typed, user_id=request.actor.user_id)
    response = JsonResponse({"groups": [asdict(group) for group in groups]})
    response["Cache-Control"] = "private, max-age=30"
    return response


@signed_in
@require_safe
def searches(request: ActorRequest) -> HttpResponse:
    """Saved searches and the history."""
    keep_searches()
    preference = SearchPreference.objects.filter(user_id=request.actor.user_id or 0).first()
    context = {
        "saved": SavedSearch.objects.visible_to(request.actor),
        "history": SearchHistory.objects.visible_to(request.actor).order_by("-at")[:MOST_KEPT],
        "keeps": preference is None or preference.keep_history,
    }
    return render(request, "catalog/buyer/searches.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: ActorRequest) -> HttpResponse:
    """Name a search and keep it."""
    typed = {"address": request.GET.get("address", "")[:2000], "name": request.GET.get("name", "")[:80]}
    form, status = SavedSearchForm(request.POST or None, initial=typed), 200
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                services.save_search(actor=request.actor, **form.cleaned_data)
            except DomainError as error:
                status = refuse_in_form(form, error)
            else:
                messages.success(
                    request, _("The search is saved. You will be told of new goods, at most once a day.")
                )
                return redirect(HOME)
    context = {"form": form, "title": _("Save the search"), "button": _("Save the search")}
    return render(request, "catalog/buyer/save_search.html", context, status=status)


@signed_in
@require_POST
def change(request: ActorRequest, search_id: int) -> HttpResponse:
    """Switch the notices of a saved search on or off, or remove it."""
    own = SavedSearch.objects.visible_to(request.actor).filter(pk=min(search_id, 2**63 - 1))
    if not own.exists():
        raise Http404(_("There is no such saved search."))
    if request.POST.get("do") == "remove":
        own.delete()
        messages.success(request, _("The saved search is removed."))
    else:
        own.update(tell=request.POST.get("tell") == "1")
        messages.success(request, _("The saved search is changed."))
    return redirect(HOME)


@signed_in
@require_POST
def clear(request: ActorRequest) -> HttpResponse:
    """Clear the history, or one line of it."""
    keep_searches()
    own = SearchHistory.objects.visible_to(request.actor)
    line = request.POST.get("line", "")
    if line.isascii() and line.isdigit() and len(line) < 19:
        own.filter(pk=int(line)).delete()
    elif not line:
        own.delete()
        messages.success(request, _("Your history is cleared."))
    return redirect(back(request, HOME))


@signed_in
@require_POST
def prefer(request: ActorRequest) -> HttpResponse:
    """Keep searches from now on, or keep none and forget those that are kept."""
    keep_searches()
    keeps = request.POST.get("keep") == "1"
    SearchPreference.objects.update_or_create(user=request.actor.user, defaults={"keep_history": keeps})
    if not keeps:
        SearchHistory.objects.visible_to(request.actor).delete()
    messages.success(
        request,
        _("Your searches are kept.")
        if keeps
        else _("Your searches are not kept, and the history is cleared."),
    )
    return redirect(HOME)
