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

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def _(
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
            _("code", c.REGION, need=True),
            _("name", c.text(60), need=True),
            _("parent", c.REGION, to="regions"),
        ),
        key="code",
    ),
    MarketFile("methods", (_("code", c.CODE, need=True), _("name", c.text(80), need=True)), key="code"),
    MarketFile(
        "organisations",
        (
            _("id", c.ID, need=True),
            _("kind", c.text(12), "buyer", "supplier", "supervisor", need=True),
            _("name", c.text(200), need=True),
            _("uscc", c.text(18)),
            _("region", c.REGION, need=True, to="regions"),
            _("size", c.text(20), "micro", "small", "medium", "large"),
            _("legal_person", c.text(100)),
            _("phone", c.text(60)),
            _("address", c.NAME),
            _("founded_on", c.DATE),
            _("licence_expires_on", c.DATE),
            _("excluded_from", c.DATE),
            _("excluded_to", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "shareholdings",
        (
            _("organisation", c.ID, need=True, to="organisations"),
            _("holder", c.text(200), need=True),
            _("share", c.SHARE, need=True),
        ),
    ),
    MarketFile(
        "users",
        (
            _("id", c.ID, need=True),
            _("organisation", c.ID, need=True, to="organisations"),
            _("role", c.CODE, *ROLES, need=True),
            _("name", c.text(150)),
        ),
        key="id",
    ),
    MarketFile(
        "categories",
        (
            _("code", c.CODE, need=True),
            _("name", c.text(120), need=True),
            _("parent", c.CODE, to="categories"),
            _("unit", c.text(20)),
        ),
        key="code",
    ),
    MarketFile(
        "goods",
        (
            _("id", c.ID, need=True),
            _("category", c.CODE, need=True, to="categories"),
            _("brand", c.text(80)),
            _("model", c.text(120)),
            _("name", c.NAME, need=True),
            _("spec", c.OBJECT),
            _("unit", c.text(20)),
            _("pack_size", c.POSITIVE),
            _("labels", c.NAME, *LABELS, several=True),
        ),
        key="id",
    ),
    MarketFile(
        "listings",
        (
            _("id", c.ID, need=True),
            _("good", c.ID, need=True, to="goods"),
            _("supplier", c.ID, need=True, to="organisations"),
            _("price", c.MONEY, need=True),
            _("stock", c.QUANTITY),
            _("min_quantity", c.QUANTITY),
            _("listed_at", c.TIME, need=True),
            _("delisted_at", c.TIME),
            _("delivery_days", c.WHOLE),
            _("own_public_price", c.MONEY),
        ),
        key="id",
    ),
    MarketFile(
        "price_changes",
        (
            _("listing", c.ID, need=True, to="listings"),
            _("at", c.TIME, need=True),
            _("old_price", c.MONEY, need=True),
            _("new_price", c.MONEY, need=True),
            _("shown_as_discount", c.BOOLEAN),
        ),
    ),
    MarketFile(
        "thresholds",
        (
            _("region", c.REGION, need=True, to="regions"),
            _("method", c.CODE, *METHODS, need=True),
            _("category", c.CODE, to="categories"),
            _("ceiling", c.MONEY, need=True),
        ),
    ),
    MarketFile(
        "plans",
        (
            _("id", c.ID, need=True),
            _("buyer", c.ID, need=True, to="organisations"),
            _("year", c.YEAR, need=True),
            _("category", c.CODE, to="categories"),
            _("amount", c.MONEY, need=True),
            _("made_on", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "inquiries",
        (
            _("id", c.ID, need=True),
            _("buyer", c.ID, need=True, to="organisations"),
            _("kind", c.CODE, "inquiry", "auction", "group", need=True),
            _("category", c.CODE, need=True, to="categories"),
            _("title", c.NAME, need=True),
            _("estimate", c.MONEY),
            _("named_brand", c.text(200)),
            _("published_at", c.TIME, need=True),
            _("deadline", c.TIME, need=True),
            _("opened_at", c.TIME),
            _("closed_at", c.TIME),
            _("cancelled_at", c.TIME),
            _("awarded_quote", c.ID),
            _("previous", c.ID, to="inquiries"),
        ),
        key="id",
    ),
    MarketFile(
        "orders",
        (
            _("id", c.ID, need=True),
            _("buyer", c.ID, need=True, to="organisations"),
            _("supplier", c.ID, need=True, to="organisations"),
            _("region", c.REGION, need=True, to="regions"),
            _("method", c.CODE, *METHODS, need=True),
            _("placed_by", c.ID, to="users"),
            _("placed_at", c.TIME, need=True),
            _("plan", c.ID, to="plans"),
            _("inquiry", c.ID, to="inquiries"),
            _("contract", c.SHORT),
            _("emergency", c.BOOLEAN),
            _("confirmed_at", c.TIME),
            _("cancelled_at", c.TIME),
            _("cancelled_by", c.text(20), "buyer", "supplier"),
            _("promised_on", c.DATE),
        ),
        key="id",
    ),
    MarketFile(
        "order_lines",
        (
            _("id", c.ID, need=True),
            _("order", c.ID, need=True, to="orders"),
            _("listing", c.ID, to="listings"),
            _("good", c.ID, need=True, to="goods"),
            _("quantity", c.QUANTITY, need=True),
            _("unit_price", c.MONEY, need=True),
            _("accessory", c.BOOLEAN),
        ),
        key="id",
    ),
    MarketFile(
        "deliveries",
        (
            _("order", c.ID, need=True, to="orders"),
            _("shipped_at", c.TIME),
            _("delivered_at", c.TIME),
            _("signed_at", c.TIME),
        ),
    ),
    MarketFile(
        "acceptances",
        (
            _("order", c.ID, need=True, to="orders"),
            _("at", c.TIME, need=True),
            _("by", c.ID, to="users"),
            _("result", c.text(20), "passed", "partial", "failed", need=True),
        ),
    ),
    MarketFile(
        "payments",
        (
            _("order", c.ID, need=True, to="orders"),
            _("at", c.TIME, need=True),
            _("amount", c.MONEY, need=True),
            _("due_on", c.DATE),
            _("prepaid", c.BOOLEAN),
        ),
    ),
    MarketFile(
        "evaluations",
        (
            _("order", c.ID, need=True, to="orders"),
            _("at", c.TIME, need=True),
            _("by_side", c.text(20), "buyer", "supplier", need=True),
            _("stars", c.STARS, need=True),
            _("text", c.LONG),
        ),
    ),
    MarketFile(
        "holidays",
        (_("date", c.DATE, need=True), _("kind", c.text(10), "holiday", "workday", need=True)),
        key="date",
    ),
)

BY_NAME: Final = {file.name: file for file in FILES}
# Files of the format whose content has no home here yet: named as such, so that nobody believes they were read.
NOT_READ_YET: Final = ("logins", "reference_prices", "quotes", "returns", "complaints")
