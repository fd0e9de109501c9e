"""A good's prices over time and elsewhere: a page of its own, and a piece that the good's page fetches when it is seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import SUPPLIER_ROLES
from catalog.forms import GoodForm
from catalog.models import Good
from catalog.queries.prices import price_history
from zcy.access import public
from zcy.exports import csv_response

LARGEST_ID = 2**63 - 1


@public
@require_safe
def good_prices(request: HttpRequest, good_id: int) -> HttpResponseBase:
    """Trend, references, lowest price; `?format=csv` downloads the trend, `?part=1` is the piece alone."""
    good = get_object_or_404(
        Good.objects.only("id", "name", "unit", "category_id"), pk=min(good_id, LARGEST_ID)
    )
    tier = GoodForm(request.GET).wanted(own_tier=0)["tier"]
    found = price_history(good, tier=tier)
    if request.GET.get("format") == "csv":
        header = [_("Month"), _("Deals"), _("Suppliers"), "10%", _("Median"), "90%", _("Lowest")]
        rows = (
            (f"{m.month:%Y-%m}", m.deals, m.suppliers, m.low, m.median, m.high, m.lowest)
            for m in found.months
        )
        return csv_response(f"prices-{good.pk}", header, rows)
    chart = {
        "kind": "line",
        "unit": "¥",
        "categories": [f"{m.month:%Y-%m} (n = {m.deals})" for m in found.months],
        "series": [
            {"name": name, "values": [float(getattr(m, key)) for m in found.months]}
            for name, key in ((str(_("Median")), "median"), ("10%", "low"), ("90%", "high"))
        ],
    }
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "found": found,
        "good": good,
        "chart": chart,
        "tier": tier,
        "deals": sum(m.deals for m in found.months),
        "may_contest": actor.has_role(*SUPPLIER_ROLES)
        and good.listings.filter(supplier_id=actor.organisation_id, delisted_at__isnull=True).exists(),
        "trail": [(good.name, f"/goods/{good.pk}/")],
    }
    part = request.GET.get("part") == "1"
    return render(request, f"catalog/public/{'_prices' if part else 'prices'}.html", context)
