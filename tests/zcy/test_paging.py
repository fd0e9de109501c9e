"""Keyset pages."""

from __future__ import annotations

import base64
import json

import pytest
from django.http import QueryDict

from accounts.models import Organisation
from tests.factories.accounts import a_region
from zcy.paging import KeysetPage

pytestmark = pytest.mark.django_db
ORDER = ("-founded_on", "name", "id")


@pytest.fixture
def organisations() -> list[int]:
    region = a_region()
    days = [None, "2020-01-01", "2021-01-01", "2021-01-01", None, "2019-05-05", "2021-01-01"]
    Organisation.objects.bulk_create(
        Organisation(kind="buyer", name=f"单位{number % 3}", region=region, founded_on=day)
        for number, day in enumerate(days)
    )
    return list(Organisation.objects.order_by(*ORDER).values_list("id", flat=True))


def page(query: str, order: tuple[str, ...] = ORDER) -> KeysetPage[Organisation]:
    return KeysetPage.of(
        Organisation.objects.all(), QueryDict(query.lstrip("?")), order=order, size=2, sizes=(2, 3)
    )


@pytest.mark.parametrize(
    "order", [ORDER, ("founded_on", "-id"), ("name", "-id"), ("-id",), ("region__code", "id")]
)
def test_walking_forwards_and_back_shows_every_row_once(organisations: list[int], order: tuple[str, ...]):
    expected = list(Organisation.objects.order_by(*order).values_list("id", flat=True))
    seen, url, last = [], "?", None
    while url:
        last = page(url, order)
        seen += [row.pk for row in last]
        url = last.next_url
    assert seen == expected
    back: list[int] = []
    assert last is not None
    url = last.previous_url
    while url:
        current = page(url, order)
        back = [row.pk for row in current] + back
        url = current.previous_url
    assert back == expected[:6]


def test_the_first_page_has_no_way_back_and_the_filters_stay_in_the_address(organisations: list[int]):
    first = page("?q=学校&size=3")
    assert (first.previous_url, first.first_url, len(first)) == ("", "", 3)
    assert "q=%E5%AD%A6" in first.next_url


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "bad",
    [
        "x", "%%%", "é", cursor(), cursor(1), cursor("a", "b", "c"), cursor({"d": "2020-01-01"}, "\x00", 1),
        cursor({"d": "x"}, "a", 1), cursor({"d": "2020-01-01"}, "a", 2**70), cursor({"q": 1}, "a", 1),
        cursor({"n": "1e999999"}, "a", 1), cursor([1], "a", 1), "A" * 5000,
    ],
)  # fmt: skip
def test_a_position_that_was_never_given_out_shows_the_beginning_and_says_so(
    organisations: list[int], bad: str
):
    query = QueryDict(mutable=True)
    query["after"] = bad
    shown = page(query.urlencode())
    assert [row.pk for row in shown] == organisations[:2]
    assert shown.stale
    assert shown.notice


@pytest.mark.parametrize("size", ["0", "-1", "1000000", "x", "²", "9" * 400])
def test_a_size_that_is_not_offered_is_not_taken(organisations: list[int], size: str):
    assert len(page(f"?size={size}")) == 2
