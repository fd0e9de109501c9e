"""Orders through the real web server, when everybody comes at once and when the broker is away."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from orders import services
from orders.models import BudgetEntry, Order, OrderLine
from tests.factories import Trade, a_listing_on_sale, a_trade
from tests.support.web_server import Answer, Browser, a_web_server, field_of
from zcy.models import OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BUYERS = 32
NOBODY_LISTENS = "redis://127.0.0.1:9"


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    start = threading.Barrier(len(calls))

    def call(one: Callable[[], Answer]) -> Answer:
        start.wait(timeout=30)
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def at_the_checkout(port: int, trade: Trade, **typed: str) -> tuple[Browser, dict[str, object]]:
    """A purchaser with the filled form before them."""
    services.cart_add(actor=trade.people.purchaser, listing_id=trade.listing.pk, quantity=Decimal(1))
    browser = Browser.of(port, trade.people.purchaser)
    page = browser.get("/checkout/").text
    form: dict[str, object] = {name: field_of(page, name) for name in ("line", "idempotency_key")}
    form |= {"address": trade.address.pk, "invoice_title": trade.title.pk}
    return browser, form | {f"plan_{trade.supplier.pk}": trade.plan.pk, **typed}


def test_32_buyers_of_one_last_item_buy_it_once_and_nobody_sees_an_error_page(tmp_path: Path) -> None:
    listing = a_listing_on_sale(stock=1)
    trades = [a_trade(listing=listing) for _buyer in range(BUYERS)]
    with a_web_server(tmp_path) as port:
        people = [at_the_checkout(port, trade, note=f"第{number}位") for number, trade in enumerate(trades)]
        answers = at_once([partial(browser.post, "/checkout/", form) for browser, form in people])
        assert Counter(answer.status for answer in answers) == {302: 1, 409: BUYERS - 1}
        for number, answer in enumerate(answers):
            if answer.status == 302:
                assert people[number][0].get(answer.location).status == 200
            else:
                assert "Only 0 left of" in answer.text
                assert f"第{number}位" in answer.text, "what was typed is still there"
                assert "error-page" not in answer.text
        # Each clicks once more; the one who has it meets the order again.
        again = at_once([partial(browser.post, "/checkout/", form) for browser, form in people])
        assert [answer.status for answer in again] == [answer.status for answer in answers]
    waited = sorted(answer.seconds for answer in (*answers, *again))
    assert waited[-1] <= 5, f"somebody waited {waited[-1]:.1f} s"
    listing.refresh_from_db()
    assert listing.stock == 0
    assert OrderLine.objects.get().order == Order.objects.get()
    assert BudgetEntry.objects.filter(kind="frozen").count() == 1


def test_an_impatient_buyer_who_clicks_ten_times_orders_once(tmp_path: Path) -> None:
    trade = a_trade()
    with a_web_server(tmp_path) as port:
        browser, form = at_the_checkout(port, trade)
        answers = at_once([partial(Browser(port, dict(browser.cookies)).post, "/checkout/", form)] * 10)
        assert {(answer.status, answer.location) for answer in answers} == {
            (302, f"/buyer/orders/{Order.objects.get().number}/")
        }
    trade.plan.refresh_from_db()
    assert trade.plan.frozen == Order.objects.get().total


def test_an_order_goes_through_while_cache_and_broker_are_away(tmp_path: Path) -> None:
    trade = a_trade()
    with a_web_server(tmp_path, REDIS_URL=NOBODY_LISTENS) as port:
        ready = Browser(port, {}).get("/readyz")
        health = json.loads(ready.text)
        assert (ready.status, health["status"]) == (200, "degraded")
        assert "does not answer" in health["checks"]["cache"]
        assert "does not answer" in health["checks"]["broker"]
        assert health["checks"]["database"] == "ok"
        browser, form = at_the_checkout(port, trade)
        answer = browser.post("/checkout/", form)
        assert (answer.status, answer.location) == (302, f"/buyer/orders/{Order.objects.get().number}/")
        page = browser.get(answer.location)
        assert page.status == 200
        supplier = Browser.of(port, trade.seller)
        assert Order.objects.get().number in supplier.get("/supplier/orders/").text
    assert Order.objects.get().state == "approved"
    # What the broker was to carry waits in the database.
    assert OutboxMessage.objects.filter(task="orders.tasks.tell").exists()
