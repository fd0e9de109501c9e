"""Join an existing standard good in one step: price, stock, days; the rest as in one's last offer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog import services
from catalog.errors import AlreadyListed
from catalog.forms import JoinForm
from catalog.models import Listing
from catalog.views.listing_checks import checks_context
from catalog.views.offered_good import good_to_offer, lead_on
from catalog.views.supplier import price_context, say_outcome
from zcy.access import roles
from zcy.errors import DomainError


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, good_id: int) -> HttpResponse:
    """One short form that makes the offer and submits it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    good = good_to_offer(good_id)
    if answer := lead_on(request, "catalog:supplier_join", good_id, good):
        return answer
    known = Listing.objects.filter(good=good, supplier_id=actor.organisation_id).not_ended().first()
    if known is not None:
        messages.info(request, _("You offer this good already: here is your offer."))
        return redirect("catalog:supplier_listing", known.pk)
    form = JoinForm(request.POST or None, initial=_as_last_time(actor))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                listing = services.create_listing(actor=actor, good=good, values=form.values())
                listing = services.submit_listing_for_review(actor=actor, listing_id=listing.pk)
            except AlreadyListed:
                return redirect("catalog:supplier_join", good.pk)
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                say_outcome(request, listing)
                return redirect("catalog:supplier_listing", listing.pk)
    context = price_context(good, form) | checks_context(actor, good, form) | {"form": form, "good": good}
    return render(request, "catalog/supplier/join.html", context, status=status)


def _as_last_time(actor: Actor) -> dict[str, Any]:
    """Days and areas of the offer that the supplier made last."""
    last = Listing.objects.filter(supplier_id=actor.organisation_id, origin="live").order_by("-pk").first()
    if last is None:
        return {}
    return {
        "delivery_days": last.delivery_days,
        "delivery_areas": list(last.delivery_areas.values_list("pk", flat=True)),
    }
