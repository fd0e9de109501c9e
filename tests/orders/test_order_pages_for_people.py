"""What the pages of orders tell people: where an order stands, under which terms it may be placed, what is left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from catalog.models import Listing
from orders.models import CartLine, Ceiling, Order
from orders.queries import order_detail
from orders.views.common import track
from tests.factories import (
    Trade,
    a_confirmed_order,
    a_paid_order,
    a_submitted_order,
    a_trade,
    an_imported_order,
)

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    """The actor's browser, in English."""
    assert actor.user is not None
    client = Client(headers={"accept-language": "en"})
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def stops(trade: Trade, order: Order) -> list[tuple[str, str]]:
    detail = order_detail(trade.people.purchaser, order.number)
    return [(step.label, step.state) for step in track(detail)]


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def trade() -> Trade:
    return a_trade()


def test_an_order_that_nobody_had_to_approve_shows_no_approval(trade: Trade) -> None:
    order = a_confirmed_order(trade)
    labels = [label for label, _state in stops(trade, order)]
    assert "Approval" not in labels
    assert stops(trade, order)[:3] == [
        ("Placed", "done"),
        ("Confirmation", "done"),
        ("Shipment", "current"),
    ]


def test_what_is_waited_for_is_the_one_current_stop(trade: Trade) -> None:
    order = a_submitted_order(trade)
    current = [label for label, state in stops(trade, order) if state == "current"]
    assert len(current) == 1


def test_a_paid_order_has_all_its_stops_behind_it_with_their_times(trade: Trade) -> None:
    order = a_paid_order(trade)
    steps = track(order_detail(trade.people.purchaser, order.number))
    assert {step.state for step in steps} == {"done"}
    assert all(step.at for step in steps)


def test_history_asks_nobody_to_do_anything(trade: Trade) -> None:
    order = an_imported_order(buyer=trade.buyer, listing=trade.listing)
    browser = client_of(trade.people.purchaser)
    assert "track-next" not in browser.get(f"/buyer/orders/{order.number}/").content.decode()
    listed = browser.get("/buyer/orders/").content.decode()
    assert order.number in listed
    assert "history" in listed


def test_orders_are_sorted_by_amount_and_downloaded_in_that_order(trade: Trade) -> None:
    small = a_submitted_order(trade)
    large = a_submitted_order(trade, quantity=5)
    browser = client_of(trade.people.purchaser)
    for sort, first in (("total", small), ("-total", large), ("nonsense", large)):
        listed = browser.get(f"/buyer/orders/?sort={sort}").content.decode()
        numbers = sorted([small.number, large.number], key=listed.index)
        assert numbers[0] == first.number, sort
    rows = b"".join(browser.get("/buyer/orders/?sort=total&format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert rows.index(small.number) < rows.index(large.number)


def test_the_cart_tells_the_ceiling_the_limit_and_the_budget_that_is_left(trade: Trade) -> None:
    browser = client_of(trade.people.purchaser)
    browser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "2"})
    text = browser.get("/cart/").content.decode()
    total = trade.listing.price * 2
    assert f"¥{trade.plan.left:,.2f} left, ¥{trade.plan.left - total:,.2f} after this order" in text
    assert "has set no ceiling" in text
    Ceiling.objects.create(region=trade.buyer.region, method="direct", ceiling=total)
    for page in ("/cart/", "/checkout/"):
        assert "is not below your region" in browser.get(page).content.decode(), page


def test_plans_are_narrowed_by_year_sorted_and_downloaded(trade: Trade) -> None:
    browser = client_of(trade.people.finance)
    title = trade.plan.title or trade.plan.number
    assert title in browser.get("/buyer/plans/?sort=-left").content.decode()
    assert title not in browser.get("/buyer/plans/?year=2001").content.decode()
    file = b"".join(browser.get("/buyer/plans/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert title in file
    assert str(trade.plan.amount) in file


def test_the_home_page_offers_what_was_bought_before(trade: Trade) -> None:
    order = a_confirmed_order(trade)
    text = client_of(trade.people.purchaser).get("/").content.decode()
    assert f"/buyer/orders/{order.number}/reorder/" in text
    assert (
        f"/buyer/orders/{order.number}/reorder/"
        not in client_of(trade.people.acceptor).get("/").content.decode()
    )


def test_a_cart_that_is_worth_more_than_an_order_can_hold_is_shown_and_mended(trade: Trade) -> None:
    browser = client_of(trade.people.purchaser)
    browser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "99999999"})
    line = CartLine.objects.get()
    CartLine.objects.update(quantity=999_999_999)
    Listing.objects.filter(pk=trade.listing.pk).update(price=99_999_999)
    page = browser.get("/cart/")
    assert page.status_code == 200
    assert "left in stock" in page.content.decode()
    assert browser.get("/checkout/").status_code == 200
    assert browser.post(f"/cart/{line.pk}/", {"quantity": "1"}).status_code == 302
    assert browser.get("/cart/").status_code == 200


def test_a_large_quantity_in_the_cart_can_be_sent_again_as_it_stands_there(trade: Trade) -> None:
    browser = client_of(trade.people.purchaser)
    browser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "1200"})
    typed = re.search(r'name="quantity"[^>]*value="([^"]*)"', browser.get("/cart/").content.decode())
    assert typed is not None
    assert typed[1] == "1200"
    line = CartLine.objects.get()
    assert browser.post(f"/cart/{line.pk}/", {"quantity": typed[1]}).status_code == 302


def test_a_work_list_is_sorted_and_downloaded_like_every_list(trade: Trade) -> None:
    small = a_submitted_order(trade)
    large = a_submitted_order(trade, quantity=5)
    browser = client_of(trade.people.approver)
    for sort, first in (("", small), ("-placed", large), ("-total", large), ("total", small)):
        text = browser.get(f"/buyer/approvals/?sort={sort}").content.decode()
        assert sorted([small.number, large.number], key=text.index)[0] == first.number, sort
    rows = b"".join(browser.get("/buyer/approvals/?sort=-total&format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert rows.index(large.number) < rows.index(small.number)
