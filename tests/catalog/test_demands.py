"""Asking for what nobody offers: recorded, grouped by its words, and answered to everybody who asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor, actor_of
from accounts.models import Notice
from accounts.notices import text_of
from accounts.roles import Role
from catalog import services
from catalog.errors import SearchRefused
from catalog.models import DemandRequest, DemandState
from catalog.search.recording import search_key
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_person,
    a_staff_client,
    a_supplier_actor,
)
from zcy import clock
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


def a_demand(query: str = "量子打印机", actor: Actor | None = None) -> DemandRequest:
    return services.ask_for_good(actor=actor or a_buyer_actor(), query=query, contact="王芳 0571-88888888")


def test_an_empty_list_leads_to_the_form_with_what_was_searched_for() -> None:
    actor = a_buyer_actor()
    client = a_client_of(actor)
    page = client.get("/search/?q=量子打印机")
    form = client.get(page.context["ask_url"]).context["form"]
    assert form.initial["query"] == "量子打印机"
    sent = client.post(
        "/buyer/demands/new/",
        {
            "query": "量子打印机",
            "quantity": "3",
            "need_by": f"{clock.today():%Y-%m-%d}",
            "contact": "王芳",
            "note": "双面",
        },
    )
    assert sent.status_code == 302
    demand = DemandRequest.objects.get()
    assert (demand.quantity, demand.need_by, demand.organisation) == (
        Decimal(3),
        clock.today(),
        actor.organisation,
    )
    assert "量子打印机" in client.get("/buyer/demands/").content.decode()


@pytest.mark.parametrize(
    "typed",
    [{"quantity": "0"}, {"quantity": "-1"}, {"quantity": "viele"}, {"need_by": "2020-01-01"}, {"contact": ""}, {"query": ""},
     {"query": "，。"}, {"query": "长" * 101}, {"need_by": "2026-02-30"}, {"note": "x" * 1001}],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_and_nothing_typed_is_lost(typed: dict[str, str]) -> None:
    values = {"query": "量子打印机", "contact": "王芳", "note": "双面"} | typed
    answer = a_client_of(a_buyer_actor()).post("/buyer/demands/new/", values)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert values["note"] in answer.content.decode()
    assert not DemandRequest.objects.exists()


def test_asking_again_for_the_same_brings_the_demand_up_to_date() -> None:
    actor = a_buyer_actor()
    first = a_demand("量子 打印机", actor)
    again = services.ask_for_good(actor=actor, query="打印机 量子", contact="李强", quantity=Decimal(5))
    assert first.pk == again.pk
    assert DemandRequest.objects.get().quantity == Decimal(5)


def test_demands_of_the_same_words_are_one_line_for_the_operator(settings: Any) -> None:
    for query in ("量子 打印机", "打印机 量子", "量子打印机"):
        a_demand(query)
    a_demand("反重力椅")
    page = a_staff_client(settings).get("/operator/demands/")
    counts = {group["key"]: (group["n"], group["units"]) for group in page.context["groups"]}
    assert counts == {search_key("量子打印机"): (3, 3), search_key("反重力椅"): (1, 1)}


def test_all_who_asked_are_told_of_the_answer_once() -> None:
    demands = [a_demand(), a_demand()]
    good = a_listing_on_sale().good
    staff = a_catalog_actor()
    decided = {"key": demands[0].key, "state": "answered", "answer": "已上架，请查看", "good_id": good.pk}
    assert services.decide_demands(actor=staff, **decided) == 2  # type: ignore[arg-type]
    assert services.decide_demands(actor=staff, **decided) == 0  # type: ignore[arg-type]
    told = Notice.objects.filter(kind="demand_answered")
    assert {notice.user_id for notice in told} == {demand.user_id for demand in demands}
    assert all("已上架" in text_of(notice) and notice.url == f"/goods/{good.pk}/" for notice in told)
    assert not DemandRequest.objects.open().exists()


def test_only_the_catalog_s_staff_answer_and_only_with_words() -> None:
    demand = a_demand()
    for actor in (a_buyer_actor(), a_supplier_actor()):
        with pytest.raises(NotAllowed):
            services.decide_demands(actor=actor, key=demand.key, state="closed", answer="x")
    for bad in ({"answer": " "}, {"state": "open"}, {"good_id": 10**9}):
        with pytest.raises(SearchRefused):
            services.decide_demands(
                actor=a_catalog_actor(),
                **({"key": demand.key, "state": "closed", "answer": "x"} | bad),
            )
    assert DemandRequest.objects.open().count() == 1


def test_the_answer_form_keeps_what_was_typed_and_says_what_is_missing(settings: Any) -> None:
    demand = a_demand()
    client = a_staff_client(settings)
    assert client.get("/operator/demands/decide/?" + urlencode({"key": demand.key})).status_code == 200
    assert client.get("/operator/demands/decide/?key=nothing").status_code == 404
    answer = client.post(
        "/operator/demands/decide/",
        {"key": demand.key, "state": "answered", "answer": "看这个", "good": "999999999"},
    )
    assert answer.status_code == 400
    assert "看这个" in answer.content.decode()
    assert (
        client.post(
            "/operator/demands/decide/", {"key": demand.key, "state": "closed", "answer": "不予上架"}
        ).status_code
        == 302
    )
    assert DemandRequest.objects.get().state == DemandState.CLOSED


def test_the_good_that_answers_is_looked_for_by_name_model_or_number_and_picked(settings: Any) -> None:
    demand = a_demand()
    good = a_good("惠普 HP-M126a 激光一体机", model="HP-M126a", gtin="06901234567892")
    other = a_good("得力 P3305", model="P3305", brand="得力")
    services.index_goods()
    client = a_staff_client(settings)
    for q in ("惠普", "m126a", str(good.pk), "6901234567892", "06901234567892"):
        found = client.get("/operator/demands/goods/?" + urlencode({"q": q})).content.decode()
        assert f'name="picked" id="picked-{good.pk}"' in found, q
        assert f'id="picked-{other.pk}"' not in found, q
    assert (
        "No standard good fits"
        in client.get("/operator/demands/goods/?q=xyzxyz", headers={"accept-language": "en"}).content.decode()
    )
    for q in ("", "\x00", "9" * 40, "％％"):
        assert client.get("/operator/demands/goods/?" + urlencode({"q": q})).status_code == 200
    kept = client.get(
        "/operator/demands/goods/?" + urlencode({"q": "P3305", "picked": good.pk})
    ).content.decode()
    assert f'value="{good.pk}" checked' in kept, "what was picked stays"
    url = "/operator/demands/decide/"
    typed = {"key": demand.key, "state": "answered", "answer": "看这个"}
    looked = client.post(url, typed | {"q": "惠普", "find": "1"})
    assert looked.status_code == 200
    page = looked.content.decode()
    assert f'id="picked-{good.pk}"' in page
    assert "看这个" in page
    assert DemandRequest.objects.open().exists(), "without scripts: a look decides nothing"
    refused = client.post(url, typed | {"answer": "", "q": "惠普", "picked": str(good.pk)})
    assert refused.status_code == 400
    assert f'value="{good.pk}" checked' in refused.content.decode()
    assert (
        client.post(url, typed | {"q": "惠普", "picked": str(good.pk), "good": str(other.pk)}).status_code
        == 302
    )
    assert DemandRequest.objects.get().good == good


def test_a_supplier_asks_for_nothing_and_a_stranger_takes_nothing_back() -> None:
    with pytest.raises(NotAllowed):
        a_demand(actor=a_supplier_actor())
    demand = a_demand()
    with pytest.raises(Missing):
        services.withdraw_demand(actor=a_buyer_actor(), demand_id=demand.pk)
    assert demand.organisation is not None
    colleague = actor_of(a_person(Role.PURCHASER, demand.organisation))
    assert DemandRequest.objects.visible_to(colleague).count() == 1
    assert not DemandRequest.objects.visible_to(a_buyer_actor()).exists()
    with pytest.raises(Missing):
        services.withdraw_demand(actor=colleague, demand_id=demand.pk)


def test_the_database_refuses_an_answer_without_words() -> None:
    demand = a_demand()
    with pytest.raises(IntegrityError), transaction.atomic():
        DemandRequest.objects.filter(pk=demand.pk).update(state="answered", decided_at=clock.now())


def test_a_day_that_is_over_is_refused_and_today_is_not() -> None:
    actor = a_buyer_actor()
    with pytest.raises(SearchRefused):
        services.ask_for_good(actor=actor, query="椅", contact="x", need_by=clock.today() - timedelta(days=1))
    services.ask_for_good(actor=actor, query="椅", contact="x", need_by=clock.today())


def test_long_lists_cost_as_many_statements_as_short_ones(settings: Any) -> None:
    actor, staff = a_buyer_actor(), a_staff_client(settings)
    client = a_client_of(actor)
    counts = []
    for upto in (10, 40):
        for number in range(DemandRequest.objects.count(), upto):
            a_demand(f"椅子 {number}", actor)
        for someone, path in ((client, "/buyer/demands/?size=50"), (staff, "/operator/demands/")):
            someone.get(path)
            with CaptureQueriesContext(connection) as captured:
                someone.get(path)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
