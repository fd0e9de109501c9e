"""The home page: an entrance for everybody, a work list for those who have signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import a_confirmed_order, a_trade, an_approved_order
from tests.orders.pages.test_journey_of_pages import client_of, page

pytestmark = pytest.mark.django_db


def test_an_empty_platform_has_a_home_page(client: Client) -> None:
    page(client.get("/"))


def test_the_public_sees_the_newest_deals(client: Client) -> None:
    order = a_confirmed_order(a_trade())
    assert order.lines.get().good.name in page(client.get("/"))


def test_a_purchaser_sees_what_is_left_of_the_budget() -> None:
    trade = a_trade()
    assert str(trade.plan) in page(client_of(trade.people.purchaser).get("/"))


def test_a_supplier_sees_the_orders_to_confirm() -> None:
    trade = a_trade()
    an_approved_order(trade)
    assert "/supplier/orders/?state=approved" in page(client_of(trade.seller).get("/"))
