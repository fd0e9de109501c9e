"""Files that suppliers take away: templates, their listings, rows to mend."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.actor import acting
from accounts.roles import SUPPLIER_ROLES
from catalog.bulk.writing import respond
from catalog.models import ListingImport, Review, Sale
from catalog.queries import bulk as queries
from catalog.tree import Node, category_tree
from zcy.access import roles

KINDS = ("xlsx", "csv")


def _asked(request: HttpRequest) -> tuple[Node | None, str]:
    """The category and the kind of file that the address asks for."""
    code, kind = request.GET.get("category", ""), request.GET.get("format", "xlsx")
    node = category_tree().by_code.get(code) if code else None
    if (code and node is None) or kind not in KINDS:
        raise Http404
    return node, kind


@roles(*SUPPLIER_ROLES)
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty table of a category, with its attributes."""
    node, kind = _asked(request)
    return respond(queries.template_of(node, supplier_id=acting(request).organisation_id or 0), kind)


@roles(*SUPPLIER_ROLES)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """One's own listings in the format of imports."""
    node, kind = _asked(request)
    filters = {"q": request.GET.get("q", "")[:100]}
    for name, known in (("sale", Sale.values), ("review", Review.values)):
        if (value := request.GET.get(name, "")) in known:
            filters[name] = value
    return respond(queries.export_of(acting(request).organisation_id or 0, node, filters), kind)


@roles(*SUPPLIER_ROLES)
@require_safe
def errors(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The rows of an import that could not be taken, each with its reason."""
    _node, kind = _asked(request)
    mine = ListingImport.objects.visible_to(acting(request))
    task = get_object_or_404(mine, pk=min(import_id, 2**63 - 1))
    if not task.header or task.cleared_at is not None:
        raise Http404
    return respond(queries.errors_of(task), kind)
