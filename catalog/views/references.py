"""Reference prices: imported by the operator's staff, contested by suppliers."""

from __future__ import annotations

from typing import Final

import structlog
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import OPERATOR_ROLES, SUPERVISOR_ROLES, SUPPLIER_ROLES, Role
from catalog import services
from catalog.forms.references import FILE, PROOF, ContestForm, ReferenceFileForm
from catalog.models import Listing, ReferencePrice
from catalog.services.import_references import COLUMNS, REQUIRED, headings, label_of
from catalog.services.references import sha256_of
from zcy.access import roles
from zcy.errors import Conflict, DomainError
from zcy.exports import csv_response
from zcy.refusals import refusal_page
from zcy.uploads import takes_file

MOST_WRONG = 500
# Who may look at the proof of a reference price: those who buy, supervise or run the platform.
PROOF_ROLES: Final = frozenset([Role.PURCHASER]) | SUPERVISOR_ROLES | OPERATOR_ROLES
# Of any other kind of file a browser is told nothing.
PROOF_TYPES: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
log = structlog.get_logger(__name__)


@roles(Role.CATALOG)
@takes_file(FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponseBase:
    """Upload a CSV file; good rows are kept, wrong ones are told with what would be right.

    `?template=csv` downloads a file of the header alone.
    """
    if request.method == "GET" and request.GET.get("template") == "csv":
        return csv_response("reference-prices", headings(), ())
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
        "columns": [(key, label_of(key), key in REQUIRED) for key in COLUMNS],
    }
    return render(
        request, "catalog/operator/references_import.html", context, status=400 if form.errors else 200
    )


@roles(*SUPPLIER_ROLES)
@takes_file(PROOF)
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


@roles(*PROOF_ROLES)
@require_safe
def proof(request: HttpRequest, reference_id: int) -> HttpResponseBase:
    """The file that proves a reference price, as it was captured: never shown in place, always downloaded.

    A file whose content no longer has the hash that was kept proves nothing, and is refused.
    """
    actor = request.actor  # type: ignore[attr-defined]
    reference = get_object_or_404(
        ReferencePrice.objects.visible_to(actor).exclude(proof=""), pk=min(reference_id, 2**63 - 1)
    )
    try:
        file = reference.proof.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    if reference.proof_sha256 and sha256_of(file) != reference.proof_sha256:
        log.error("reference_proof_changed", reference=reference.pk)
        file.close()
        return refusal_page(
            request,
            Conflict(
                _("The file is not the one that was captured: its hash differs. Tell the catalog's staff.")
            ),
        )
    ending = str(reference.proof.name).rpartition(".")[2].lower()
    if not (ending.isalnum() and len(ending) <= 8):
        ending = "bin"
    name = f"reference-{reference.pk}-{reference.proof_sha256[:12] or 'proof'}.{ending}"
    answer = FileResponse(
        file,
        as_attachment=True,
        filename=name,
        content_type=PROOF_TYPES.get(ending, "application/octet-stream"),
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # Whatever the file may hold, it runs nothing here.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
