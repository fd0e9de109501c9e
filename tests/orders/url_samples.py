"""Rows of some unit's orders for the walk over all URLs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orders import services
from tests.factories import a_trade, an_approved_order

Arguments = dict[str, Any]


def an_order() -> Arguments:
    return {"number": an_approved_order().number}


def a_step(action: str) -> Callable[[], Arguments]:
    return lambda: {**an_order(), "action": action}


def a_cart_line() -> Arguments:
    trade = a_trade()
    line = services.cart_add(actor=trade.people.purchaser, listing_id=trade.listing.pk, quantity=Decimal(1))
    return {"line_id": line.pk}


def a_plan() -> Arguments:
    return {"plan_id": a_trade().plan.pk}


def an_address() -> Arguments:
    return {"address_id": a_trade().address.pk}


def an_invoice_title() -> Arguments:
    return {"title_id": a_trade().title.pk}


SAMPLES: dict[str, Callable[[], Arguments]] = {
    "orders:cart_change": a_cart_line,
    "orders:cart_remove": a_cart_line,
    "orders:cart_replace": a_cart_line,
    "orders:buyer_order": an_order,
    "orders:reorder": an_order,
    "orders:contract": an_order,
    "orders:buyer_step": a_step("cancel"),
    "orders:buyer_plan": a_plan,
    "orders:close_plan": a_plan,
    "orders:address": an_address,
    "orders:remove_address": an_address,
    "orders:invoice_title": an_invoice_title,
    "orders:remove_invoice_title": an_invoice_title,
    "orders:supplier_order": an_order,
    "orders:supplier_step": a_step("confirm"),
}
OPEN_TO_ALL: frozenset[str] = frozenset()
