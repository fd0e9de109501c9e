"""The frame of the administration: filters and addresses that make no sense harm nobody."""

from __future__ import annotations

import pytest

from accounts.roles import OrganisationKind
from tests.factories.accounts import a_region, an_organisation, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "address", "query"),
    [
        ("onboarding", "accounts/organisation", {"kind__exact": "\x00"}),
        ("onboarding", "accounts/organisation", {"ki\x00nd": "1"}),
        ("onboarding", "accounts/organisation", {"region__id__exact": "abc"}),
        ("auditor", "zcy/auditentry", {"at__year": "9" * 40}),
        ("auditor", "zcy/auditentry", {"at__year": "-1"}),
        ("auditor", "zcy/auditentry", {"at__year": "0"}),
        ("auditor", "zcy/auditentry", {"at__year": "2026", "at__month": "13"}),
        ("auditor", "zcy/auditentry", {"region_code": "\x00"}),
        ("auditor", "accounts/signin", {"result__exact": "\x00"}),
        ("lead", "zcy/holiday", {"date__year": "99999999999999999999"}),
    ],
)
def test_a_filter_that_makes_no_sense_shows_the_whole_list_and_says_so(role, address, query):
    an_organisation(name="看得见的单位")
    role = {"lead": "supervision_lead"}.get(role, role)
    page = signed_in(role).get(f"/admin/{address}/", query, follow=True, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "This filter makes no sense" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [{"q": "a\x00b"}, {"p": "9" * 20}, {"p": "abc"}, {"o": "abc.-99999999999999999999"}, {"all": "\x00"}],
)
def test_words_pages_and_orders_that_make_no_sense_harm_nobody(query):
    page = signed_in("onboarding").get("/admin/accounts/organisation/", query, follow=True)
    assert page.status_code == 200


@pytest.mark.parametrize("value", ["abc", "\x00", "NaN", "1e999", "99999999999999999999", "-1", "   "])
def test_a_choice_that_is_none_is_named_beside_its_field_and_the_rest_is_kept(value):
    client = signed_in("onboarding")
    assert client.get("/admin/accounts/organisation/add/", {"region": value}).status_code == 200
    a_region()
    typed = {"kind": OrganisationKind.BUYER, "name": "求是小学", "region": value}
    page = client.post("/admin/accounts/organisation/add/", typed)
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["region"]
    assert 'value="求是小学"' in page.content.decode()
