"""Lists that web processes keep: drawn once, and anew as soon as the catalogue has changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisAway

from catalog import services
from catalog.models import Category, Listing
from tests.catalog.factories import a_good, a_listing_on_sale
from zcy import cache as zcy_cache

pytestmark = pytest.mark.django_db(transaction=True)

ROWS_AND_FACETS = 2


@pytest.fixture(autouse=True)
def _keeping(settings: Any) -> None:
    settings.KEEP_LISTS = True


def _statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def _shown(client: Client, url: str) -> str:
    return str(client.get(url).content.decode())


def _list_of(good: Any) -> str:
    return f"/categories/{good.category.code}/"


def test_a_second_visitor_gets_the_list_without_a_statement(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    _shown(client, _list_of(good) + "?sort=-price")  # what every page remembers: the tree, the navigation
    assert _statements(client, _list_of(good)) == ROWS_AND_FACETS
    assert _statements(Client(), _list_of(good)) == 0


def test_a_new_price_shows_at_once(client: Client) -> None:
    good = a_good()
    listing = a_listing_on_sale(good, price="1980")
    assert "¥1,980.00" in _shown(client, _list_of(good))
    Listing.objects.filter(pk=listing.pk).update(price="1750")
    services.refresh_goods([good.pk])
    assert "¥1,750.00" in _shown(client, _list_of(good))


def test_a_renamed_good_shows_at_once(client: Client) -> None:
    good = a_good("惠普激光打印机")
    a_listing_on_sale(good)
    assert "惠普激光打印机" in _shown(client, _list_of(good)).replace("<mark>", "").replace("</mark>", "")
    type(good).objects.filter(pk=good.pk).update(name="奔图激光打印机")
    services.index_goods([good.pk])
    assert "奔图激光打印机" in _shown(client, _list_of(good))


@pytest.mark.parametrize("address", ["?sort=price", "?size=48", "?min=1", "?stock=1"])
def test_another_question_gets_a_list_of_its_own(client: Client, address: str) -> None:
    good = a_good()
    a_listing_on_sale(good)
    _shown(client, _list_of(good))
    assert _statements(client, _list_of(good) + address) == ROWS_AND_FACETS


def test_each_language_has_its_own(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    assert "个供货" in (chinese := _shown(client, _list_of(good))) or "报价" in chinese
    english = client.get(_list_of(good), headers={"accept-language": "en"}).content.decode()
    assert "1 good" in english


def test_a_wrong_filter_is_told_every_time_and_never_kept(client: Client) -> None:
    good = a_good()
    a_listing_on_sale(good)
    for _visit in range(2):
        answer = client.get(_list_of(good) + "?min=cheap")
        assert answer.status_code == 400
        assert 'value="cheap"' in answer.content.decode()
    assert client.get(_list_of(good)).status_code == 200


def test_while_the_cache_is_away_every_list_is_drawn_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any, **_named: Any) -> None:
        raise RedisAway

    good = a_good()
    a_listing_on_sale(good)
    _shown(client, _list_of(good))
    monkeypatch.setattr(type(cache._cache), "get", away)  # type: ignore[attr-defined]
    monkeypatch.setattr(type(cache._cache), "add", away)  # type: ignore[attr-defined]
    Category.objects.filter(pk=good.category_id).update(name="x")
    Listing.objects.filter(good=good).update(price="1.50")
    services.refresh_goods([good.pk])
    assert "¥1.50" in _shown(client, _list_of(good))
    zcy_cache._rest.end()
