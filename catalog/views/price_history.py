"""A good's prices over time and elsewhere: a page of its own, and a piece that the good's page fetches when it is seen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor, acting
from accounts.models import Region
from accounts.roles import BUYER_ROLES, SUPPLIER_ROLES
from catalog.forms import GoodForm
from catalog.models import Good, Tier
from catalog.orderable import publishes_first
from catalog.pricing.groups import price_groups
from catalog.pricing.like_units import LEAST_DEALS, LEAST_UNITS, LikeUnits, band_of, like_units
from catalog.pricing.words import like_words
from catalog.queries import offer_prices
from catalog.queries.prices import price_history
from catalog.queries.quotes import LEAST_QUOTES, LEAST_SUPPLIERS
from catalog.views.price_workbook import price_workbook
from catalog.views.references import PROOF_ROLES
from zcy.access import public
from zcy.exports import csv_response
from zcy.paging import KeysetPage

LARGEST_ID = 2**63 - 1


@public
@require_safe
def good_prices(request: HttpRequest, good_id: int) -> HttpResponseBase:
    """All evidence of a good's prices.

    `?format=csv` downloads the trend, `?format=xlsx` everything as a workbook, `?part=1` is the piece alone.
    """
    good = get_object_or_404(
        Good.objects.only("id", "name", "unit", "category_id", "spec_hash", "pack_size"),
        pk=min(good_id, LARGEST_ID),
    )
    form = GoodForm(request.GET)
    wanted = form.wanted(own_tier=0)
    tier, band = wanted["tier"], wanted["band"]
    actor = acting(request)
    publish_first = publishes_first(actor.region)
    if request.GET.get("format") == "xlsx":
        return price_workbook(good, region=actor.region, publish_first=publish_first, **wanted)
    found = price_history(good, tier=tier)
    if request.GET.get("format") == "csv":
        header = [_("Month"), _("Deals"), _("Suppliers"), "10%", _("Median"), "90%", _("Lowest")]
        rows = (
            (f"{m.month:%Y-%m}", m.deals, m.suppliers, m.low, m.median, m.high, m.lowest)
            for m in found.months
        )
        return csv_response(f"prices-{good.pk}", header, rows)
    if wanted["quantity_wanted"] is not None:
        band = band_of(wanted["quantity_wanted"])
    alike = _alike(actor, good, band)
    context = {
        "found": found,
        "form": form,
        "good": good,
        "chart": _chart(found.months),
        "tier": tier,
        "band": wanted["band"],
        "deals": sum(m.deals for m in found.months),
        "groups": price_groups(peers=_peers(good), pack_size=good.pack_size),
        "alike": alike,
        "alike_words": like_words(alike) if alike and alike.told else "",
        "quantity": wanted["quantity_wanted"],
        "least_deals": LEAST_DEALS,
        "least_units": LEAST_UNITS,
        "least_quotes": LEAST_QUOTES,
        "least_suppliers": LEAST_SUPPLIERS,
        "may_contest": actor.has_role(*SUPPLIER_ROLES)
        and good.listings.filter(supplier_id=actor.organisation_id, delisted_at__isnull=True).exists(),
        "may_see_proof": actor.has_role(*PROOF_ROLES),
        "trail": [(good.name, f"/goods/{good.pk}/")],
    }
    status = 400 if form.errors else 200
    if request.GET.get("part") == "1":
        return render(request, "catalog/public/_prices.html", context | {"part": True}, status=status)
    page, offers = offer_prices.offers_with_prices(good.pk, request.GET, publish_first=publish_first)
    return render(
        request, "catalog/public/prices.html", context | {"page": page, "offers": offers}, status=status
    )


@public
@require_safe
def offer_price_history(request: HttpRequest, listing_id: int) -> HttpResponseBase:
    """Every price that one offer has had, newest first; `?format=csv` downloads them."""
    listing = get_object_or_404(
        offer_prices.shown_listings(publish_first=publishes_first(acting(request).region)).select_related(
            "supplier", "good"
        ),
        pk=min(listing_id, LARGEST_ID),
    )
    good: Good = listing.good
    changes = offer_prices.public_changes([listing.pk])
    if request.GET.get("format") == "csv":
        header = [_("Time"), _("Supplier"), _("Old price"), _("New price")]
        rows: Any = changes.order_by("-at", "-id").values_list("at", "old_price", "new_price")
        supplier = listing.supplier.name
        return csv_response(
            f"offer-prices-{listing.pk}",
            header,
            ((at, supplier, old, new) for at, old, new in rows.iterator()),
        )
    (offer,) = offer_prices.with_changes([listing], most=offer_prices.MOST_DRAWN)
    page: KeysetPage[Any] = KeysetPage.of(changes, request.GET, order=("-at", "-id"), size=50)
    context = {
        "offer": offer,
        "good": good,
        "page": page,
        "rows": [offer_prices.Change(row.at, row.old_price, row.new_price) for row in page.rows],
        "drawn": min(offer.all_changes, offer_prices.MOST_DRAWN),
        "trail": [
            (good.name, f"/goods/{good.pk}/"),
            (_("Prices over time"), f"/goods/{good.pk}/prices/"),
        ],
    }
    return render(request, "catalog/public/offer_prices.html", context)


def _peers(good: Good) -> tuple[int, int, str]:
    return good.pk, good.category_id, good.spec_hash


def _chart(months: Any) -> dict[str, Any]:
    return {
        "kind": "line",
        "unit": "¥",
        "categories": [f"{m.month:%Y-%m} (n = {m.deals})" for m in months],
        "series": [
            {"name": name, "values": [float(getattr(m, key)) for m in months]}
            for name, key in ((str(_("Median")), "median"), ("10%", "low"), ("90%", "high"))
        ],
    }


def _alike(actor: Actor, good: Good, band: int) -> LikeUnits | None:
    """What units like the reader's paid; None for who buys for none."""
    if actor.region is None or actor.organisation_id is None or not actor.has_role(*BUYER_ROLES):
        return None
    return like_units(
        peers=_peers(good),
        pack_size=good.pack_size,
        buyer_id=actor.organisation_id,
        tier=tier_of(actor.region),
        band=band,
    )


def tier_of(region: Region) -> int:
    """The tier of a region, as observations have it (`TIER_SQL`)."""
    return int({"province": Tier.PROVINCE, "city": Tier.CITY}.get(region.level, Tier.COUNTY))
