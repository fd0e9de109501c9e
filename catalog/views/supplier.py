"""The supplier's back office: its listings, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Final

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import settings
from accounts.actor import Actor, acting
from accounts.roles import SUPPLIER_ROLES
from catalog import changes, review_reasons, services
from catalog.alerts import alert_choices
from catalog.checks import CheckSettings
from catalog.differences import differences
from catalog.errors import AlreadyListed, ListingChanged
from catalog.forms import ListingFilterForm, ListingForm, typed_from
from catalog.forms.listings import leaf_choices
from catalog.models import Good, GoodPriceStatistics, Listing, Review, Sale
from catalog.pricing.formulas import LEAST_OBSERVATIONS, Place, place_in_range
from catalog.pricing.panel import PLACE_WORDS, Panel, price_band, price_panel
from catalog.pricing.ranges import ranges_of, reasonable_range
from catalog.pricing.words import ground_text, range_sentence
from catalog.search.filters import read_filters
from catalog.search.find import find_for_supplier
from catalog.services.snapshot import snapshot
from catalog.transitions import Action, Standing, actions_for
from catalog.views.listing_checks import checks_context
from catalog.views.listing_columns import COLUMNS, DEFAULT_SORT, REVIEW_TONES, SALE_TONES, SORTS
from catalog.views.offered_good import good_to_offer, lead_on
from zcy.access import roles
from zcy.drawing import Mark
from zcy.errors import DomainError
from zcy.exports import csv_response
from zcy.paging import KeysetPage
from zcy.tables import without

# Goods to choose from; who sees that many writes another word.
MOST_GOODS: Final = 30


@roles(*SUPPLIER_ROLES)
@require_safe
def listings(request: HttpRequest) -> HttpResponseBase:
    """One's own listings with filters, order and export."""
    form = ListingFilterForm(request.GET)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = _filtered(acting(request), chosen)
    sort = request.GET.get("sort", DEFAULT_SORT)
    field = SORTS.get(sort.lstrip("-"), "changed_at")
    # The ids go the same way, so that an index gives both orders, read forwards and backwards.
    downwards = "-" if sort.startswith("-") else ""
    order = [f"{downwards}{field}", f"{downwards}id"]
    if request.GET.get("format") == "csv":
        return csv_response(
            "listings", [column.label for column in COLUMNS], _exported(rows.order_by(*order))
        )
    page = KeysetPage.of(rows, request.GET, order=order)
    context = {
        "form": form,
        "columns": COLUMNS,
        "default_sort": DEFAULT_SORT,
        "page": page,
        "rows": [_row(listing, place) for listing, place in _placed(page.rows)],
        "chips": _chips(chosen, request.GET),
    }
    return render(request, "catalog/supplier/listings.html", context, status=200 if form.is_valid() else 400)


def _filtered(actor: Actor, chosen: dict[str, str]) -> QuerySet[Listing]:
    statistics = GoodPriceStatistics.objects.filter(good_id=OuterRef("good_id"), tier=0, quantity_band=0)
    rows = (
        Listing.objects.visible_to(actor)
        .select_related("good")
        .defer("good__search", "good__description")
        .annotate(
            deals=Subquery(statistics.values("n")),
            p10=Subquery(statistics.values("p10")),
            p90=Subquery(statistics.values("p90")),
        )
    )
    if text := chosen.get("q", "").replace("\x00", ""):
        rows = rows.filter(good__name__icontains=text)
    if category := chosen.get("category"):
        rows = rows.filter(good__category__code=category)
    if sale := chosen.get("sale"):
        rows = rows.filter(sale=sale)
    if review := chosen.get("review"):
        rows = rows.filter(review=review)
    if kind := chosen.get("mend"):
        rows = rows.filter(alerts__kind=kind)
    return rows


def _placed(listings: Sequence[Any]) -> list[tuple[Any, Place | None]]:
    """Each listing with where its price stands in the good's reasonable range, in two statements."""
    known = ranges_of({listing.good_id for listing in listings})
    return [
        (listing, known[listing.good_id].place(listing.price))
        if listing.good_id in known
        else (listing, _place(listing))
        for listing in listings
    ]


def _place(listing: Any) -> Place | None:
    """Where there is no reasonable range: among what was paid."""
    if not listing.deals or listing.deals < LEAST_OBSERVATIONS:
        return None
    return place_in_range(float(listing.price), float(listing.p10), float(listing.p90))


def _row(listing: Listing, place: Place | None) -> dict[str, Any]:
    return {
        "listing": listing,
        "place": str(PLACE_WORDS[place]) if place else "",
        "place_code": place.value if place else "",
        "sale": listing.get_sale_display(),
        "sale_tone": SALE_TONES.get(Sale(listing.sale), "idle"),
        "review": listing.get_review_display(),
        "review_tone": REVIEW_TONES.get(Review(listing.review), "idle"),
    }


def _exported(rows: QuerySet[Listing]) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=500)
    chunks = iter(lambda: list(islice(found, 500)), [])
    for row, place in (placed for chunk in chunks for placed in _placed(chunk)):
        sale, review = row.get_sale_display(), row.get_review_display()
        yield [
            row.good.name,
            row.price,
            str(PLACE_WORDS[place]) if place else "",
            row.stock,
            row.delivery_days,
            sale,
            review,
            row.changed_at,
        ]


def _chips(chosen: dict[str, str], params: QueryDict) -> list[tuple[str, str, str]]:
    fields = ListingFilterForm.base_fields
    words = dict(Sale.choices) | dict(Review.choices) | dict(alert_choices()) | dict(leaf_choices())
    return [
        (str(fields[name].label), str(words.get(value, value)), without(params, name))
        for name, value in chosen.items()
    ]


@roles(*SUPPLIER_ROLES)
@require_safe
def choose_good(request: HttpRequest) -> HttpResponse:
    """First step of a new listing: which standard good."""
    filters = read_filters(request.GET)
    supplier_id = acting(request).organisation_id
    found = find_for_supplier(filters.q, supplier_id, limit=MOST_GOODS + 1) if filters.q else []
    context = {
        "filters": filters,
        "found": found[:MOST_GOODS],
        "more": len(found) > MOST_GOODS,
        "copied": request.GET.get("from", "") if copied_from(request) else "",
    }
    return render(
        request, "catalog/supplier/choose_good.html", context, status=400 if filters.errors else 200
    )


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, good_id: int) -> HttpResponse:
    """Second step: the offer itself."""
    good = good_to_offer(good_id)
    if answer := lead_on(request, "catalog:supplier_listing_create", good_id, good):
        return answer
    form = ListingForm(request.POST or None, initial=copied_from(request))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                listing = services.create_listing(actor=acting(request), good=good, values=form.values())
                if "submit" in request.POST:
                    listing = services.submit_listing_for_review(actor=acting(request), listing_id=listing.pk)
            except AlreadyListed as error:
                messages.error(request, str(error))
                known = Listing.objects.filter(good=good, supplier_id=acting(request).organisation_id).latest(
                    "id"
                )
                return redirect("catalog:supplier_listing", known.pk)
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                if "submit" in request.POST:
                    say_outcome(request, listing)
                else:
                    messages.success(request, _("Saved as a draft."))
                return redirect("catalog:supplier_listing", listing.pk)
    context = price_context(good, form) | {"form": form, "good": good, "listing": None}
    context |= checks_context(acting(request), good, form) | {"change_rows": _change_rows(request)}
    return render(request, "catalog/supplier/listing_form.html", context, status=status)


@roles(*SUPPLIER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, listing_id: int) -> HttpResponse:
    """One listing: its state, what the review said, its prices, and the form."""
    mine = Listing.objects.visible_to(acting(request)).select_related("good__category", "good__brand")
    listing = get_object_or_404(mine, pk=min(listing_id, 2**63 - 1))
    form = ListingForm(request.POST or None, initial=typed_from(listing))
    status, differing = 200, []
    if request.method == "POST":
        status = 400
        if form.is_valid():
            version = form.cleaned_data["version"] or 0
            try:
                services.edit_listing(
                    actor=acting(request),
                    listing_id=listing.pk,
                    version=version,
                    values=form.values(),
                    stock_seen=form.cleaned_data["stock_seen"],
                )
            except ListingChanged as error:
                error.add_to(form)
                listing.refresh_from_db()
                status, differing = error.status, _differences(listing, form)
                # What was typed may be saved over the newer version, once it has been compared.
                typed = request.POST.copy()
                typed["version"] = str(listing.version)
                typed["stock_seen"] = "" if listing.stock is None else str(listing.stock)
                form.data = typed
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                before = listing.review
                listing.refresh_from_db()
                if listing.review == before:
                    messages.success(request, _("Saved."))
                else:
                    say_outcome(request, listing)
                return redirect("catalog:supplier_listing", listing.pk)
    decision = listing.decisions.select_related("decided_by").first()
    context = price_context(listing.good, form) | {
        "form": form,
        "good": listing.good,
        "listing": listing,
        "row": _row_of_one(request, listing),
        "differences": differing,
        "decision": decision,
        "reasons": review_reasons.reasons_of(decision.reasons) if decision else [],
        "changes": listing.price_changes.order_by("-at", "-id")[:20],
        "change_rows": _change_rows(request),
    }
    context |= checks_context(acting(request), listing.good, form, listing)
    return render(request, "catalog/supplier/listing_form.html", context, status=status)


def _row_of_one(request: HttpRequest, listing: Listing) -> dict[str, Any]:
    may = actions_for(Standing(listing.sale, listing.review), roles=acting(request).roles)
    return {
        "sale": listing.get_sale_display(),
        "sale_tone": SALE_TONES.get(Sale(listing.sale), "idle"),
        "review": listing.get_review_display(),
        "review_tone": REVIEW_TONES.get(Review(listing.review), "idle"),
        "may_submit": Action.SUBMIT in may,
        "may_put_on": Action.PUT_ON in may,
        "may_take_off": Action.TAKE_OFF in may,
        "may_withdraw": Action.WITHDRAW in may,
    }


def _change_rows(request: HttpRequest) -> list[tuple[changes.FieldChange, changes.Needs, Any]]:
    """Which change of an approved offer is reviewed again, in the supplier's region."""
    return changes.rows(settings.get(acting(request).region, CheckSettings).always_reviewed)


def say_outcome(request: HttpRequest, listing: Listing) -> None:
    """What a submission or an edit has led to, in one sentence."""
    if listing.review == Review.APPROVED:
        messages.success(request, _("Every check is clear: the offer is on sale and found by search."))
    elif listing.review == Review.REJECTED:
        messages.error(request, _("Refused by the checks: see what to mend."))
    else:
        messages.success(request, _("Submitted for review."))


def copied_from(request: HttpRequest) -> dict[str, Any]:
    """The values of an own offer that is to be cloned (`?from=`), without its stock; else nothing."""
    number = request.GET.get("from", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return {}
    listing = Listing.objects.filter(pk=int(number), supplier_id=acting(request).organisation_id).first()
    if listing is None:
        return {}
    values = typed_from(listing)
    return {name: values[name] for name in values if name not in ("version", "stock", "stock_seen")}


def _differences(listing: Listing, form: ListingForm) -> list[tuple[str, str, str]]:
    """(label, value in force now, value typed) of each field that differs."""
    typed = Listing(good=listing.good, supplier=listing.supplier)
    form.values().write_to(typed)
    return differences(snapshot(listing), snapshot(typed))


def price_context(good: Good, form: ListingForm) -> dict[str, Any]:
    """The range beside the price, as the good's own page and the checks have it, with the typed price in it."""
    reasonable = reasonable_range(good=good)
    panel: Panel = price_panel(
        good_id=good.pk, category_id=good.category_id, spec_hash=good.spec_hash, pack_size=good.pack_size
    )
    marks = []
    try:
        price = Decimal(str(form["price"].value() or ""))
        if price.is_finite() and 0 < price < 10**9:
            marks = [Mark(price, _("your price"), "own")]
    except InvalidOperation:
        pass
    place_of = reasonable.place if reasonable.known else panel.place
    place = place_of(marks[0].value) if marks else None
    return {
        "range_sentence": range_sentence(reasonable, good.unit) if reasonable.known else "",
        "range_ground": ground_text(reasonable) if reasonable.known else "",
        "band": price_band(panel, unit=good.unit, marks=marks, evidence=True),
        "place": str(PLACE_WORDS[place]) if place else "",
        "place_code": place.value if place else "",
    }


@roles(*SUPPLIER_ROLES)
@require_safe
def price_range(request: HttpRequest, good_id: int) -> HttpResponse:
    """The range with the price that is just being typed in it: a piece of the form, fetched while typing."""
    good = get_object_or_404(Good.objects.defer("search"), pk=min(good_id, 2**63 - 1))
    context = price_context(good, ListingForm({"price": request.GET.get("price", "")[:20]}))
    return render(request, "catalog/supplier/_range.html", context)


def _act(request: HttpRequest, listing_id: int, service: Callable[..., Listing], done: str) -> HttpResponse:
    service(actor=acting(request), listing_id=min(listing_id, 2**63 - 1))
    messages.success(request, done)
    return redirect("catalog:supplier_listing", listing_id)


@roles(*SUPPLIER_ROLES)
@require_POST
def submit(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Hand the listing to the checks, and to people where they doubt."""
    listing = services.submit_listing_for_review(actor=acting(request), listing_id=min(listing_id, 2**63 - 1))
    say_outcome(request, listing)
    return redirect("catalog:supplier_listing", listing_id)


@roles(*SUPPLIER_ROLES)
@require_POST
def withdraw(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Take it back from review."""
    return _act(
        request, listing_id, services.withdraw_from_review, _("Taken back: submit it again when it is ready.")
    )


@roles(*SUPPLIER_ROLES)
@require_POST
def on_sale(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Offer it."""
    return _act(request, listing_id, services.put_on_sale, _("The listing is on sale."))


@roles(*SUPPLIER_ROLES)
@require_POST
def off_sale(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Stop offering it."""
    return _act(request, listing_id, services.take_off_sale, _("The listing is off sale."))
