"""Each role sees what it works with: the table, the administration's lists and the side menu agree."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.roles import ADMIN_ROLES, Role
from catalog.staff import SEES
from tests.catalog.factories import a_person, an_organisation
from tests.catalog.test_halls_for_suppliers import in_the_administration
from tests.factories.accounts import KIND_OF_ROLE

pytestmark = pytest.mark.django_db
PAGES = {"demands": "/operator/demands/", "explanation": "/operator/search/"}


def somebody(role: Role, settings: Any) -> Client:
    user = a_person(role, an_organisation(KIND_OF_ROLE[role]))
    return in_the_administration(user, settings)


def listed() -> dict[str, str]:
    """Model → address of its list, of everything that the catalog has in the administration."""
    return {
        model._meta.model_name or "": f"/admin/catalog/{model._meta.model_name}/"
        for model in admin.site._registry
        if model._meta.app_label == "catalog"
    }


def test_the_table_names_every_list_of_the_catalog() -> None:
    assert set(SEES) == {*listed(), *PAGES}


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_lists_open_for_the_roles_of_the_table_and_nobody_else(role: Role, settings: Any) -> None:
    client = somebody(role, settings)
    for name, address in (listed() | PAGES).items():
        expected = 200 if role in SEES[name] else 403
        assert client.get(address).status_code == expected, (role, address)


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_the_menu_leads_only_where_one_gets_in(role: Role, settings: Any) -> None:
    client = somebody(role, settings)
    html = client.get("/admin/").content.decode()
    menu = re.search(r'<nav class="work-menu".*?</nav>', html, re.DOTALL)
    assert menu
    links = set(re.findall(r'href="(/[^"]*)"', menu[0]))
    assert links
    refused = [link for link in links if client.get(link, follow=True).status_code != 200]
    assert not refused
    seen = {address for name, address in listed().items() if role in SEES[name]}
    assert {link for link in links if link.startswith("/admin/catalog/")} == seen


@pytest.mark.parametrize("role", [Role.ONBOARDING, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_who_has_no_work_in_the_catalog_is_shown_nothing_of_it(role: Role, settings: Any) -> None:
    client = somebody(role, settings)
    for page in ("/", "/admin/"):
        html = client.get(page).content.decode()
        assert "/admin/catalog/" not in html
        assert "/operator/" not in html
