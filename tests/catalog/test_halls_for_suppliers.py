"""What a supplier learns of halls, and what regions and the operator decide in the administration."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import OrganisationKind, Role
from catalog.models import Hall, HallGood, HallRegion, HallRule
from tests.catalog.factories import (
    a_catalog_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_person,
    a_region,
    a_supplier_actor,
    an_organisation,
)
from tests.catalog.test_halls import a_hall, inside, page
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def in_the_administration(user: Any, settings: Any) -> Client:
    """Signed in, with the second factor set aside as for demonstrations."""
    settings.DEMONSTRATION = True
    user.demonstration = True
    user.save()
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_each_refused_offer_is_shown_with_its_reasons_and_what_to_do() -> None:
    a_hall("rural", "rural", label=["rural"], origin=[], supplier_size=["small"])
    supplier = an_organisation(size="small")
    actor = a_supplier_actor(supplier)
    a_listing_on_sale(a_good("无标签大米"), supplier=supplier)
    a_listing_on_sale(a_good("别家大米"), supplier=an_organisation(size="large"))
    browser = a_client_of(actor)
    html = page(browser, "/supplier/halls/")
    assert "0 of your offers are admitted, 1 are not" in html
    html = page(browser, "/supplier/halls/rural/")
    assert "无标签大米" in html
    assert "别家大米" not in html
    assert "Policy label of the good: rural revitalisation" in html
    assert "County of origin from the list of 832" in html
    assert "Size of the supplier" not in html
    page(browser, "/supplier/halls/nowhere/", 404)


def test_an_admitted_offer_is_not_among_the_refused() -> None:
    a_hall(label=["green"])
    supplier = an_organisation()
    browser = a_client_of(a_supplier_actor(supplier))
    a_listing_on_sale(a_good("绿色纸", labels=["green"]), supplier=supplier)
    assert "绿色纸" not in page(browser, "/supplier/halls/green/")
    assert "1 of your offers are admitted, 0 are not" in page(browser, "/supplier/halls/")


def test_the_catalog_staff_change_rules_and_the_hall_follows_at_once(settings: Any) -> None:
    hall = a_hall(label=["green"])
    listing = a_listing_on_sale(a_good("信创终端", labels=["xinchuang"]))
    actor = a_catalog_actor()
    browser = in_the_administration(actor.user, settings)
    assert inside(hall) == set()
    rule = HallRule.objects.get()
    typed = {
        "name": "信创馆",
        "layout": "green",
        "intro": "",
        "order": "5",
        "active": "on",
        "rules-TOTAL_FORMS": "1",
        "rules-INITIAL_FORMS": "1",
        "rules-0-id": rule.pk,
        "rules-0-hall": hall.pk,
        "rules-0-kind": "label",
        "rules-0-labels": ["green", "xinchuang"],
    }
    response = browser.post(f"/admin/catalog/hall/{hall.pk}/change/", typed)
    assert response.status_code == 302, response.content.decode()[:2000]
    assert HallRule.objects.get().values == ["green", "xinchuang"]
    assert inside(hall) == {listing.good_id}
    assert AuditEntry.objects.filter(action="hall.admission").exists()
    assert HallGood.objects.count() == 1


def test_a_supervisor_decides_for_the_own_region_and_below_only(settings: Any) -> None:
    province = a_region("330000", "浙江省", "province")
    hangzhou = a_region("330100", "杭州市", "city", province)
    a_region("330182", "建德市", "county", hangzhou)
    ningbo = a_region("330200", "宁波市", "city", province)
    hall = a_hall()
    lead = a_person(Role.SUPERVISION_LEAD, an_organisation(OrganisationKind.SUPERVISOR, region=hangzhou))
    browser = in_the_administration(lead, settings)
    typed = {"hall": hall.pk, "region": hangzhou.pk, "shown": "unknown", "name": "杭州绿馆", "order": "3"}
    assert browser.post("/admin/catalog/hallregion/add/", typed).status_code == 302
    assert HallRegion.objects.get().name == "杭州绿馆"
    for place in (ningbo, province):
        response = browser.post("/admin/catalog/hallregion/add/", typed | {"region": place.pk})
        assert response.status_code == 200
    assert HallRegion.objects.count() == 1
    theirs = HallRegion.objects.create(hall=hall, region=ningbo, name="宁波绿馆")
    assert "宁波绿馆" not in page(browser, "/admin/catalog/hallregion/")
    assert browser.get(f"/admin/catalog/hallregion/{theirs.pk}/change/").status_code in (302, 404)
    assert Hall.objects.count() == 1
    assert browser.get("/admin/catalog/hall/add/").status_code == 403


def test_the_list_of_halls_needs_the_same_statements_for_few_and_many(settings: Any) -> None:
    browser = in_the_administration(a_catalog_actor().user, settings)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(browser, "/admin/catalog/hall/")
        return len(caught)

    a_hall(label=["green"])
    page(browser, "/admin/catalog/hall/")
    few = statements()
    for number in range(8):
        a_hall(f"hall-{number}", label=["green"], in_stock=[])
    assert statements() == few
