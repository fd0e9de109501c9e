"""Goods and offers side by side; what is compared stands in the address, so it can be kept, sent and printed."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.queries.compare import MOST, comparison
from zcy import clock
from zcy.access import public

LARGEST_ID = 2**63 - 1


@public
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`?goods=1,2&offers=7`, at most six together; `add_good` and `add_offer` add one to what the address holds.

    Without any, what was compared last in this browser is shown, so that a good can be added from its page.
    """
    goods, offers = _ids(request, "goods"), _ids(request, "offers")
    added = _ids(request, "add_good"), _ids(request, "add_offer")
    if any(added):
        kept = request.session.get("compared", [[], []])
        goods = list(dict.fromkeys([*(goods or kept[0]), *added[0]]))
        offers = list(dict.fromkeys([*(offers or kept[1]), *added[1]]))
        if len(goods) + len(offers) > MOST:
            messages.warning(request, _("At most six are compared. Take one away first."))
            goods, offers = goods[:MOST], offers[: max(0, MOST - len(goods))]
        request.session["compared"] = [goods, offers]
        return redirect(_address(goods, offers))
    if not goods and not offers and "goods" not in request.GET and "offers" not in request.GET:
        kept = request.session.get("compared", [[], []])
        if any(kept):
            return redirect(_address(*kept))
    elif [goods, offers] != request.session.get("compared"):
        request.session["compared"] = [goods, offers]
    too_many = len(goods) + len(offers) > MOST
    goods, offers = goods[:MOST], offers[: max(0, MOST - len(goods[:MOST]))]
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "found": comparison(goods=goods, offers=offers, region=actor.region, address=_address),
        "too_many": too_many,
        "only": request.GET.get("only") == "differences",
        "address": _address(goods, offers),
        "now": clock.now(),
        "reader": actor.user,
        "organisation": actor.organisation,
    }
    return render(request, "catalog/public/compare.html", context)


def _ids(request: HttpRequest, name: str) -> list[int]:
    """Distinct ids of an address, in its order; what is no id is left out."""
    texts = ",".join(request.GET.getlist(name)).split(",")
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20]
    return [number for number in dict.fromkeys(numbers) if 0 < number <= LARGEST_ID]


def _address(goods: Sequence[int], offers: Sequence[int]) -> str:
    parts = [f"goods={','.join(map(str, goods))}", f"offers={','.join(map(str, offers))}" if offers else ""]
    return "/compare/?" + "&".join(filter(None, parts))
