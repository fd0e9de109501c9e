"""What the page of a good says of the good itself: unit and pack, maker and number, what belongs to it and what it fits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import gettext

from catalog.services.key_hashes import refresh_key_hashes
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute

pytestmark = pytest.mark.django_db


def page(client: Client, pk: int) -> str:
    response = client.get(f"/goods/{pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_maker_and_gtin_stand_on_the_page_and_are_left_out_where_nobody_stated_them(client: Client) -> None:
    said = page(client, a_good(maker="惠普（重庆）", gtin="06901234567892").pk)
    assert "惠普（重庆）" in said
    assert "6901234567892" in said
    bare = page(client, a_good(model="X2").pk)
    assert 'id="standard"' in said
    assert 'id="standard"' not in bare


def test_accessories_are_named_with_their_price_and_the_accessory_says_what_it_fits(client: Client) -> None:
    printer = a_good("惠普 M126a 一体机", model="M126a")
    toner = a_good("惠普 CF283A 硒鼓", model="CF283A")
    gone = a_good("旧硒鼓", model="OLD", state="retired")
    printer.accessories.add(toner, gone)
    a_listing_on_sale(toner, price="310.50")
    shown = page(client, printer.pk)
    assert f'href="/goods/{toner.pk}/">惠普 CF283A 硒鼓</a> <span class="hint">¥310.50</span>' in shown
    assert "旧硒鼓" not in shown
    back = page(client, toner.pk)
    section = back[back.index('id="accessories"') :]
    assert f'<p>{gettext("Fits:")} <a href="/goods/{printer.pk}/">惠普 M126a 一体机</a></p>' in section
    assert gettext("Fits:") not in shown


def test_a_good_that_holds_several_says_how_many_and_what_one_costs(client: Client) -> None:
    paper = a_category("A05040101", "复印纸", unit="包")
    crate = a_good("得力复印纸", category=paper, unit="箱", pack_size=Decimal(8))
    a_listing_on_sale(crate, price="200")
    shown = page(client, crate.pk)
    assert "箱 · 8 包/箱" in shown
    assert "¥25.00/包" in shown
    single = a_good("散装", model="S", category=paper, unit="包", pack_size=Decimal(1))
    a_listing_on_sale(single, price="26")
    shown = page(client, single.pk)
    assert "<dd>包</dd>" in shown
    assert "26.00/包" in shown
    assert "包/包" not in shown


def test_equivalents_are_told_in_their_own_unit_and_pack(client: Client) -> None:
    paper = a_category("A05040101", "复印纸", unit="包")
    an_attribute(paper, "weight", "克重", type="number", is_key=True)
    one = a_good("散装", model="S", category=paper, unit="包", spec={"weight": 70})
    crate = a_good("箱装", model="C", category=paper, unit="箱", pack_size=Decimal(8), spec={"weight": 70})
    refresh_key_hashes([one.pk, crate.pk])
    a_listing_on_sale(crate, price="200")
    shown = page(client, one.pk)
    assert "¥200.00/箱" in shown
    assert "箱 · 8 包/箱 · ¥25.00/包" in shown
