"""The price index for everyone, with its formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.models import PriceIndex
from catalog.pricing.index import LEAST_MATCHES, IndexMonth, index_of
from catalog.queries.price_index import all_indices
from catalog.tree import Node, category_tree
from zcy.access import public
from zcy.exports import csv_response
from zcy.formats import percent

DOWNLOADS: Final = ("csv", "json")
# In the words in which statisticians know it; written out on the pages, and in catalog.pricing.index.
FORMULA: Final = (
    "Törnqvist, matched models, chained by month: I1 = I0 * exp(sum(0.5 * (s0 + s1) * (x1 - x0)))"
)


@public
@require_safe
def price_index(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """All categories with an index, or one with its months; `?format=csv` or `json` downloads them."""
    if not code:
        return _overview(request)
    node = category_tree().by_code.get(code)
    if node is None:
        raise Http404(_("There is no category “%(code)s”.") % {"code": code[:40]})
    months = index_of(node.id)
    # Without two months to compare there is no index: a flat line would tell of prices that nobody compared.
    if not any(row.linked for row in months):
        months = []
    if (format_ := request.GET.get("format")) in DOWNLOADS:
        return _download(format_, f"{node.code}-price-index", [(node, months)] if months else [])
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


def _download(format_: str, name: str, indices: Iterable[tuple[Node, list[IndexMonth]]]) -> HttpResponseBase:
    """Months of categories, as rows or as a tree, with the formula named."""
    if format_ == "csv":
        header = [
            _("Month"),
            _("Index"),
            _("To the month before"),
            _("To the year before"),
            _("Goods"),
            _("Deals"),
            _("Category code"),
            _("Category"),
            _("Formula"),
        ]
        rows = (
            [*_figures(row).values(), node.code, node.name, FORMULA]
            for node, months in indices
            for row in months
        )
        return csv_response(name, header, rows)
    content = {
        "formula": FORMULA,
        "formula_url": "/open/index/#formula",
        "first_month": 100,
        "least_goods_in_both_months": LEAST_MATCHES,
        "categories": [
            {"code": node.code, "name": node.name, "months": [_figures(row) for row in months]}
            for node, months in indices
        ],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.json"
    return response


def _figures(row: IndexMonth) -> dict[str, Any]:
    """A month as it is published; changes are shares, 0.02 is 2%."""
    return {
        "month": f"{row.month:%Y-%m}",
        "index": round(row.value, 2),
        "to_month_before": None if row.monthly is None else round(row.monthly, 6),
        "to_year_before": None if row.yearly is None else round(row.yearly, 6),
        "goods_in_both_months": row.goods,
        "deals": row.deals,
    }


def _overview(request: HttpRequest) -> HttpResponseBase:
    if (format_ := request.GET.get("format")) in DOWNLOADS:
        return _download(format_, "price-index", all_indices())
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
