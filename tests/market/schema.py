"""The columns of the market CSV and what their cells must look like, written from the format's description."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime

Check = Callable[[str], object]


def _money(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d{1,2})?", text) is not None


def _time(text: str) -> object:
    found = datetime.fromisoformat(text)
    return found.utcoffset() is not None


def _date(text: str) -> object:
    return date.fromisoformat(text)


def _boolean(text: str) -> bool:
    return text in {"true", "false"}


def _whole(text: str) -> bool:
    return text.isdigit()


def _share(text: str) -> bool:
    return 0 <= float(text) <= 1


def _json(text: str) -> bool:
    return isinstance(json.loads(text), dict)


def _any(_text: str) -> bool:
    return True


def one_of(*words: str) -> Check:
    """One of some codes."""
    return lambda text: text in words


KIND = one_of("buyer", "supplier", "supervisor")
ROLE = one_of("purchaser", "approver", "acceptor", "finance", "manager", "seller", "supervisor", "lead")
METHOD = one_of("direct", "comparison", "inquiry", "auction", "group", "framework", "designated")

#: file → column → (required, check, file that it refers to)
SCHEMA: dict[str, dict[str, tuple[bool, Check, str]]] = {
    "regions": {"code": (True, _whole, ""), "name": (True, _any, ""), "parent": (False, _any, "regions")},
    "organisations": {
        "id": (True, _any, ""), "kind": (True, KIND, ""), "name": (True, _any, ""), "uscc": (False, _any, ""),
        "region": (True, _any, "regions"), "size": (False, one_of("micro", "small", "medium", "large"), ""),
        "legal_person": (False, _any, ""), "phone": (False, _any, ""), "address": (False, _any, ""),
        "founded_on": (False, _date, ""), "licence_expires_on": (False, _date, ""),
        "excluded_from": (False, _date, ""), "excluded_to": (False, _date, ""),
    },
    "shareholdings": {
        "organisation": (True, _any, "organisations"), "holder": (True, _any, ""), "share": (True, _share, ""),
    },
    "users": {
        "id": (True, _any, ""), "organisation": (True, _any, "organisations"),
        "role": (True, ROLE, ""),
        "name": (False, _any, ""),
    },
    "logins": {"user": (True, _any, "users"), "at": (True, _time, ""), "ip": (False, _any, ""), "device": (False, _any, "")},
    "categories": {
        "code": (True, _any, ""), "name": (True, _any, ""), "parent": (False, _any, "categories"),
        "unit": (False, _any, ""),
    },
    "goods": {
        "id": (True, _any, ""), "category": (True, _any, "categories"), "brand": (False, _any, ""),
        "model": (False, _any, ""), "name": (True, _any, ""), "spec": (False, _json, ""), "unit": (False, _any, ""),
        "pack_size": (False, _whole, ""), "labels": (False, _any, ""),
    },
    "listings": {
        "id": (True, _any, ""), "good": (True, _any, "goods"), "supplier": (True, _any, "organisations"),
        "price": (True, _money, ""), "stock": (False, _whole, ""), "min_quantity": (False, _whole, ""),
        "listed_at": (True, _time, ""), "delisted_at": (False, _time, ""), "delivery_days": (False, _whole, ""),
        "own_public_price": (False, _money, ""),
    },
    "price_changes": {
        "listing": (True, _any, "listings"), "at": (True, _time, ""), "old_price": (True, _money, ""),
        "new_price": (True, _money, ""), "shown_as_discount": (False, _boolean, ""),
    },
    "reference_prices": {
        "good": (True, _any, "goods"), "source": (True, _any, ""), "price": (True, _money, ""),
        "observed_at": (True, _time, ""),
    },
    "thresholds": {
        "region": (True, _any, "regions"), "method": (True, METHOD, ""), "category": (False, _any, "categories"),
        "ceiling": (True, _money, ""),
    },
    "plans": {
        "id": (True, _any, ""), "buyer": (True, _any, "organisations"), "year": (True, _whole, ""),
        "category": (False, _any, "categories"), "amount": (True, _money, ""), "made_on": (False, _date, ""),
    },
    "inquiries": {
        "id": (True, _any, ""), "buyer": (True, _any, "organisations"),
        "kind": (True, one_of("inquiry", "auction", "group"), ""),
        "category": (True, _any, "categories"), "title": (True, _any, ""), "estimate": (False, _money, ""),
        "named_brand": (False, _any, ""), "published_at": (True, _time, ""), "deadline": (True, _time, ""),
        "opened_at": (False, _time, ""), "closed_at": (False, _time, ""), "cancelled_at": (False, _time, ""),
        "awarded_quote": (False, _any, "quotes"), "previous": (False, _any, "inquiries"),
    },
    "quotes": {
        "id": (True, _any, ""), "inquiry": (True, _any, "inquiries"), "supplier": (True, _any, "organisations"),
        "total": (True, _money, ""), "submitted_at": (True, _time, ""), "disqualified_reason": (False, _any, ""),
    },
    "orders": {
        "id": (True, _any, ""), "buyer": (True, _any, "organisations"), "supplier": (True, _any, "organisations"),
        "region": (True, _any, "regions"), "method": (True, METHOD, ""), "placed_by": (False, _any, "users"),
        "placed_at": (True, _time, ""), "plan": (False, _any, "plans"), "inquiry": (False, _any, "inquiries"),
        "contract": (False, _any, ""), "emergency": (False, _boolean, ""), "confirmed_at": (False, _time, ""),
        "cancelled_at": (False, _time, ""), "cancelled_by": (False, one_of("buyer", "supplier"), ""),
        "promised_on": (False, _date, ""),
    },
    "order_lines": {
        "id": (True, _any, ""), "order": (True, _any, "orders"), "listing": (False, _any, "listings"),
        "good": (True, _any, "goods"), "quantity": (True, _money, ""), "unit_price": (True, _money, ""),
        "accessory": (False, _boolean, ""),
    },
    "deliveries": {
        "order": (True, _any, "orders"), "shipped_at": (False, _time, ""), "delivered_at": (False, _time, ""),
        "signed_at": (False, _time, ""),
    },
    "acceptances": {
        "order": (True, _any, "orders"), "at": (True, _time, ""), "by": (False, _any, "users"),
        "result": (True, one_of("passed", "partial", "failed"), ""),
    },
    "payments": {
        "order": (True, _any, "orders"), "at": (True, _time, ""), "amount": (True, _money, ""),
        "due_on": (False, _date, ""), "prepaid": (False, _boolean, ""),
    },
    "returns": {
        "id": (True, _any, ""), "order": (True, _any, "orders"), "at": (True, _time, ""),
        "reason": (True, one_of("quality", "wrong_item", "not_needed", "damaged"), ""), "amount": (False, _money, ""),
    },
    "evaluations": {
        "order": (True, _any, "orders"), "at": (True, _time, ""), "by_side": (True, one_of("buyer", "supplier"), ""),
        "stars": (True, one_of("1", "2", "3", "4", "5"), ""), "text": (False, _any, ""),
    },
    "complaints": {
        "id": (True, _any, ""), "order": (False, _any, "orders"), "buyer": (False, _any, "organisations"),
        "supplier": (True, _any, "organisations"), "at": (True, _time, ""), "replied_at": (False, _time, ""),
        "decided_at": (False, _time, ""), "upheld": (False, _boolean, ""), "executed_at": (False, _time, ""),
        "severity": (False, one_of("minor", "general", "major", "serious"), ""),
    },
    "holidays": {"date": (True, _date, ""), "kind": (True, one_of("holiday", "workday"), "")},
}  # fmt: skip


def key_of(file: str) -> str:
    """The column that other files refer to."""
    return "code" if file in {"regions", "categories"} else "id"
