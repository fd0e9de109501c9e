"""Reference prices: imported by the operator's staff, contested by suppliers."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import SUPPLIER_ROLES, Role
from catalog import services
from catalog.forms.references import ContestForm, ReferenceFileForm
from catalog.models import Listing, ReferencePrice
from catalog.services.import_references import COLUMNS, REQUIRED
from zcy.access import roles
from zcy.errors import DomainError
from zcy.exports import csv_response

MOST_WRONG = 500


@roles(Role.CATALOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponseBase:
    """Upload a CSV file; good rows are kept, wrong ones are told with what would be right.

    `?template=csv` downloads a file of the header alone.
    """
    if request.method == "GET" and request.GET.get("template") == "csv":
        return csv_response("reference-prices", COLUMNS, ())
    form = ReferenceFileForm(request.POST, request.FILES) if request.method == "POST" else ReferenceFileForm()
    report = None
    if request.method == "POST" and form.is_valid():
        report = services.import_references(
            form.cleaned_data["file"].read(),
            actor=request.actor,  # type: ignore[attr-defined]
        )
        if report.error:
            form.add_error("file", report.error)
    context = {
        "form": form,
        "report": report,
        "wrong": report.wrong[:MOST_WRONG] if report else [],
        "columns": COLUMNS,
        "required": REQUIRED,
    }
    return render(
        request, "catalog/operator/references_import.html", context, status=400 if form.errors else 200
    )


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: HttpRequest, reference_id: int) -> HttpResponse:
    """Say why a reference price does not hold."""
    actor = request.actor  # type: ignore[attr-defined]
    reference = get_object_or_404(
        ReferencePrice.objects.visible_to(actor)
        .select_related("good")
        .filter(
            Exists(
                Listing.objects.filter(
                    good_id=OuterRef("good_id"),
                    supplier_id=actor.organisation_id,
                    delisted_at__isnull=True,
                )
            )
        ),
        pk=min(reference_id, 2**63 - 1),
    )
    form = ContestForm(request.POST, request.FILES) if request.method == "POST" else ContestForm()
    if request.method == "POST" and form.is_valid():
        try:
            services.contest_reference(
                actor=actor,
                reference_id=reference.pk,
                text=form.cleaned_data["text"],
                proof=form.cleaned_data["proof"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The catalog's staff will decide; you will be told."))
            return redirect("catalog:good", reference.good_id)
    context = {"form": form, "reference": reference}
    return render(request, "catalog/supplier/contest.html", context, status=400 if form.errors else 200)
