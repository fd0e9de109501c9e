"""The administration speaks the reader's language and shows each role its part."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.roles import OrganisationKind, Role
from tests.factories import a_supplier
from tests.factories.accounts import a_person, an_organisation
from zcy import clock
from zcy.admin.nights import in_words
from zcy.admin_site import RELATIONS, RoleAdmin, is_nameless_relation
from zcy.models import NightlyRun, RunState

pytestmark = pytest.mark.django_db
OPERATORS = (
    Role.CATALOG,
    Role.ONBOARDING,
    Role.SERVICE,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDITOR,
)


@pytest.fixture
def of_the_operator(settings: Any) -> Any:
    """A browser of somebody with one of the operator's roles, whose account needs no second factor."""
    settings.DEMONSTRATION = True

    def sign_in(role: str, language: str = "zh-hans") -> Client:
        user = a_person(role, organisation=an_organisation(OrganisationKind.OPERATOR))
        user.demonstration = True
        user.save()
        client = Client(headers={"accept-language": language})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def test_every_relation_that_is_shown_has_a_name_of_its_own() -> None:
    nameless = [
        f"{model.__name__}.{field.name}"
        for model, page in admin.site._registry.items()
        if isinstance(page, RoleAdmin)
        for field in model._meta.get_fields()
        if is_nameless_relation(field) and field.name not in RELATIONS
    ]
    assert sorted(nameless) == ["Warning.assignee", "Warning.explainer", "Warning.verifier"], (
        "warnings have pages of their own, which name these"
    )


@pytest.mark.parametrize("role", OPERATORS)
def test_the_home_page_leads_to_the_administration_and_all_its_lists_open(
    of_the_operator: Any, role: str
) -> None:
    client = of_the_operator(role)
    assert 'href="/admin/"' in client.get("/").content.decode()
    index = client.get("/admin/").content.decode()
    lists = sorted(set(re.findall(r'href="(/admin/[a-z]+/[a-z]+/(?:add/)?)"', index)))
    assert lists
    for url in lists:
        page = client.get(url)
        assert page.status_code == 200, url
        text = page.content.decode()
        assert 'class="work-menu"' in text, f"{url} stands in the frame of every workspace"
        assert "DatabaseDefault" not in text, url
        heads = re.findall(r'class="text">(?:<a[^>]*>|<span>)([^<]*)<', text)
        foreign = [head for head in heads if re.fullmatch(r"[A-Za-z ]+", head) and head not in ("ID", "IP")]
        assert not foreign, f"{url} has headings in English: {foreign}"


def test_a_list_without_rows_says_what_would_fill_it(of_the_operator: Any) -> None:
    client = of_the_operator(Role.SYSTEM_ADMIN, "en")
    assert "Nothing has been recorded here yet." in client.get("/admin/zcy/outage/").content.decode()
    filtered = client.get("/admin/zcy/holiday/?kind__exact=nonsense", follow=True)
    assert filtered.status_code == 200


def test_the_night_that_failed_waits_for_the_system_administrator(of_the_operator: Any) -> None:
    last = clock.today() - timedelta(days=1)
    run = NightlyRun.objects.create(first=last, last=last, state=RunState.FAILED)
    run.parts.create(part="price_statistics", state=RunState.FAILED)
    run.parts.create(part="order_figures", state=RunState.DONE)
    client = of_the_operator(Role.SYSTEM_ADMIN, "en")
    text = client.get("/").content.decode()
    assert "Parts of the last night that failed" in text
    assert f"/admin/zcy/nightlyrun/{run.pk}/change/" in text
    part = client.get(f"/admin/zcy/nightlyrun/{run.pk}/change/").content.decode()
    assert "Price statistics" in part
    assert (
        "Parts of the last night that failed"
        not in of_the_operator(Role.AUDITOR, "en").get("/").content.decode()
    )


def test_figures_of_a_night_are_told_in_words() -> None:
    figures = {
        "clear": {"count": 2044, "value": "77186854.45"},
        "reasons": {"no_signature": {"count": 247, "value": "7824811.49"}},
        "full": True,
        "made_up": 7,
    }
    told = dict(in_words(figures))
    assert "2,044 · ¥77,186,854.45" in told.values()
    assert "247 · ¥7,824,811.49" in told.values()
    assert told["made_up"] == "7"
    assert not {"clear", "no_signature", "full"} & set(told), "keys are not words"


def test_a_licence_that_ends_soon_waits_for_the_onboarding_staff(of_the_operator: Any) -> None:
    today = clock.today()
    a_supplier(name="将到期公司", licence_expires_on=today + timedelta(days=59))
    a_supplier(name="还早公司", licence_expires_on=today + timedelta(days=60))
    a_supplier(name="已停用公司", licence_expires_on=today - timedelta(days=1), active=False)
    client = of_the_operator(Role.ONBOARDING)
    assert "/admin/accounts/organisation/?licence=ending" in client.get("/").content.decode()
    found = client.get("/admin/accounts/organisation/?licence=ending").content.decode()
    assert "将到期公司" in found
    assert "还早公司" not in found
    assert "已停用公司" not in found
