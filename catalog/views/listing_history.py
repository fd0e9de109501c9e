"""The history of an own offer, and the way back to former values."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES
from catalog import services
from catalog.models import Listing, Sale
from catalog.queries.listing_history import listing_history
from zcy.access import roles
from zcy.errors import DomainError


@roles(*SUPPLIER_ROLES)
@require_safe
def history(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Versions, who, when, differences, decisions."""
    listing = _mine(request, listing_id)
    context = {
        "listing": listing,
        "entries": listing_history(listing),
        "may_restore": listing.sale != Sale.FROZEN,
    }
    return render(request, "catalog/supplier/history.html", context)


@roles(*SUPPLIER_ROLES)
@require_POST
def restore(request: HttpRequest, listing_id: int) -> HttpResponse:
    """One click back; the checks look at it as at any edit."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    listing = _mine(request, listing_id)
    wanted, seen = request.POST.get("to", ""), request.POST.get("version", "")
    numbers = [
        int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0 for text in (wanted, seen)
    ]
    try:
        services.restore_version(
            actor=actor, listing_id=listing.pk, version=numbers[1], to_version=numbers[0]
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The former values are back. Their checks were made anew."))
    return redirect("catalog:supplier_listing_history", listing.pk)


def _mine(request: HttpRequest, listing_id: int) -> Listing:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    mine = Listing.objects.visible_to(actor).select_related("good").defer("good__search")
    return get_object_or_404(mine, pk=min(listing_id, 2**63 - 1))
