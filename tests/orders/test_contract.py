"""The contract as PDF, and the public page that checks its code."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from catalog.attributes import forget_attributes
from catalog.models import CategoryAttribute
from catalog.tree import forget_tree
from orders import services
from orders.documents import contract_content, contract_pdf, issue_contract, order_contract
from orders.errors import HistoricOrder, WrongState
from tests.factories import (
    a_buyer,
    a_category,
    a_confirmed_order,
    a_good,
    a_listing_on_sale,
    a_seller,
    a_supplier,
    a_trade,
    an_approved_order,
    an_imported_order,
    people,
)
from zcy.errors import Missing
from zcy.models import Document

pytestmark = pytest.mark.django_db
SITE = "https://zcy.example"


def test_the_contract_is_a_pdf_with_a_code() -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    file = order_contract(actor=trade.people.purchaser, number=order.number, site=SITE)
    assert file.data.startswith(b"%PDF-1.7")
    assert file.name == f"contract-{order.number}.pdf"
    assert Document.objects.get(code=file.code).number == order.number


def test_the_same_contract_has_the_same_bytes_for_buyer_and_supplier() -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    first = order_contract(actor=trade.people.finance, number=order.number, site=SITE)
    second = order_contract(actor=trade.seller, number=order.number, site=SITE)
    assert first == second


def test_the_amount_stands_in_chinese_capitals() -> None:
    trade = a_trade()
    content = contract_content(a_confirmed_order(trade, quantity=3))
    assert (content["total"], content["total_in_capitals"]) == ("300.00", "叁佰元整")


def test_an_unconfirmed_order_has_no_contract() -> None:
    trade = a_trade()
    order = an_approved_order(trade)
    with pytest.raises(WrongState):
        order_contract(actor=trade.people.purchaser, number=order.number, site=SITE)


def test_history_has_no_contract() -> None:
    buyer = a_buyer()
    order = an_imported_order(buyer=buyer)
    with pytest.raises(HistoricOrder):
        order_contract(actor=people(buyer).purchaser, number=order.number, site=SITE)


def test_strangers_get_no_contract() -> None:
    order = a_confirmed_order()
    for stranger in (people(a_buyer()).purchaser, a_seller(a_supplier())):
        with pytest.raises(Missing):
            order_contract(actor=stranger, number=order.number, site=SITE)


def test_anyone_can_verify_the_printed_code(client: Client) -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    code = order_contract(actor=trade.seller, number=order.number, site=SITE).code
    page = client.get(f"/verify/{code}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert order.number in text and trade.buyer.name in text and "200.00" in text
    typed = "-".join(code[start : start + 4] for start in range(0, 16, 4)).lower()
    assert client.get("/verify/", {"code": typed}).headers["Location"] == f"/verify/{code}/"


@pytest.mark.parametrize("code", ["0" * 16, "x", "' OR 1=1 --", "字", "%00"])
def test_an_unknown_code_is_404_and_keeps_what_was_typed(client: Client, code: str) -> None:
    page = client.get(f"/verify/{code}/")
    assert page.status_code == 404


@pytest.mark.parametrize("code", ["", "---", "x" * 41])
def test_a_code_that_cannot_be_one_is_400(client: Client, code: str) -> None:
    assert client.get("/verify/", {"code": code}).status_code == 400


def test_the_contract_of_a_cancelled_order_is_genuine_and_no_longer_in_force(client: Client) -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    code = order_contract(actor=trade.seller, number=order.number, site=SITE).code
    assert "no longer in force" not in verified(client, code)
    services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="不需要了")
    text = verified(client, code)
    assert "This document is genuine" in text
    assert "no longer in force" in text
    assert "不需要了" not in text, "the reason is for the two sides only"
    assert order_contract(actor=trade.seller, number=order.number, site=SITE).code == code


def test_a_contract_first_printed_after_the_cancellation_is_not_in_force_either(client: Client) -> None:
    trade = a_trade()
    order = a_confirmed_order(trade)
    services.cancel_order(actor=trade.people.purchaser, number=order.number, reason="不需要了")
    code = order_contract(actor=trade.seller, number=order.number, site=SITE).code
    assert "no longer in force" in verified(client, code)


def verified(client: Client, code: str) -> str:
    return str(client.get(f"/verify/{code}/", headers={"accept-language": "en"}).content.decode())


@pytest.mark.parametrize(
    ("region", "street", "printed"),
    [
        ("西湖区", "文三路 1 号", "西湖区文三路 1 号"),
        ("西湖区", "西湖区文三路 1 号", "西湖区文三路 1 号"),
        ("西湖区", "浙江省杭州市西湖区文三路 1 号", "浙江省杭州市西湖区文三路 1 号"),
    ],
)
def test_the_region_stands_once_in_the_address(region: str, street: str, printed: str) -> None:
    order = a_confirmed_order()
    order.terms["address"] = {"region": region, "line": street}
    assert contract_content(order)["address"] == printed


def test_the_specification_is_printed_as_it_was_called_when_it_was_ordered() -> None:
    category = a_category()
    CategoryAttribute.objects.create(category=category, key="ppm", label="速度", type="number", unit="页/分")
    forget_attributes()
    forget_tree()
    trade = a_trade(listing=a_listing_on_sale(good=a_good(category=category, spec={"ppm": 30, "odd": "x"})))
    order = a_confirmed_order(trade)
    CategoryAttribute.objects.all().delete()
    (line,) = contract_content(order)["lines"]
    assert line["spec"] == "速度：30 页/分；odd：x"


def test_no_blank_stands_between_the_currency_and_the_capitals() -> None:
    template = (Path(settings.BASE_DIR) / "templates/typst/contract.typ").read_text(encoding="utf-8")
    assert "人民币#d.total_in_capitals" in template


def test_the_longest_names_and_figures_and_two_hundred_lines_can_be_printed() -> None:
    trade = a_trade()
    document = issue_contract(a_confirmed_order(trade))
    (line,) = document.content["lines"]
    line = {
        **line,
        "name": "超" * 300,
        "model": "型" * 120,
        "quantity": "999999999.999",
        "unit_price": "999,999,999,999.99",
    }
    document.content["lines"] = [{**line, "total": "999,999,999,999.99"}] * 200
    document.content["note"] = "注" * 300
    assert contract_pdf(document, site=SITE).startswith(b"%PDF")
