"""The checkout page in two windows, sent twice, gone back to, sent late: one order, and nobody is left in doubt."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.models import Listing, Sale
from orders import services
from orders.advice import Advice, Advisor, Outcome
from orders.models import CartLine, Order
from tests.factories import Trade, a_listing_on_sale, a_trade
from tests.orders.pages.test_journey_of_pages import client_of, hidden, page, target

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade() -> Trade:
    return a_trade()


@pytest.fixture
def purchaser(trade: Trade) -> Client:
    client = client_of(trade.people.purchaser)
    put_in(client, trade.listing)
    return client


def put_in(client: Client, listing: Listing, quantity: str = "1") -> None:
    assert client.post("/cart/add/", {"listing": listing.pk, "quantity": quantity}).status_code == 302


def filled(client: Client, trade: Trade, **changes: Any) -> dict[str, Any]:
    """The checkout page as somebody has filled it."""
    text = page(client.get("/checkout/"))
    return {
        "line": re.findall(r'name="line" value="([^"]*)"', text),
        "idempotency_key": hidden(text, "idempotency_key"),
        "address": trade.address.pk,
        "invoice_title": trade.title.pk,
        f"plan_{trade.supplier.pk}": trade.plan.pk,
        **changes,
    }


def test_sent_again_after_an_answer_that_got_lost(trade: Trade, purchaser: Client) -> None:
    form = filled(purchaser, trade, note="请送到后门")
    first = purchaser.post("/checkout/", form)
    order = Order.objects.get()
    for _attempt in range(3):
        assert target(purchaser.post("/checkout/", form)) == target(first) == f"/buyer/orders/{order.number}/"
    assert Order.objects.get().terms["note"] == "请送到后门"


def test_sent_again_although_the_plan_has_nothing_left_and_the_offer_is_gone(
    trade: Trade, purchaser: Client
) -> None:
    form = filled(purchaser, trade)
    purchaser.post("/checkout/", form)
    trade.plan.refresh_from_db()
    services.grant_budget(
        actor=trade.people.finance, plan_id=trade.plan.pk, change=-trade.plan.left, idempotency_key="k" * 16
    )
    Listing.objects.update(sale=Sale.OFF_SALE)
    assert purchaser.post("/checkout/", form).status_code == 302
    assert Order.objects.count() == 1


def test_back_changed_and_sent_again_says_that_the_first_counts(trade: Trade, purchaser: Client) -> None:
    form = filled(purchaser, trade)
    purchaser.post("/checkout/", form)
    answer = purchaser.post("/checkout/", {**form, "note": "请改送实验楼"})
    text = page(answer, 409)
    assert "请改送实验楼" in text
    assert hidden(text, "idempotency_key") != form["idempotency_key"]
    assert Order.objects.get().terms["note"] == ""


def test_two_windows_on_one_cart_order_it_once(trade: Trade, purchaser: Client) -> None:
    one, other = filled(purchaser, trade), filled(purchaser, trade)
    assert one["idempotency_key"] != other["idempotency_key"]
    assert purchaser.post("/checkout/", one).status_code == 302
    text = page(purchaser.post("/checkout/", {**other, "note": "第二个窗口"}), 409)
    assert "第二个窗口" in text
    assert 'name="line"' not in text
    assert Order.objects.count() == 1


def test_a_cart_that_was_changed_in_another_window_is_shown_before_it_is_ordered(
    trade: Trade, purchaser: Client
) -> None:
    form = filled(purchaser, trade)
    put_in(purchaser, trade.listing, "4")
    text = page(purchaser.post("/checkout/", form), 409)
    assert f"{trade.listing.pk}:5" in text
    assert not Order.objects.exists()
    more = a_listing_on_sale(supplier=trade.supplier)
    again = filled(purchaser, trade)
    put_in(purchaser, more)
    page(purchaser.post("/checkout/", again), 409)
    assert purchaser.post("/checkout/", filled(purchaser, trade)).status_code == 302
    assert Order.objects.get().lines.count() == 2


def test_a_price_that_rises_meanwhile_is_shown_old_and_new(trade: Trade, purchaser: Client) -> None:
    form = filled(purchaser, trade)
    Listing.objects.filter(pk=trade.listing.pk).update(price=Decimal("123.45"))
    text = page(purchaser.post("/checkout/", {**form, "note": "急用"}), 409)
    assert "100.00" in text and "123.45" in text and "急用" in text
    assert purchaser.post("/checkout/", filled(purchaser, trade)).status_code == 302
    assert Order.objects.get().total == Decimal("123.45")


@pytest.mark.parametrize("change", [{"sale": "off_sale"}, {"stock": 0}, {"min_quantity": 3}])
def test_what_cannot_be_ordered_any_more_is_said_and_what_was_typed_is_kept(
    trade: Trade, purchaser: Client, change: dict[str, Any]
) -> None:
    form = filled(purchaser, trade, note="急用")
    Listing.objects.filter(pk=trade.listing.pk).update(**change)
    answer = purchaser.post("/checkout/", form)
    assert answer.status_code in {400, 409}
    text = answer.content.decode()
    assert "急用" in text and trade.listing.good.name in text
    assert "form-errors" in text or "error-summary" in text or "field-error" in text
    assert not Order.objects.exists()


def test_two_pieces_of_advice_can_be_answered_one_after_the_other(
    trade: Trade, purchaser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orders import advice

    both = [Advice("rule", Outcome.FLAGGED, key=f"k{n}", title="太贵", text="更便宜的") for n in (1, 2)]
    registry: Any = type(advice.advisors)("advisors of a test")
    registry.register(Advisor("rule", lambda projected: both))
    monkeypatch.setattr(advice, "advisors", registry)
    form = filled(purchaser, trade, answer_k1="只有这一家有货")
    text = page(purchaser.post("/checkout/", form), 409)
    assert "只有这一家有货" in text
    assert 'name="answer_k2"' in text
    assert purchaser.post("/checkout/", {**form, "answer_k2": "急用"}).status_code == 302
    answers = [said["answer"] for said in Order.objects.get().dossier["advice"]]
    assert answers == ["只有这一家有货", "急用"]


def test_a_cart_worth_more_than_any_order_can_still_be_opened_and_mended(trade: Trade) -> None:
    dear = a_listing_on_sale(supplier=trade.supplier, price="999999.99", stock=None)
    Listing.objects.filter(pk=dear.pk).update(stock=999_999_999)
    purchaser = client_of(trade.people.purchaser)
    put_in(purchaser, dear, "999999999")
    assert dear.good.name in page(purchaser.get("/cart/"))
    line = CartLine.objects.get()
    page(purchaser.post("/checkout/", filled(purchaser, trade)), 400)
    assert purchaser.post(f"/cart/{line.pk}/", {"quantity": "1"}).status_code == 302
    assert CartLine.objects.get().quantity == 1


def test_an_order_worth_less_than_a_cent_is_refused(trade: Trade) -> None:
    from tests.factories import a_category, a_good

    measured = a_good(category=a_category(counted=False, unit="kg"))
    cheap = a_listing_on_sale(supplier=trade.supplier, good=measured, price="0.01", min_quantity="0.001")
    purchaser = client_of(trade.people.purchaser)
    put_in(purchaser, cheap, "0.1")
    page(purchaser.post("/checkout/", filled(purchaser, trade)), 400)
    assert not Order.objects.exists()


@pytest.mark.parametrize("line", ["", "x", "1:2", "1:NaN:5", "1:1:1e999", "-1:1:1", "9" * 30 + ":1:1"])
def test_a_damaged_page_is_shown_again_with_what_was_typed(
    trade: Trade, purchaser: Client, line: str
) -> None:
    form = filled(purchaser, trade, note="急用")
    answer = purchaser.post("/checkout/", {**form, "line": [*form["line"], line]})
    assert answer.status_code in {400, 409}
    assert "急用" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_wrong_quantity_for_an_offer_is_named_beside_its_field(trade: Trade) -> None:
    purchaser = client_of(trade.people.purchaser)
    for typed in ("abc", "0", "-1", "1.5", "1e999", "999999999999"):
        answer = purchaser.post(
            "/cart/add/",
            {"listing": trade.listing.pk, "quantity": typed, "next": f"/goods/{trade.listing.good_id}/"},
        )
        text = page(answer, 400)
        field = re.search(r'<input[^>]*name="quantity"[^>]*>', text)
        assert field and f'value="{typed}"' in field.group(0)
        assert "field-error" in text
        assert f"/goods/{trade.listing.good_id}/" in text
    Listing.objects.update(sale=Sale.OFF_SALE)
    text = page(purchaser.post("/cart/add/", {"listing": trade.listing.pk, "quantity": "3"}), 409)
    assert 'value="3"' in text
    page(purchaser.post("/cart/add/", {"listing": 10**9, "quantity": "3"}), 404)
    assert not CartLine.objects.exists()


def test_a_refused_quantity_stays_in_its_line_with_its_error(trade: Trade, purchaser: Client) -> None:
    line = CartLine.objects.get()
    for typed in ("abc", "0", "-1", "1.5", "1e999", "NaN", "９９x", "<b>"):
        answer = purchaser.post(f"/cart/{line.pk}/", {"quantity": typed})
        text = page(answer, 400)
        field = re.search(rf'<input[^>]*id="q-{line.pk}"[^>]*>', text)
        assert field
        assert 'aria-invalid="true"' in field.group(0)
        assert typed.replace("<b>", "&lt;b&gt;") in field.group(0)
        assert f'id="e-{line.pk}"' in text
    assert CartLine.objects.get().quantity == 1


def test_a_large_quantity_stands_in_its_field_as_it_is_typed(trade: Trade, purchaser: Client) -> None:
    line = CartLine.objects.get()
    purchaser.post(f"/cart/{line.pk}/", {"quantity": "12000"})
    assert 'value="12000"' in page(purchaser.get("/cart/"))
