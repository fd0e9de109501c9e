"""The read side of a hall's entry page: what its layout shows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Sum

from accounts.models import Region
from accounts.models.organisations import OrganisationSize
from catalog.halls.of_region import ShownHall
from catalog.halls.place import HallPlace
from catalog.halls.units import Basis, basis_of
from catalog.models import GoodOrigin, HallGood, HallLayout, HallRule, HallShare, PolicyLabel
from catalog.search.filters import Filters
from catalog.search.find import GoodRow, find_goods
from catalog.tree import Node, category_tree
from zcy.formats import money, percent

FEATURED: Final = 8
TILES: Final = 12
MOST_ORIGINS: Final = 60
MOST_SUPPLIERS: Final = 12
MOST_SERVICES: Final = 60


@dataclass(frozen=True)
class Link:
    """A tile: what it is called, how many goods, and where it leads."""

    label: str
    count: int
    url: str
    hint: str = ""


@dataclass(frozen=True)
class ServicePrice:
    """What a service costs per unit: a line of the table of a hall of services."""

    category: str
    unit: str
    basis: str
    basis_label: str
    goods: int
    lowest: str
    highest: str
    url: str


def hall_page(hall: ShownHall, region: Region | None) -> Mapping[str, Any]:
    """What the entry page of a hall shows."""
    found: dict[str, Any] = {
        "hall": hall,
        "total": HallGood.objects.filter(hall_id=hall.id).count(),
        "categories": _categories(hall),
        "featured": _featured(hall),
        "share": _share(hall, region),
    }
    layouts = {
        HallLayout.RURAL: _rural,
        HallLayout.ENTERPRISE: _enterprise,
        HallLayout.GREEN: _green,
        HallLayout.SERVICES: _services,
    }
    if (load := layouts.get(HallLayout(hall.layout))) is not None:
        found |= load(hall)
    return found


def _featured(hall: ShownHall) -> list[GoodRow]:
    """The goods that are offered most, by suppliers of good credit."""
    return find_goods(Filters(hall=HallPlace(hall.id), size=FEATURED)).rows


def _categories(hall: ShownHall) -> list[Link]:
    """The broadest categories below the official roots that have goods here, the fullest first."""
    counted = (
        HallGood.objects.filter(hall_id=hall.id)
        .order_by()
        .values_list("good__category_id")
        .annotate(n=Count("id"))
    )
    tree = category_tree()
    sums: dict[int, int] = {}
    nodes = [(tree.by_id[pk], n) for pk, n in counted if pk in tree.by_id]
    depth = _deciding_depth([node for node, _n in nodes])
    for node, n in nodes:
        trail = node.trail
        above = trail[min(depth, len(trail) - 1)]
        sums[above.id] = sums.get(above.id, 0) + n
    ordered = sorted(sums.items(), key=lambda item: (-item[1], tree.by_id[item[0]].code))[:TILES]
    return [Link(tree.by_id[pk].name, n, f"goods/?category={tree.by_id[pk].code}") for pk, n in ordered]


def _deciding_depth(nodes: list[Node]) -> int:
    """The first depth at which the goods lie in several categories: one tile for all would say nothing."""
    trails = [node.trail for node in nodes]
    deepest = max((len(trail) for trail in trails), default=1)
    for depth in range(deepest):
        if len({trail[min(depth, len(trail) - 1)].id for trail in trails}) > 2:
            return depth
    return deepest - 1


def _share(hall: ShownHall, region: Region | None) -> dict[str, str] | None:
    """How much of the region's purchases of 90 days went to the hall; for no region the whole platform's."""
    rows = HallShare.objects.filter(hall_id=hall.id)
    rows = rows.filter(region=region) if region is not None else rows.filter(region__parent=None)
    found = rows.aggregate(amount=Sum("amount"), total=Sum("total"))
    total: Decimal = found["total"] or Decimal(0)
    if not total:
        return None
    amount: Decimal = found["amount"] or Decimal(0)
    return {
        "percent": "< 0.1%" if 0 < amount / total < Decimal("0.0005") else percent(float(amount / total)),
        "amount": money(amount),
        "total": money(total),
        "region": region.name if region is not None else "",
    }


_ORIGINS: Final = """
    SELECT c.province, c.code, c.city, c.name, count(*), min(x.producer), count(DISTINCT x.producer)
      FROM catalog_hallgood h JOIN catalog_goodorigin x ON x.good_id = h.good_id
      JOIN catalog_origincounty c ON c.id = x.county_id
     WHERE h.hall_id = %s GROUP BY c.id ORDER BY c.code
"""


def _rural(hall: ShownHall) -> Mapping[str, Any]:
    """Provinces with their counties, and where the featured goods come from."""
    with connection.cursor() as cursor:
        cursor.execute(_ORIGINS, [hall.id])
        rows = cursor.fetchall()
    provinces: dict[str, tuple[Link, list[Link]]] = {}
    for province, code, _city, name, n, producer, producers in rows:
        known = provinces.get(province)
        first = known[0].count if known else 0
        link = Link(province, first + n, f"goods/?part=origin-{code[:2]}")
        provinces[province] = (link, known[1] if known else [])
        hint = producer if producers == 1 else ""
        provinces[province][1].append(Link(name, n, f"goods/?part=origin-{code}", hint))
    origins = (
        GoodOrigin.objects.filter(good__in=HallGood.objects.filter(hall_id=hall.id).values("good"))
        .select_related("county", "good__category")
        .defer("good__search", "good__description")
        .order_by("-good__weight", "-good_id")[:FEATURED]
    )
    return {
        "provinces": sorted(provinces.values(), key=lambda item: -item[0].count)[:MOST_ORIGINS],
        "counties": len(rows),
        "origins": [(origin, percent(float(origin.share))) for origin in origins],
    }


_SIZES: Final = """
    SELECT o.size, count(*) FROM accounts_organisation o
     WHERE o.kind = 'supplier' AND o.active AND o.size = ANY(%s)
       AND EXISTS (SELECT FROM catalog_listing l
                    WHERE l.supplier_id = o.id AND l.sale = 'on_sale' AND l.review = 'approved')
     GROUP BY o.size
"""
_SUPPLIERS: Final = """
    SELECT o.id, o.name, r.name, o.size, s.grade, s.provisional
      FROM accounts_supplierstanding s JOIN accounts_organisation o ON o.id = s.supplier_id
      JOIN accounts_region r ON r.id = o.region_id
     WHERE o.kind = 'supplier' AND o.active AND NOT s.suspended AND s.grade <> '' AND o.size = ANY(%s)
       AND EXISTS (SELECT FROM catalog_listing l
                    WHERE l.supplier_id = o.id AND l.sale = 'on_sale' AND l.review = 'approved')
     ORDER BY s.ranking_factor DESC, o.id LIMIT %s
"""


def _enterprise(hall: ShownHall) -> Mapping[str, Any]:
    """How many firms of each size sell here, and those of the best credit."""
    rule = HallRule.objects.filter(hall_id=hall.id, kind="supplier_size").first()
    sizes = rule.values if rule else list(OrganisationSize.values)
    words = {value: str(label) for value, label in OrganisationSize.choices}
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [sizes])
        counted = dict(cursor.fetchall())
        cursor.execute(_SUPPLIERS, [sizes, MOST_SUPPLIERS])
        suppliers = [
            {
                "url": f"/stores/{pk}/",
                "name": name,
                "region": region,
                "size": words.get(size, size),
                "grade": grade,
                "provisional": provisional,
            }
            for pk, name, region, size, grade, provisional in cursor.fetchall()
        ]
    return {
        "sizes": [
            Link(words.get(size, size), counted[size], f"goods/?part=size-{size}")
            for size in sizes
            if size in counted
        ],
        "suppliers": suppliers,
    }


def _green(hall: ShownHall) -> Mapping[str, Any]:
    """How many goods carry which label."""
    sql = (
        "SELECT label, count(*) FROM catalog_hallgood h JOIN catalog_good g ON g.id = h.good_id"
        " CROSS JOIN unnest(g.labels) AS label WHERE h.hall_id = %s GROUP BY label ORDER BY count(*) DESC, label"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [hall.id])
        counted = cursor.fetchall()
    words = {value: str(label) for value, label in PolicyLabel.choices}
    return {
        "labels": [
            Link(words[label], n, f"goods/?part=label-{label}") for label, n in counted if label in words
        ]
    }


_SERVICES: Final = """
    SELECT g.category_id, g.unit, count(*), min(h.lowest_price), max(h.lowest_price)
      FROM catalog_hallgood h JOIN catalog_good g ON g.id = h.good_id
     WHERE h.hall_id = %s GROUP BY g.category_id, g.unit ORDER BY count(*) DESC LIMIT %s
"""


def _services(hall: ShownHall) -> Mapping[str, Any]:
    """Prices per unit by category: first what is priced by the hour, last what is priced by the item."""
    with connection.cursor() as cursor:
        cursor.execute(_SERVICES, [hall.id, MOST_SERVICES])
        rows = cursor.fetchall()
    tree = category_tree()
    order = {basis: number for number, basis in enumerate(Basis)}
    prices = []
    for category, unit, goods, lowest, highest in rows:
        node = tree.by_id.get(category)
        basis = basis_of(unit)
        asked = {"part": f"unit-{unit}"} if unit else {}
        asked |= {"category": node.code} if node else {}
        prices.append(
            (
                order[basis],
                node.code if node else "",
                ServicePrice(
                    node.name if node else "–",
                    unit,
                    basis.value,
                    str(basis.label),
                    goods,
                    money(lowest),
                    money(highest),
                    f"goods/?{urlencode(asked)}",
                ),
            )
        )
    return {"prices": [line for _order, _code, line in sorted(prices, key=lambda item: item[:2])]}
