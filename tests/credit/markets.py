"""Small random markets as rows and as the plain facts of the reference, and nights over them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, Region
from catalog.models import Category
from credit.nightly import parts
from orders.models import Acceptance, Evaluation, Order, Payment, Shipment
from tests.credit import reference
from zcy import clock
from zcy.models import Workday
from zcy.registries import NightContext

START = date(2025, 1, 6)


def at(day: date, hour: int = 10) -> datetime:
    return clock.start_of(day) + timedelta(hours=hour)


@dataclass
class Market:
    """Rows in the database beside the same facts as the reference wants them."""

    suppliers: list[Organisation] = field(default_factory=list)
    buyers: list[Organisation] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    facts: list[reference.Order] = field(default_factory=list)
    numbers: int = 0

    def order(self, supplier: Organisation, buyer: Organisation, placed: date, **fields: object) -> Order:
        self.numbers += 1
        values: dict[str, object] = {
            "number": f"T{self.numbers:06}",
            "origin": "imported",
            "supplier": supplier,
            "buyer": buyer,
            "region": supplier.region,
            "category": self.categories[0],
            "total": Decimal("5000"),
            "placed_at": at(placed),
            "confirmed_at": at(placed, 15),
        }
        return Order.objects.create(**{**values, **fields})

    def plain_suppliers(self) -> list[reference.Supplier]:
        found = []
        for row in Organisation.objects.suppliers().select_related("region__parent"):
            region = row.region
            city = region.parent.code if region.level == "county" and region.parent else region.code
            found.append(
                reference.Supplier(
                    str(row.pk), city, row.excluded_from, row.excluded_to, row.licence_expires_on
                )
            )
        return found

    def reference(self) -> reference.Reference:
        counts = dict(Workday.objects.values_list("date", "cumulative"))
        return reference.Reference(self.plain_suppliers(), plain_orders(), counts.__getitem__)


def plain_orders() -> list[reference.Order]:
    """All orders of the database as plain facts."""
    day = clock.local_date
    found = []
    rows = Order.objects.select_related("category").prefetch_related(
        "shipments", "acceptances", "payments", "evaluations"
    )
    for row in rows:
        arrivals = [s.delivered_at or s.signed_at for s in row.shipments.all()]
        found.append(
            reference.Order(
                supplier=str(row.supplier_id),
                buyer=str(row.buyer_id),
                total=float(row.total),
                category=row.category.top_code if row.category else "",
                confirmed=day(row.confirmed_at) if row.confirmed_at else None,
                cancelled=day(row.cancelled_at) if row.cancelled_at else None,
                promised=row.promised_on,
                arrivals=[day(moment) for moment in arrivals if moment],
                acceptances=[(day(a.at), a.result) for a in row.acceptances.all() if a.result],
                payments=[day(p.at) for p in row.payments.all() if not p.prepaid],
                stars=[(day(e.at), e.stars) for e in row.evaluations.all() if e.by_side == "buyer"],
            )
        )
    return found


def an_empty_market(suppliers: int = 3, buyers: int = 3) -> Market:
    """Regions, categories and organisations without any order."""
    market = Market()
    province, _made = Region.objects.get_or_create(
        code="330000", defaults={"name": "浙江省", "level": "province", "path": "330000/"}
    )
    counties = []
    for city_code, county_code in (("330100", "330106"), ("330200", "330203")):
        city, _made = Region.objects.get_or_create(
            code=city_code,
            defaults={"name": city_code, "level": "city", "parent": province, "path": f"330000/{city_code}/"},
        )
        county, _made = Region.objects.get_or_create(
            code=county_code,
            defaults={
                "name": county_code,
                "level": "county",
                "parent": city,
                "path": f"330000/{city_code}/{county_code}/",
            },
        )
        counties.append(county)
    for code in ("A02000000", "A05000000"):
        market.categories.append(
            Category.objects.create(code=f"X{code}", name=code, path=f"X{code}/", top_code=f"X{code}")
        )
    for kind, count, rows in (("supplier", suppliers, market.suppliers), ("buyer", buyers, market.buyers)):
        for n in range(count):
            rows.append(
                Organisation.objects.create(
                    kind=kind,
                    name=f"{kind} {n}",
                    region=counties[n % 2],
                    source="test",
                    external_id=f"{kind[0]}{n:02}",
                )
            )
    return market


def a_random_market(
    seed: int, suppliers: int = 6, buyers: int = 5, orders: int = 220, days: int = 330
) -> Market:
    """Orders of all fates: late, in parts, missing times, cancelled, refused, unpaid, evaluated twice."""
    dice = random.Random(seed)
    market = an_empty_market(suppliers, buyers)
    for _ in range(orders):
        placed = START + timedelta(days=dice.randrange(days))
        supplier = market.suppliers[min(int(dice.paretovariate(0.7)) - 1, suppliers - 2)]
        buyer = market.buyers[min(int(dice.paretovariate(0.6)) - 1, buyers - 1)]
        promised = placed + timedelta(days=dice.randrange(2, 12)) if dice.random() < 0.9 else None
        order = market.order(
            supplier,
            buyer,
            placed,
            category=dice.choice(market.categories),
            total=Decimal(round(dice.lognormvariate(8, 2), 2)).quantize(Decimal("0.01")),
            confirmed_at=at(placed + timedelta(days=dice.randrange(3))) if dice.random() < 0.93 else None,
            promised_on=promised,
        )
        come = placed + timedelta(days=dice.randrange(1, 30))
        if dice.random() < 0.08:
            order.cancelled_at = at(placed + timedelta(days=dice.randrange(1, 40)))
            order.cancelled_by = dice.choice(["buyer", "supplier"])
            order.save()
        for part in range(dice.choice([0, 1, 1, 1, 1, 2])):
            moment = at(come + timedelta(days=part * 4))
            Shipment.objects.create(
                order=order,
                origin="imported",
                shipped_at=moment - timedelta(days=1),
                delivered_at=moment if dice.random() < 0.85 else None,
                signed_at=moment + timedelta(hours=9) if dice.random() < 0.85 else None,
            )
        checked = come + timedelta(days=dice.randrange(-2, 9))
        for n, result in enumerate(
            dice.choice([[], ["passed"], ["passed"], ["partial", "passed"], ["failed"], ["?"]])
        ):
            Acceptance.objects.create(
                order=order, at=at(checked + timedelta(days=2 * n)), result=result, origin="imported"
            )
        if dice.random() < 0.7:
            Payment.objects.create(
                order=order,
                at=at(checked + timedelta(days=dice.randrange(-3, 40))),
                amount=order.total,
                prepaid=dice.choice([None, True, False]),
                origin="imported",
            )
        for n in range(dice.choice([0, 1, 1, 1, 2])):
            Evaluation.objects.create(
                order=order,
                at=at(checked + timedelta(days=3 + 6 * n)),
                stars=dice.choice([1, 3, 4, 5, 5, 5]),
                by_side=dice.choice(["buyer", "buyer", "supplier"]),
                origin="imported",
            )
    return market


def night(last: date, *, first: date | None = None, shards: int = 2) -> dict[str, int]:
    """The credit parts of a night, as the frame would run them."""
    figures: dict[str, int] = {}
    for name, run, count in (
        ("observations", parts.observe, shards),
        ("priors", parts.set_priors, 1),
        ("scores", parts.score, shards),
    ):
        for shard in range(count):
            context = NightContext(0, first or last, last, shard, count)
            figures[name] = figures.get(name, 0) + int(run(context).get("rows", 0))
    return figures
