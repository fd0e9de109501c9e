"""Suggestions while typing: words, categories, brands, goods, suppliers, and what one has searched for before."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.search.recording import keep_searches
from tests.catalog.factories import a_buyer_actor, a_client_of, an_organisation, many_goods_on_sale

pytestmark = pytest.mark.django_db


def suggested(client: Client, q: str) -> dict[str, list[str]]:
    answer = client.get("/search/suggest/?" + urlencode({"q": q}), headers={"accept-language": "en"})
    assert answer.status_code == 200
    return {group["title"]: [item["text"] for item in group["items"]] for group in answer.json()["groups"]}


def flat(client: Client, q: str) -> list[str]:
    return [text for items in suggested(client, q).values() for text in items]


@pytest.fixture
def shop() -> None:
    many_goods_on_sale(6, brand="得力")
    services.rebuild_vocabulary()


@pytest.mark.parametrize("q", ["打", "打印", "dayin", "dyj", "a4黑白"])
def test_the_beginning_of_a_word_in_any_writing_suggests_it(client: Client, shop: None, q: str) -> None:
    assert any("打印" in text for text in flat(client, q))


@pytest.mark.parametrize("q", ["得力 打", "P0000", "p-00001", "得力打印机"])
def test_goods_are_suggested_by_words_and_models(client: Client, shop: None, q: str) -> None:
    found = [text for text in flat(client, q) if text.startswith("得力 打印机")]
    assert found
    assert len(found) == len(set(found)) <= 4


def test_brands_and_suppliers_are_suggested(client: Client, shop: None) -> None:
    an_organisation(name="杭州得力办公有限公司")
    texts = flat(client, "得力")
    assert "得力" in texts
    assert "杭州得力办公有限公司" in texts


def test_one_s_own_searches_come_to_oneself_only(shop: None) -> None:
    mine, other = a_client_of(a_buyer_actor()), a_client_of(a_buyer_actor())
    mine.get("/search/?q=打印机 双面")
    keep_searches()
    assert "打印机 双面" in flat(mine, "打印机")
    assert "打印机 双面" in flat(mine, "")
    assert "打印机 双面" not in flat(other, "打印机")


@pytest.mark.parametrize("q", ["", "%", "_", "\\", "'", "\x00", "量子", "'':*|&!", "a" * 5000, "<script>"])
def test_whatever_is_typed_is_answered(client: Client, shop: None, q: str) -> None:
    suggested(client, q)


def test_suggestions_cost_one_statement_beside_those_of_every_page(client: Client, shop: None) -> None:
    suggested(client, "打印")
    with CaptureQueriesContext(connection) as captured:
        suggested(client, "打印")
    assert len(captured) == 1


def test_the_field_is_a_plain_search_without_scripts(client: Client, shop: None) -> None:
    html = client.get("/search/").content.decode()
    assert 'action="/search/"' in html
    assert 'data-suggest="/search/suggest/"' in html
    assert 'role="combobox"' not in html
