"""Whatever stands in an address or is typed into a form: no page fails, and nothing that was typed is lost.

The walk follows the links of every role in a small world in which every page has something to show, so that a new
page is tried as soon as it is linked from somewhere.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import SECOND_FACTOR_ROLES, Role
from tests.accounts.test_every_url_as_every_role import all_addresses
from tests.factories.accounts import PASSWORD
from tests.support.crawl import Form, Page, shape, shows, walk
from tests.support.world import a_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# 1 on every run; `make soak` raises it.
SCALE: Final = float(os.environ.get("ZCY_TEST_SCALE", "1"))
ODD: Final = (
    "\x00", "a\x00b", "x" * 5_000, "abc", "-1", "0", "1e999", "NaN", "Infinity", "9" * 20, "9" * 400, "0.0001", "1,5",
    "' OR 1=1 --", "<script>alert(1)</script>", "%", "\\", "2026-13-45", "0001-01-01", "9999-12-31", "١٢", "１２", "🖨️",
    "\u202e", "{}", "[]", "null", "WyJ4Il0", "W10", "bnVsbA", "-sort", "__import__", "id__in", "   ", "true", "330199",
)  # fmt: skip
# Names that some page somewhere understands; the others must not mind them.
COMMON: Final = (
    "q", "page", "after", "before", "size", "sort", "format", "category", "brand", "price", "least", "most", "min",
    "max", "since", "until", "state", "region", "year", "next", "unread", "listing", "supplier", "grade", "days", "id",
    "p", "o", "e", "all", "_facets", "_popup", "_to_field",
)  # fmt: skip
# Doors that would end the walk, or change who walks.
LEFT_ALONE: Final = (
    "/account/logout/",
    "/account/sessions/",
    "/account/2fa/",
    "/account/password/",
    "/account/organisation/",
)
FINE: Final = frozenset([200, 301, 302, 400, 403, 404, 405, 409, 429])
# To these nobody is linked: they are reached by letter, by the platform itself, or by a step on the way.
UNLINKED: Final = frozenset(
    [
        "healthz", "readyz", "metrics", "picture", "styleguide", "styleguide_frame", "verify_document", "invitation",
        "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_set_password",
        "account_email_verification_sent", "account_confirm_email", "account_confirm_login_code", "account_email",
        "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
        "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes",
        "favicon",
        "application_discard", "application_resume",  # while a renewal is being written, and after it was discarded
        "catalog:reference_proof",  # of a reference that has one
        "catalog:goods_to_name", "catalog:supplier_guess",  # asked for by their forms while one types
        "catalog:supplier_range",  # asked for by the form while a price is typed
        "catalog:supplier_export",  # a button of the form for templates leads there
        "catalog:supplier_import_progress",  # asked for by the page while an import is worked on
        "catalog:supplier_checks",  # asked for by the form while an offer is typed
        "catalog:supplier_similar",  # asked for by the form while a good is proposed
        "catalog:suggest",  # asked for by the search field while one types
        "orders:cart_restore",
        "orders:cart_replace",
        "catalog:supplier_listing_create", "catalog:supplier_join",  # linked from the goods that one looks for
        "unit_invitation",
        "mfa_download_recovery_codes", "mfa_view_recovery_codes", "mfa_activate_totp",
    ]
)  # fmt: skip
MARK: Final = "请保留<b>这句话&"

SIDES: Final = {
    "visitor": ("",),
    "applicant": ("applicant",),
    "buyer": (Role.PURCHASER, Role.APPROVER, Role.ACCEPTOR, Role.FINANCE, Role.MANAGER),
    "supplier": (Role.SUPPLIER_ADMIN, Role.SUPPLIER_CLERK),
    "supervision": (Role.SUPERVISOR, Role.SUPERVISION_LEAD),
    "catalog": (Role.CATALOG, Role.ONBOARDING, Role.SERVICE),
    "powers": (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR),
}
STARTS: Final = (
    "/",
    "/open/",
    "/verify/",
    "/account/",
    "/cart/",
    "/checkout/",
    "/admin/",
    "/search/",
    "/account/login/",
)


def browser_of(actor: Actor | None) -> Client:
    client = Client()
    if actor is not None:
        assert isinstance(actor.user, User)
        if not SECOND_FACTOR_ROLES.isdisjoint(actor.all_roles):
            Authenticator.objects.create(user=actor.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
        actor.user.set_password(PASSWORD)
        actor.user.save()
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def people_of(side: str) -> Iterator[tuple[str, Client]]:
    world = a_world()
    for role in SIDES[side]:
        yield role, browser_of(world[role] if role else None)


def ask(client: Client, method: str, path: str, data: Mapping[str, Any]) -> HttpResponse:
    odd = {name: str(value)[:40] for name, value in list(data.items())[:4]}
    try:
        answer: HttpResponse = getattr(client, method)(path, data)
    except Exception as error:
        pytest.fail(f"{method} {path} with {odd!r}: {type(error).__name__}: {error}")
    assert answer.status_code in FINE, f"{method} {path} with {odd!r}: {answer.status_code}"
    return answer


def odd_addresses(page: Page, chance: random.Random) -> Iterator[dict[str, str]]:
    names = sorted(page.parameters - {"csrfmiddlewaretoken"})
    for value in chance.sample(ODD, min(len(ODD), int(3 * SCALE))):
        yield dict.fromkeys([*names, *COMMON], value)
    for name in names:
        for value in chance.sample(ODD, min(len(ODD), int(3 * SCALE))):
            yield {name: value}


def odd_forms(form: Form, chance: random.Random) -> Iterator[dict[str, str]]:
    names = sorted(set(form.fields) - {"csrfmiddlewaretoken"})
    yield {}
    for value in chance.sample(ODD, min(len(ODD), int(3 * SCALE))):
        yield dict.fromkeys(names, value)
    for name in one_of_each(names):
        for value in chance.sample(ODD, min(len(ODD), int(2 * SCALE))):
            yield form.filled | {name: value}


def one_of_each(names: Iterable[str]) -> list[str]:
    """Of names that differ in their numbers alone (the rows of a table) the first."""
    return list({re.sub(r"\d+", "N", name): name for name in sorted(names, reverse=True)}.values())


@pytest.mark.parametrize("side", SIDES)
def test_no_address_breaks_a_page(side: str) -> None:
    chance, done = random.Random(side), set[Any]()
    for _role, client in people_of(side):
        for page in walk(client, *STARTS):
            assert page.status in FINE, page.path
            key = (shape(page.path), frozenset(page.parameters))
            if page.status in {403, 404} or key in done:
                continue
            done.add(key)
            for data in odd_addresses(page, chance):
                ask(client, "get", page.path, data)


@pytest.mark.parametrize("side", [side for side in SIDES if side != "visitor"])
def test_no_form_breaks_on_what_is_typed_and_what_was_typed_is_kept(side: str) -> None:
    chance, done = random.Random(side), set[Any]()
    for _role, client in people_of(side):
        for page in walk(client, *STARTS):
            for form in page.forms:
                names = frozenset(re.sub(r"\d+", "N", name) for name in form.fields)
                key = (shape(form.action.split("?")[0]), names)
                if form.method != "post" or form.action.startswith(LEFT_ALONE) or key in done:
                    continue
                done.add(key)
                kept(client, form)
                for data in odd_forms(form, chance):
                    ask(client, "post", form.action, data)


def kept(client: Client, form: Form) -> None:
    """Words typed into a form that is refused for something else stand on the page that refuses it."""
    hidden = {name for name, (kind, _value) in form.fields.items() if kind == "hidden"} - {"idempotency_key"}
    others = {other: "\x01" for other in form.fields if other not in hidden and other not in form.texts}
    for name in one_of_each(form.texts):
        answer = ask(client, "post", form.action, {**form.filled, **others, name: MARK})
        if answer.status_code in {200, 400, 409} and "html" in answer["Content-Type"]:
            assert shows(answer.content.decode(), MARK), f"{form.action} loses what was typed into {name}"


def test_every_page_is_linked_from_where_its_people_look() -> None:
    wanted = {address.name for address in all_addresses() if not address.path.startswith("/admin/")}
    world = a_world()
    found: set[str] = set()
    for role in ("", *world):
        for page in walk(browser_of(world[role] if role else None), *STARTS, of_a_shape=4, most=400):
            # A page counts if it opens, what a form is sent to if there is such a form.
            met = [form.action for form in page.forms] + [page.path] * (page.status in {200, 302})
            met += [link for link in page.links if link.startswith("/media/licences/")]
            found |= {resolve(address.split("?")[0]).view_name for address in met}
    missing = sorted(wanted - found - UNLINKED)
    assert not missing, f"nobody comes to {missing}"
