"""History for the rules, as an import would have left it: orders with their steps on chosen days."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, Region
from catalog.models import Category, Good, PriceObservation
from orders.models import Acceptance, Order, OrderLine, Payment, Shipment
from supervision.models import RuleNight, Warning
from supervision.night import parts
from tests.factories import a_buyer, a_category, a_good, a_region, a_supplier
from zcy.clock import SHANGHAI
from zcy.registries import NightContext

_count = itertools.count(1)
TIERS = {"province": 1, "city": 2, "county": 3}


def at(day: date, hour: int = 10, minute: int = 0, second: int = 0) -> datetime:
    """A time of a local date."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


def an_order(
    placed: date,
    *,
    buyer: Organisation | None = None,
    supplier: Organisation | None = None,
    category: Category | None = None,
    total: Decimal | int | str = 1000,
    region: Region | None = None,
    **values: Any,
) -> Order:
    """An imported order without lines."""
    buyer = buyer or a_buyer()
    number = next(_count)
    return Order.objects.create(
        number=f"H{number:08d}",
        external_id=f"H{number:08d}",
        source="test",
        origin="imported",
        state="confirmed",
        buyer=buyer,
        supplier=supplier or a_supplier(),
        region=region or buyer.region,
        category=category,
        total=Decimal(total),
        placed_at=values.pop("placed_at", at(placed)),
        **values,
    )


def a_deal(
    confirmed: date,
    good: Good,
    price: Decimal | int | str | float,
    *,
    supplier: Organisation | None = None,
    quantity: Decimal | int = 1,
    accessory: bool = False,
    order: Order | None = None,
    cancelled: date | None = None,
    hour: int = 10,
    **values: Any,
) -> Order:
    """A confirmed order with one line, or one more line of an order, with its observation."""
    price = Decimal(str(price))
    order = order or an_order(
        confirmed,
        supplier=supplier,
        category=good.category,
        total=price * quantity,
        confirmed_at=at(confirmed, hour),
        cancelled_at=at(cancelled) if cancelled else None,
        **values,
    )
    line = OrderLine.objects.create(
        order=order,
        good=good,
        quantity=quantity,
        unit_price=price,
        total=price * quantity,
        accessory=accessory,
    )
    pack = good.pack_size or Decimal(1)
    band = 1 if quantity < 10 else 2 if quantity < 100 else 3 if quantity < 1000 else 4
    PriceObservation.objects.create(
        order_line_id=line.pk,
        order_id=order.pk,
        good=good,
        category_id=good.category_id,
        spec_hash=good.spec_hash,
        region_id=order.region_id,
        tier=TIERS[order.region.level],
        quantity_band=band,
        supplier_id=order.supplier_id,
        buyer_id=order.buyer_id,
        unit_price=price,
        pack_size=pack,
        x=math.log(price / pack) if price > 0 else None,
        quantity=quantity,
        accessory=accessory,
        confirmed_at=order.confirmed_at or at(confirmed, hour),
        confirmed_on=confirmed,
        withdrawn_at=order.cancelled_at,
    )
    return order


def a_market_price(
    good: Good, day: date, prices: list[Any], suppliers: list[Organisation] | None = None, **values: Any
) -> list[Organisation]:
    """One deal per supplier at these prices, confirmed on one day."""
    suppliers = suppliers or [a_supplier() for _price in prices]
    for supplier, price in zip(suppliers, prices, strict=True):
        a_deal(day, good, price, supplier=supplier, **values)
    return suppliers


def delivered(
    order: Order, *, shipped: date | None = None, arrived: date | None = None, signed: Any = None
) -> Shipment:
    """A row of deliveries."""
    return Shipment.objects.create(
        order=order,
        origin="imported",
        shipped_at=at(shipped) if shipped else None,
        delivered_at=at(arrived) if arrived else None,
        signed_at=at(signed, 12) if type(signed) is date else signed,
    )


def accepted(order: Order, when: date | datetime, result: str = "passed") -> Acceptance:
    """A row of acceptances."""
    moment = when if isinstance(when, datetime) else at(when, 15)
    return Acceptance.objects.create(order=order, origin="imported", at=moment, result=result)


def paid(
    order: Order, when: date | datetime, amount: Decimal | int | str | None = None, **values: Any
) -> Payment:
    """A row of payments; by default the whole total."""
    moment = when if isinstance(when, datetime) else at(when, 16)
    amount = order.total if amount is None else Decimal(amount)
    return Payment.objects.create(order=order, origin="imported", at=moment, amount=amount, **values)


def run_nights(first: date, last: date, *, only: str = "") -> dict[str, Any]:
    """The parts of supervision over a gap, as the night runs them."""
    figures = {}
    for part in sorted(parts(), key=lambda part: part.stage):
        if only and part.name not in (f"rules_{only}", "rules_spread"):
            continue
        for shard in range(part.shards):
            figures[f"{part.name} {shard}"] = part.run(NightContext(1, first, last, shard, part.shards))
    return figures


def run_each_night(first: date, last: date, *, only: str = "") -> None:
    """The same, night by night."""
    for n in range((last - first).days + 1):
        night = first + timedelta(days=n)
        run_nights(night, night, only=only)


def seen(slug: str) -> dict[str, tuple[str, int]]:
    """Ids → (first seen, severity) of a rule's warnings."""
    return {w.ids: (w.first_seen.isoformat(), w.severity) for w in Warning.objects.filter(rule__slug=slug)}


def outcomes(slug: str) -> dict[tuple[str, str], int]:
    """(outcome, reason) → number, over all nights."""
    found: dict[tuple[str, str], int] = {}
    for row in RuleNight.objects.filter(rule__slug=slug):
        found[row.outcome, row.reason] = found.get((row.outcome, row.reason), 0) + row.count
    return found


__all__ = [
    "a_buyer",
    "a_category",
    "a_deal",
    "a_good",
    "a_market_price",
    "a_region",
    "a_supplier",
    "accepted",
    "an_order",
    "at",
    "delivered",
    "outcomes",
    "paid",
    "run_each_night",
    "run_nights",
    "seen",
]
