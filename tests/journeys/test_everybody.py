"""What holds for everybody: the language, the keyboard alone, a desktop, a telephone, and no JavaScript."""

from __future__ import annotations

import re

import pytest

from orders.models import Order
from tests.factories import Trade, a_trade, an_order_to_pay
from tests.journeys.conftest import Arrives
from tests.journeys.goods import PAPER, paper_on_sale
from tests.journeys.person import Person

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SMALL_DESKTOP = {"viewport": {"width": 1280, "height": 720}}
PUBLIC = (
    "/",
    "/search/",
    "/search/?q=复印纸",
    "/categories/",
    "/verify/",
    "/open/",
    "/account/login/",
    "/styleguide/",
)
WORKSPACE = (
    "/",
    "/cart/",
    "/buyer/orders/",
    "/buyer/plans/",
    "/buyer/addresses/",
    "/account/",
    "/account/notices/",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def trade() -> Trade:
    return a_trade(listing=paper_on_sale())


def test_the_language_is_switched_and_stays(trade: Trade, arrives: Arrives) -> None:
    visitor = arrives()
    visitor.opens("/search/?q=DL-7402")
    assert visitor.page.get_attribute("html", "lang") == "zh-hans"
    visitor.sees("搜索")
    visitor.follows("button[name=language][value=en]", "english")
    assert visitor.page.get_attribute("html", "lang") == "en"
    assert "q=DL-7402" in visitor.page.url, "the switch leads back to the same page"
    visitor.sees("Search", PAPER)
    visitor.opens(f"/goods/{trade.listing.good_id}/")
    visitor.sees("Offers", "What was really paid")
    heads = visitor.page.locator("table.offers th").all_inner_texts()
    assert not any(CHINESE.search(head) for head in heads), heads
    visitor.follows("button[name=language][value=zh-hans]")
    visitor.sees("加入购物车" if visitor.page.locator("form[action='/cart/add/']").count() else "搜索")


def test_the_keyboard_alone_searches_and_puts_into_the_cart(trade: Trade, arrives: Arrives) -> None:
    person = arrives(trade.people.purchaser)
    keys = person.page.keyboard
    person.opens("/search/")
    keys.press("Tab")
    assert focused(person) == "a.skip-link", "the first stop leads past the head of the page"
    assert has_visible_focus(person)
    keys.press("Enter")
    assert person.page.evaluate("location.hash") == "#content"
    person.opens("/search/")
    keys.press("/")
    assert person.page.evaluate("document.activeElement.id") == "site-q"
    assert has_visible_focus(person)
    keys.type("DL-7402")
    keys.press("Enter")
    person.page.wait_for_url("**/search/?q=DL-7402")
    tab_to(person, f"/goods/{trade.listing.good_id}/")
    keys.press("Enter")
    person.page.wait_for_url("**/goods/**")
    person.looks()
    tab_to(person, f"quantity-{trade.listing.pk}")
    keys.press("Control+A")
    keys.type("3")
    with person.page.expect_navigation():
        keys.press("Enter")
    person.opens("/cart/")
    person.sees(PAPER, "¥68.40")
    tab_to(person, "/checkout/")
    keys.press("Enter")
    person.page.wait_for_url("**/checkout/")
    tab_to(person, "submit:btn-primary:main")
    keys.press("Enter")
    person.page.wait_for_url("**/buyer/orders/**")
    assert Order.objects.get().total == trade.listing.price * 3


def test_the_tab_order_follows_the_page_and_every_stop_is_visible(trade: Trade, arrives: Arrives) -> None:
    person = arrives()
    person.opens(f"/goods/{trade.listing.good_id}/")
    # What comes when it is scrolled to is there before the walk, so that nothing moves away under the focus.
    person.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    person.page.wait_for_load_state("networkidle")
    person.page.evaluate("scrollTo(0, 0)")
    positions: list[int] = []
    for _stop in range(100):
        person.page.keyboard.press("Tab")
        if focused(person).startswith("body"):
            break  # past the last stop
        assert has_visible_focus(person), person.page.evaluate("document.activeElement.outerHTML")[:300]
        positions.append(
            person.page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
    assert len(positions) > 12
    assert positions == sorted(positions), "nothing jumps ahead by a tabindex"


@pytest.mark.parametrize("window", [SMALL_DESKTOP, PHONE], ids=["1280 px", "phone"])
def test_public_pages_fit(trade: Trade, arrives: Arrives, window: dict[str, object]) -> None:
    visitor = arrives(**window)
    phone = window is PHONE
    for path in PUBLIC:
        visitor.opens(path, "phone-home" if phone and path == "/" else "")
    visitor.opens(f"/goods/{trade.listing.good_id}/", "phone-good" if phone else "")
    visitor.opens(f"/stores/{trade.supplier.pk}/")


@pytest.mark.parametrize("window", [SMALL_DESKTOP, PHONE], ids=["1280 px", "phone"])
def test_pages_of_a_buyer_and_a_supplier_fit(
    trade: Trade, arrives: Arrives, window: dict[str, object]
) -> None:
    order = an_order_to_pay(trade)
    phone = window is PHONE
    purchaser = arrives(trade.people.purchaser, **window)
    for path in WORKSPACE:
        purchaser.opens(path)
    purchaser.opens(f"/goods/{trade.listing.good_id}/")
    purchaser.follows(f"form:has(#quantity-{trade.listing.pk}) button")
    purchaser.opens("/cart/")
    purchaser.opens("/checkout/")
    purchaser.opens(f"/buyer/orders/{order.number}/", "phone-order" if phone else "")
    supplier = arrives(trade.seller, **window)
    for path in ("/", "/supplier/orders/", f"/supplier/orders/{order.number}/", "/supplier/listings/"):
        supplier.opens(path)
    supplier.opens("/supplier/credit/")


def test_without_javascript_one_reads_and_orders(trade: Trade, arrives: Arrives) -> None:
    person = arrives(trade.people.purchaser, java_script_enabled=False)
    page = person.page
    person.goes("/search/?q=DL-7402")
    page.locator(f"a[href='/goods/{trade.listing.good_id}/']").first.click()
    page.wait_for_url("**/goods/**")
    assert PAPER in page.locator("h1").inner_text()
    assert page.locator("#evidence ~ figure, section:has(#evidence) table").count(), (
        "the figures are there as text"
    )
    page.fill(f"#quantity-{trade.listing.pk}", "4")
    page.click(f"form:has(#quantity-{trade.listing.pk}) button")
    person.goes("/cart/")
    page.click("a[href='/checkout/']")
    page.wait_for_url("**/checkout/")
    page.fill("[name=note]", "没有脚本也能下单")
    page.locator("form[data-guard] button[type=submit]").last.click()
    page.wait_for_url("**/buyer/orders/**")
    order = Order.objects.get()
    assert order.total == trade.listing.price * 4
    assert order.number in page.locator("h1").inner_text()
    page.locator("#step-cancel summary").click()
    page.fill("#step-cancel [name=reason]", "试一下")
    page.click("#step-cancel button[type=submit]")
    order.refresh_from_db()
    assert order.state == "cancelled"
    person.is_content()


def focused(person: Person) -> str:
    """The element with the focus, such as a.skip-link."""
    found = person.page.evaluate(
        "(e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '') )(document.activeElement)"
    )
    return str(found)


def has_visible_focus(person: Person) -> bool:
    """The focus shows: an outline or a ring around what has it, and that on the screen."""
    for _wait in range(20):  # the page may still be scrolling there
        if person.page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
                const ring = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
                return ring && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
            }"""
        ):
            return True
        person.page.wait_for_timeout(100)
    return False


def tab_to(person: Person, target: str) -> None:
    """Press Tab until the element with this id, address, or kind has the focus."""
    for _stop in range(150):
        person.page.keyboard.press("Tab")
        names = person.page.evaluate(
            """(e => [e.id, e.getAttribute('href'),
                e.closest('main') && e.type ? `${e.type}:${e.className.split(' ').pop()}:main` : ''])
               (document.activeElement)"""
        )
        if target in names:
            assert has_visible_focus(person)
            return
    raise AssertionError(f"{target} is not reached by the keyboard on {person.page.url}")
