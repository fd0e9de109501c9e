"""What catalog staff do with a listing besides deciding its review: freeze, lift, reopen, put approved values back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import Role
from catalog import services
from catalog.checks import CheckResult
from catalog.forms import ReasonForm
from catalog.models import CheckVerdict, Finding, Listing
from catalog.transitions import Action, Standing, actions_for
from catalog.views.listing_checks import shown
from zcy.errors import DomainError

WITH_REASON = {
    Action.FREEZE: services.freeze_listing,
    Action.UNFREEZE: services.unfreeze_listing,
    Action.REOPEN: services.reopen_review,
}


def act(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Do what the button says; the reason goes to the supplier."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        raise Http404
    if not actor.has_role(Role.CATALOG):
        raise PermissionDenied(_("Only catalog staff decide about listings."))
    number = min(listing_id, 2**63 - 1)
    wanted = request.POST.get("act", "")
    try:
        if wanted == Action.RESTORE:
            seen = request.POST.get("version", "")
            version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
            services.restore_approved(actor=actor, listing_id=number, version=version)
        elif wanted in WITH_REASON:
            reason = request.POST.get("reason", "")
            WITH_REASON[Action(wanted)](actor=actor, listing_id=number, reason=reason)
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done: the supplier has been told."))
    return redirect("admin:catalog_listing_review", number)


def acts_context(actor: Actor, listing: Listing) -> dict[str, Any]:
    """Which of the acts are open, and what the checks said last."""
    may = actions_for(Standing(listing.sale, listing.review), roles=actor.roles)
    return {
        "acts": [(action.value, action.label) for action in WITH_REASON if action in may],
        "may_restore": Action.RESTORE in may,
        "reason_form": ReasonForm(auto_id="act_%s"),
        "check_rows": shown(last_results(listing)),
    }


def last_results(listing: Listing) -> list[CheckResult]:
    """What the checks said of the newest version that they looked at."""
    newest = listing.verdicts.order_by("-listing_version").values_list("listing_version", flat=True)[:1]
    rows = CheckVerdict.objects.filter(listing=listing, listing_version__in=newest)
    return results_from(rows)


def results_from(rows: Any) -> list[CheckResult]:
    """Kept verdicts as results; a check that is no longer made is left out."""
    from catalog.checks import checks

    return [
        CheckResult(row.check_code, Finding(row.finding), row.reason, row.saw)
        for row in rows
        if row.check_code in checks
    ]
