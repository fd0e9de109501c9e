"""The supplier's own credit: what it is, why, and what would raise it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.roles import SUPPLIER_ROLES
from credit import queries
from credit.forms import ContributionFilter
from credit.grading import NEWCOMER
from credit.models import Component, CreditEvent, CreditSnapshot, EventKind
from zcy import clock
from zcy.access import roles
from zcy.exports import csv_response
from zcy.paging import KeysetPage
from zcy.tables import Column, without

if TYPE_CHECKING:
    from accounts.actor import Actor

SORTS: Final = {"points": "points", "size": "size", "date": "occurred_on", "amount": "amount"}
DEFAULT_SORT: Final = "-size"
COLUMNS: Final = [
    Column(gettext_lazy("Order"), fixed=True),
    Column(gettext_lazy("Component")),
    Column(gettext_lazy("Date"), sort="date"),
    Column(gettext_lazy("Amount"), sort="amount", numeric=True),
    Column(gettext_lazy("Result"), numeric=True, hint=gettext_lazy("1 is perfect, 0 is failed")),
    Column(gettext_lazy("Contribution in points"), sort="size", numeric=True),
]


@roles(*SUPPLIER_ROLES)
@require_safe
def credit(request: HttpRequest) -> HttpResponseBase:
    """Grade, score with interval, what moved it, contributions, events."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    supplier_id = actor.organisation_id
    assert supplier_id is not None
    snapshot = queries.latest(supplier_id)
    if snapshot is None:
        return render(request, "credit/supplier/newcomer.html", {"grade": NEWCOMER})
    form = ContributionFilter(request.GET, names=list(snapshot.parts))
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = _filtered(snapshot, chosen)
    sort = request.GET.get("sort", DEFAULT_SORT)
    field = SORTS.get(sort.lstrip("-"), "size")
    order = f"-{field}" if sort.startswith("-") else field
    if request.GET.get("format") == "csv":
        return csv_response(
            f"credit-{snapshot.as_of}",
            [column.label for column in COLUMNS],
            _exported(rows.order_by(order, "id")),
        )
    before = queries.last_month(snapshot)
    history = queries.history(supplier_id, snapshot.as_of)
    changes = queries.changes_of(supplier_id)
    context: dict[str, Any] = {
        "snapshot": snapshot,
        "before": before,
        "moved": snapshot.score - before.score if before else None,
        "components": queries.components(snapshot, before),
        "others": _others(snapshot),
        "raises": queries.raises(snapshot),
        "history": history,
        "chart": queries.chart(history),
        "changes": changes,
        "pending": next(
            (c for c in changes if c.decided_on <= snapshot.as_of < c.effective_on and c.reason != "veto"),
            None,
        ),
        "events": _event_entries(supplier_id),
        "form": form,
        "columns": COLUMNS,
        "default_sort": DEFAULT_SORT,
        "page": KeysetPage.of(rows, request.GET, order=[order, "-id"]),
        "chips": _chips(chosen, request.GET),
        "status": 200 if form.is_valid() else 400,
    }
    return render(request, "credit/supplier/credit.html", context, status=context["status"])


def _filtered(snapshot: CreditSnapshot, chosen: dict[str, str]) -> QuerySet[Any]:
    rows: QuerySet[Any] = queries.contributions(snapshot)
    if "component" in chosen:
        rows = rows.filter(component=chosen["component"])
    if chosen.get("direction") == "up":
        return rows.filter(points__gt=0)
    if chosen.get("direction") == "down":
        return rows.filter(points__lt=0)
    return rows


def _exported(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=1000):
        label = str(Component(row.component).label)
        yield [row.order.number, label, row.occurred_on, row.amount, row.value, row.points]


def _chips(chosen: dict[str, str], params: QueryDict) -> list[tuple[str, str, str]]:
    words = {"up": _("raises the score"), "down": _("lowers the score")}
    return [
        (
            _("Component") if name == "component" else _("Effect"),
            str(Component(value).label) if name == "component" else words[value],
            without(params, name),
        )
        for name, value in chosen.items()
    ]


def _others(snapshot: CreditSnapshot) -> list[dict[str, Any]]:
    """What counts besides the components."""
    rows = [
        {"label": _("Bonus"), "value": snapshot.bonus},
        {"label": _("Deductions"), "value": -snapshot.deductions},
        {"label": _("Limit to 0–100"), "value": snapshot.limit},
    ]
    return [row for row in rows if row["value"]]


def _reason(event: CreditEvent) -> str:
    if event.source.startswith("complaint:"):
        return _("Upheld complaint %(id)s") % {"id": event.reason or event.source.partition(":")[2]}
    return event.reason


def _event_entries(supplier_id: int) -> list[dict[str, Any]]:
    tones = {EventKind.DEDUCTION: "serious", EventKind.BONUS: "good"}
    today = clock.today()
    entries = []
    for event in queries.events_of(supplier_id):
        signs = {EventKind.DEDUCTION: "−", EventKind.BONUS: "+"}
        title = f"{event.get_kind_display()} {signs.get(EventKind(event.kind), '')}"
        if event.points:
            title += f"{event.points.normalize():f}"
        note = _("counts from %(day)s") % {"day": event.effective_on} if event.effective_on > today else ""
        entries.append(
            {
                "title": title.strip(),
                "at": event.recorded_at,
                "tone": tones.get(EventKind(event.kind), "idle"),
                "text": " · ".join(filter(None, [_reason(event), note])),
            }
        )
    return entries
