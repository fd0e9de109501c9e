"""The public portal: deals, grades, rules in force, announcements; everything downloadable, no sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models.standings import Grade
from exchange import queries
from exchange.forms import GradeFilter, OpenFilter
from supervision.queries import RuleInForce, rules_in_force
from zcy.access import public
from zcy.exports import csv_response
from zcy.paging import KeysetPage
from zcy.tables import Column

DEALS = (
    Column(gettext_lazy("Confirmed"), sort="date"),
    Column(gettext_lazy("Good"), fixed=True),
    Column(gettext_lazy("Unit price"), sort="price", numeric=True),
    Column(gettext_lazy("Quantity"), numeric=True),
    Column(gettext_lazy("Amount"), sort="amount", numeric=True),
    Column(gettext_lazy("Buyer")),
    Column(gettext_lazy("Supplier")),
    Column(gettext_lazy("Region")),
)
DEAL_ORDERS = {
    "date": ["order__confirmed_at", "id"],
    "-date": ["-order__confirmed_at", "-id"],
    "price": ["unit_price", "id"],
    "-price": ["-unit_price", "-id"],
    "amount": ["total", "id"],
    "-amount": ["-total", "-id"],
}
GRADES = (
    Column(gettext_lazy("Supplier"), sort="name", fixed=True),
    Column(gettext_lazy("Region")),
    Column(gettext_lazy("Grade"), sort="grade"),
    Column(gettext_lazy("Orders in 365 days"), numeric=True),
    Column(gettext_lazy("Delivered in time"), numeric=True),
    Column(gettext_lazy("Stars"), numeric=True),
)
GRADE_ORDERS = {
    "name": ["supplier__name", "pk"],
    "-name": ["-supplier__name", "-pk"],
    "grade": ["rank", "ranking_factor", "pk"],
    "-grade": ["-rank", "-ranking_factor", "-pk"],
}
# The best grade first; a score alone would not do, because a grade moves a month later than its score.
GRADE_RANK = Case(
    *(When(grade=grade, then=Value(-place)) for place, grade in enumerate(Grade.values)),
    output_field=IntegerField(),
)


@public
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """What is published, with how much there is of it."""
    return render(
        request, "exchange/open/index.html", {"figures": queries.figures(), "rules": len(rules_in_force())}
    )


@public
@require_safe
def deals(request: HttpRequest) -> HttpResponseBase:
    """Deals of the last 30 days."""
    form = OpenFilter(request.GET)
    rows = (
        queries.published_deals(form.cleaned_data["region"], form.cleaned_data["q"])
        if form.is_valid()
        else None
    )
    order = DEAL_ORDERS.get(request.GET.get("sort", ""), DEAL_ORDERS["-date"])
    return _answer(
        request,
        "deals",
        form,
        DEALS,
        rows if rows is not None else queries.published_deals().none(),
        order,
        lambda line: (
            line.order.confirmed_at,
            line.good.name,
            line.unit_price,
            line.quantity,
            line.total,
            line.order.buyer.name,
            line.order.supplier.name,
            line.order.region.name,
            line.order.region.code,
            line.good.unit,
            line.good.category.code,
            line.good.category.name,
            line.accessory,
        ),
        extra=(_("Region code"), _("Unit"), _("Category code"), _("Category"), _("Accessory")),
    )


@public
@require_safe
def grades(request: HttpRequest) -> HttpResponseBase:
    """The credit grade of each supplier."""
    form = GradeFilter(request.GET)
    rows = queries.public_grades()
    if form.is_valid():
        rows = queries.public_grades(
            form.cleaned_data["region"], form.cleaned_data["grade"], form.cleaned_data["q"]
        )
    else:
        rows = rows.none()
    order = GRADE_ORDERS.get(request.GET.get("sort", ""), GRADE_ORDERS["-grade"])
    return _answer(
        request,
        "grades",
        form,
        GRADES,
        rows.annotate(rank=GRADE_RANK),
        order,
        lambda standing: (
            standing.supplier.name,
            standing.supplier.region.name,
            standing.grade,
            *_service(standing),
        ),
    )


def _service(standing: Any) -> tuple[Any, Any, Any]:
    figures = getattr(standing.supplier, "figures", None)
    return (figures.orders, figures.delivered_in_time, figures.stars) if figures else (None, None, None)


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponseBase:
    """The rules in force with their parameters, region by region."""
    in_force: Sequence[RuleInForce] = rules_in_force()
    if request.GET.get("format") == "csv":
        header = (
            _("Rule"),
            _("Dimension"),
            _("Region"),
            _("Version"),
            _("Since"),
            _("Legal basis"),
            _("Parameters"),
        )
        return csv_response(
            "rules",
            header,
            (
                (r.slug, r.dimension, r.region, r.version, r.effective_from, r.legal_basis, r.parameters_text)
                for r in in_force
            ),
        )
    return render(request, "exchange/open/rules.html", {"rules": in_force})


@public
@require_safe
def announcements(request: HttpRequest) -> HttpResponseBase:
    """Announcements, newest first."""
    form = OpenFilter(request.GET)
    rows = queries.public_announcements()
    rows = (
        queries.public_announcements(form.cleaned_data["region"], form.cleaned_data["q"])
        if form.is_valid()
        else rows.none()
    )
    return _answer(
        request,
        "announcements",
        form,
        (Column(_("Published")), Column(_("Title"), fixed=True), Column(_("Region"))),
        rows,
        ["-published_at", "-id"],
        lambda row: (row.published_at, row.title, row.region.name, row.body),
        extra=(_("Text"),),
    )


def _answer(
    request: HttpRequest,
    name: str,
    form: OpenFilter,
    columns: Iterable[Column],
    rows: QuerySet[Any],
    order: list[str],
    cells: Callable[[Any], Sequence[Any]],
    extra: Sequence[str] = (),
) -> HttpResponseBase:
    """The page, or all pages as CSV."""
    if request.GET.get("format") == "csv" and form.is_valid():
        header = [column.label for column in columns] + list(extra)
        return csv_response(
            name, header, (cells(row) for row in rows.order_by(*order).iterator(chunk_size=2_000))
        )
    page: KeysetPage[Any] = KeysetPage.of(rows, request.GET, order=order)
    context = {"form": form, "columns": list(columns), "page": page}
    return render(request, f"exchange/open/{name}.html", context, status=200 if form.is_valid() else 400)
