"""What people type and what they mean by it: a small shop whose goods are known one by one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from catalog import services
from catalog.models import Brand, Synonym
from catalog.search.answer import answer
from catalog.search.filters import read_filters
from catalog.search.find import find_goods
from catalog.search.suggest import suggestions
from tests.catalog.factories import a_category, a_good, a_listing_on_sale, an_attribute

pytestmark = pytest.mark.django_db


def a_shop() -> dict[str, int]:
    """name here → id."""
    supplies = a_category("A05040000", "办公用品")
    computers = a_category("A02010108", "便携式计算机")
    an_attribute(computers, "memory", "内存", type="number", unit="GB")
    an_attribute(computers, "screen", "屏幕", type="number", unit="英寸")
    kinds = {
        "laptop": ("联想", "Lenovo", "昭阳 E5-14G2", "联想/Lenovo 昭阳 E5-14G2 便携式计算机", computers,
                   {"memory": 16, "screen": 15.6}),
        "small_laptop": ("华为", "Huawei", "擎云 L420", "华为/Huawei 擎云 L420（8G/256G）便携式计算机", computers,
                         {"memory": 8, "screen": 14}),
        "printer": ("奔图", "Pantum", "P3305DN", "奔图/Pantum P3305DN（A4/33页每分）激光打印机",
                    a_category("A02021003", "A4黑白打印机"), {}),
        "toner": ("奔图", "Pantum", "TO-405H", "奔图/Pantum TO-405H（3000页）硒鼓",
                  a_category("A05040201", "鼓粉盒", supplies), {}),
        "paper": ("亚太森博", "APP", "百旺", "亚太森博/APP 百旺（A4/70g/500张×8包）复印纸",
                  a_category("A05040101", "复印纸", supplies), {"grade": "优等品"}),
        "pen": ("晨光", "M&G", "AGPA1701", "晨光/M&G AGPA1701（0.5mm/12支）中性笔",
                a_category("A05040402", "笔", supplies), {}),
        "screen": ("飞利浦", "Philips", "27E1N", "飞利浦/Philips 27E1N（27英寸/1920×1080）液晶显示器",
                   a_category("A02021104", "液晶显示器"), {}),
        "switch": ("锐捷", "Ruijie", "RG-S2910-24GT4XS-E", "锐捷/Ruijie RG-S2910-24GT4XS-E（24口/4×万兆光口）以太网交换机",
                   a_category("A02010202", "交换设备"), {}),
        "chair": ("宁波震旦", "Aurora", "CEHI-02", "宁波震旦/Aurora CEHI-02（高背/网布）办公椅",
                  a_category("A05010301", "办公椅"), {}),
    }  # fmt: skip
    ids = {}
    for key, (brand, latin, model, name, category, spec) in kinds.items():
        good = a_good(name, brand=brand, model=model, category=category, spec=spec)
        Brand.objects.filter(name=brand).update(latin=latin)
        a_listing_on_sale(good, index=False)
        ids[key] = good.pk
    Synonym.objects.create(words=["笔记本电脑", "便携式计算机"])
    Synonym.objects.create(words=["电脑", "计算机"])
    Synonym.objects.create(words=["椅", "椅子"])
    services.index_goods()
    return ids


def hits(q: str) -> list[int]:
    return [row.id for row in find_goods(read_filters(QueryDict(urlencode({"q": q})))).rows]


SHOP = {
    # whole names, parts of words, two characters, one
    "激光打印机": "printer", "打印机": "printer", "打印": "printer", "光打印": "printer", "震旦": "chair", "森博": "paper",
    "椅": "chair", "椅子": "chair", "鼓": "toner", "液晶": "screen", "便携": "laptop small_laptop",
    # synonyms, and the same in pinyin
    "电脑": "laptop small_laptop", "笔记本电脑": "laptop small_laptop", "联想笔记本电脑": "laptop",
    "diannao": "laptop small_laptop", "bijibendiannao": "laptop small_laptop",
    # a category that is not a leaf
    "办公用品": "toner paper pen", "奔图 办公用品": "toner",
    # models with and without marks, blanks and case; behind a brand
    "RG-S2910-24GT4XS-E": "switch", "rgs2910": "switch", "s2910 24gt4xs": "switch", "RG S2910": "switch", "e514g2": "laptop",
    "昭阳E5-14G2": "laptop", "to405h": "toner", "TO-405H": "toner", "p3305": "printer", "pantum p3305dn": "printer",
    "pantump3305dn": "printer", "奔图P3305DN": "printer",
    # brands in Chinese and Latin
    "奔图": "printer toner", "PANTUM": "printer toner", "m&g": "pen", "晨光 中性笔": "pen", "M＆G": "pen",
    # pinyin and initials, in one word or several
    "dayinji": "printer", "dyj": "printer", "da yin ji": "printer", "bentu dayinji": "printer", "benchi": "",
    # full width, marks between words, order of words
    "ＰＡＮＴＵＭ　Ｐ３３０５ＤＮ": "printer", "打印机，奔图": "printer", "【奔图】激光/打印机": "printer",
    "打印机 A4 奔图": "printer",
    # numbers with units
    "70g": "paper", "70克": "paper", "70 g 复印纸": "paper", "16GB": "laptop", "16 GB 电脑": "laptop", "16G内存": "laptop",
    "15.6寸": "laptop", "27寸显示器": "screen", "24口": "switch", "33口": "", "500张": "paper", "0.5中性笔": "pen",
    "1920*1080": "screen", "1920x1080": "screen", "1920×1080": "screen", "3000页": "toner",
    # what stands only in the specification
    "优等品": "paper",
    # words that say nothing
    "奔图的打印机": "printer", "我要买一台打印机": "printer",
    # nothing to look for, and nothing that fits
    "，。！／＼": "", "冰箱": "", "打印机 复印纸": "", "的": "",
}  # fmt: skip


def test_each_query_finds_what_is_meant_and_nothing_else() -> None:
    ids = a_shop()
    names = {pk: key for key, pk in ids.items()}
    expected = {q: set(keys.split()) for q, keys in SHOP.items()}
    found = {q: {names[pk] for pk in hits(q)} for q in SHOP}
    assert {q: found[q] for q in SHOP if found[q] != expected[q]} == {}


def test_what_is_named_so_comes_before_what_is_only_meant_so() -> None:
    ids = a_shop()
    book = a_good(
        "得力 3152 笔记本电脑包", brand="得力", model="3152", category=a_category("A05040106", "本册")
    )
    a_listing_on_sale(book)
    assert hits("笔记本电脑")[0] == book.pk
    assert set(hits("笔记本电脑")) == {book.pk, ids["laptop"], ids["small_laptop"]}


def test_a_very_long_query_is_cut_and_still_answered() -> None:
    ids = a_shop()
    assert hits("打印机 " * 30) == [ids["printer"]]
    assert hits("长" * 2000) == []


@pytest.mark.parametrize(
    ("q", "meant"),
    [("打隐机", "打印机"), ("奔图打印几", "奔图 打印机"), ("dayingji", "打印机"), ("pantmu", "pantum"), ("电恼", "电脑"),
     ("bentudayinji", "奔图 打印机")],
)  # fmt: skip
def test_slips_are_answered_with_what_was_meant(q: str, meant: str) -> None:
    a_shop()
    for number in range(5):
        a_listing_on_sale(
            a_good(f"奔图/Pantum P{number} 打印机", brand="奔图", model=f"P{number}"), index=False
        )
    services.index_goods()
    services.rebuild_vocabulary()
    found = suggestions(read_filters(QueryDict(urlencode({"q": q}))))
    assert found.meant == meant


@pytest.mark.parametrize("q", ["插排", "一台", "qqqq", "冰"])
def test_what_is_near_to_nothing_is_not_corrected(q: str) -> None:
    a_shop()
    services.rebuild_vocabulary()
    assert suggestions(read_filters(QueryDict(urlencode({"q": q})))).meant == ""


def test_few_hits_ask_whether_something_commoner_was_meant(client: Any) -> None:
    heaters = a_category("A02061819", "热水器")
    for number in range(6):
        a_listing_on_sale(
            a_good(f"美的 热水器 {number}", brand="美的", model=f"R{number}", category=heaters), index=False
        )
    a_listing_on_sale(a_good("万和 燃气热水龙头", brand="万和", model="W1", category=heaters), index=False)
    services.index_goods()
    services.rebuild_vocabulary()
    html = _search_page(client, "热水气")
    assert "<strong>热水器</strong>" in html
    assert "燃气热水龙头" in html.replace("<mark>", "").replace("</mark>", "")
    assert "<strong>" not in _search_page(client, "热水器").split('class="with-facets"')[1]


@pytest.mark.parametrize(
    ("q", "first"),
    [("bentudyj", "printer"), ("bentudaynji", "printer"), ("p3305dm", "printer"), ("to450h", "toner"),
     ("奔图 硒古", "toner"),
     ("飞利普", "screen"), ("锐接交换机", "switch"), ("rgs291024gt4xse", "switch"), ("复印纸纸", "paper"),
     ("激打印机", "printer"),
     ("bangonyi", "chair")],
)  # fmt: skip
def test_a_query_that_nothing_is_written_like_shows_what_was_meant(client: Any, q: str, first: str) -> None:
    ids = a_shop()
    services.refresh_goods()
    services.rebuild_vocabulary()
    answered = answer(read_filters(QueryDict(urlencode({"q": q}))))
    assert [row.id for row in answered.page.rows][:1] == [ids[first]]
    html = _search_page(client, q)
    assert f"/goods/{ids[first]}/" in html


def test_a_query_can_be_taken_as_it_is_written(client: Any) -> None:
    a_shop()
    services.rebuild_vocabulary()
    assert "as=typed" in _search_page(client, "打隐机")
    html = client.get("/search/?" + urlencode({"q": "打隐机", "as": "typed"})).content.decode()
    assert 'class="empty' in html


def test_fewer_words_are_offered_with_their_hits() -> None:
    a_shop()
    found = suggestions(read_filters(QueryDict(urlencode({"q": "奔图 冰箱 打印机"}))))
    assert [(q, count) for q, _url, count, _more in found.fewer] == [("奔图 打印机", 1)]


def test_a_filter_that_leaves_nothing_can_be_dropped() -> None:
    a_shop()
    found = suggestions(read_filters(QueryDict(urlencode({"q": "奔图", "min": "900000"}))))
    assert found.unfiltered is not None
    url, count, more = found.unfiltered
    assert (count, more) == (2, False)
    assert "min" not in url


def _search_page(client: Any, q: str) -> str:
    return str(client.get("/search/?" + urlencode({"q": q})).content.decode())


def test_an_empty_list_shows_the_ways_out(client: Any) -> None:
    a_shop()
    html = _search_page(client, "打印机 复印纸")
    assert "?q=%E6%89%93%E5%8D%B0%E6%9C%BA" in html
    assert "?q=%E5%A4%8D%E5%8D%B0%E7%BA%B8" in html
