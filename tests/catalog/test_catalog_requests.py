"""Suppliers ask for brands and categories; the operator answers within working days."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Notice, SupplierProfile
from accounts.onboarding.categories import category_names
from accounts.onboarding.forms import bound
from catalog import services
from catalog.errors import ListingRefused, WrongState
from catalog.models import Brand, CatalogRequest, RequestState
from catalog.tree import forget_tree
from tests.catalog.factories import (
    a_buyer_actor,
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_supplier_actor,
)
from zcy import clock, workdays
from zcy.errors import Conflict, Missing, NotAllowed

pytestmark = pytest.mark.django_db


def asked_for(actor: Any, name: str = "斑马", kind: str = "brand") -> CatalogRequest:
    return services.ask_for(actor=actor, kind=kind, name=name, why="条码打印机 ZD888")


def test_a_request_has_a_clock_of_five_working_days() -> None:
    asked = asked_for(a_supplier_actor())
    assert workdays.wd(clock.today(), asked.due_on) == 5
    assert asked.state == RequestState.WAITING


def test_what_exists_what_says_nothing_and_what_is_asked_twice_is_refused() -> None:
    actor = a_supplier_actor()
    a_good(brand="惠普")
    for name in ("惠普", " ", "\x00"):
        with pytest.raises(ListingRefused):
            asked_for(actor, name)
    with pytest.raises(NotAllowed):
        asked_for(a_buyer_actor())
    asked_for(actor, "斑马")
    with pytest.raises(Conflict):
        asked_for(actor, " 斑马 ")
    asked_for(a_supplier_actor(), "斑马")


def test_a_granted_brand_is_made_and_the_supplier_told() -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    asked = asked_for(actor)
    with pytest.raises(NotAllowed):
        services.answer_request(actor=actor, request_id=asked.pk, grant=True, answer="")
    with pytest.raises(Missing):
        services.answer_request(actor=staff, request_id=0, grant=True, answer="")
    asked = services.answer_request(actor=staff, request_id=asked.pk, grant=True, answer="")
    assert asked.brand == Brand.objects.get(name="斑马")
    assert Notice.objects.get(user=actor.user).kind == "catalog_request_granted"
    with pytest.raises(WrongState):
        services.answer_request(actor=staff, request_id=asked.pk, grant=False, answer="x")


def test_a_refusal_says_why_and_a_category_is_named() -> None:
    staff = a_catalog_actor()
    asked = asked_for(a_supplier_actor(), "条码设备", "category")
    for grant in (True, False):
        with pytest.raises(ListingRefused):
            services.answer_request(actor=staff, request_id=asked.pk, grant=grant, answer="")
    done = services.answer_request(
        actor=staff, request_id=asked.pk, grant=True, answer="", category=a_category()
    )
    assert done.category == a_category()


def test_a_category_that_is_there_can_be_asked_for_by_who_was_not_admitted_for_it() -> None:
    paper, printers = a_category("A05040101", "复印纸"), a_category()
    actor, free = a_supplier_actor(), a_supplier_actor()
    with pytest.raises(ListingRefused):
        asked_for(free, "复印纸", "category")
    profile = SupplierProfile.objects.create(
        organisation_id=actor.organisation_id or 0,
        categories=[printers.code],
        registered_at=clock.now(),
        admitted_at=clock.now(),
    )
    with pytest.raises(ListingRefused):
        asked_for(actor, printers.name, "category")
    asked = asked_for(actor, "复印纸", "category")
    services.answer_request(
        actor=a_catalog_actor(), request_id=asked.pk, grant=True, answer="", category=paper
    )
    profile.refresh_from_db()
    assert profile.categories == [printers.code, paper.code]
    with pytest.raises(ListingRefused):
        asked_for(actor, "复印纸", "category")


def test_who_is_bound_to_no_category_is_not_bound_by_a_granted_one() -> None:
    actor = a_supplier_actor()
    profile = SupplierProfile.objects.create(
        organisation_id=actor.organisation_id or 0, registered_at=clock.now(), admitted_at=clock.now()
    )
    asked = asked_for(actor, "条码设备", "category")
    services.answer_request(
        actor=a_catalog_actor(), request_id=asked.pk, grant=True, answer="", category=a_category()
    )
    profile.refresh_from_db()
    assert profile.categories == []


def test_a_granted_category_below_the_tiers_that_are_asked_for_is_kept_by_a_renewal() -> None:
    trade = a_category("A02000000", "设备", parent=a_category("A", "货物"))
    leaf = a_category("A02021003", "A4黑白打印机", parent=trade)
    forget_tree()
    form = bound({"categories": [trade.code, leaf.code, "nonsense"]})
    offered = dict(form.fields["categories"].choices)  # type: ignore[attr-defined]
    assert offered[leaf.code] == "A02021003 A4黑白打印机"
    assert "nonsense" not in offered
    assert category_names([leaf.code, "nonsense"]) == ["A02021003 A4黑白打印机", "nonsense"]


def test_the_pages_of_supplier_and_operator(settings: Any) -> None:
    actor, staff = a_supplier_actor(), a_catalog_actor()
    browser = a_client_of(actor)
    assert browser.get("/supplier/requests/?name=斑马").status_code == 200
    typed = {"kind": "category", "name": "条码设备", "why": "ZD888"}
    assert browser.post("/supplier/requests/", typed).status_code == 302
    response = browser.post("/supplier/requests/", typed)
    assert response.status_code == 409
    assert "ZD888" in response.content.decode()
    assert browser.post("/supplier/requests/", typed | {"kind": "x"}).status_code == 400
    assert staff.user
    settings.DEMONSTRATION = True
    staff.user.demonstration = True
    staff.user.save()
    office: Client = a_client_of(staff)
    asked = CatalogRequest.objects.get()
    assert "条码设备" in office.get("/admin/catalog/catalogrequest/").content.decode()
    url = f"/admin/catalog/catalogrequest/{asked.pk}/answer/"
    assert office.get(url).status_code == 200
    assert office.post(url, {"grant": "1", "category": "no such", "answer": ""}).status_code == 400
    assert office.post(url, {"grant": "1", "category": a_category().code}).status_code == 302
    assert a_category().name in office.get(url).content.decode()
    assert "条码设备" in browser.get("/supplier/requests/").content.decode()
