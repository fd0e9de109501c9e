"""Every URL of the platform, called by everybody: nobody gets in where the view does not say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.resolvers import RegexPattern, RoutePattern

from accounts.models import User
from accounts.roles import OPERATOR_ROLES, Role
from tests.factories.accounts import HAISHU, KIND_OF_ROLE, a_person, an_organisation, client_of
from zcy.access import Access, Audience, access_of

pytestmark = pytest.mark.django_db
APPS = ("accounts", "catalog", "orders", "supervision", "credit", "exchange", "zcy")
# What stands for an argument where no real row is needed; by the name of the argument, else by its converter.
DUMMIES_BY_NAME = {
    "app_label": "accounts",
    "uidb36": "1",
    "object_id": "999999999",
    "content_type_id": "999999999",
}
DUMMIES = {
    "IntConverter": "999999999",
    "StringConverter": "nothing",
    "SlugConverter": "nothing",
    "PathConverter": "nothing",
}
DUMMIES["PictureName"] = f"goods/{'0' * 32}.webp"
DUMMIES["PaperName"] = f"licences/{'0' * 32}.pdf"
DUMMIES["UUIDConverter"] = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Address:
    """One URL with dummies for its arguments."""

    name: str
    path: str
    access: Access | None
    arguments: tuple[str, ...]


def walk(
    resolver: URLResolver, prefix: str = "/", arguments: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        part, names = filled(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, prefix + part, arguments + names)
        elif isinstance(entry, URLPattern):
            yield prefix + part, arguments + names


def filled(pattern: Any) -> tuple[str, tuple[str, ...]]:
    if isinstance(pattern, RoutePattern):
        text = str(pattern)
        for name, converter in pattern.converters.items():
            dummy = DUMMIES_BY_NAME.get(name) or DUMMIES[type(converter).__name__]
            text = re.sub(rf"<(\w+:)?{name}>", dummy, text)
        return text, tuple(pattern.converters)
    assert isinstance(pattern, RegexPattern)
    names = tuple(pattern.regex.groupindex)
    text = str(pattern).strip("^$").replace("\\Z", "")
    for name in names:
        text = re.sub(rf"\(\?P<{name}>(?:[^()]|\([^()]*\))*\)", DUMMIES_BY_NAME.get(name, "nothing"), text)
    return text, names


def all_addresses() -> list[Address]:
    found = []
    for path, arguments in walk(get_resolver()):
        if path == "/admin/(?P<url>.*)":
            continue
        try:
            match = resolve(path)
        except Resolver404:
            pytest.fail(f"the walk cannot make an example of {path}")
        access = access_of(match.func, view_name=match.view_name, namespaces=list(match.namespaces))
        found.append(Address(match.view_name, path, access, arguments))
    return found


def test_every_url_is_declared():
    undeclared = [address.path for address in all_addresses() if address.access is None]
    assert not undeclared, f"nobody said who may call {undeclared}"


def test_every_declared_role_exists():
    roles = {role for address in all_addresses() if address.access for role in address.access.roles}
    assert roles <= set(Role.values)


def answers(client: Client, address: Address) -> Iterator[tuple[str, HttpResponse]]:
    # The administration's pages have one declaration among them: reading them all is proof enough.
    for method in ("get",) if address.path.startswith("/admin/") else ("get", "post"):
        try:
            yield method, getattr(client, method)(address.path)
        except Exception as error:
            pytest.fail(f"{method} {address.path}: {type(error).__name__}: {error}")


def goes_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse(settings.LOGIN_URL))


def test_somebody_who_is_not_signed_in_reaches_public_pages_only():
    wrong = []
    for address in all_addresses():
        for method, answer in answers(Client(), address):
            is_public = address.access is not None and address.access.audience is Audience.PUBLIC
            fine = answer.status_code < 500 if is_public else goes_to_sign_in(answer)
            if not fine:
                wrong.append((method, address.path, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("role", [*Role.values, ""])
def test_every_role_reaches_what_is_declared_for_it_and_nothing_else(role: str):
    user = a_person(*([role] if role else []))
    client = client_of(user)
    wrong = []
    for address in all_addresses():
        access = address.access
        admitted = access is not None and access.admits(authenticated=True, roles=frozenset([role]))
        public = access is not None and access.audience is Audience.PUBLIC
        if SESSION_KEY not in client.session:
            client = client_of(user)  # the walk has come past the page that signs out
        for method, answer in answers(client, address):
            if admitted:
                fine = answer.status_code < 500 and (public or not goes_to_sign_in(answer))
            else:
                fine = answer.status_code == 403
            if not fine:
                wrong.append((method, address.path, answer.status_code))
    assert not wrong


def samples() -> tuple[dict[str, Callable[[], dict[str, Any]]], set[str]]:
    made: dict[str, Callable[[], dict[str, Any]]] = {}
    open_to_all: set[str] = set()
    for app in APPS:
        if find_spec(f"tests.{app}") and find_spec(f"tests.{app}.url_samples"):
            module = import_module(f"tests.{app}.url_samples")
            made |= module.SAMPLES
            open_to_all |= module.OPEN_TO_ALL
    return made, open_to_all


def object_addresses() -> list[Address]:
    """URLs that name a row and are not for everybody; the administration scopes its rows itself."""
    return [
        address
        for address in all_addresses()
        if address.arguments
        and address.access is not None
        and address.access.audience is not Audience.PUBLIC
        and not address.path.startswith("/admin/")
    ]


def test_every_url_of_a_row_has_a_sample():
    made, open_to_all = samples()
    missing = {address.name for address in object_addresses()} - set(made) - open_to_all
    assert not missing, f"add real rows for {sorted(missing)} to tests/<app>/url_samples.py"


def test_a_stranger_with_the_right_role_meets_nothing():
    made, _open_to_all = samples()
    wrong = []
    for address in object_addresses():
        if address.name not in made or address.access is None:
            continue
        arguments = made[address.name]()
        for role in sorted(address.access.roles) or ["purchaser", "supplier_admin"]:
            if role in OPERATOR_ROLES:
                continue  # the operator's staff see the whole market
            stranger: User = a_person(role, organisation=an_organisation(KIND_OF_ROLE[Role(role)], HAISHU))
            path = reverse(address.name, kwargs=arguments)
            for method, answer in answers(client_of(stranger), Address(address.name, path, None, ())):
                if answer.status_code not in (403, 404, 405):
                    wrong.append((role, method, path, answer.status_code))
    assert not wrong
