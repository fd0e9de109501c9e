"""Everybody chooses the columns of a table for themselves; the choice stays, with and without JavaScript."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from tests.factories.accounts import a_person, client_of
from zcy.columns import COOKIE, MOST_TABLES_OF_A_VISITOR, choices_of, shown_columns
from zcy.tables import Column

pytestmark = pytest.mark.django_db

COLUMNS = [Column("Order", fixed=True), Column("Unit"), Column("Note", hidden=True)]


def request_with(cookie: str) -> Any:
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = cookie
    return request


def choose(client: Client, *show: int, table: str = "sign-ins", total: Any = 5, **more: Any) -> Any:
    return client.post(
        "/columns/", {"table": table, "total": total, "show": show, "next": "/account/sign-ins/", **more}
    )


def hidden(client: Client, address: str = "/account/sign-ins/") -> list[int]:
    html = client.get(address).content.decode()
    return [number for number in range(1, 17) if f" hide-{number}" in html]


def test_what_a_person_hides_stays_hidden_on_every_device() -> None:
    person = a_person()
    browser = client_of(person)
    assert hidden(browser) == []
    response = choose(browser, 1, 2, 4)
    assert (response.status_code, response["Location"]) == (302, "/account/sign-ins/")
    assert hidden(browser) == [3, 5]
    assert hidden(client_of(person)) == [3, 5]
    assert hidden(client_of(a_person())) == []
    assert 'name="show" value="3" data-column="3" />' in browser.get("/account/sign-ins/").content.decode()


def test_a_visitor_keeps_the_choice_in_the_browser(client: Client) -> None:
    page = client.get("/open/deals/").content.decode()
    total = int(page.split('name="total" value="')[1].split('"')[0])
    choose(client, *range(1, total), table="deals", total=total)
    assert choices_of(request_with(client.cookies[COOKIE].value)) == {"deals": [total, total]}
    assert hidden(client, "/open/deals/") == [total]
    assert total not in hidden(Client(), "/open/deals/")
    assert not User.objects.exclude(columns={}).exists()


def test_the_way_back_to_the_beginning() -> None:
    browser = client_of(a_person())
    choose(browser, 1)
    choose(browser, reset="1")
    assert hidden(browser) == []


def test_a_fixed_column_is_never_hidden_and_a_hidden_one_waits_to_be_chosen() -> None:
    assert shown_columns(None, "t", COLUMNS) == [True, True, False]
    assert shown_columns(request_with('{"t": [3, 1, 2]}'), "t", COLUMNS) == [True, False, True]
    select = [Column("Choose", select="orders"), Column("Unit")]
    assert shown_columns(request_with('{"t": [2, 1, 2]}'), "t", select) == [True, False]


def test_a_choice_for_a_table_that_has_got_other_columns_is_forgotten() -> None:
    assert shown_columns(request_with('{"t": [4, 2]}'), "t", COLUMNS) == [True, True, False]


@pytest.mark.parametrize(
    "cookie", ["", "{", "[]", '{"t": 3}', '{"t": ["3", 1]}', '{"t": []}', "null", '{"t": [true]}']
)
def test_a_damaged_cookie_is_as_none(cookie: str) -> None:
    assert shown_columns(request_with(cookie), "t", COLUMNS) == [True, True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"table": "a b"},
        {"table": ""},
        {"table": "x" * 41},
        {"total": "0"},
        {"total": "17"},
        {"total": "many"},
    ],
)
def test_what_is_no_table_is_refused_and_nothing_kept(wrong: dict[str, str]) -> None:
    person = a_person()
    choose(client_of(person), 1, **wrong)
    assert User.objects.get(pk=person.pk).columns == {}


def test_the_way_back_leads_to_our_own_pages_only() -> None:
    browser = client_of(a_person())
    for address in ("https://elsewhere.example/", "//elsewhere.example", "", "/a\r\nb"):
        assert choose(browser, 1, next=address)["Location"] == "/"


def test_the_script_is_answered_without_a_page() -> None:
    browser = client_of(a_person())
    response = browser.post(
        "/columns/", {"table": "sign-ins", "total": 5, "show": [1]}, headers={"x-requested-with": "fetch"}
    )
    assert response.status_code == 204
    assert hidden(browser) == [2, 3, 4, 5]


def test_a_visitor_s_cookie_stays_small(client: Client) -> None:
    for number in range(MOST_TABLES_OF_A_VISITOR + 5):
        choose(client, 1, table=f"table-{number}", total=16)
    kept = json.loads(client.cookies[COOKIE].value)
    assert len(kept) == MOST_TABLES_OF_A_VISITOR
    assert f"table-{MOST_TABLES_OF_A_VISITOR + 4}" in kept
    assert len(client.cookies[COOKIE].value) < 3500


def test_looking_changes_nothing() -> None:
    assert client_of(a_person()).get("/columns/").status_code == 405
