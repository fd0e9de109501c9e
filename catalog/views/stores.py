"""A supplier's storefront as everyone sees it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import queries
from catalog.queries.store import Store
from catalog.stores import StoreFilters, featured_goods, read_store_filters, store_goods
from zcy import clock
from zcy.access import public
from zcy.formats import number

LARGEST_ID = 2**63 - 1


@public
@require_safe
def store(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """A supplier's own page: who it is, how it serves, what it offers."""
    found = queries.store(supplier_id) if supplier_id <= LARGEST_ID else None
    if found is None:
        raise Http404(_("There is no such store."))
    return shown(request, found)


def shown(request: HttpRequest, found: Store, **more: Any) -> HttpResponse:
    """The page of a store with its content, whether published or a preview."""
    content = found.content
    filters = read_store_filters(request.GET, groups=len(content.groups))
    group = content.groups[filters.group] if filters.group is not None else None
    whole = not filters.q and group is None and filters.base.position is None
    context = {
        "store": found,
        "filters": filters,
        "page": store_goods(found.id, filters, group.listings if group else None),
        "featured": featured_goods(found.id, content.featured) if whole else [],
        "announcements": content.shown(clock.today()) if whole else [],
        "group": group,
        "groups": [
            (entry.name, number(len(entry.listings)), filters.address(group=at, q=""), at == filters.group)
            for at, entry in enumerate(content.groups)
        ],
        "all_url": filters.address(group=None),
        "no_q_url": filters.address(q=""),
        "sorts": _sorts(filters),
    }
    return render(request, "catalog/public/store.html", context | more, status=400 if filters.errors else 200)


def _sorts(filters: StoreFilters) -> list[tuple[str, str, bool]]:
    labels = {
        "price": _("Price, lowest first"),
        "-price": _("Price, highest first"),
        "sales": _("Sold most"),
        "newest": _("Newest"),
    }
    return [(label, filters.address(sort=sort), sort == filters.sort) for sort, label in labels.items()]
