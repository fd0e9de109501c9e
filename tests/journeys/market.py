"""A small market as files: one buyer, a dozen suppliers, a fortnight of deals, one of them far too dear."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from accounts.models import Organisation
from exchange.market.importing import import_market
from zcy import clock
from zcy.clock import SHANGHAI

Row = list[str]
SUPPLIERS = 12
DEAR_ORDER = "o-dear"
DEAR = "2260.00"  # where twelve suppliers were paid about 1,000


@dataclass(frozen=True)
class SmallMarket:
    """The organisations that matter to a test."""

    buyer: Organisation
    honest: Organisation
    dear: Organisation


def a_small_market(folder: Path) -> SmallMarket:
    """Write the market's files and import them, as a region does with its history."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _files(clock.today()).items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    import_market(folder)
    found = {row.external_id: row for row in Organisation.objects.exclude(external_id="")}
    return SmallMarket(found["b1"], found["s1"], found[f"s{SUPPLIERS}"])


def _files(today: date) -> dict[str, list[Row]]:
    suppliers = [f"s{n}" for n in range(1, SUPPLIERS + 1)]
    names = {"s1": "杭州诚信电子科技有限公司", f"s{SUPPLIERS}": "杭州高价电子商行"}
    files: dict[str, list[Row]] = {
        "regions": [
            ["code", "name", "parent"],
            ["330000", "浙江省", ""],
            ["330100", "杭州市", "330000"],
            ["330106", "西湖区", "330100"],
        ],
        "organisations": [
            ["id", "kind", "name", "region"],
            ["b1", "buyer", "西湖区求是小学", "330106"],
            ["b2", "buyer", "西湖区文三中学", "330106"],
            *[[s, "supplier", names.get(s, f"杭州{s[1:]}号电子有限公司"), "330106"] for s in suppliers],
        ],
        "categories": [
            ["code", "name", "parent", "unit"],
            ["A02000000", "设备", "", ""],
            ["A02021003", "A4黑白打印机", "A02000000", "台"],
        ],
        "goods": [
            ["id", "category", "brand", "model", "name", "unit"],
            ["g1", "A02021003", "惠普", "M403d", "惠普 M403d A4黑白激光打印机", "台"],
            ["g2", "A02021003", "奔图", "P3301DN", "奔图 P3301DN A4黑白激光打印机", "台"],
        ],
    }
    head = ["id", "buyer", "supplier", "region", "method", "placed_at", "confirmed_at", "promised_on"]
    orders, lines = [head], [["id", "order", "good", "quantity", "unit_price"]]
    deliveries = [["order", "shipped_at", "delivered_at", "signed_at"]]
    acceptances = [["order", "at", "result"]]
    payments = [["order", "at", "amount", "due_on"]]
    evaluations = [["order", "at", "by_side", "stars", "text"]]

    def deal(number: str, supplier: str, good: str, price: str, days_ago: int) -> None:
        day = today - timedelta(days=days_ago)
        orders.append(
            [
                number,
                "b1",
                supplier,
                "330106",
                "direct",
                _at(day, 9),
                _at(day, 11),
                str(day + timedelta(days=5)),
            ]
        )
        lines.append([f"l-{number}", number, good, "1", price])
        deliveries.append(
            [number, _at(day, 14), _at(day + timedelta(days=2), 10), _at(day + timedelta(days=2), 11)]
        )
        acceptances.append([number, _at(day + timedelta(days=3), 9), "passed"])
        payments.append([number, _at(day + timedelta(days=4), 9), price, str(day + timedelta(days=20))])
        evaluations.append([number, _at(day + timedelta(days=4), 10), "buyer", "5", "准时、完好"])

    for n, supplier in enumerate(suppliers):
        deal(f"o-a{n}", supplier, "g1", f"{988 + 2 * n}.00", 20 + n % 4)
        deal(f"o-b{n}", supplier, "g2", f"{1410 + 15 * n}.00", 30 + n % 4)
    for n in range(6):
        deal(f"o-c{n}", "s1", "g1", "995.00", 40 + 3 * n)
    deal(DEAR_ORDER, f"s{SUPPLIERS}", "g1", DEAR, 6)
    return files | {
        "orders": orders,
        "order_lines": lines,
        "deliveries": deliveries,
        "acceptances": acceptances,
        "payments": payments,
        "evaluations": evaluations,
    }


def _at(day: date, hour: int) -> str:
    return datetime.combine(day, time(hour), SHANGHAI).isoformat()
