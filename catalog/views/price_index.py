"""The price index for everyone, with its formula."""

from __future__ import annotations

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import PriceIndex
from catalog.pricing.index import LEAST_MATCHES, index_of
from catalog.tree import category_tree
from zcy.access import public
from zcy.exports import csv_response
from zcy.formats import percent


@public
@require_safe
def price_index(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """All categories with an index, or one with its months; `?format=csv` downloads what is shown."""
    if not code:
        return _overview(request)
    node = category_tree().by_code.get(code)
    if node is None:
        raise Http404(_("There is no category “%(code)s”.") % {"code": code[:40]})
    months = index_of(node.id)
    # Without two months to compare there is no index: a flat line would tell of prices that nobody compared.
    if not any(row.linked for row in months):
        months = []
    if request.GET.get("format") == "csv":
        header = [
            _("Month"),
            _("Index"),
            _("To the month before"),
            _("To the year before"),
            _("Goods"),
            _("Deals"),
        ]
        rows = (
            (f"{row.month:%Y-%m}", round(row.value, 2), row.monthly, row.yearly, row.goods, row.deals)
            for row in months
        )
        return csv_response(f"{node.code}-price-index", header, rows)
    chart = {
        "kind": "line",
        "unit": "",
        "categories": [f"{row.month:%Y-%m}" for row in months],
        "series": [{"name": str(_("Index")), "values": [round(row.value, 2) for row in months]}],
    }
    context = {
        "node": node,
        "months": [(row, _change(row.monthly), _change(row.yearly)) for row in reversed(months)],
        "chart": chart,
        "least": LEAST_MATCHES,
        "gaps": sum(not row.linked for row in months[1:]),
        "trail": [(_("Open data"), "/open/"), (_("Price index"), "/open/index/")],
    }
    return render(request, "catalog/public/price_index.html", context)


def _change(share: float | None) -> str:
    if share is None:
        return "–"
    return ("+" if share > 0 else "") + percent(share)


def _overview(request: HttpRequest) -> HttpResponseBase:
    tree = category_tree()
    found = (
        PriceIndex.objects.values("category_id")
        .annotate(deals=Sum("deals"), links=Count("id", filter=Q(link__isnull=False)))
        .filter(links__gt=0)
        .order_by("-deals", "category_id")
    )
    rows = [
        (tree.by_id[row["category_id"]], row["links"], row["deals"])
        for row in found
        if row["category_id"] in tree.by_id
    ]
    context = {"rows": rows, "least": LEAST_MATCHES, "trail": [(_("Open data"), "/open/")]}
    return render(request, "catalog/public/price_indices.html", context)
