"""The floors that pages are measured against, served by the same server with the same middleware.

F0 returns a constant; F1 renders a 24-row table of one indexed query in a bare template; F1b the same in the
platform's own base template. Only the benchmark's settings know these addresses.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from catalog.models import Good
from zcy.access import public

ROWS = 24


@public
def f0(request: HttpRequest) -> HttpResponse:
    """A constant."""
    return HttpResponse("ok", content_type="text/plain")


def _rows() -> list[Any]:
    return list(Good.objects.order_by("pk").values("pk", "name", "model", "lowest_price", "offers")[:ROWS])


@public
def f1(request: HttpRequest) -> HttpResponse:
    """A table in a bare template."""
    return render(request, "bench/f1.html", {"rows": _rows()})


@public
def f1b(request: HttpRequest) -> HttpResponse:
    """The same table in the platform's base."""
    return render(request, "bench/f1b.html", {"rows": _rows()})


urlpatterns = [
    path("bench/f0/", f0),
    path("bench/f1/", f1),
    path("bench/f1b/", f1b),
    path("", include("zcy.urls")),
]
