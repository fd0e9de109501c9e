"""The repair queue: what was rejected, grouped by reason, mended and submitted again several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import acting
from accounts.roles import SUPPLIER_ROLES
from catalog import review_reasons, services
from catalog.mending import MENDS, NOTE, PRICE, RESUBMIT
from catalog.models import Listing, Review
from catalog.queries.repair import chosen_of, repair_groups, to_repair
from catalog.services.mend_rejected import KINDS, plan_mending
from zcy.access import roles
from zcy.exports import csv_response
from zcy.paging import KeysetPage
from zcy.tables import Column

MOST_AT_ONCE: Final = 100
COLUMNS: Final = [
    Column(gettext_lazy("Choose"), fixed=True, select="repairs"),
    Column(gettext_lazy("Good"), fixed=True),
    Column(gettext_lazy("Unit price"), sort="price", numeric=True),
    Column(gettext_lazy("Reasons")),
    Column(gettext_lazy("Remark")),
    Column(gettext_lazy("What was seen")),
    Column(gettext_lazy("Changed"), sort="changed"),
]
BUTTONS: Final = {
    PRICE: gettext_lazy("Bring the chosen prices into the range and submit"),
    NOTE: gettext_lazy("Remove the chosen remarks and submit"),
    RESUBMIT: gettext_lazy("Submit the chosen again"),
}


@roles(*SUPPLIER_ROLES)
@require_safe
def repair(request: HttpRequest) -> HttpResponseBase:
    """Counts for each reason, then the offers of the chosen one."""
    supplier_id = acting(request).organisation_id or 0
    reason = request.GET.get("reason", "")
    groups = repair_groups(supplier_id)
    # A reason of which nothing is left (all has just been mended) shows the rest.
    reason = reason if any(group.reason.code == reason for group in groups) else ""
    rows = to_repair(supplier_id, reason)
    if request.GET.get("format") == "csv":
        header = [
            _("Good"),
            _("Unit price"),
            _("Remark"),
            _("Reasons"),
            _("How to mend it"),
            _("What was seen"),
        ]
        return csv_response("repair", header, _exported(rows.order_by("pk")))
    field = "price" if request.GET.get("sort", "").lstrip("-") == "price" else "changed_at"
    order = field if request.GET.get("sort", "-").startswith(("price", "changed")) else f"-{field}"
    page = KeysetPage.of(rows, request.GET, order=[order, "-id"])
    context = {
        "groups": groups,
        "reason": review_reasons.BY_CODE.get(reason),
        "columns": COLUMNS,
        "page": page,
        "rows": [(row, review_reasons.reasons_of(getattr(row, "reasons", None) or ())) for row in page.rows],
        "buttons": [(kind, BUTTONS[kind]) for kind in dict.fromkeys([MENDS.get(reason, RESUBMIT), RESUBMIT])],
    }
    return render(request, "catalog/supplier/repair.html", context)


@roles(*SUPPLIER_ROLES)
@require_POST
def mend(request: HttpRequest) -> HttpResponse:
    """First what one click would change, then, confirmed, the change itself."""
    actor = acting(request)
    kind = request.POST.get("mend", "")
    ids = [
        int(text)
        for text in request.POST.getlist("chosen")
        if text.isascii() and text.isdigit() and len(text) < 19
    ]
    back = reverse("catalog:supplier_repair")
    if request.POST.get("reason", "") in review_reasons.BY_CODE:
        back += f"?reason={request.POST['reason']}"
    listings = chosen_of(actor.organisation_id or 0, ids[:MOST_AT_ONCE])
    if kind not in KINDS or not listings:
        messages.error(request, _("Choose at least one offer."))
        return redirect(back)
    if "confirmed" not in request.POST:
        context = {
            "mendings": plan_mending(listings, kind),
            "kind": kind,
            "button": BUTTONS[kind],
            "back": back,
            "reason": request.POST.get("reason", ""),
        }
        return render(request, "catalog/supplier/repair_confirm.html", context)
    expected = {listing.pk: request.POST.get(f"to-{listing.pk}", "") for listing in listings}
    outcomes = services.mend_rejected(
        actor=actor, listing_ids=[listing.pk for listing in listings], kind=kind, expected=expected
    )
    _tell(request, listings, outcomes)
    return redirect(back)


def _tell(request: HttpRequest, listings: list[Listing], outcomes: dict[int, services.Outcome]) -> None:
    counts = Counter(outcome.review for outcome in outcomes.values())
    if n := counts[Review.APPROVED]:
        messages.success(
            request, ngettext("%(n)d offer is on sale.", "%(n)d offers are on sale.", n) % {"n": n}
        )
    if n := counts[Review.PENDING]:
        waiting = ngettext("%(n)d offer waits for a person.", "%(n)d offers wait for a person.", n)
        messages.success(request, waiting % {"n": n})
    for listing in listings:
        outcome = outcomes[listing.pk]
        if outcome.refused is not None:
            messages.error(request, f"{listing.good.name}: {outcome.refused}")
        elif outcome.review == Review.REJECTED:
            said = "; ".join(f"{doubt.title}: {doubt.saw}" for doubt in outcome.doubts if doubt.blocks)
            messages.error(request, f"{listing.good.name}: {said}")


def _exported(rows: QuerySet[Listing]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        reasons = review_reasons.reasons_of(row.reasons or ())  # type: ignore[attr-defined]
        titles, remedies = (
            "; ".join(str(getattr(reason, name)) for reason in reasons) for name in ("title", "remedy")
        )
        yield [row.good.name, row.price, row.note, titles, remedies, row.said]  # type: ignore[attr-defined]
