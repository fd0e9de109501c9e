"""What a supplier has to mend in its listings, and the table in which it mends many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Min, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, acting
from accounts.roles import SUPPLIER_ROLES
from catalog import services
from catalog.alerts import SALES_DAYS, AlertKind, kinds
from catalog.errors import MendRefused
from catalog.forms.alerts import AlertSettingsForm, MendFormSet, seen_of
from catalog.models import AlertSettings, GoodPriceStatistics, Listing, ListingAlert
from catalog.pricing.formulas import LEAST_OBSERVATIONS
from catalog.pricing.ranges import PriceRange, ranges_of
from zcy import audit
from zcy.access import roles
from zcy.formats import money, quantity
from zcy.paging import KeysetPage


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """What needs mending, by kind, and from when on one wants to be told."""
    actor = acting(request)
    known = AlertSettings.objects.filter(supplier_id=actor.organisation_id).first()
    form = AlertSettingsForm(
        request.POST or None, instance=known or AlertSettings(supplier_id=actor.organisation_id or 0)
    )
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        audit.record(
            actor=actor, action="alert_settings.changed", subject=saved, data={"fields": form.cleaned_data}
        )
        own = Listing.objects.visible_to(actor).searchable()
        services.refresh_alerts(list(own.values_list("pk", flat=True)))
        messages.success(request, _("Saved: your listings were looked at again."))
        return redirect("catalog:mend")
    counted = {
        row["kind"]: row
        for row in ListingAlert.objects.visible_to(actor)
        .order_by()
        .values("kind")
        .annotate(n=Count("id"), first=Min("since"))
    }
    context = {
        "form": form,
        "kinds": [(kind, counted.get(kind.name, {"n": 0, "first": None})) for kind in kinds],
    }
    return render(request, "catalog/alerts/overview.html", context, status=400 if form.errors else 200)


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The listings of one kind as a table in which price and stock are changed; shown again before it is done."""
    if kind not in kinds:
        raise Http404(_("There is no such list."))
    chosen = kinds[kind]
    if request.method == "POST":
        return _posted(request, chosen)
    page = KeysetPage.of(_rows(acting(request)).filter(alerts__kind=kind), request.GET, order=["-id"])
    forms = MendFormSet(initial=[seen_of(listing) for listing in page.rows])
    return _table(request, chosen, forms, list(page.rows), page=page)


def _posted(request: HttpRequest, kind: AlertKind) -> HttpResponse:
    forms = MendFormSet(request.POST)
    valid = forms.is_valid()
    ids = [form["listing"].value() for form in forms]
    wanted = [
        int(text) for text in ids if str(text).isascii() and str(text).isdigit() and len(str(text)) < 19
    ]
    found = {listing.pk: listing for listing in _rows(acting(request)).filter(pk__in=wanted)}
    listings = [found.get(int(text)) if str(text).isdigit() else None for text in ids]
    if not valid or None in listings:
        if valid:
            messages.error(request, _("A listing of this table is no longer yours to change."))
        return _table(request, kind, forms, listings, status=400)
    changed = [form for form in forms if form.changed_fields]
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    if "confirmed" not in request.POST and "edit" not in request.POST:
        lines = [_change(found[form.cleaned_data["listing"]], form) for form in changed]
        context = {"kind": kind, "forms": forms, "lines": lines}
        return render(request, "catalog/alerts/confirm.html", context)
    if "edit" in request.POST:
        return _table(request, kind, forms, listings)
    try:
        n = services.mend_listings(actor=acting(request), mends=[form.mend() for form in changed])
    except MendRefused as error:
        messages.error(request, str(error))
        for form in changed:
            if text := error.refused.get(form.cleaned_data["listing"]):
                form.add_error(None, text)
                _as_it_is_now(form, found[form.cleaned_data["listing"]])
        return _table(request, kind, forms, listings, status=error.status)
    messages.success(
        request, ngettext("%(n)s listing was changed.", "%(n)s listings were changed.", n) % {"n": n}
    )
    return redirect(f"{request.path}?{request.GET.urlencode()}")


def _as_it_is_now(form: Any, listing: Listing) -> None:
    """What was typed may be saved over the newer version, once it has been compared with what stands beside it."""
    now = seen_of(listing)
    data = form.data.copy()
    for name in ("version", "price_seen", "stock_seen", "low_stock_seen"):
        data[form.add_prefix(name)] = "" if now[name] is None else str(now[name])
    form.data = data


def _rows(actor: Actor) -> Any:
    statistics = GoodPriceStatistics.objects.filter(
        good_id=OuterRef("good_id"), tier=0, quantity_band=0, n__gte=LEAST_OBSERVATIONS
    )
    return (
        Listing.objects.visible_to(actor)
        .select_related("good", "threshold", "sales")
        .defer("good__search", "good__description")
        .prefetch_related("good__certificates")
        .annotate(p10=Subquery(statistics.values("p10")), p90=Subquery(statistics.values("p90")))
    )


def _table(
    request: HttpRequest,
    kind: AlertKind,
    forms: Any,
    listings: list[Any],
    *,
    status: int = 200,
    page: Any = None,
) -> HttpResponse:
    known = ranges_of({listing.good_id for listing in listings if listing})
    rows = [
        (form, _facts(listing, known.get(listing.good_id, PriceRange())) if listing else None)
        for form, listing in zip(forms, listings, strict=True)
    ]
    context = {"kind": kind, "forms": forms, "rows": rows, "page": page, "total": len(rows)}
    return render(request, "catalog/alerts/mend.html", context, status=status)


def _facts(listing: Any, found: PriceRange) -> dict[str, Any]:
    """What helps to decide: the lowest offer, the range, what is sold."""
    sales = getattr(listing, "sales", None)
    sold = sales.quantity if sales else 0
    paid = f"{money(listing.p10)} – {money(listing.p90)} (10–90%)" if listing.p90 is not None else "–"
    lasts = int(listing.stock * SALES_DAYS / sold) if sold and listing.stock is not None else None
    return {
        "listing": listing,
        "now": money(listing.price),
        "stock": quantity(listing.stock, listing.good.unit) if listing.stock is not None else "–",
        "lowest": money(listing.good.lowest_price) if listing.good.lowest_price is not None else "–",
        "range": f"{money(found.low)} – {money(found.high)}" if found.known else paid,
        "sold": quantity(sold, listing.good.unit) if sold else "–",
        "lasts": lasts,
        "certificates": listing.good.certificates.all(),
    }


def _change(listing: Listing, form: Any) -> dict[str, Any]:
    """(what, before, after) of one listing."""
    labels = {"price": _("Unit price"), "stock": _("Stock"), "low_stock": _("Low at")}
    data = form.cleaned_data
    return {
        "name": listing.good.name,
        "changes": [
            (labels[name], _shown(name, data[f"{name}_seen"]), _shown(name, data[name]))
            for name in form.changed_fields
        ],
    }


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "–"
    return money(value) if name == "price" else f"{value.normalize():f}"
