"""温情监管: the rules on the projected state, before the offence; asked by orders at cart, checkout and submission.

Together at most four statements: peers with spread, better offers where something is flagged, ceilings, recent orders.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Region
from catalog.models import Listing
from catalog.pricing.formulas import WINDOW_DAYS, supplier_medians
from orders.advice import Advice, BetterOffer, Outcome, Projected, ProjectedLine, ProjectedOrder
from orders.orderable import trades
from supervision.regimes import parameters_for
from supervision.rules import RULES
from supervision.rules.price_above_peer import Comparison, PriceAbovePeerParameters, compare, is_flagged
from supervision.rules.split_orders import Bought, SplitOrdersParameters, together
from zcy import clock
from zcy.formats import short_money
from zcy.money import yuan

LIMITS_SECONDS: Final = 60.0
BETTER: Final = 3
MOST_OFFERS: Final = 60
# As the rule's own windows have it (supervision/peers.py): only what was cancelled leaves.
_IN_FORCE: Final = """(o.withdrawn_at IS NULL OR EXISTS (
           SELECT FROM orders_order c WHERE c.id = o.order_id AND c.cancelled_at IS NULL))"""
_PEERS: Final = f"""
    WITH wanted AS (
        SELECT * FROM unnest(%(n)s::int[], %(good)s::bigint[], %(category)s::bigint[], %(spec)s::text[], %(band)s::int[],
                             %(supplier)s::bigint[]) AS w (n, good_id, category_id, spec_hash, band, supplier_id)
    ), place AS (
        SELECT CASE level WHEN 'province' THEN 1 WHEN 'city' THEN 2 ELSE 3 END AS tier
          FROM accounts_region WHERE id = %(region)s
    )
    SELECT w.n, 'good', coalesce(s.related_group, s.id), o.x
      FROM wanted w CROSS JOIN place p
      JOIN catalog_priceobservation o ON o.good_id = w.good_id AND o.tier = p.tier AND o.quantity_band = w.band
      JOIN accounts_organisation s ON s.id = o.supplier_id
     WHERE o.confirmed_on > %(since)s AND o.confirmed_on <= %(today)s AND {_IN_FORCE} AND o.x IS NOT NULL
     UNION ALL
    SELECT w.n, 'spec', coalesce(s.related_group, s.id), o.x
      FROM wanted w CROSS JOIN place p
      JOIN catalog_priceobservation o ON o.category_id = w.category_id AND o.spec_hash = w.spec_hash AND w.spec_hash <> ''
           AND o.tier = p.tier AND o.quantity_band = w.band
      JOIN accounts_organisation s ON s.id = o.supplier_id
     WHERE o.confirmed_on > %(since)s AND o.confirmed_on <= %(today)s AND {_IN_FORCE} AND o.x IS NOT NULL
     UNION ALL
    SELECT w.n, 'own', coalesce(s.related_group, s.id), 0 FROM wanted w JOIN accounts_organisation s ON s.id = w.supplier_id
     UNION ALL
    SELECT w.n, 'sigma', 0, c.sigma
      FROM wanted w CROSS JOIN LATERAL (SELECT sigma FROM supervision_categoryspread c
                                         WHERE c.category_id = w.category_id ORDER BY night DESC LIMIT 1) c
"""
_CEILINGS: Final = """
    WITH nearest AS (
        SELECT r.id FROM accounts_region here JOIN accounts_region r ON starts_with(here.path, r.path)
         WHERE here.id = %(region)s
           AND EXISTS (SELECT FROM orders_ceiling k WHERE k.region_id = r.id AND k.method = %(method)s)
         ORDER BY length(r.path) DESC LIMIT 1
    )
    SELECT c.id, (SELECT k.ceiling FROM orders_ceiling k LEFT JOIN catalog_category kc ON kc.id = k.category_id
                   WHERE k.region_id = (SELECT id FROM nearest) AND k.method = %(method)s
                     AND (kc.id IS NULL OR starts_with(c.path, kc.path))
                   ORDER BY length(coalesce(kc.path, '')) DESC, k.ceiling LIMIT 1)
      FROM catalog_category c WHERE c.id = ANY(%(categories)s)
"""
_RECENT: Final = """
    SELECT o.category_id, o.id, o.supplier_id, o.contract, o.total, (o.placed_at AT TIME ZONE 'Asia/Shanghai')::date
      FROM orders_order o
     WHERE o.buyer_id = %(buyer)s AND o.method = %(method)s AND o.category_id = ANY(%(categories)s)
       AND o.inquiry_id IS NULL AND o.cancelled_at IS NULL AND o.placed_at >= %(start)s
     ORDER BY o.placed_at, o.id
"""


@dataclass(frozen=True)
class _Judged:
    """A line that would be flagged."""

    order: ProjectedOrder
    line: ProjectedLine
    found: Comparison
    pack: Decimal


_limits: dict[tuple[str, int], tuple[float, Any]] = {}


def limits_for(slug: str, region_id: int) -> Any:
    """The parameters in force, remembered for a minute by each process."""
    key = (slug, region_id)
    known = _limits.get(key)
    if known is None or known[0] < time.monotonic():
        region = Region.objects.get(pk=region_id)
        known = (time.monotonic() + LIMITS_SECONDS, parameters_for(RULES[slug], region, clock.today()))
        _limits[key] = known
    return known[1]


def forget_limits() -> None:
    """Drop what this process remembers (tests, and a version that is approved)."""
    _limits.clear()


def price_above_peer(projected: Projected) -> Iterator[Advice]:
    """Lines whose price would be flagged, with offers beside them that would not."""
    limits: PriceAbovePeerParameters = limits_for("price-above-peer", projected.region_id)
    lines = [(order, line) for order in projected.orders for line in order.lines if not line.accessory]
    flagged = [judged for judged in _compared(projected, lines, limits) if judged is not None]
    offers = _offers(flagged)
    for one in flagged:
        better = [offer for offer in offers.get(one.line.good_id, []) if _would_be_clear(offer, one, limits)][
            :BETTER
        ]
        median = one.found.median_price(one.pack)
        share = one.line.unit_price / median - 1 if median else Decimal(0)
        yield Advice(
            advisor="price-above-peer",
            outcome=Outcome.FLAGGED,
            key=f"price-above-peer:{one.line.listing_id}:{one.line.unit_price}",
            title=_("Dearer than its peers"),
            text=_(
                "%(price)s is %(share)s%% above the median %(median)s of %(n)s suppliers in the last 90 days."
            )
            % {
                "price": short_money(one.line.unit_price),
                "share": f"{share * 100:.0f}",
                "median": short_money(median),
                "n": one.found.n,
            },
            severity=3 if one.found.exceeds(one.line.unit_price, one.pack, limits.severe_ratio) else 2,
            supplier_id=one.order.supplier_id,
            listing_ids=(one.line.listing_id,),
            figures={
                "good": one.line.good_id,
                "listing": one.line.listing_id,
                "price": str(one.line.unit_price),
                "median": str(median),
                "n": one.found.n,
                "z": round(one.found.z, 3),
                "fallback": one.found.fallback,
            },
            better=tuple(BetterOffer(offer.pk, offer.supplier.name, offer.price) for offer in better),
        )


def _compared(
    projected: Projected, lines: list[tuple[ProjectedOrder, ProjectedLine]], limits: PriceAbovePeerParameters
) -> Iterator[_Judged | None]:
    if not lines:
        return
    today = clock.local_date(projected.at)
    params: dict[str, Any] = {
        "n": list(range(len(lines))),
        "good": [line.good_id for _order, line in lines],
        "category": [line.category_id for _order, line in lines],
        "spec": [line.spec_hash for _order, line in lines],
        "band": [_band(line.quantity) for _order, line in lines],
        "supplier": [order.supplier_id for order, _line in lines],
        "region": projected.region_id,
        "since": today - timedelta(days=WINDOW_DAYS),
        "today": today,
    }
    peers: dict[tuple[int, str], list[tuple[int, float]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PEERS, params)
        for n, kind, group, x in cursor.fetchall():
            peers.setdefault((n, kind), []).append((group, float(x)))
    for n, (order, line) in enumerate(lines):
        yield _judge(n, order, line, peers, limits)


def _judge(
    n: int,
    order: ProjectedOrder,
    line: ProjectedLine,
    peers: dict[tuple[int, str], list[tuple[int, float]]],
    limits: PriceAbovePeerParameters,
) -> _Judged | None:
    own, sigma = peers.get((n, "own")), peers.get((n, "sigma"))
    pack = line.pack_size or Decimal(1)
    if own is None or sigma is None or line.unit_price <= 0:
        return None
    for kind in ("good", "spec"):
        medians = supplier_medians(peers.get((n, kind), []))
        medians.pop(own[0][0], None)
        if len(medians) >= limits.least_suppliers:
            x = math.log(line.unit_price / pack)
            found = compare(x, list(medians.values()), sigma[0][1], fallback=kind == "spec")
            return (
                _Judged(order, line, found, pack)
                if is_flagged(line.unit_price, pack, found, limits)
                else None
            )
    return None


def _band(quantity: Decimal) -> int:
    return 1 if quantity < 10 else 2 if quantity < 100 else 3 if quantity < 1000 else 4


def _offers(flagged: list[_Judged]) -> dict[int, list[Listing]]:
    """Offers of the same goods, cheapest first, in one statement."""
    if not flagged:
        return {}
    rows = (
        Listing.objects.searchable()
        .filter(good_id__in={one.line.good_id for one in flagged}, stock__gt=0)
        .select_related("supplier__standing")
        .order_by("good_id", "price", "id")[:MOST_OFFERS]
    )
    today = clock.today()
    found: dict[int, list[Listing]] = {}
    for offer in rows:
        if trades(offer.supplier, today):
            found.setdefault(offer.good_id, []).append(offer)
    return found


def _would_be_clear(offer: Listing, one: _Judged, limits: PriceAbovePeerParameters) -> bool:
    enough = offer.stock is not None and offer.stock >= one.line.quantity >= offer.min_quantity
    return (
        enough
        and offer.price < one.line.unit_price
        and not one.found.exceeds(offer.price, one.pack, limits.ratio)
    )


def split_orders(projected: Projected) -> Iterator[Advice]:
    """Categories in which the orders of the window, with what is projected, would reach the ceiling."""
    limits: SplitOrdersParameters = limits_for("split-orders", projected.region_id)
    today = clock.local_date(projected.at)
    categories = sorted({order.category_id for order in projected.orders})
    ceilings, bought = _window(projected, categories, today, limits.window_days)
    for category_id in categories:
        ceiling = ceilings.get(category_id)
        if ceiling is None:
            continue
        new = [order for order in projected.orders if order.category_id == category_id]
        orders = [Bought(*row, ceiling) for row in bought.get(category_id, [])]
        orders += [
            Bought(-1 - n, order.supplier_id, "", order.total, today, ceiling) for n, order in enumerate(new)
        ]
        found = together(orders, today, limits)
        own = any(order.id < 0 for unit in found.units for order in unit.orders) if found else False
        if found is None or not own or not found.is_flagged(limits):
            continue
        yield Advice(
            advisor="split-orders",
            outcome=Outcome.FLAGGED,
            key=f"split-orders:{category_id}:{projected.method}:{today}:{len(found.units)}:{found.total}",
            title=_("Together above the ceiling"),
            text=_(
                "With this order you reach %(total)s of %(ceiling)s within %(days)s days, in %(units)s orders of one"
                " category. Buy the need at once by the method for larger amounts, or give the reason."
            )
            % {
                "total": short_money(found.total),
                "ceiling": short_money(ceiling),
                "days": limits.window_days,
                "units": len(found.units),
            },
            severity=found.severity(limits),
            supplier_id=new[0].supplier_id,
            figures={
                "category": category_id,
                "total": str(yuan(found.total)),
                "ceiling": str(ceiling),
                "units": len(found.units),
                "window_days": limits.window_days,
            },
        )


Row = tuple[int, int, str, Decimal, date]


def _window(
    projected: Projected, categories: list[int], today: date, days: int
) -> tuple[dict[int, Decimal | None], dict[int, list[Row]]]:
    params: dict[str, Any] = {
        "region": projected.region_id,
        "method": projected.method,
        "categories": categories,
        "buyer": projected.buyer_id,
        # Contracts may have begun before the window; their first date decides.
        "start": clock.start_of(today - timedelta(days=3 * days)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CEILINGS, params)
        ceilings: dict[int, Decimal | None] = dict(cursor.fetchall())
        cursor.execute(_RECENT, params)
        bought: dict[int, list[Row]] = {}
        for category_id, *row in cursor.fetchall():
            bought.setdefault(category_id, []).append((row[0], row[1], row[2], row[3], row[4]))
    return ceilings, bought
