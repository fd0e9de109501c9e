"""The checks as they will be made while an offer is typed, and the public pages about them."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog import changes, review_reasons
from catalog.checks import CheckResult, check_all, checks, typed_subject, verdict_of
from catalog.checks.precision import precision_of_checks
from catalog.forms import ListingForm
from catalog.models import Finding, Good, Listing
from catalog.transitions import Verdict
from zcy.access import public, roles

TONES: Final = {
    Finding.CLEAR: "good",
    Finding.DOUBT: "watch",
    Finding.BLOCK: "serious",
    Finding.NOT_COMPUTABLE: "idle",
}
EXPECTED: Final = {
    Verdict.CLEAR: _("Every check is clear: the offer goes on sale as soon as you submit it."),
    Verdict.DOUBT: _("A person will look at what is doubtful or could not be checked."),
    Verdict.BLOCK: _("This would be refused: mend what is marked first."),
}


def shown(results: list[CheckResult]) -> list[dict[str, Any]]:
    """Results as the pages list them: what is to be mended first."""
    order = [Finding.BLOCK, Finding.DOUBT, Finding.NOT_COMPUTABLE, Finding.CLEAR]
    rows = sorted(results, key=lambda result: order.index(result.finding))
    return [
        {
            "label": checks[result.check].label,
            "finding": Finding(result.finding).label,
            "tone": TONES[result.finding],
            "saw": result.saw,
            "title": result.title,
            "remedy": result.remedy,
            "place": result.place,
        }
        for result in rows
    ]


def checks_context(
    actor: Actor, good: Good, form: ListingForm, listing: Listing | None = None
) -> dict[str, Any]:
    """What the checks would say of what stands in a form, as far as it can be understood."""
    if actor.organisation is None:
        return {}
    if form.is_bound:
        form.is_valid()
        values = getattr(form, "cleaned_data", {})
    else:
        values = dict(form.initial)
        values["delivery_areas"] = listing.delivery_areas.all() if listing else values.get("areas", ())
    subject = typed_subject(good=good, supplier=actor.organisation, values=values, listing=listing)
    (results,) = check_all([subject])
    verdict = verdict_of(results)
    return {
        "check_rows": shown(results),
        "expected": EXPECTED[verdict] if subject.price is not None else "",
        "expected_tone": {Verdict.CLEAR: "good", Verdict.DOUBT: "watch", Verdict.BLOCK: "serious"}[verdict],
    }


@roles(*SUPPLIER_ROLES)
@require_safe
def typed_checks(request: HttpRequest, good_id: int) -> HttpResponse:
    """The checks of what is just being typed: a piece of the form, fetched while typing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    good = get_object_or_404(Good.objects.defer("search"), pk=min(good_id, 2**63 - 1))
    listing = Listing.objects.visible_to(actor).filter(good=good, supplier_id=actor.organisation_id).first()
    form = ListingForm(request.GET)
    return render(request, "catalog/supplier/_checks.html", checks_context(actor, good, form, listing))


@public
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    """The published codelists of reasons, with the table of which change is reviewed again."""
    context = {
        "reasons": [
            (reason, review_reasons.FIELDS.get(reason.field, reason.field))
            for reason in review_reasons.REASONS
        ],
        "certificate_reasons": [
            (reason, review_reasons.FIELDS[reason.field]) for reason in review_reasons.CERTIFICATE_REASONS
        ],
        "changes": changes.rows(),
    }
    return render(request, "catalog/public/reasons.html", context)


@public
@require_safe
def check_list(request: HttpRequest) -> HttpResponse:
    """The automatic checks, and how often people found them right."""
    precision = precision_of_checks()
    context = {
        "rows": [(check, precision[check.code]) for check in checks],
        "approvals": precision["approval"],
    }
    return render(request, "catalog/public/checks.html", context)
