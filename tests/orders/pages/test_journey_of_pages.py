"""The pages of a purchase, clicked through by the people of both sides."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actor import Actor
from orders.models import CartLine, Order
from tests.factories import (
    a_listing_on_sale,
    a_seller,
    a_trade,
    an_accepted_order,
    an_approved_order,
    an_order_to_pay,
)
from zcy import clock

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def target(response: Any) -> str:
    assert response.status_code == 302
    return str(response.url)


def page(response: Any, status: int = 200) -> str:
    text = response.content.decode()
    assert response.status_code == status, f"{response.status_code}: {text[:2000]}"
    return text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', text
    )
    assert found, f"no field {name}"
    return found.group(1)


def test_from_the_cart_to_the_order_page() -> None:
    trade = a_trade()
    purchaser = client_of(trade.people.purchaser)
    answer = purchaser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "2"})
    assert answer.status_code == 302
    assert trade.listing.good.name in page(purchaser.get("/cart/"))
    text = page(purchaser.get("/checkout/"))
    data = {
        "line": hidden(text, "line"),
        "idempotency_key": hidden(text, "idempotency_key"),
        "address": hidden(text, "address") if 'name="address"' in text else "",
        "invoice_title": hidden(text, "invoice_title"),
        f"plan_{trade.listing.supplier_id}": str(trade.plan.pk),
    }
    first = purchaser.post("/checkout/", data)
    order = Order.objects.get()
    assert target(first) == f"/buyer/orders/{order.number}/"
    purchaser.post("/checkout/", data)
    assert Order.objects.count() == 1, "a second click makes no second order"
    assert order.number in page(purchaser.get(target(first)))
    assert order.number in page(purchaser.get("/buyer/orders/"))


def test_what_was_typed_is_kept_when_checkout_is_refused() -> None:
    trade = a_trade()
    purchaser = client_of(trade.people.purchaser)
    purchaser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "1"})
    text = page(purchaser.get("/checkout/"))
    answer = purchaser.post(
        "/checkout/",
        {
            "line": hidden(text, "line"),
            "idempotency_key": hidden(text, "idempotency_key"),
            "note": "请周一送达",
        },
    )
    assert "请周一送达" in page(answer, 400)
    assert not Order.objects.exists()


def test_an_empty_cart_leads_back_from_the_checkout() -> None:
    trade = a_trade()
    assert target(client_of(trade.people.purchaser).get("/checkout/")) == "/cart/"


@pytest.mark.parametrize("quantity", ["0", "-1", "abc", "1e9", "99999999999999"])
def test_a_wrong_quantity_is_named_and_changes_nothing(quantity: str) -> None:
    trade = a_trade()
    purchaser = client_of(trade.people.purchaser)
    page(purchaser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": quantity}), 400)
    assert not CartLine.objects.exists()


def test_a_line_that_is_taken_out_can_be_put_back() -> None:
    trade = a_trade()
    purchaser = client_of(trade.people.purchaser)
    purchaser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "3"})
    line = CartLine.objects.get()
    purchaser.post(f"/cart/{line.pk}/remove/")
    assert not CartLine.objects.exists()
    assert trade.listing.good.name in page(purchaser.get("/cart/"))
    purchaser.post("/cart/restore/")
    assert CartLine.objects.get().quantity == 3


def test_the_supplier_confirms_and_a_stranger_sees_nothing() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    seller = client_of(a_seller(trade.supplier))
    address = f"/supplier/orders/{order.number}/"
    assert "confirm-promised_on" in page(seller.get(address))
    answer = seller.post(f"{address}confirm/", {"promised_on": ""})
    page(answer, 400)
    promised = clock.today() + timedelta(days=3)
    assert seller.post(f"{address}confirm/", {"promised_on": promised.isoformat()}).status_code == 302
    order.refresh_from_db()
    assert order.state == "confirmed"
    page(seller.post(f"{address}confirm/", {"promised_on": promised.isoformat()}), 302)
    stranger = client_of(a_seller(a_trade().supplier))
    page(stranger.get(address), 404)
    page(client_of(trade.people.purchaser).get(address), 403)


def test_a_step_that_came_too_late_is_refused_with_the_new_state() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    seller = client_of(a_seller(trade.supplier))
    buyer = client_of(trade.people.purchaser)
    buyer.post(f"/buyer/orders/{order.number}/cancel/", {"reason": "不需要了"})
    answer = seller.post(
        f"/supplier/orders/{order.number}/confirm/",
        {"promised_on": (clock.today() + timedelta(days=3)).isoformat()},
    )
    assert "不需要了" in page(answer, 409)


def test_acceptance_names_the_line_that_lacks_a_reason() -> None:
    from tests.factories import a_delivered_order

    trade = a_trade()
    order = a_delivered_order(trade)
    line = order.lines.get()
    acceptor = client_of(trade.people.acceptor)
    text = page(acceptor.get(f"/buyer/orders/{order.number}/"))
    data = {
        "idempotency_key": hidden(text, "idempotency_key"),
        f"accepted_{line.pk}": "0",
        f"refused_{line.pk}": str(line.quantity),
        f"reason_{line.pk}": "",
    }
    page(acceptor.post(f"/buyer/orders/{order.number}/accept/", data), 400)
    data[f"reason_{line.pk}"] = "包装破损"
    assert acceptor.post(f"/buyer/orders/{order.number}/accept/", data).status_code == 302
    page(client_of(trade.people.purchaser).get("/buyer/acceptances/"), 403)
    page(acceptor.get("/buyer/acceptances/"))


def test_finance_pays_and_the_ledger_shows_it() -> None:
    trade = a_trade()
    order = an_order_to_pay(trade)
    finance = client_of(trade.people.finance)
    assert order.number in page(finance.get("/buyer/payments/"))
    text = page(finance.get(f"/buyer/orders/{order.number}/"))
    data = {
        "amount": str(order.total),
        "idempotency_key": hidden(text, "idempotency_key"),
        "reference": "B-1",
    }
    assert finance.post(f"/buyer/orders/{order.number}/pay/", data).status_code == 302
    assert order.number in page(finance.get(f"/buyer/plans/{trade.plan.pk}/"))


def test_both_sides_evaluate_once() -> None:
    trade = a_trade()
    order = an_accepted_order(trade)
    buyer = client_of(trade.people.purchaser)
    page(buyer.post(f"/buyer/orders/{order.number}/evaluate/", {"stars": "6"}), 400)
    assert (
        buyer.post(f"/buyer/orders/{order.number}/evaluate/", {"stars": "5", "words": "好"}).status_code
        == 302
    )
    assert order.evaluations.get().text == "好"


def test_an_order_can_be_placed_again() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    buyer = client_of(trade.people.purchaser)
    assert target(buyer.post(f"/buyer/orders/{order.number}/reorder/")) == "/cart/"
    assert CartLine.objects.get().listing_id == order.lines.get().listing_id


@pytest.mark.parametrize(
    "query", ["?state=x", "?since=2026-13-01", "?least=abc", "?after=%00", "?size=9999999999"]
)
def test_bad_filters_never_break_the_list(query: str) -> None:
    trade = a_trade()
    buyer = client_of(trade.people.purchaser)
    assert buyer.get(f"/buyer/orders/{query}").status_code in {200, 400}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "x" * 200),
        ("since", "2026-13-45"),
        ("until", "abc"),
        ("least", "NaN"),
        ("most", "-1"),
        ("counterparty", "y" * 101),
    ],
)
def test_a_filter_that_is_refused_is_named_beside_its_field_and_kept(name: str, value: str) -> None:
    trade = a_trade()
    text = page(client_of(trade.people.purchaser).get("/buyer/orders/", {name: value}), 400)
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>\s*<p class="field-error"', text)
    assert field
    assert f'value="{value}"' in field.group(0)


def test_the_list_is_sorted_by_its_headings_page_by_page_and_in_the_download() -> None:
    trade = a_trade(listing=a_listing_on_sale(stock=1000))
    numbers = [an_approved_order(trade, quantity=quantity).number for quantity in (3, 1, 2)]
    buyer = client_of(trade.people.purchaser)

    def shown(query: str) -> list[str]:
        found = re.findall(r"/buyer/orders/(ZJ\d+)/", page(buyer.get(f"/buyer/orders/?{query}")))
        return list(dict.fromkeys(found))

    small, middle, large = numbers[1], numbers[2], numbers[0]
    assert shown("") == shown("sort=nothing") == numbers[::-1]
    assert shown("sort=placed") == numbers
    assert shown("sort=total") == [small, middle, large]
    assert shown("sort=-total") == [large, middle, small]
    answer: Any = buyer.get("/buyer/orders/?sort=total&format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [small, middle, large]
    assert 'aria-sort="descending"' in page(buyer.get("/buyer/orders/"))


def test_the_list_can_be_downloaded() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    answer: Any = client_of(trade.people.purchaser).get("/buyer/orders/?format=csv")
    content = b"".join(answer.streaming_content).decode()
    assert order.number in content and answer["Content-Type"].startswith("text/csv")


def test_the_pages_need_the_same_statements_for_one_and_for_twenty_orders(
    django_assert_max_num_queries: Any,
) -> None:
    trade = a_trade()
    buyer = client_of(trade.people.purchaser)
    an_approved_order(trade)
    buyer.get("/buyer/orders/")
    with django_assert_max_num_queries(12) as few:
        buyer.get("/buyer/orders/")
    for _number in range(5):
        an_approved_order(trade)
    with django_assert_max_num_queries(12) as many:
        buyer.get("/buyer/orders/")
    assert len(few) == len(many)


def test_plans_and_addresses_are_kept_by_the_unit() -> None:
    trade = a_trade()
    finance = client_of(trade.people.finance)
    text = page(finance.get("/buyer/plans/new/"))
    answer = finance.post(
        "/buyer/plans/new/",
        {
            "title": "办公用品",
            "year": clock.today().year,
            "amount": "5000",
            "idempotency_key": hidden(text, "idempotency_key"),
        },
    )
    assert "办公用品" in page(finance.get(target(answer)))
    page(finance.post("/buyer/plans/new/", {"title": "x", "year": "1", "amount": "-1"}), 400)
    buyer = client_of(trade.people.purchaser)
    page(buyer.get("/buyer/addresses/"))
    page(buyer.get("/buyer/addresses/new/"))
    page(buyer.post("/buyer/addresses/new/", {"line": "文三路 1 号"}), 400)
    page(buyer.get("/buyer/plans/new/"), 403)


def test_better_offers_replace_a_line() -> None:
    trade = a_trade()
    other = a_listing_on_sale(good=trade.listing.good)
    buyer = client_of(trade.people.purchaser)
    buyer.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "2"})
    line = CartLine.objects.get()
    assert buyer.post(f"/cart/{line.pk}/replace/", {"listing": other.pk}).status_code == 302
    assert CartLine.objects.get().listing_id == other.pk


def test_the_administrator_sets_the_limit_above_which_orders_need_an_approver() -> None:
    from tests.factories import submit

    trade = a_trade()
    manager = client_of(trade.people.manager)
    address = "/buyer/approval-limit/"
    assert address in page(manager.get("/account/"))
    assert "10,000.00" in page(manager.get(address))
    for typed in ("-1", "abc", "NaN", "1e999", "0.001", "9" * 20):
        assert f'value="{typed}"' in page(manager.post(address, {"limit": typed}), 400)
    assert manager.post(address, {"limit": "150"}).status_code == 302
    assert 'value="150"' in page(manager.get(address))
    assert submit(trade, quantity=2).state == "submitted"
    assert submit(trade, quantity=1).state == "approved"
    assert manager.post(address, {"limit": ""}).status_code == 302
    assert submit(trade, quantity=2).state == "approved"
    page(client_of(trade.people.purchaser).get(address), 403)


@pytest.mark.parametrize("quantity", [10, 1000])
def test_quantities_stand_in_their_fields_as_they_are_typed(quantity: int) -> None:
    from tests.factories import a_confirmed_order, a_delivered_order

    trade = a_trade(listing=a_listing_on_sale(stock=5000))
    ready = a_confirmed_order(trade, quantity=quantity)
    text = page(client_of(trade.seller).get(f"/supplier/orders/{ready.number}/"))
    assert f'name="quantity_{ready.lines.get().pk}" value="{quantity}"' in text
    here = a_delivered_order(trade, quantity=quantity)
    text = page(client_of(trade.people.acceptor).get(f"/buyer/orders/{here.number}/"))
    assert f'name="accepted_{here.lines.get().pk}" value="{quantity}"' in text


def test_a_payment_form_changed_and_sent_again_is_shown_with_a_new_key() -> None:
    trade = a_trade()
    order = an_order_to_pay(trade)
    finance = client_of(trade.people.finance)
    address = f"/buyer/orders/{order.number}/"
    form = {"amount": "50", "idempotency_key": hidden(page(finance.get(address)), "idempotency_key")}
    assert finance.post(f"{address}pay/", form).status_code == 302
    text = page(finance.post(f"{address}pay/", {**form, "amount": "60"}), 409)
    assert 'value="60"' in text
    assert hidden(text, "idempotency_key") != form["idempotency_key"]
    assert [payment.amount for payment in order.payments.all()] == [50]
