"""The contract as PDF, and the public page that checks its code."""

from __future__ import annotations

import pytest
from django.test import Client

from orders.documents import contract_content, order_contract
from orders.errors import HistoricOrder, WrongState
from tests.factories import (
    a_buyer,
    a_confirmed_order,
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
