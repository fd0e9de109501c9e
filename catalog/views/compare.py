"""Goods and offers side by side; what is compared stands in the address, so it can be kept, sent and printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog.compared import Chosen, chosen_in, keep_chosen, refusal
from catalog.queries.compare import comparison
from catalog.views.favourites import back
from zcy import clock
from zcy.access import public

LARGEST_ID: Final = 2**63 - 1


@public
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`?goods=1,2&offers=7`, at most six together; `add_good` and `add_offer` add one to what the address holds.

    Without any, what was compared last in this browser is shown, so that a good can be added from its page.
    """
    named = "goods" in request.GET or "offers" in request.GET
    goods, offers = _ids(request.GET.getlist("goods")), _ids(request.GET.getlist("offers"))
    asked, too_many = Chosen().plus(goods, offers)
    added = _ids(request.GET.getlist("add_good")), _ids(request.GET.getlist("add_offer"))
    if any(added):
        chosen, refused = (asked if named else chosen_in(request.session)).plus(*added)
        if refused:
            messages.warning(request, refusal())
        keep_chosen(request.session, chosen)
        return redirect(chosen.address)
    if not named and len(kept := chosen_in(request.session)):
        return redirect(kept.address)
    if named:
        keep_chosen(request.session, asked)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "found": comparison(goods=asked.goods, offers=asked.offers, region=actor.region, address=_address),
        "too_many": too_many,
        "only": request.GET.get("only") == "differences",
        "address": asked.address,
        "now": clock.now(),
        "reader": actor.user,
        "organisation": actor.organisation,
    }
    return render(request, "catalog/public/compare.html", context)


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take the goods that are ticked in a list to what is compared, or away from it; a script asks for JSON.

    `do`: `compare` leads to the comparison, `stay` back to the list; `remove` takes the goods away, `clear` all.
    """
    chosen, refused = chosen_in(request.session), False
    goods, do = _ids(request.POST.getlist("good")), request.POST.get("do", "")
    if do == "clear":
        chosen = Chosen()
    elif do == "remove":
        chosen = chosen.without(goods)
    else:
        chosen, refused = chosen.plus(goods)
    keep_chosen(request.session, chosen)
    if request.headers.get("Accept", "") == "application/json":
        told = refusal() if refused else chosen.told
        answer = {"chosen": [str(pk) for pk in chosen.goods], "count": len(chosen), "told": told}
        return JsonResponse(answer, status=409 if refused else 200)
    if refused:
        messages.warning(request, refusal())
    return redirect(chosen.address if do == "compare" else back(request, "/compare/"))


def _ids(texts: Iterable[str]) -> list[int]:
    """Distinct ids of an address or a form, in its order; what is no id is left out."""
    parts = ",".join(texts).split(",")
    numbers = [int(text) for text in parts if text.isascii() and text.isdigit() and len(text) < 20]
    return [number for number in dict.fromkeys(numbers) if 0 < number <= LARGEST_ID]


def _address(goods: Sequence[int], offers: Sequence[int]) -> str:
    return Chosen(tuple(goods), tuple(offers)).address
