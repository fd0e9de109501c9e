"""Suppliers propose goods; the operator approves, corrects, sends back, or says which good it is."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.actor import Actor
from accounts.models import Notice
from catalog import services
from catalog.errors import ProposalChanged, ProposalRefused
from catalog.models import Brand, Good, GoodChange, GoodProposal
from catalog.services import (
    approve_proposal,
    recognise_proposal,
    reject_proposal,
    save_proposal,
    withdraw_proposal,
)
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
)
from tests.catalog.good_factories import a_category_of_printers, proposal_values, proposed
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Actor:
    return a_supplier_actor()


@pytest.fixture
def shop(seller: Actor) -> Client:
    return a_client_of(seller)


@pytest.fixture
def staff_actor() -> Actor:
    return a_catalog_actor()


@pytest.fixture
def staff(staff_actor: Actor, settings: Any) -> Client:
    settings.DEMONSTRATION = True
    assert staff_actor.user
    staff_actor.user.demonstration = True
    staff_actor.user.save()
    return a_client_of(staff_actor)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "brand_name": "惠普", "model": "M126a", "name": "惠普 M126a 黑白激光一体机", "attr_ppm": "20", "attr_link": "USB",
        "attr_duplex": "true", "unit": "台", "origin": "中国", "gtin": "6901234567892",
    } | changes  # fmt: skip


def bomb() -> SimpleUploadedFile:
    """A small PNG of 100 million pixels."""
    data = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(data, "PNG")
    return SimpleUploadedFile("a.png", data.getvalue(), content_type="image/png")


URL = "/supplier/goods/propose/?category=A02021003"


def test_a_supplier_fills_in_the_form_of_the_category_and_proposes(shop: Client, seller: Actor) -> None:
    a_category_of_printers()
    page = shop.get(URL).content.decode()
    for text in ("速度 (页/分)", "接口", "双面", "系列", 'value="台"', 'value="中国"'):
        assert text in page
    assert "A4黑白打印机" in shop.get("/supplier/goods/propose/?q=打印").content.decode()
    assert shop.post(URL, typed(submit="1")).status_code == 302
    proposal = GoodProposal.objects.get()
    assert proposal.state == "proposed"
    assert proposal.spec == {"ppm": 20, "link": "USB", "duplex": True}
    assert (proposal.gtin, proposal.supplier_id) == ("06901234567892", seller.organisation_id)
    assert proposal.name in shop.get("/supplier/goods/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attr_ppm": ""}, "attr_ppm"),
        ({"attr_ppm": "快"}, "attr_ppm"),
        ({"attr_link": "蓝牙"}, "attr_link"),
        ({"gtin": "6901234567893"}, "gtin"),
        ({"name": ""}, "name"),
        ({"origin": ""}, "origin"),
        ({"pack_size": "0"}, "pack_size"),
        ({"name": "a\x00b"}, "name"),
        ({"picture": bomb()}, "picture"),
        ({"picture": SimpleUploadedFile("a.png", b"<svg/>", content_type="image/png")}, "picture"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_typed_is_lost(
    shop: Client, changes: dict[str, Any], said: str
) -> None:
    a_category_of_printers()
    answer = shop.post(URL, typed(submit="1", maker="惠普中国", **changes))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'href="#id_{said}"' in page
    assert 'value="惠普中国"' in page
    assert not GoodProposal.objects.exists()


def test_while_typing_goods_that_are_probably_the_same_are_shown_with_one_click_to_offer_them(
    shop: Client, seller: Actor
) -> None:
    category = a_category_of_printers()
    good = a_good("惠普 HP-M126a 激光一体机", model="HP-M126a", category=category)
    services.index_goods([good.pk])
    url = "/supplier/goods/similar/?category=A02021003"
    page = shop.get(url + "&brand_name=惠普&model=m126 a&name=").content.decode()
    assert good.name in page
    assert f"/supplier/listings/new/{good.pk}/" in page
    assert good.name not in shop.get(url + "&brand_name=惠普&model=M126nw&name=惠普").content.decode()
    assert shop.get(url).status_code == 200
    assert shop.get("/supplier/goods/similar/?category=nonsense").status_code == 204
    Brand.objects.filter(name="惠普").update(latin="HP")
    listing = a_listing_on_sale(good, supplier=seller.organisation)
    page = shop.get(url + "&model=M126a&brand_name=HP").content.decode()
    assert f"/supplier/listings/{listing.pk}/" in page


def test_what_a_link_says_of_the_good_is_kept_over_the_choice_of_its_category(shop: Client) -> None:
    a_category_of_printers()
    page = shop.get("/supplier/goods/propose/?brand_name=奔图&model=P3305&q=打印").content.decode()
    known = "&amp;brand_name=%E5%A5%94%E5%9B%BE&amp;model=P3305"
    assert f'href="/supplier/goods/propose/?category=A02021003{known}"' in page
    assert (
        '<input type="hidden" name="model" value="P3305" />' in page
    )  # another search of categories keeps it
    form = shop.get(f"{URL}&brand_name=奔图&model=P3305").content.decode()
    assert 'value="奔图"' in form
    assert 'value="P3305"' in form


def test_a_number_that_stands_on_a_good_is_not_proposed_again(shop: Client) -> None:
    category = a_category_of_printers()
    good = a_good(category=category, gtin="06901234567892")
    services.index_goods([good.pk])
    answer = shop.post(URL, typed(submit="1"))
    assert answer.status_code == 400
    assert good.name in answer.content.decode()


def test_an_approval_makes_the_good_and_the_listing_is_one_click_away(
    staff_actor: Actor, seller: Actor
) -> None:
    Brand.objects.create(name="惠普", latin="HP")
    proposal = proposed(seller, brand_name="HP")
    good = approve_proposal(actor=staff_actor, proposal_id=proposal.pk, version=1, values={})
    assert (good.brand.name if good.brand else "", good.spec, good.proposed_by_id) == (
        "惠普", {"ppm": 20, "link": "USB"}, seller.organisation_id,
    )  # fmt: skip
    good.refresh_from_db()
    assert good.key_hash
    assert good.model_key == "M126A"
    assert GoodChange.objects.get().kind == "created"
    told = Notice.objects.get(user=seller.user)
    assert (told.kind, told.url) == ("proposal_approved", f"/supplier/listings/new/{good.pk}/")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.good_id) == ("approved", good.pk)


def test_a_new_brand_is_made_with_the_good(staff_actor: Actor) -> None:
    good = approve_proposal(
        actor=staff_actor, proposal_id=proposed(brand_name="新 品牌").pk, version=1, values={}
    )
    assert good.brand
    assert good.brand.name == "新 品牌"


def test_corrections_are_shown_to_the_supplier(staff: Client, shop: Client, seller: Actor) -> None:
    proposal = proposed(seller)
    url = f"/admin/catalog/goodproposal/{proposal.pk}/decide/"
    assert proposal.name in staff.get(url).content.decode()
    values = typed(name="惠普 M126a 一体机", attr_ppm="22", attr_duplex="", gtin="", version="1", approve="1")
    assert staff.post(url, values).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "corrected"
    assert proposal.corrections == {
        "name": ["惠普 M126a 黑白激光一体机", "惠普 M126a 一体机"], "spec.ppm": [20, 22],
    }  # fmt: skip
    page = shop.get(f"/supplier/goods/propose/{proposal.pk}/").content.decode()
    assert "<del>20</del>" in page
    assert "<ins>22</ins>" in page
    assert f"/supplier/listings/new/{proposal.good_id}/" in page


def test_what_is_sent_back_is_mended_and_proposed_again(staff: Client, shop: Client, seller: Actor) -> None:
    proposal = proposed(seller)
    url = f"/admin/catalog/goodproposal/{proposal.pk}/decide/"
    assert staff.post(url, {"version": "1", "reject": "1", "text": " "}).status_code == 400
    assert staff.post(url, {"version": "1", "reject": "1", "text": "型号写错"}).status_code == 302
    mine = f"/supplier/goods/propose/{proposal.pk}/"
    page = shop.get(mine).content.decode()
    assert "型号写错" in page
    assert shop.post(mine, typed(model="M126nw", version="2", submit="1")).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.model, proposal.version) == ("proposed", "M126nw", 3)


def test_the_operator_says_which_good_it_is(staff: Client, seller: Actor) -> None:
    proposal = proposed(seller)
    good = a_good("惠普 M126a", model="M126a", category=proposal.category)
    services.index_goods([good.pk])
    url = f"/admin/catalog/goodproposal/{proposal.pk}/decide/"
    assert good.name in staff.get(url).content.decode()
    assert staff.post(url, {"version": "1", "same": "1", "good": "999999999"}).status_code == 404
    assert staff.post(url, {"version": "1", "same": "1", "good": str(good.pk)}).status_code == 302
    assert Notice.objects.get(user=seller.user).url == f"/supplier/listings/new/{good.pk}/"
    assert Good.objects.count() == 1


def test_the_second_of_two_operators_is_told(staff_actor: Actor) -> None:
    proposal = proposed()
    reject_proposal(actor=staff_actor, proposal_id=proposal.pk, version=1, text="不清楚")
    with pytest.raises(ProposalChanged):
        approve_proposal(actor=staff_actor, proposal_id=proposal.pk, version=1, values={})
    assert not Good.objects.exists()


def test_nobody_else_decides_or_edits(staff_actor: Actor, seller: Actor) -> None:
    proposal = proposed(seller)
    with pytest.raises(NotAllowed):
        approve_proposal(actor=seller, proposal_id=proposal.pk, version=1, values={})
    with pytest.raises(ProposalRefused):
        save_proposal(
            actor=seller,
            values=proposal_values(proposal.category),
            proposal_id=proposal.pk,
            version=1,
            hand_in=True,
        )
    with pytest.raises(Missing):
        withdraw_proposal(actor=a_supplier_actor(), proposal_id=proposal.pk)
    draft = proposed(seller, hand_in=False)
    with pytest.raises(Missing):
        recognise_proposal(actor=staff_actor, proposal_id=draft.pk, version=1, good_id=1)
    withdraw_proposal(actor=seller, proposal_id=proposal.pk)
    withdraw_proposal(actor=seller, proposal_id=proposal.pk)
    assert list(GoodProposal.objects.values_list("pk", flat=True)) == [draft.pk]


def test_the_list_needs_as_many_statements_for_forty_rows_as_for_ten(shop: Client, seller: Actor) -> None:
    counted = []
    for more in (10, 30):
        for _number in range(more):
            proposed(seller)
        shop.get("/supplier/goods/?size=50")
        with CaptureQueriesContext(connection) as captured:
            assert shop.get("/supplier/goods/?size=50").status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_while_the_name_is_typed_the_likeliest_categories_are_one_click_away(shop: Client) -> None:
    printers = a_category_of_printers()
    paper = a_category("A05040101", "复印纸")
    a_good("惠普 HP-M126a 激光一体机", model="HP-M126a", category=printers)
    services.index_goods()

    def guessed(**said: str) -> list[str]:
        page = shop.get("/supplier/goods/categories/", said).content.decode()
        return re.findall(r"\?category=([A-Z0-9]+)&", page)

    assert guessed(name="得力 A4 复印纸 70g")[:1] == [paper.code]
    assert guessed(name="奔图 P3305 黑白打印机")[:1] == [printers.code]
    assert guessed(name="惠普 M999 激光一体机")[:1] == [printers.code], "as goods with the same words"
    assert guessed(brand_name="惠普", model="M126a") == [printers.code]
    for nothing in ("", "x", "12", "\x00", "％％"):
        assert guessed(name=nothing) == []


def test_a_guess_keeps_what_was_typed_and_the_plain_select_works_without_scripts(shop: Client) -> None:
    a_category_of_printers()
    page = shop.get(
        "/supplier/goods/propose/", {"name": "奔图 P3305 打印机", "category": ""}
    ).content.decode()
    assert 'value="奔图 P3305 打印机"' in page
    known = urlencode({"name": "奔图 P3305 打印机"})
    assert f'href="/supplier/goods/propose/?category=A02021003&amp;{known}"' in page
    assert '<option value="A02021003">' in page
    form = shop.get("/supplier/goods/propose/", {"name": "奔图 P3305 打印机", "category": "A02021003"})
    assert form.status_code == 200
    assert 'value="奔图 P3305 打印机"' in form.content.decode()
