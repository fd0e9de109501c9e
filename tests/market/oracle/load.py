"""Reads a market CSV folder into plain rows."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

LOCAL = timezone(timedelta(hours=8))
Row = dict[str, str]


def table(folder: Path, name: str) -> list[Row]:
    """The rows of a file, packed or not; none if it is not there."""
    plain, packed = folder / f"{name}.csv", folder / f"{name}.csv.gz"
    if plain.exists():
        with plain.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    if packed.exists():
        with gzip.open(packed) as raw:
            return list(csv.DictReader(io.StringIO(raw.read().decode("utf-8"), newline="")))
    return []


def moment(text: str) -> datetime | None:
    """An aware time, or None for unknown."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def day_of(time: datetime) -> date:
    """The local date of a time."""
    return time.astimezone(LOCAL).date()


def cents(text: str) -> int:
    """Whole cents of an amount in yuan."""
    return int(Decimal(text) * 100)


@dataclass
class Line:
    good: str
    quantity: Decimal
    cents: int
    accessory: bool


@dataclass
class Order:
    id: str
    buyer: str
    supplier: str
    region: str
    method: str
    inquiry: str
    contract: str
    placed: datetime
    confirmed: datetime | None
    cancelled: datetime | None
    promised: date | None
    lines: list[Line] = field(default_factory=list)
    # (shipped, delivered, signed)
    deliveries: list[tuple[datetime | None, datetime | None, datetime | None]] = field(default_factory=list)
    acceptances: list[tuple[datetime, str]] = field(default_factory=list)
    # (at, cents, due, prepaid)
    payments: list[tuple[datetime, int, date | None, bool]] = field(default_factory=list)
    stars: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The sum of the lines in cents; each line is rounded half up to whole cents."""
        return sum(
            int((line.cents * line.quantity).quantize(Decimal(1), "ROUND_HALF_UP")) for line in self.lines
        )

    def cancelled_by(self, night: date) -> bool:
        """Cancelled by the end of a night."""
        return self.cancelled is not None and day_of(self.cancelled) <= night

    def first_passed(self) -> datetime | None:
        """The first `passed`."""
        return min((at for at, result in self.acceptances if result == "passed"), default=None)


@dataclass
class Market:
    folder: Path
    parents: dict[str, str]
    regions: dict[str, str]
    goods: dict[str, Row]
    organisations: dict[str, Row]
    orders: dict[str, Order]
    ceilings: dict[tuple[str, str], dict[str, int]]
    holidays: dict[date, str]
    shareholdings: list[Row]
    complaints: list[Row] = field(default_factory=list)

    def category(self, order: Order) -> str:
        """The category with the largest amount of an order's lines; ties go to the smaller code."""
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for line in order.lines:
            amounts[self.goods[line.good]["category"]] += line.cents * line.quantity
        return min(amounts, key=lambda code: (-amounts[code], code))

    def top(self, category: str) -> str:
        """Walk up until the parent is empty or a single letter."""
        while len(self.parents.get(category, "")) > 1:
            category = self.parents[category]
        return category

    def is_working(self, day: date) -> bool:
        """holidays.csv decides; where it is silent, Monday to Friday."""
        kind = self.holidays.get(day)
        return kind == "workday" if kind else day.weekday() < 5

    def wd(self, begin: date, end: date) -> int:
        """Working days d with begin < d ≤ end."""
        number = 0
        while begin < end:
            begin += timedelta(days=1)
            number += self.is_working(begin)
        return number

    def ceiling(self, order: Order) -> int | None:
        """T in cents: the nearest region with any row for the method, in it the most special category."""
        region: str | None = order.region
        while region:
            rows = self.ceilings.get((region, order.method))
            if rows is not None:
                category = self.category(order)
                while category:
                    if category in rows:
                        return rows[category]
                    category = self.parents.get(category, "")
                return rows.get("")
            region = self.regions.get(region)
        return None

    def tier(self, region: str) -> str:
        """province, city or county, by the depth in the tree."""
        parent = self.regions.get(region, "")
        if not parent:
            return "province"
        return "county" if self.regions.get(parent, "") else "city"

    def city(self, region: str) -> str:
        """A county belongs to its city; the others are their own."""
        return self.regions[region] if self.tier(region) == "county" else region


def _orders(folder: Path) -> dict[str, Order]:
    orders = {
        row["id"]: Order(
            id=row["id"],
            buyer=row["buyer"],
            supplier=row["supplier"],
            region=row["region"],
            method=row["method"],
            inquiry=row["inquiry"],
            contract=row["contract"],
            placed=datetime.fromisoformat(row["placed_at"]).astimezone(UTC),
            confirmed=moment(row["confirmed_at"]),
            cancelled=moment(row["cancelled_at"]),
            promised=date.fromisoformat(row["promised_on"]) if row["promised_on"] else None,
        )
        for row in table(folder, "orders")
    }
    for row in table(folder, "order_lines"):
        line = Line(
            row["good"], Decimal(row["quantity"]), cents(row["unit_price"]), row["accessory"] == "true"
        )
        orders[row["order"]].lines.append(line)
    for row in table(folder, "deliveries"):
        times = (moment(row["shipped_at"]), moment(row["delivered_at"]), moment(row["signed_at"]))
        orders[row["order"]].deliveries.append(times)
    for row in table(folder, "acceptances"):
        at = moment(row["at"])
        assert at is not None
        orders[row["order"]].acceptances.append((at, row["result"]))
    for row in table(folder, "payments"):
        at = moment(row["at"])
        assert at is not None
        due = date.fromisoformat(row["due_on"]) if row["due_on"] else None
        orders[row["order"]].payments.append((at, cents(row["amount"]), due, row["prepaid"] == "true"))
    for row in table(folder, "evaluations"):
        at = moment(row["at"])
        assert at is not None
        if row["by_side"] == "buyer":
            orders[row["order"]].stars.append((at, int(row["stars"])))
    return orders


def load(folder: Path) -> Market:
    """The whole market in memory."""
    ceilings: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in table(folder, "thresholds"):
        ceilings[(row["region"], row["method"])][row["category"]] = cents(row["ceiling"])
    return Market(
        folder=folder,
        parents={row["code"]: row["parent"] for row in table(folder, "categories")},
        regions={row["code"]: row["parent"] for row in table(folder, "regions")},
        goods={row["id"]: row for row in table(folder, "goods")},
        organisations={row["id"]: row for row in table(folder, "organisations")},
        orders=_orders(folder),
        ceilings=dict(ceilings),
        holidays={date.fromisoformat(row["date"]): row["kind"] for row in table(folder, "holidays")},
        shareholdings=table(folder, "shareholdings"),
        complaints=table(folder, "complaints"),
    )
