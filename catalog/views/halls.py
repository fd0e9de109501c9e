"""Halls: their entry pages and lists for everyone, and for suppliers what keeps an offer out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.models import Region
from accounts.roles import SUPPLIER_ROLES
from catalog import queries
from catalog.halls.of_region import ShownHall, halls_of
from catalog.halls.place import read_place
from catalog.halls.refusals import counts, refused, told
from catalog.kept import kept_list
from catalog.models import Hall
from catalog.search.filters import read_filters
from catalog.views.public import goods_list
from zcy.access import public, roles
from zcy.paging import KeysetPage
from zcy.tables import Column


def _region(request: HttpRequest) -> Region | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.region


def _find(request: HttpRequest, slug: str) -> tuple[ShownHall | None, list[ShownHall]]:
    halls = halls_of(_region(request))
    return next((hall for hall in halls if hall.slug == slug), None), halls


def _missing(request: HttpRequest, slug: str, halls: list[ShownHall]) -> HttpResponse:
    """Not found, with the halls that there are."""
    context = {
        "slug": slug[:40],
        "halls": halls,
        "elsewhere": Hall.objects.filter(slug=slug, active=True).exists(),
    }
    return render(request, "catalog/halls/missing.html", context, status=404)


@public
@require_safe
def halls(request: HttpRequest) -> HttpResponse:
    """All halls of one's region."""
    return render(request, "catalog/halls/halls.html", {"halls": halls_of(_region(request))})


@public
@require_safe
def hall(request: HttpRequest, slug: str) -> HttpResponse:
    """The entry page of a hall, in its layout; drawn once a minute for a region."""
    region = _region(request)
    found, others = _find(request, slug)
    if found is None:
        return _missing(request, slug, others)
    key = ("hall", get_language(), found, region.pk if region else None)
    drawn = kept_list(
        key,
        lambda: render_to_string(
            f"catalog/halls/_{found.layout}.html", dict(queries.hall_page(found, region))
        ),
    )
    return render(request, "catalog/halls/hall.html", {"hall": found, "halls": others, "content": drawn})


@public
@require_safe
def hall_goods(request: HttpRequest, slug: str) -> HttpResponse:
    """The goods of a hall with the usual search and filters."""
    found, others = _find(request, slug)
    if found is None:
        return _missing(request, slug, others)
    place, wrong = read_place(found.id, request.GET.get("part", ""))
    filters = replace(read_filters(request.GET), hall=place)
    if wrong:
        filters = replace(filters, errors=(*filters.errors, wrong))
    return goods_list(request, filters, "catalog/halls/goods.html", {"hall": found})


@roles(*SUPPLIER_ROLES)
@require_safe
def supplier_halls(request: HttpRequest) -> HttpResponse:
    """Which halls one's offers are in, and what the rules ask for."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return render(request, "catalog/halls/supplier.html", {"halls": counts(actor.organisation_id or 0)})


@roles(*SUPPLIER_ROLES)
@require_safe
def supplier_hall(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One's own offers that a hall does not admit, each with its reasons."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(Hall.objects.prefetch_related("rules"), slug=slug, active=True)
    page = KeysetPage.of(refused(found, actor.organisation_id or 0), request.GET, order=["-id"])
    rows: list[dict[str, Any]] = [
        {"listing": listing, "reasons": told(found, listing)} for listing in page.rows
    ]
    columns = [Column(_("Good"), fixed=True), Column(_("Category")), Column(_("Why not"))]
    context = {"hall": found, "page": page, "rows": rows, "columns": columns}
    return render(request, "catalog/halls/refused.html", context)
