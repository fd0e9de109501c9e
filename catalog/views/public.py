"""Search, categories, goods and stores: open to everyone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.models import Region
from accounts.models.organisations import OrganisationSize
from accounts.roles import BUYER_ROLES, SUPPLIER_ROLES, Role
from catalog.attributes import attributes_of
from catalog.forms import GoodForm
from catalog.kept import kept_good, kept_list
from catalog.models import Brand, Good, PolicyLabel, Tier
from catalog.orderable import publishes_first_by
from catalog.pricing.kept import deals_version
from catalog.queries.favourites import favourites_among
from catalog.queries.good_version import GoodVersion, good_version
from catalog.queries.price_index import has_index
from catalog.search.answer import answer
from catalog.search.facet_values import shown
from catalog.search.facets import Facets, count_facets
from catalog.search.filters import ATTRIBUTE_PREFIX, RANGE, SORTS, Filters, read_filters
from catalog.search.recording import record_search
from catalog.search.suggest import Suggestions, likelier, suggestions
from catalog.tree import category_tree
from catalog.views.drawn_good import DrawnGood, draw_good
from zcy import clock
from zcy.access import public
from zcy.formats import short_money

LARGEST_ID = 2**63 - 1


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for a query, or all goods; everything in the address."""
    filters = read_filters(request.GET, own_region=request.actor.region)  # type: ignore[attr-defined]
    return goods_list(request, filters, "catalog/public/search.html", {})


@public
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The tree, as far as anything is on sale in it."""
    roots = [root for root in category_tree().roots if root.goods]
    return render(request, "catalog/public/categories.html", {"roots": roots})


@public
@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    """The goods of a category and of those below it."""
    node = category_tree().by_code.get(code)
    if node is None:
        raise Http404(_("There is no category “%(code)s”.") % {"code": code[:40]})
    own_region = request.actor.region  # type: ignore[attr-defined]
    filters = read_filters(request.GET, category=node, own_region=own_region)
    trail = [(ancestor.name, ancestor.url) for ancestor in node.trail[:-1]]
    context = {"node": node, "trail": trail, "has_index": has_index(node.id)}
    return goods_list(request, filters, "catalog/public/category.html", context)


def goods_list(
    request: HttpRequest, filters: Filters, template: str, context: dict[str, Any]
) -> HttpResponse:
    """A page of goods for checked filters: facets, chips, rows, in a template that includes `list`."""
    region: Region | None = filters.region or request.actor.region  # type: ignore[attr-defined]
    hall = filters.hall.id if filters.hall else None
    place = (
        filters.category.id if filters.category else None,
        filters.fixed_category,
        filters.position,
        hall,
    )
    key = (get_language(), place, tuple(filters.pairs()), region.pk if region else None)
    # What is asked for wrongly is told, and not kept.
    drawn = (
        _draw_list(filters, region, low=request.GET.get("min", ""), high=request.GET.get("max", ""))
        if filters.errors
        else kept_list(
            key, lambda: _draw_list(filters, region, low=_typed(filters.low), high=_typed(filters.high))
        )
    )
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if filters.position is None and not filters.errors:
        record_search(filters.q, user_id=actor.user_id, found=drawn.hits > 0)
    return render(
        request,
        template,
        context | {"filters": filters, "list": drawn} | _own(actor, filters, drawn),
        status=400 if filters.errors else 200,
    )


def _own(actor: Actor, filters: Filters, drawn: Drawn) -> dict[str, Any]:
    """What only this person sees beside a list: the stars, and the ways to save the search or ask for the good."""
    address = filters.changed(fixed_category=False).address()[1:]
    asks = filters.q and not drawn.hits
    wanted = {
        "q": filters.q,
        "category": filters.category.code if filters.category else "",
        "filters": address,
    }
    found: dict[str, Any] = {
        "is_buyer": actor.has_role(*BUYER_ROLES),
        "save_url": f"/searches/save/?{urlencode({'address': address, 'name': filters.q[:80]})}"
        if address
        else "",
        "ask_url": f"/buyer/demands/new/?{urlencode(wanted)}" if asks else "",
    }
    if found["is_buyer"]:
        kept = favourites_among(actor, drawn.goods)
        found["favourites"] = " ".join(str(pk) for pk in sorted(kept))
    return found


class Drawn(SafeString):
    """A list as it was drawn, with the goods on it and the number of all."""

    goods: tuple[int, ...] = ()
    hits: int = 0


def _typed(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"


def _draw_list(filters: Filters, region: Region | None, *, low: str, high: str) -> Drawn:
    """Facets and rows: the same for everybody of a region who asks for these filters.

    Args:
        filters: what is asked for.
        region: to which "delivers to" is offered as a filter.
        low: the lowest price as it was typed.
        high: the highest price as it was typed.
    """
    answered = answer(filters)
    filters, page, asked = answered.filters, answered.page, answered.asked
    facets = count_facets(filters, [row.category_id for row in page.rows])
    nothing = not page.rows and filters.position is None
    ways = suggestions(filters) if nothing and (filters.q or filters.narrows) else Suggestions()
    context = {
        "filters": filters,
        "asked": asked,
        "likelier": likelier(filters, facets.total) if filters.position is None and not asked else None,
        "literal_url": replace(filters, q=asked, literal=True).address() if asked else "",
        "low": low,
        "high": high,
        "page": page,
        "facets": facets,
        "chips": _chips(filters, facets),
        "sorts": _sorts(filters),
        "ways": ways,
        "deliver_to": region,
        "hidden": _hidden(filters, facets),
        "clear_url": Filters(
            q=filters.q, category=filters.category, fixed_category=filters.fixed_category
        ).address(category=filters.category if filters.fixed_category else None),
    }
    drawn = Drawn(render_to_string("catalog/public/_list.html", context))
    drawn.goods, drawn.hits = tuple(row.id for row in page.rows), facets.total
    return drawn


def _hidden(filters: Filters, facets: Facets) -> list[tuple[str, str]]:
    """What the form of prices and ranges sends along; ranges of numbers are in its fields."""
    numbers = {f"{ATTRIBUTE_PREFIX}{facet.key}" for facet in facets.attributes if facet.is_number}
    typed = {"min", "max", "stock", "region"}
    return [
        (name, value)
        for name, value in filters.pairs()
        if name not in typed and not (name in numbers and RANGE in value)
    ]


def _chips(filters: Filters, facets: Facets) -> list[tuple[str, str, str]]:
    """(label, value, address without it) of each active filter, whether it leaves any hits or not."""
    chips: list[tuple[str, str, str]] = []
    if filters.category and not filters.fixed_category:
        chips.append((_("Category"), filters.category.name, filters.address(category=None, attributes=())))
    for brand, name in _brand_names(filters, facets).items():
        left = tuple(pk for pk in filters.brands if pk != brand)
        chips.append((_("Brand"), name, filters.address(brands=left)))
    if filters.low is not None:
        chips.append((_("Price from"), short_money(filters.low), filters.address(low=None)))
    if filters.high is not None:
        chips.append((_("Price to"), short_money(filters.high), filters.address(high=None)))
    if filters.in_stock:
        chips.append(("", _("in stock"), filters.address(in_stock=False)))
    if filters.region is not None:
        chips.append((_("Delivers to"), filters.region.name, filters.address(region=None)))
    if filters.days is not None:
        within = ngettext("within %(n)s day", "within %(n)s days", filters.days) % {"n": filters.days}
        chips.append((_("Delivery"), within, filters.address(days=None)))
    for title, name, words in (
        (_("Policy label"), "labels", dict(PolicyLabel.choices)),
        (_("Size of the supplier"), "sizes", dict(OrganisationSize.choices)),
        (_("Credit grade"), "grades", {}),
    ):
        picked = getattr(filters, name)
        for value in picked:
            left_out = filters.changed(**{name: tuple(other for other in picked if other != value)}).address()
            chips.append((title, str(words.get(value, value)), left_out))
    if filters.hall is not None and filters.hall.part[0]:
        chips.append(("", filters.hall.label, filters.address(hall=filters.hall.whole())))
    schema = {attribute.key: attribute for attribute in attributes_of(filters.category)}
    for key, value in filters.attributes:
        left_out = filters.address(attributes=filters.with_value(key, value))
        chips.append((schema[key].label, shown(schema[key], value), left_out))
    return chips


def _brand_names(filters: Filters, facets: Facets) -> dict[int, str]:
    """Names of the chosen brands; a brand without hits is not among the counted ones."""
    missing = [pk for pk in filters.brands if pk not in facets.brand_names]
    named = dict(Brand.objects.filter(pk__in=missing).values_list("pk", "name")) if missing else {}
    return {pk: facets.brand_names.get(pk) or named.get(pk, str(pk)) for pk in filters.brands}


def _sorts(filters: Filters) -> list[tuple[str, str, bool]]:
    labels = (
        _("Relevance"),
        _("Price, lowest first"),
        _("Price, highest first"),
        _("Sales"),
        _("Delivery"),
        _("Credit"),
    )
    return [
        (label, filters.address(sort=sort), sort == filters.sort)
        for label, sort in zip(labels, SORTS, strict=True)
    ]


@public
@require_safe
def good(request: HttpRequest, good_id: int) -> HttpResponse:
    """A standard good with its reasonable range, offers and evidence."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = good_version(good_id, actor.user_id) if good_id <= LARGEST_ID else None
    if found is not None and found.merged_into is not None:
        return redirect("catalog:good", found.merged_into, permanent=True)
    form = GoodForm(request.GET)
    wanted = form.wanted(own_tier=_own_tier(actor))
    drawn = _good(actor, found, wanted) if found is not None else None
    if found is None or drawn is None:
        raise Http404(_("There is no such good."))
    context = {
        "good": drawn.good,
        "drawn": drawn.for_request(request),
        "form": form,
        "is_buyer": actor.has_role(*BUYER_ROLES),
        "is_supplier": actor.has_role(*SUPPLIER_ROLES),
        "favourites": str(good_id) if found.is_favourite else "",
        "sign_in_url": _sign_in_url(actor, good_id),
    }
    return render(request, "catalog/public/good.html", context, status=400 if form.errors else 200)


def _good(actor: Actor, found: GoodVersion, wanted: dict[str, Any]) -> DrawnGood | None:
    """What everybody of the actor's region and kind is shown of a good: kept until one of its rows is written."""
    good_id, region = found.peers[0], actor.region
    cart_url = _cart_url() if actor.has_role(Role.PURCHASER) else ""
    asked = {"region": region, "publish_first": publishes_first_by(region, found.publish_first), **wanted}
    reader = (region.pk if region else None, cart_url, actor.is_authenticated)
    key = (good_id, get_language(), clock.today(), reader, asked["publish_first"], *map(str, wanted.values()))
    version = (found.rows, deals_version(found.peers))
    try:
        return kept_good(
            key, version, lambda: draw_good(good_id, asked, cart_url, _sign_in_url(actor, good_id))
        )
    except Good.DoesNotExist:
        return None


def _sign_in_url(actor: Actor, good_id: int) -> str:
    return "" if actor.is_authenticated else f"/account/login/?next=/goods/{good_id}/"


def _own_tier(actor: Actor) -> int:
    """Buyers are shown what others of their tier paid."""
    if actor.region is None or not actor.has_role(*BUYER_ROLES):
        return 0
    return {"province": Tier.PROVINCE, "city": Tier.CITY}.get(actor.region.level, Tier.COUNTY)


def _cart_url() -> str:
    try:
        return reverse("orders:cart_add")
    except NoReverseMatch:
        return ""
