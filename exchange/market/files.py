"""The files of the format and their columns, in the order in which they are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.market import columns as c
from exchange.market.columns import ColumnType


@dataclass(frozen=True)
class Column:
    """One column. `reference` names the file whose id it must be; `codes` are the known ones (others are notices)."""

    name: str
    type: ColumnType
    required: bool = False
    reference: str = ""
    codes: frozenset[str] = frozenset()
    # Several codes in one cell, separated by semicolons.
    several: bool = False


@dataclass(frozen=True)
class MarketFile:
    """One file. `key` is the id column; without one a row is identified by all its columns and its number among equals."""

    name: str
    columns: tuple[Column, ...]
    key: str = ""
    required: bool = False

    @property
    def file_name(self) -> str:
        """As errors and notices name it."""
        return f"{self.name}.csv"


def _column(
    name: str, kind: ColumnType, *codes: str, need: bool = False, to: str = "", several: bool = False
) -> Column:
    return Column(name, kind, required=need, reference=to, codes=frozenset(codes), several=several)


METHODS: Final = ("direct", "comparison", "inquiry", "auction", "group", "framework", "designated")
ROLES: Final = ("purchaser", "approver", "acceptor", "finance", "manager", "seller", "supervisor", "lead")
LABELS: Final = ("energy_saving", "environmental", "green", "xinchuang", "rural")

FILES: Final[tuple[MarketFile, ...]] = (
    MarketFile(
        "regions",
        (
            _column("code", c.REGION, need=True),
            _column("name", c.text(60), need=True),
            _column("parent", c.REGION, to="regions"),
        ),
        key="code",
    ),
    MarketFile(
        "methods", (_column("code", c.CODE, need=True), _column("name", c.text(80), need=True)), key="code"
    ),
    MarketFile(
        "organisations",
        (
            _column("id", c.ID, need=True),
            _column("kind", c.text(12), "buyer", "supplier", "supervisor", need=True),
            _column("name", c.text(200), need=True),
            _column("uscc", c.text(18)),
            _column("region", c.REGION, need=True, to="regions"),
            _column("size", c.text(20), "micro", "small", "medium", "large"),
            _column("legal_person", c.text(100)),
            _column("phone", c.text(60)),
            _column("address", c.NAME),
            _column("founded_on", c.DATE),
            _column("licence_expires_on", c.DATE),
            _column("excluded_from", c.DATE),
            _column("excluded_to", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "shareholdings",
        (
            _column("organisation", c.ID, need=True, to="organisations"),
            _column("holder", c.text(200), need=True),
            _column("share", c.SHARE, need=True),
        ),
    ),
    MarketFile(
        "users",
        (
            _column("id", c.ID, need=True),
            _column("organisation", c.ID, need=True, to="organisations"),
            _column("role", c.CODE, *ROLES, need=True),
            _column("name", c.text(150)),
        ),
        key="id",
    ),
    MarketFile(
        "categories",
        (
            _column("code", c.CATEGORY, need=True),
            _column("name", c.text(120), need=True),
            _column("parent", c.CATEGORY, to="categories"),
            _column("unit", c.text(20)),
        ),
        key="code",
    ),
    MarketFile(
        "goods",
        (
            _column("id", c.ID, need=True),
            _column("category", c.CATEGORY, need=True, to="categories"),
            _column("brand", c.text(80)),
            _column("model", c.text(120)),
            _column("name", c.NAME, need=True),
            _column("spec", c.OBJECT),
            _column("unit", c.text(20)),
            _column("pack_size", c.POSITIVE),
            _column("labels", c.NAME, *LABELS, several=True),
        ),
        key="id",
    ),
    MarketFile(
        "listings",
        (
            _column("id", c.ID, need=True),
            _column("good", c.ID, need=True, to="goods"),
            _column("supplier", c.ID, need=True, to="organisations"),
            _column("price", c.MONEY, need=True),
            _column("stock", c.QUANTITY),
            _column("min_quantity", c.QUANTITY),
            _column("listed_at", c.TIME, need=True),
            _column("delisted_at", c.TIME),
            _column("delivery_days", c.WHOLE),
            _column("own_public_price", c.MONEY),
        ),
        key="id",
    ),
    MarketFile(
        "price_changes",
        (
            _column("listing", c.ID, need=True, to="listings"),
            _column("at", c.TIME, need=True),
            _column("old_price", c.MONEY, need=True),
            _column("new_price", c.MONEY, need=True),
            _column("shown_as_discount", c.BOOLEAN),
        ),
    ),
    MarketFile(
        "reference_prices",
        (
            _column("good", c.ID, need=True, to="goods"),
            _column("source", c.SHORT, need=True),
            _column("price", c.MONEY, need=True),
            _column("observed_at", c.TIME, need=True),
        ),
    ),
    MarketFile(
        "thresholds",
        (
            _column("region", c.REGION, need=True, to="regions"),
            _column("method", c.CODE, *METHODS, need=True),
            _column("category", c.CATEGORY, to="categories"),
            _column("ceiling", c.CEILING, need=True),
        ),
    ),
    MarketFile(
        "plans",
        (
            _column("id", c.ID, need=True),
            _column("buyer", c.ID, need=True, to="organisations"),
            _column("year", c.YEAR, need=True),
            _column("category", c.CATEGORY, to="categories"),
            _column("amount", c.MONEY, need=True),
            _column("made_on", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "inquiries",
        (
            _column("id", c.ID, need=True),
            _column("buyer", c.ID, need=True, to="organisations"),
            _column("kind", c.CODE, "inquiry", "auction", "group", need=True),
            _column("category", c.CATEGORY, need=True, to="categories"),
            _column("title", c.NAME, need=True),
            _column("estimate", c.MONEY),
            _column("named_brand", c.text(200)),
            _column("published_at", c.TIME, need=True),
            _column("deadline", c.TIME, need=True),
            _column("opened_at", c.TIME),
            _column("closed_at", c.TIME),
            _column("cancelled_at", c.TIME),
            _column("awarded_quote", c.ID),
            _column("previous", c.ID, to="inquiries"),
        ),
        key="id",
    ),
    MarketFile(
        "quotes",
        (
            _column("id", c.ID, need=True),
            _column("inquiry", c.ID, need=True, to="inquiries"),
            _column("supplier", c.ID, need=True, to="organisations"),
            _column("total", c.MONEY, need=True),
            _column("submitted_at", c.TIME, need=True),
            _column("disqualified_reason", c.LONG),
        ),
        key="id",
    ),
    MarketFile(
        "orders",
        (
            _column("id", c.ID, need=True),
            _column("buyer", c.ID, need=True, to="organisations"),
            _column("supplier", c.ID, need=True, to="organisations"),
            _column("region", c.REGION, need=True, to="regions"),
            _column("method", c.CODE, *METHODS, need=True),
            _column("placed_by", c.ID, to="users"),
            _column("placed_at", c.TIME, need=True),
            _column("plan", c.ID, to="plans"),
            _column("inquiry", c.ID, to="inquiries"),
            _column("contract", c.SHORT),
            _column("emergency", c.BOOLEAN),
            _column("confirmed_at", c.TIME),
            _column("cancelled_at", c.TIME),
            _column("cancelled_by", c.text(20), "buyer", "supplier"),
            _column("promised_on", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "order_lines",
        (
            _column("id", c.ID, need=True),
            _column("order", c.ID, need=True, to="orders"),
            _column("listing", c.ID, to="listings"),
            _column("good", c.ID, need=True, to="goods"),
            _column("quantity", c.QUANTITY, need=True),
            _column("unit_price", c.MONEY, need=True),
            _column("accessory", c.BOOLEAN),
        ),
        key="id",
    ),
    MarketFile(
        "deliveries",
        (
            _column("order", c.ID, need=True, to="orders"),
            _column("shipped_at", c.TIME),
            _column("delivered_at", c.TIME),
            _column("signed_at", c.TIME),
        ),
    ),
    MarketFile(
        "acceptances",
        (
            _column("order", c.ID, need=True, to="orders"),
            _column("at", c.TIME, need=True),
            _column("by", c.ID, to="users"),
            _column("result", c.text(20), "passed", "partial", "failed", need=True),
        ),
    ),
    MarketFile(
        "payments",
        (
            _column("order", c.ID, need=True, to="orders"),
            _column("at", c.TIME, need=True),
            _column("amount", c.MONEY, need=True),
            _column("due_on", c.DATE),
            _column("prepaid", c.BOOLEAN),
        ),
    ),
    MarketFile(
        "evaluations",
        (
            _column("order", c.ID, need=True, to="orders"),
            _column("at", c.TIME, need=True),
            _column("by_side", c.text(20), "buyer", "supplier", need=True),
            _column("stars", c.STARS, need=True),
            _column("text", c.LONG),
        ),
    ),
    MarketFile(
        "complaints",
        (
            _column("id", c.ID, need=True),
            _column("order", c.ID, to="orders"),
            _column("buyer", c.ID, to="organisations"),
            _column("supplier", c.ID, need=True, to="organisations"),
            _column("at", c.TIME, need=True),
            _column("replied_at", c.TIME),
            _column("decided_at", c.TIME),
            _column("upheld", c.BOOLEAN),
            _column("executed_at", c.TIME),
            _column("severity", c.text(20), "minor", "general", "major", "serious"),
        ),
        key="id",
    ),
    MarketFile(
        "holidays",
        (_column("date", c.DATE, need=True), _column("kind", c.text(10), "holiday", "workday", need=True)),
        key="date",
    ),
)

BY_NAME: Final = {file.name: file for file in FILES}
# Files of the format whose content has no home here yet: named as such, so that nobody believes they were read.
NOT_READ_YET: Final = ("logins", "returns")
