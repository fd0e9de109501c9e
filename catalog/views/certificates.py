"""A supplier sends the certificate of a policy label of a good that it offers."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from accounts.onboarding.files import LIMIT
from accounts.roles import SUPPLIER_ROLES
from catalog import services
from catalog.forms.certificates import CertificateForm
from catalog.models import (
    CatalogRequest,
    CertificatePaper,
    Good,
    GoodLabel,
    Listing,
    PolicyLabel,
    RequestKind,
    RequestState,
)
from catalog.review_reasons import reasons_of
from zcy import clock
from zcy.access import roles
from zcy.errors import DomainError
from zcy.refusals import refuse_in_form
from zcy.uploads import takes_file

LARGEST: Final = 2**63 - 1


@roles(*SUPPLIER_ROLES)
@takes_file(LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: ActorRequest, good_id: int) -> HttpResponse:
    """What the good has, what waits, and the form; with `?again=` what was sent back, to be mended."""
    good = _offered(request, good_id)
    sent = (
        CatalogRequest.objects.visible_to(request.actor)
        .filter(kind=RequestKind.CERTIFICATE, good=good)
        .select_related("paper")
        .order_by("-id")
    )
    certificates = list(good.certificates.order_by("label", "expires_on", "id"))
    again = _sent_back(sent, request.GET.get("again", ""))
    posted = request.method == "POST"
    paper = _paper(request, request.POST.get("paper") if posted else again and again.paper_id)
    form = CertificateForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=_initial(request, certificates, again),
        scanned=paper is not None,
    )
    status = 200
    if posted:
        status, paper = _send(request, good, form, paper)
        if status == 302:
            return redirect("catalog:supplier_requests")
    assert request.actor.organisation is not None
    context = {
        "good": good,
        "form": form,
        "certificates": certificates,
        "today": clock.today(),
        "waiting": list(sent.filter(state=RequestState.WAITING)),
        "again": again,
        "reasons": reasons_of(again.reasons) if again else [],
        "paper": paper,
        "days": services.answer_days(request.actor.organisation),
    }
    return render(request, "catalog/supplier/certificate.html", context, status=status)


def _offered(request: ActorRequest, good_id: int) -> Good:
    """The good, if the supplier has a listing of it that has not ended."""
    own = Listing.objects.filter(supplier_id=request.actor.organisation_id, good_id=min(good_id, LARGEST))
    listing = own.not_ended().select_related("good").defer("good__search", "good__pinyin").first()
    if listing is None:
        raise Http404(_("You send certificates for goods that you offer."))
    return listing.good


def _sent_back(sent: Any, number: str) -> CatalogRequest | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found: CatalogRequest | None = sent.filter(pk=int(number), state=RequestState.DECLINED).first()
    return found


def _initial(
    request: ActorRequest, certificates: list[GoodLabel], again: CatalogRequest | None
) -> dict[str, Any]:
    """What was sent back; else the label that was asked for, or whose certificate ends first."""
    if again is not None:
        return {
            "label": again.label,
            "certificate": again.name,
            "issued_on": again.issued_on,
            "expires_on": again.expires_on,
            "remark": again.why,
            "paper": again.paper_id,
        }
    asked = request.GET.get("label", "")
    ending = min(
        (row for row in certificates if row.expires_on),
        key=lambda row: (row.expires_on, row.pk),
        default=None,
    )
    return {"label": asked if asked in PolicyLabel.values else ending.label if ending else ""}


def _paper(request: ActorRequest, number: Any) -> CertificatePaper | None:
    text = str(number or "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return CertificatePaper.objects.visible_to(request.actor).filter(pk=int(text)).first()


def _send(
    request: ActorRequest, good: Good, form: CertificateForm, paper: CertificatePaper | None
) -> tuple[int, CertificatePaper | None]:
    """Send what was typed; the status of the answer and the scan, which is kept whatever else is wrong."""
    valid = form.is_valid()
    if form.checked is not None:
        paper = services.keep_paper(actor=request.actor, checked=form.checked, file_name=form.file_name)
        form.fields["file"].required = False
    data = request.POST.copy()
    data["paper"] = str(paper.pk) if paper else ""
    form.data = data
    if not valid or paper is None:
        return 400, paper
    typed = form.cleaned_data
    try:
        asked = services.send_certificate(
            actor=request.actor,
            good_id=good.pk,
            label=typed["label"],
            certificate=typed["certificate"],
            paper_id=paper.pk,
            issued_on=typed["issued_on"],
            expires_on=typed["expires_on"],
            remark=typed["remark"],
        )
    except DomainError as error:
        return refuse_in_form(form, error), paper
    messages.success(request, _("Sent. The answer is due on %(day)s.") % {"day": asked.due_on})
    return 302, paper
