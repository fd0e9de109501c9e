"""The standard good that an address names for an offer: a merged one leads on to the good that has taken its place."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from catalog.models import Good
from catalog.models.goods import GoodState


def good_to_offer(good_id: int) -> Good:
    """The active good that is meant.

    Raises:
        Http404: there is none, or it is retired.
    """
    goods = Good.objects.select_related("category", "brand", "merged_into__category", "merged_into__brand")
    named = get_object_or_404(goods.defer("search", "merged_into__search"), pk=min(good_id, 2**63 - 1))
    good = named.merged_into or named
    if good.state != GoodState.ACTIVE:
        raise Http404
    return good


def lead_on(request: HttpRequest, view: str, good_id: int, good: Good) -> HttpResponse | None:
    """To the address of the good that is meant; what was typed meanwhile is not sent away, but taken for that good."""
    if good.pk == good_id or request.method == "POST":
        return None
    messages.info(
        request,
        _("No. %(number)s was merged into “%(name)s”: this is the good to offer.")
        % {"number": good_id, "name": good.name},
    )
    return redirect(view, good.pk)
