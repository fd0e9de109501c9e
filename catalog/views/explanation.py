"""For the catalog's staff: why hits of a search stand where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.search import ranking
from catalog.search.decode import readings
from catalog.search.explain import explain
from catalog.search.filters import LONGEST_QUERY
from catalog.staff import SEES
from zcy.access import roles

if TYPE_CHECKING:
    from accounts.actor import ActorRequest


@roles(*SEES["explanation"])
@require_safe
def explanation(request: ActorRequest) -> HttpResponse:
    """The words of a query, its readings, and the factors of each of its first hits."""
    q = " ".join(request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", " ").split())
    words, rows = explain(q) if q else (None, [])
    context = {
        "q": q,
        "words": words,
        "rows": rows,
        "readings": readings(q) if q and not rows else [],
        "weights": ranking,
    }
    return render(request, "catalog/operator/explanation.html", context)
