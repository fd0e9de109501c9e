"""One purchase from search to payment, by five people in five windows."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from orders import services
from orders.models import Order
from tests.factories import a_trade
from tests.journeys.conftest import PASSWORD, Arrives, with_password
from tests.journeys.goods import PAPER, paper_on_sale
from tests.journeys.person import Person


def test_five_people_buy_paper_from_search_to_payment(arrives: Arrives) -> None:
    trade = a_trade(listing=paper_on_sale())
    services.set_approval_limit(actor=trade.people.manager, limit=Decimal(0))

    purchaser = arrives()
    purchaser.opens("/", "home")
    signs_in(purchaser, with_password(trade.people.purchaser).username)
    purchaser.page.fill("#site-q", "得力 复印纸")
    purchaser.page.press("#site-q", "Enter")
    purchaser.page.wait_for_url(re.compile("/search/"))
    purchaser.looks("search")
    purchaser.sees(PAPER, "¥22.80")
    purchaser.follows(purchaser.page.locator(f"a[href='/goods/{trade.listing.good_id}/']").first, "good")
    purchaser.sees(PAPER, "中位价", "杭州文汇办公用品有限公司")
    purchaser.page.fill(f"#quantity-{trade.listing.pk}", "20")
    purchaser.follows(f"form:has(#quantity-{trade.listing.pk}) button")
    purchaser.opens("/cart/", "cart")
    purchaser.sees(PAPER, "¥456.00")
    purchaser.follows("a[href='/checkout/']", "checkout")
    assert purchaser.page.locator("input[name=address]").first.is_checked()
    purchaser.page.fill("[name=note]", "请送到教务处")
    submit = purchaser.page.locator("form[data-guard] button[type=submit]").last
    purchaser.follows(submit, "order-submitted")
    order = Order.objects.get()
    assert purchaser.page.url.endswith(f"/buyer/orders/{order.number}/")
    purchaser.sees(order.number, "请送到教务处")
    assert purchaser.page.locator("#step-approve").count() == 0, "nobody approves their own order"
    assert budget(trade) == (456, 0)

    approver = arrives(trade.people.approver)
    approver.opens("/", "approver-home")
    approver.opens("/buyer/approvals/")
    approver.follows(f"a[href$='/orders/{order.number}/']")
    approver.steps("approve")
    assert state(order) == "approved"

    supplier = arrives(trade.seller)
    supplier.opens("/")
    supplier.opens("/supplier/orders/")
    supplier.follows(f"a[href$='/orders/{order.number}/']")
    supplier.steps("confirm")
    assert state(order) == "confirmed"
    contract = supplier.page.request.get(f"{supplier.address}/buyer/orders/{order.number}/contract.pdf")
    assert contract.ok and contract.body().startswith(b"%PDF-")
    supplier.steps("ship", carrier="顺丰速运", tracking_number="SF1234567890")
    assert state(order) == "shipped"

    purchaser.opens(f"/buyer/orders/{order.number}/")
    purchaser.sees("SF1234567890")
    purchaser.steps("sign", signed_by="门卫室")
    assert state(order) == "delivered"
    assert purchaser.page.locator("#step-accept").count() == 0, "the purchaser does not accept"

    acceptor = arrives(trade.people.acceptor)
    acceptor.opens("/buyer/acceptances/")
    acceptor.follows(f"a[href$='/orders/{order.number}/']", "acceptance")
    acceptor.steps("accept", note="数量、外观、规格均合格")
    assert state(order) == "accepted"

    supplier.opens(f"/supplier/orders/{order.number}/")
    supplier.steps("invoice", invoice_number="24332000000012345678")
    assert state(order) == "invoiced"
    supplier.steps("request_payment")
    assert state(order) == "payment_requested"

    finance = arrives(trade.people.finance)
    finance.opens("/buyer/payments/")
    finance.follows(f"a[href$='/orders/{order.number}/']")
    finance.steps("pay", reference="B-20261124-01")
    assert state(order) == "paid"
    assert budget(trade) == (0, 456)
    finance.opens(f"/buyer/plans/{trade.plan.pk}/", "plan")
    finance.sees(order.number)

    purchaser.opens(f"/buyer/orders/{order.number}/", "order-paid")
    purchaser.page.check("#step-evaluate [name=stars][value='5']")
    purchaser.steps("evaluate", words="送货快，纸张好")
    purchaser.sees("送货快，纸张好")
    assert order.evaluations.get(by_side="buyer").stars == 5
    supplier.opens(f"/supplier/orders/{order.number}/")
    supplier.sees("送货快，纸张好")


def test_a_refused_checkout_says_what_to_do_and_keeps_what_was_typed(arrives: Arrives) -> None:
    trade = a_trade(listing=paper_on_sale(), budget=100)
    purchaser = arrives(trade.people.purchaser)
    purchaser.opens(f"/goods/{trade.listing.good_id}/")
    purchaser.page.fill(f"#quantity-{trade.listing.pk}", "20")
    purchaser.follows(f"form:has(#quantity-{trade.listing.pk}) button")
    purchaser.opens("/checkout/")
    purchaser.page.fill("[name=note]", "下班前送到")
    purchaser.page.locator("form[data-guard] button[type=submit]").last.click()
    purchaser.page.wait_for_selector("[data-error-summary]")
    purchaser.looks()
    assert purchaser.page.input_value("[name=note]") == "下班前送到"
    assert not Order.objects.exists()


def test_a_double_click_submits_one_order(arrives: Arrives) -> None:
    trade = a_trade(listing=paper_on_sale())
    purchaser = arrives(trade.people.purchaser)
    purchaser.opens(f"/goods/{trade.listing.good_id}/")
    purchaser.follows(f"form:has(#quantity-{trade.listing.pk}) button")
    purchaser.opens("/checkout/")
    purchaser.page.locator("form[data-guard] button[type=submit]").last.dblclick()
    purchaser.page.wait_for_url(re.compile("/buyer/orders/"))
    purchaser.looks()
    assert Order.objects.count() == 1


def signs_in(person: Person, username: str) -> None:
    """Through the form, as everybody does."""
    person.follows("a[href*='/account/login/']")
    person.page.fill("#id_login", username)
    person.page.fill("#id_password", PASSWORD)
    person.follows("form:has(#id_password) button[type=submit]", "to-do")
    person.sees("待办")


def state(order: Order) -> str:
    order.refresh_from_db()
    return str(order.state)


def budget(trade: Any) -> tuple[Any, Any]:
    """(frozen, spent) of the plan."""
    trade.plan.refresh_from_db()
    return trade.plan.frozen, trade.plan.spent
