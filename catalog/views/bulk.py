"""Imports of a supplier: the list, one import with its preview and report, and what is decided about it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import acting
from accounts.roles import SUPPLIER_ROLES
from catalog.bulk.columns import Header, label_of, recognise
from catalog.bulk.errors import BadFile
from catalog.bulk.limits import LISTINGS, MOST_BYTES, UNDO_HOURS
from catalog.forms.bulk import ConfirmForm, PriceRuleForm, UploadForm
from catalog.models import ImportState, ListingImport, ListingImportRow, Verdict
from catalog.pricing.formulas import Place
from catalog.pricing.panel import PLACE_WORDS
from catalog.queries import bulk as queries
from catalog.services import bulk
from catalog.services.bulk.decide import may_resume, may_take_back
from catalog.services.bulk.upload import too_large
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.refusals import refuse_in_message
from zcy.tables import Column
from zcy.uploads import FORM_BYTES, takes_file

LIST_COLUMNS: Final = [
    Column(gettext_lazy("File"), fixed=True),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Rows"), numeric=True),
    *(
        Column(verdict.label, numeric=True)
        for verdict in (Verdict.NEW, Verdict.CHANGED, Verdict.SAME, Verdict.ERROR)
    ),
    Column(gettext_lazy("Written"), numeric=True),
    Column(gettext_lazy("Begun by"), hidden=True),
    Column(gettext_lazy("Time")),
]
ROW_COLUMNS: Final = [
    Column(gettext_lazy("Row"), numeric=True, fixed=True),
    Column(gettext_lazy("Good")),
    Column(gettext_lazy("Result")),
    Column(gettext_lazy("What would change")),
    Column(gettext_lazy("Place in the range")),
]
STATE_TONES: Final = {
    ImportState.PREVIEW: "watch",
    ImportState.DONE: "good",
    ImportState.FAILED: "serious",
    ImportState.CANCELLED: "idle",
}
VERDICT_TONES: Final = {
    Verdict.NEW: "good",
    Verdict.CHANGED: "watch",
    Verdict.ERROR: "serious",
    Verdict.CONFLICT: "serious",
}


@roles(*SUPPLIER_ROLES)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Upload, templates, export, and what was imported lately."""
    return _imports(request, UploadForm())


def _imports(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    rows = ListingImport.objects.visible_to(acting(request)).filter(call_key="")
    rows = rows.select_related("created_by", "rule")
    page = KeysetPage.of(rows, request.GET, order=["-id"])
    context = {
        "form": form,
        "page": page,
        "rows": [_line(task) for task in page.rows],
        "columns": LIST_COLUMNS,
        "categories": form.fields["category"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "catalog/supplier/bulk/imports.html", context, status=status)


def _line(task: ListingImport) -> dict[str, Any]:
    return {
        "task": task,
        "name": _name(task),
        "state": task.get_state_display(),
        "tone": STATE_TONES.get(ImportState(task.state), "watch"),
    }


def _name(task: ListingImport) -> str:
    if task.takes_back_id:
        return _("Price change taken back")
    return task.file_name or _("Price change")


@roles(*SUPPLIER_ROLES)
@takes_file(LISTINGS)
@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; one that is too large is refused by its announced length, before any of it is read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > MOST_BYTES + FORM_BYTES:
        form = UploadForm({}, {})
        form.full_clean()
        form.errors.clear()
        form.add_error("file", str(too_large()))
        return _imports(request, form, too_large().status)
    return _upload(request)


# The form is only read, and with it the token looked for, once the length is known to be bearable.
@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _imports(request, form, 413 if form.has_error("file", "too_large") else 400)
    try:
        task, new = bulk.upload_import(
            actor=acting(request), file=form.cleaned_data["file"], category=form.category_row()
        )
    except BadFile as error:
        error.add_to(form)
        return _imports(request, form, error.status)
    if not new:
        messages.info(request, _("You have uploaded this file already, and it is not finished: here it is."))
    return redirect("catalog:supplier_import", task.pk)


def _found(request: HttpRequest, import_id: int) -> ListingImport:
    mine = ListingImport.objects.visible_to(acting(request)).select_related(
        "created_by", "confirmed_by", "rule", "category", "takes_back", "taken_back_by"
    )
    return get_object_or_404(mine, pk=min(import_id, 2**63 - 1))


@roles(*SUPPLIER_ROLES)
@require_safe
def imported(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: progress, preview or report, by its state."""
    return _imported(request, _found(request, import_id))


def _imported(
    request: HttpRequest, task: ListingImport, form: ConfirmForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"task": task, "line": _line(task), **_progress(task)}
    if not task.working:
        asked = request.GET.get("verdict", "")
        verdict = asked if asked in Verdict.values else ""
        page = KeysetPage.of(queries.rows_of(task, verdict), request.GET, order=["number"])
        context |= {
            "page": page,
            "rows": _rows(page.rows, task),
            "columns": ROW_COLUMNS,
            "tiles": _tiles(task, verdict),
            "verdict": verdict,
            "form": form
            or ConfirmForm(
                initial={
                    "mode": "good" if task.errors else "all",
                    "submit": True,
                    "key": task.confirm_key,
                }
            ),
            "may_resume": may_resume(task),
            "may_take_back": may_take_back(task, UNDO_HOURS),
            "may_check_again": not task.takes_back_id and task.cleared_at is None,
            "nothing": not (task.new or task.changed),
            "to_mend": (task.errors or task.conflicts) and not task.rule_id and not task.takes_back_id,
        }
    return render(request, "catalog/supplier/bulk/import.html", context, status=status)


def _progress(task: ListingImport) -> dict[str, Any]:
    to_write = task.new + task.changed
    writing = task.state == ImportState.APPLYING
    return {
        "writing": writing,
        "done": task.written if writing else task.read,
        "whole": to_write if writing else 0,
    }


def _tiles(task: ListingImport, verdict: str) -> list[dict[str, Any]]:
    counts = [
        ("", _("all rows"), task.total),
        (Verdict.NEW.value, Verdict.NEW.label, task.new),
        (Verdict.CHANGED.value, Verdict.CHANGED.label, task.changed),
        (Verdict.SAME.value, Verdict.SAME.label, task.same),
        (Verdict.ERROR.value, Verdict.ERROR.label, task.errors),
    ]
    if task.conflicts:
        counts.append((Verdict.CONFLICT.value, Verdict.CONFLICT.label, task.conflicts))
    return [
        {
            "label": str(label),
            "value": count,
            "href": f"?verdict={code}" if code else "?",
            "current": verdict == code,
        }
        for code, label, count in counts
    ]


def _rows(rows: list[ListingImportRow], task: ListingImport) -> list[dict[str, Any]]:
    paths = {
        path for row in rows for value in row.changes.get("delivery_areas", []) for path in value.split()
    }
    names = queries.region_names(paths) if paths else {}
    header = recognise(task.header) if any(_unknown_good(row) for row in rows) and task.header else None
    return [_row(row, header, names) for row in rows]


def _row(row: ListingImportRow, header: Header | None, names: dict[str, str]) -> dict[str, Any]:
    def shown(name: str, value: str) -> str:
        if name == "delivery_areas":
            return "、".join(names.get(path, path) for path in value.split()) or _("everywhere")
        return value or "–"

    place = Place(row.place) if row.place else None
    return {
        "row": row,
        "verdict": row.get_verdict_display(),
        "tone": VERDICT_TONES.get(Verdict(row.verdict), "idle"),
        "changes": [
            (label_of(name), shown(name, old), shown(name, new)) for name, (old, new) in row.changes.items()
        ],
        "problems": [
            (label_of(column.removeprefix("attr:")) if column else "", text) for column, text in row.problems
        ],
        "merged": [] if row.problems else row.candidates,
        "place": str(PLACE_WORDS[place]) if place else "",
        "place_code": row.place,
        "said": " ".join(filter(None, row.cells))[:120],
        "search": _search(row, header),
        "propose": _proposal(row, header),
    }


def _search(row: ListingImportRow, header: Header | None) -> str:
    """Brand and model as typed: what to look for, or to propose, where no good fits."""
    if header is None or not _unknown_good(row):
        return ""
    return " ".join(filter(None, (header.cell(row.cells, key) for key in ("brand", "model", "name"))))[:100]


def _proposal(row: ListingImportRow, header: Header | None) -> str:
    """The same for the form in which a good is proposed, as the query of its address."""
    if header is None or not _unknown_good(row):
        return ""
    keys = {"brand_name": "brand", "model": "model", "name": "name", "gtin": "gtin"}
    said = {name: header.cell(row.cells, key)[:300] for name, key in keys.items()}
    return urlencode({name: text for name, text in said.items() if text})


def _unknown_good(row: ListingImportRow) -> bool:
    return row.verdict == Verdict.ERROR and row.good_id is None and not row.candidates


@roles(*SUPPLIER_ROLES)
@require_safe
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The part of the page that says how far it is; the whole page anew once the work has ended."""
    task = _found(request, import_id)
    response = render(
        request,
        "catalog/supplier/bulk/_progress.html",
        {"task": task, "line": _line(task), **_progress(task)},
    )
    if not task.working:
        response["HX-Refresh"] = "true"
    return response


@roles(*SUPPLIER_ROLES)
@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Have the previewed changes written."""
    task = _found(request, import_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _imported(request, task, form, 400)
    try:
        bulk.confirm_import(
            actor=acting(request),
            import_id=task.pk,
            mode=form.cleaned_data["mode"],
            submit=form.cleaned_data["submit"],
            key=form.cleaned_data["key"],
        )
    except DomainError as error:
        if error.field:
            error.add_to(form)
            return _imported(request, task, form, error.status)
        refuse_in_message(request, error)
    return redirect("catalog:supplier_import", task.pk)


def _decided(request: HttpRequest, import_id: int, service: Any) -> HttpResponse:
    task = _found(request, import_id)
    try:
        task = service(actor=acting(request), import_id=task.pk)
    except DomainError as error:
        refuse_in_message(request, error)
    return redirect("catalog:supplier_import", task.pk)


@roles(*SUPPLIER_ROLES)
@require_POST
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    """Stop."""
    return _decided(request, import_id, bulk.cancel_import)


@roles(*SUPPLIER_ROLES)
@require_POST
def resume(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go on."""
    return _decided(request, import_id, bulk.resume_import)


@roles(*SUPPLIER_ROLES)
@require_POST
def again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Check the same file or rule against what is offered now."""
    return _decided(request, import_id, bulk.check_again)


@roles(*SUPPLIER_ROLES)
@require_POST
def take_back(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give the listings of a price rule their prices back."""
    return _decided(request, import_id, bulk.take_back)


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def prices(request: HttpRequest) -> HttpResponse:
    """Change many prices by one rule."""
    actor = acting(request)
    initial: dict[str, Any] = {name: request.GET.get(name, "")[:100] for name in ("q", "sale", "review")}
    initial["category"] = request.GET.getlist("category")
    form = PriceRuleForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        supplier_id=actor.organisation_id or 0,
    )
    if request.method == "POST" and form.is_valid():
        task = bulk.preview_price_rule(
            actor=actor,
            step=form.cleaned_data["step"],
            value=form.signed(),
            rounding=form.cleaned_data["rounding"],
            filters=form.filters(),
        )
        return redirect("catalog:supplier_import", task.pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "catalog/supplier/bulk/prices.html", {"form": form}, status=status)
