"""Queries that nothing is written like: sentences, half-spelt words, sounds that are alike, names of suppliers, nonsense."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from catalog import segmentation, services
from catalog.search.answer import Answer, answer
from catalog.search.filters import read_filters
from catalog.search.suggest import stores_named, suggestions
from catalog.search.vocabulary_keys import keys_of
from catalog.spelling import sound, unlike
from tests.catalog.factories import a_good, a_listing_on_sale, an_organisation
from tests.catalog.test_search_words import a_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> dict[str, int]:
    ids = a_shop()
    services.refresh_goods()
    services.rebuild_vocabulary()
    return ids


def asked(q: str, **more: str) -> Answer:
    return answer(read_filters(QueryDict(urlencode({"q": q, **more}))))


@pytest.mark.parametrize(
    ("q", "read_as", "first"),
    [
        ("给食堂用的打印机", "打印机", "printer"),
        ("带双面功能的激光打印机", "激光打印机", "printer"),
        ("领导坐的高背办公椅", "高 背 办公椅", "chair"),
        ("需要10箱A4复印纸", "a4 复印纸", "paper"),
        ("办公椅 人体工学", "办公椅", "chair"),
    ],
)
def test_of_a_sentence_what_goods_are_known_by_is_found(
    shop: dict[str, int], q: str, read_as: str, first: str
) -> None:
    found = asked(q)
    assert [row.id for row in found.page.rows] == [shop[first]]
    assert (found.filters.q, found.asked) == (read_as, q)


@pytest.mark.parametrize("q", ["打印机租赁合同", "办公椅图纸设计", "长颈鹿饲料", "的", "zzzzzz", "yyzzyyzz"])
def test_what_is_about_something_else_finds_nothing(shop: dict[str, int], q: str) -> None:
    assert asked(q).page.rows == []


def test_a_sentence_is_taken_literally_where_that_is_asked_for(shop: dict[str, int]) -> None:
    assert asked("给食堂用的打印机", **{"as": "typed"}).page.rows == []


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("打印ji", "printer"), ("daying机", "printer"), ("复印zhi", "paper"),
        # zh like z, ing like in, at several places of a word
        ("zongxinbi", "pen"), ("yejinxiansiqi", "screen"), ("bangonyi", "chair"),
        # a slip in a sentence
        ("我想买一台打印记", "printer"),
    ],
)  # fmt: skip
def test_half_spelt_words_and_sounds_that_are_alike_are_understood(
    shop: dict[str, int], q: str, first: str
) -> None:
    assert [row.id for row in asked(q).page.rows][:1] == [shop[first]]


def test_sounds_alike_are_written_alike() -> None:
    assert sound("zhongxingbi") == sound("zongxinbi")
    assert sound("shengang") == sound("sengan")
    assert sound("dayinji") != sound("dayiji")
    assert "szongxinbi" in keys_of("中性笔", "word", "zhongxingbi", "zxb")


@pytest.mark.parametrize(
    ("one", "other", "between"),
    [("三年级上册", "三年级下册", ("上", "下")), ("abc", "abc", ("", "")), ("aa", "aaa", ("", "a")), ("", "x", ("", "x"))],
)  # fmt: skip
def test_what_two_texts_do_not_share(one: str, other: str, between: tuple[str, str]) -> None:
    assert unlike(one, other) == between


def test_the_name_of_a_supplier_leads_to_its_store(shop: dict[str, int], client: Any) -> None:
    supplier = an_organisation(name="杭州云栖打印机有限公司")
    closed = an_organisation(name="杭州云栖打印机二厂", active=False)
    found = asked("杭州云栖打印机")
    assert found.page.rows == []
    assert suggestions(found.filters).stores == [(supplier.name, f"/stores/{supplier.pk}/")]
    html = client.get("/search/", {"q": "杭州云栖打印机"}).content.decode()
    assert f'href="/stores/{supplier.pk}/"' in html
    assert closed.name not in html


@pytest.mark.parametrize("q", ["云栖", "%%%%", "____", "hangzhou", ""])
def test_too_little_of_a_name_leads_to_no_store(q: str) -> None:
    an_organisation(name="杭州云栖打印机有限公司")
    assert stores_named(q) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.5平方电线", "2.5mm² 电线"), ("60安时 电瓶", "60Ah 电瓶"), ("5000转/分 离心机", "5000 r/min 离心机"),
        ("20微升", "20 μl"), ("200℃ 烘箱", "200摄氏度 烘箱"), ("30㎡ 地毯", "30平方米 地毯"), ("3公里", "3千米"),
    ],
)  # fmt: skip
def test_units_have_one_spelling(one: str, other: str) -> None:
    assert segmentation.query_words(one) == segmentation.query_words(other)


def test_what_is_no_unit_stays() -> None:
    assert segmentation.normalise("360转角柜") == "360转角柜"
    assert segmentation.normalise("m2硬盘") == "m2硬盘"


def test_a_good_whose_name_ends_otherwise_is_not_the_head_of_a_sentence(shop: dict[str, int]) -> None:
    safe = a_good("某牌 保险柜 X1", brand="某牌", model="X1")
    a_listing_on_sale(safe)
    services.rebuild_vocabulary()
    assert asked("人寿保险").page.rows == []
    assert [row.id for row in asked("放文件的保险柜").page.rows] == [safe.pk]
