"""Tables, pagers and the picture of the reasonable range."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from tests.zcy.components import render
from zcy.drawing import WIDTH, Bin, Mark, PriceBand, describe, draw, place
from zcy.paging import KeysetPage
from zcy.tables import Column, headings, without

COLUMNS = [
    Column("Number", sort="number", fixed=True),
    Column("Total", sort="total", numeric=True),
    Column("Note", hidden=True),
]
BAND = PriceBand(Decimal(2150), Decimal(2299), Decimal(2480), n=37, days=90, confidence="high", unit="台")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_heading_sorts_and_a_second_click_turns_the_order():
    first = headings(COLUMNS, QueryDict("q=x&after=abc"))
    assert [head.url for head in first] == ["?q=x&sort=number", "?q=x&sort=total", ""]
    assert [head.direction for head in first] == ["", "", ""]
    up = headings(COLUMNS, QueryDict("sort=total"))[1]
    assert (up.direction, up.url) == ("ascending", "?sort=-total")
    down = headings(COLUMNS, QueryDict("sort=-total"))[1]
    assert (down.direction, down.url) == ("descending", "?sort=total")
    assert headings(COLUMNS, QueryDict(""), default="-total")[1].direction == "descending"


def test_a_filter_is_removed_alone_and_the_list_starts_again():
    params = QueryDict("brand=1&brand=2&q=x&after=abc")
    assert without(params, "brand", "1") == "?brand=2&q=x"
    assert without(params, "brand") == "?q=x"
    assert without(params, "missing") == "?brand=1&brand=2&q=x"


def test_a_table_sorts_exports_hides_and_reads_aloud():
    html = render(
        '<c-data-table name="orders" caption="Orders" :columns="columns" sort="-total" exports="csv, xlsx" :rows="rows">'
        "<tr><td>1</td></tr></c-data-table>",
        path="/?state=paid&after=abc",
        columns=COLUMNS,
        rows=[1],
    )
    assert 'id="table-orders"' in html
    assert 'href="?state=paid&amp;format=csv"' in html
    assert 'href="?state=paid&amp;format=xlsx"' in html
    assert 'aria-sort="descending"' in html
    assert 'href="?state=paid&amp;sort=total"' in html
    assert 'class="table hide-3"' not in html
    assert " hide-3" in html
    assert 'data-column="1"' not in html  # a fixed column cannot be hidden
    assert '<caption class="visually-hidden">Orders</caption>' in html
    assert "<tr><td>1</td></tr>" in html


def test_a_table_without_rows_says_why_and_what_would_fill_it():
    html = render(
        '<c-data-table name="t" :columns="columns" :rows="[]" empty_text="Submit a cart." />', columns=COLUMNS
    )
    assert 'colspan="3"' in html
    assert "No rows" in html
    assert "Submit a cart." in html


def test_a_filter_form_keeps_the_order():
    html = render(
        '<c-data-table name="t" :columns="columns"><c-slot name="filters"><input name="q" /></c-slot></c-data-table>',
        path='/?sort="><b>',
        columns=COLUMNS,
    )
    assert '<input name="q" />' in html
    assert 'name="sort" value="&quot;&gt;&lt;b&gt;"' in html


def page(**given: Any) -> KeysetPage[Any]:
    values: dict[str, Any] = {
        "rows": [1, 2],
        "size": 20,
        "next_cursor": "",
        "previous_cursor": "",
        "params": QueryDict("q=x"),
    }
    return KeysetPage(**(values | given))


def test_a_pager_in_the_middle_leads_both_ways():
    html = render('<c-pager :page="page" :total="10482" />', page=page(next_cursor="n", previous_cursor="p"))
    assert 'rel="next" href="?q=x&amp;after=n"' in html
    assert 'rel="prev" href="?q=x&amp;before=p"' in html
    assert 'href="?q=x"' in html
    assert "10,482 in all" in html
    assert 'href="?q=x&amp;size=50"' in html


def test_a_pager_of_one_page_leads_nowhere():
    html = render('<c-pager :page="page" />', page=page())
    assert html.count('aria-disabled="true"') == 3
    assert "2 on this page" in html
    assert "in all" not in html


def test_a_position_that_does_not_exist_is_told():
    assert "Here is its beginning." in render('<c-pager :page="page" />', page=page(stale=True))


def test_the_sentence_of_a_range_says_everything():
    assert describe(BAND) == "Paid ¥2,150–2,480/台, median ¥2,299, from 37 deals in 90 days, confidence high"
    assert describe(PriceBand(n=2)) == "Too few deals for a reasonable range (n = 2)."
    with translation.override("zh-hans"):
        assert describe(BAND) == "成交价 ¥2,150–2,480/台，中位价 ¥2,299，依据 90 天 37 笔成交，可信度high"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("2149.99", "below the range"),
        ("2150", "in the range, up to the median"),
        ("2299", "in the range, up to the median"),
        ("2299.01", "in the range, over the median"),
        ("2480", "in the range, over the median"),
        ("2480.01", "above the range"),
    ],
)
def test_the_place_of_a_price_at_its_edges(price, words):
    assert place(BAND, Decimal(price)) == words
    assert place(PriceBand(), Decimal(price)) == ""


def test_the_picture_keeps_the_order_of_prices():
    picture = draw(
        PriceBand(
            BAND.low,
            BAND.median,
            BAND.high,
            marks=[Mark(Decimal(2560), "own", "own"), Mark(Decimal(2188), "lowest")],
        )
    )
    assert picture is not None
    low, own = picture.marks
    assert 0 < picture.band_x < low.x < picture.median_x < picture.band_x + picture.band_width < own.x < WIDTH
    assert (low.kind, own.kind) == ("offer", "own")


def test_one_absurd_price_does_not_press_the_rest_together():
    picture = draw(PriceBand(Decimal(10), Decimal(12), Decimal(14), marks=[Mark(Decimal(10**9), "absurd")]))
    assert picture is not None
    assert picture.band_width > WIDTH / 10
    assert picture.marks[0].x <= WIDTH


def test_a_range_of_one_price_can_be_drawn():
    picture = draw(PriceBand(Decimal("0.35"), Decimal("0.35"), Decimal("0.35"), n=9))
    assert picture is not None
    assert picture.band_width == 2


def test_labels_of_neighbours_do_not_meet():
    marks = [Mark(Decimal(2300 + step), f"offer {step}") for step in range(4)]
    picture = draw(PriceBand(BAND.low, BAND.median, BAND.high, marks=marks))
    assert picture is not None
    assert len({mark.y for mark in picture.marks}) == 4
    assert picture.top > max(mark.y for mark in picture.marks)


def test_the_histogram_is_drawn_and_told():
    bins = [
        Bin(Decimal(2100), Decimal(2200), 4),
        Bin(Decimal(2200), Decimal(2300), 8),
        Bin(Decimal(2300), Decimal(2400), 0),
    ]
    band = PriceBand(
        BAND.low, BAND.median, BAND.high, n=12, marks=[Mark(Decimal(2188), "<b>", "own")], bins=bins
    )
    html = render('<c-price-band :band="band" />', band=band)
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    bars = [node for node in svg.iter() if node.get("class") == "band-bar"]
    assert [float(bar.get("height") or 0) for bar in bars] == [44.0, 88.0]
    assert (svg.get("aria-label") or "").startswith("Paid ¥2,150–2,480, median ¥2,299, from 12 deals")
    assert "&lt;b&gt;" in html
    assert "in the range, up to the median" in html
    assert '<td class="num">¥2,200.00</td><td class="num">¥2,300.00</td><td class="num">8</td>' in html
    assert "style=" not in html


def test_a_good_without_deals_has_a_sentence_and_no_picture():
    html = render('<c-price-band :band="band" />', band=PriceBand(n=1))
    assert "<svg" not in html
    assert "Too few deals" in html
    assert render('<c-price-band :band="nothing" />', nothing=None).strip() == ""
