"""A market of two orders, small enough to be read whole."""

from __future__ import annotations

import csv
from pathlib import Path

Table = list[list[str]]

MARKET: dict[str, Table] = {
    "regions": [
        ["code", "name", "parent"],
        ["330102", "上城区", "330100"],
        ["330000", "浙江省", ""],
        ["330100", "杭州市", "330000"],
    ],
    "organisations": [
        ["id", "kind", "name", "region", "legal_person", "phone", "size"],
        ["b1", "buyer", "上城区第一小学", "330102", "", "", ""],
        ["s1", "supplier", "杭州甲办公用品有限公司", "330100", "张三", "0571-1234", "small"],
        ["s2", "supplier", "杭州乙办公用品有限公司", "330100", "张三", "0571-9999", "micro"],
        ["s3", "supplier", "杭州丙办公用品有限公司", "330100", "李四", "05711234", "tiny"],
        ["s4", "supplier", "杭州丁办公用品有限公司", "330100", "王五", "", "large"],
    ],
    "users": [
        ["id", "organisation", "role", "name"],
        ["u1", "b1", "purchaser", "陈一"],
        ["u2", "b1", "acceptor", "林二"],
        ["u3", "s1", "seller", "周三"],
        ["u4", "b1", "gardener", "吴四"],
    ],
    "categories": [
        ["code", "name", "parent", "unit"],
        ["A", "货物", "", ""],
        ["A05000000", "家具和用具", "A", ""],
        ["A05040101", "复印纸", "A05000000", "包"],
    ],
    "goods": [
        ["id", "category", "brand", "model", "name", "spec", "unit", "pack_size", "labels"],
        ["g1", "A05040101", "得力", "A4-70", "得力 A4-70（70g 500张）复印纸",
         '{"size": "A4", "weight": 70}', "箱", "5", "green"],
        ["g2", "A05040101", "晨光", "A4-80", "晨光 A4-80（80g 500张）复印纸", "", "包", "", ""],
    ],
    "listings": [
        ["id", "good", "supplier", "price", "stock", "min_quantity", "listed_at", "delisted_at"],
        ["l1", "g1", "s1", "120.00", "100", "1", "2026-01-05T09:00:00+08:00", ""],
        ["l2", "g1", "s4", "118.5", "", "", "2026-01-05T09:00:00+08:00", "2026-02-01T00:00:00+08:00"],
    ],
    "price_changes": [
        ["listing", "at", "old_price", "new_price", "shown_as_discount"],
        ["l1", "2026-02-01T10:00:00+08:00", "125.00", "120.00", "true"],
        ["l1", "2026-02-01T10:00:00+08:00", "125.0", "120", "true"],
    ],
    "thresholds": [
        ["region", "method", "category", "ceiling"],
        ["330000", "direct", "", "50000"],
    ],
    "plans": [
        ["id", "buyer", "year", "category", "amount", "made_on"],
        ["p1", "b1", "2026", "A05040101", "1000.00", "2026-01-02"],
    ],
    "orders": [
        ["id", "buyer", "supplier", "region", "method", "placed_by", "placed_at", "plan", "confirmed_at", "cancelled_at",
         "cancelled_by", "promised_on"],
        ["o1", "b1", "s1", "330102", "direct", "u1", "2026-03-02T10:00:00+08:00", "p1", "2026-03-02T11:00:00+08:00", "", "",
         "2026-03-06"],
        ["o2", "b1", "s1", "330102", "direct", "", "2026-03-03T23:30:00+08:00", "", "2026-03-04T00:30:00+08:00",
         "2026-03-05T09:00:00+08:00", "supplier", ""],
    ],
    "order_lines": [
        ["id", "order", "listing", "good", "quantity", "unit_price", "accessory"],
        ["ol1", "o1", "l1", "g1", "12", "120.00", ""],
        ["ol2", "o2", "", "g2", "3", "19.90", "true"],
    ],
    "deliveries": [
        ["order", "shipped_at", "delivered_at", "signed_at"],
        ["o1", "2026-03-03T08:00:00+08:00", "2026-03-05T15:00:00+08:00", "2026-03-05T15:10:00+08:00"],
    ],
    "acceptances": [
        ["order", "at", "by", "result"],
        ["o1", "2026-03-06T09:00:00+08:00", "u2", "passed"],
    ],
    "payments": [
        ["order", "at", "amount", "due_on", "prepaid"],
        ["o1", "2026-03-20T09:00:00+08:00", "1000.00", "2026-04-05", "false"],
        ["o1", "2026-03-25T09:00:00+08:00", "440.00", "2026-04-05", "false"],
    ],
    "evaluations": [
        ["order", "at", "by_side", "stars", "text"],
        ["o1", "2026-03-26T09:00:00+08:00", "buyer", "5", "纸很好，\n送得快"],
    ],
    "holidays": [["date", "kind"], ["2026-03-07", "workday"]],
}  # fmt: skip


def write_market(folder: Path, **changes: Table | None) -> Path:
    """Write the files; a change replaces a file, None leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (MARKET | changes).items():
        if table is not None:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(table)
    return folder


def without_row(name: str, number: int) -> Table:
    """A file of the market without one of its rows (1 = the first after the header)."""
    return [row for position, row in enumerate(MARKET[name]) if position != number]


def with_value(name: str, number: int, column: str, value: str) -> Table:
    """A file of the market with one value changed."""
    table = [list(row) for row in MARKET[name]]
    table[number][table[0].index(column)] = value
    return table


def with_row(name: str, *row: str) -> Table:
    """A file of the market with one row more."""
    return [*MARKET[name], list(row)]
