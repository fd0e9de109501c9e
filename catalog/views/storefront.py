"""The supplier's storefront behind the counter: edit, choose listings, preview, publish, versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import acting
from accounts.roles import SUPPLIER_ROLES
from catalog import queries, services
from catalog.errors import StoreRefused, StoreTextRefused
from catalog.forms.storefront import (
    AnnouncementFormSet,
    GroupFormSet,
    StorefrontForm,
    initial_of,
    typed_content,
)
from catalog.models import Listing, Storefront, StoreVersion
from catalog.pictures import LIMIT
from catalog.review_reasons import BY_CODE
from catalog.storefront import FEATURED, Content, most_in
from catalog.views.stores import shown
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.uploads import takes_file

MOST_SHOWN: Final = 100


def _storefront(request: HttpRequest) -> Storefront:
    """The supplier's storefront; an empty one, not saved, where there is none yet."""
    actor = acting(request)
    found = (
        Storefront.objects.select_related("shown__freeze").filter(supplier_id=actor.organisation_id).first()
    )
    return found or Storefront(supplier_id=actor.organisation_id or 0, draft=Content().stored())


@roles(*SUPPLIER_ROLES)
@takes_file(LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Banner, headline, announcements, own categories and terms; the draft that nobody sees yet."""
    store = _storefront(request)
    content = Content.read(store.draft)
    initial, announced, grouped = initial_of(content)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = StorefrontForm(data, files, initial=initial | {"revision": store.revision})
    announcements = AnnouncementFormSet(data, initial=announced, prefix="announcements")
    groups = GroupFormSet(data, initial=grouped, prefix="groups")
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and announcements.is_valid() and groups.is_valid():
            upload = form.cleaned_data["banner"]
            try:
                services.edit_storefront(
                    actor=acting(request),
                    revision=form.cleaned_data["revision"],
                    change=lambda present: typed_content(present, form, announcements, groups),
                    banner=(upload, upload.size) if upload else None,
                    without_banner=form.cleaned_data["without_banner"],
                )
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                messages.success(request, _("Saved as a draft: look at the preview, then publish it."))
                return redirect("catalog:storefront")
    freeze = getattr(store.shown, "freeze", None) if store.shown else None
    context = {
        "form": form,
        "announcements": announcements,
        "groups": groups,
        "store": store,
        "content": content,
        "banner": f"{settings.MEDIA_URL}{store.banner.name}" if store.banner else "",
        "freeze": freeze,
        "freeze_reason": BY_CODE.get(freeze.reason) if freeze else None,
    }
    return render(request, "catalog/store/edit.html", context, status=status)


@roles(*SUPPLIER_ROLES)
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """The draft as everyone would see it."""
    return _as_seen(request, _storefront(request))


def _as_seen(request: HttpRequest, store: Storefront | StoreVersion, **more: Any) -> HttpResponse:
    found = queries.store(acting(request).organisation_id or 0)
    if found is None:
        raise Http404
    content = store.draft if isinstance(store, Storefront) else store.content
    banner = f"{settings.MEDIA_URL}{store.banner.name}" if store.banner else ""
    seen = replace(found, content=Content.read(content), banner=banner)
    preview = {"preview": store if isinstance(store, Storefront) else None, "version": None}
    return shown(request, seen, **(preview | more))


@roles(*SUPPLIER_ROLES)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Show the draft to everyone."""
    return _act(
        request,
        lambda: services.publish_storefront(actor=acting(request), revision=_number(request, "revision")),
    )


@roles(*SUPPLIER_ROLES)
@require_POST
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Show an earlier version again."""
    return _act(
        request,
        lambda: services.restore_storefront(actor=acting(request), number=min(number, 2**31 - 1)),
    )


def _act(request: HttpRequest, act: Callable[[], StoreVersion]) -> HttpResponse:
    try:
        version = act()
    except StoreTextRefused as error:
        for doubt in error.doubts:
            messages.error(
                request,
                _("“%(saw)s”: %(reason)s. %(remedy)s")
                % {"saw": doubt.saw, "reason": doubt.reason.title, "remedy": doubt.reason.remedy},
            )
        return redirect("catalog:storefront")
    except StoreRefused as error:
        messages.error(request, str(error))
        return redirect("catalog:storefront")
    messages.success(request, _("Version %(number)s is what everyone sees now.") % {"number": version.number})
    return redirect("catalog:storefront_versions")


@roles(*SUPPLIER_ROLES)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version that was published, the newest first."""
    store = _storefront(request)
    rows = StoreVersion.objects.filter(supplier_id=store.supplier_id).select_related("published_by", "freeze")
    page = KeysetPage.of(rows, request.GET, order=["-id"])
    return render(request, "catalog/store/versions.html", {"store": store, "page": page})


@roles(*SUPPLIER_ROLES)
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """A version as it was seen."""
    mine = StoreVersion.objects.filter(supplier_id=acting(request).organisation_id)
    found = get_object_or_404(mine, number=min(number, 2**31 - 1))
    return _as_seen(request, found, version=found)


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, place: str) -> HttpResponseBase:
    """Which of one's listings stand among the featured goods or in a category of one's own, and in which order."""
    store = _storefront(request)
    content = Content.read(store.draft)
    chosen = content.chosen(place)
    if chosen is None:
        raise Http404(_("This store has no such category."))
    if request.method == "POST":
        services.choose_listings(
            actor=acting(request),
            revision=_number(request, "revision"),
            place=place,
            change=lambda present: _changed(request, present),
        )
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    mine = Listing.objects.visible_to(acting(request)).select_related("good").defer("good__search")
    named = {listing.pk: listing for listing in mine.filter(pk__in=chosen[:MOST_SHOWN])}
    q = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    others = mine.not_ended().exclude(pk__in=chosen)
    if q:
        others = others.filter(good__name__icontains=q)
    context = {
        "store": store,
        "place": place,
        "title": _("Featured goods") if place == FEATURED else content.groups[int(place)].name,
        "chosen": [named[pk] for pk in chosen if pk in named],
        "count": len(chosen),
        "most": most_in(place),
        "q": q,
        "page": KeysetPage.of(others, request.GET, order=["-id"], size=50),
    }
    return render(request, "catalog/store/choose.html", context)


def _changed(request: HttpRequest, present: list[int]) -> list[int]:
    """The chosen listings after what was pressed: added, taken out, one step up or down."""
    for name, step in (("up", -1), ("down", 1)):
        pk = _number(request, name)
        if pk in present:
            at = present.index(pk)
            to = min(max(at + step, 0), len(present) - 1)
            present[at], present[to] = present[to], present[at]
            return present
    if (gone := _number(request, "remove")) in present:
        return [pk for pk in present if pk != gone]
    added = [int(text) for text in request.POST.getlist("add") if _is_id(text)]
    return [*present, *added]


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if _is_id(text) else 0


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
