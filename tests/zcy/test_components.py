"""Small components and the filters of table cells: what a person reads, and that nothing typed becomes markup."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils import translation

from tests.zcy.components import render
from zcy import clock, formats
from zcy.registries import TodoItem

EVIL = '<script>alert("1")</script>'


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2299"), "¥2,299.00"),
        (Decimal("-1234.5"), "−¥1,234.50"),
        ("0", "¥0.00"),
        (0, "¥0.00"),
        (Decimal("0.005"), "¥0.01"),
        (Decimal("99999999999.99"), "¥99,999,999,999.99"),
        (None, "–"),
        ("", "–"),
        ("NaN", "–"),
        ("not a number", "–"),
    ],
)
def test_money_has_sign_separators_and_two_places(value, text):
    assert formats.money(value) == text
    assert f'<span class="money">{text}</span>' in render('<c-money :value="value" />', value=value)


@pytest.mark.parametrize(
    ("value", "chinese", "english_text"),
    [
        (Decimal("9999.99"), "¥9,999.99", "¥9,999.99"),
        (Decimal("1234567"), "¥123.46 万元", "¥1.23 million"),
        (Decimal("-123456789"), "−¥1.23 亿元", "−¥123.46 million"),
        (None, "–", "–"),
    ],
)
def test_large_sums_count_in_the_steps_of_the_language(value, chinese, english_text):
    assert formats.wan(value) == english_text
    with translation.override("zh-hans"):
        assert formats.wan(value) == chinese


def test_quantities_lose_their_empty_places():
    assert formats.quantity(Decimal("3.000"), "台") == "3 台"
    assert formats.quantity(Decimal("1200.500"), "kg") == "1,200.5 kg"
    assert formats.quantity(Decimal("100"), "") == "100"
    assert formats.quantity(None, "台") == "–"


def test_contributions_carry_their_sign():
    assert formats.signed(Decimal("3.2")) == "+3.20"
    assert formats.signed(Decimal("-0.5")) == "−0.50"
    assert formats.signed(Decimal("0.001")) == "0.00"
    assert formats.percent(Decimal("0.183")) == "18.3%"


def test_times_are_local():
    moment = datetime.fromisoformat("2026-11-23T06:05:00+00:00")
    assert formats.local(moment) == "2026-11-23 14:05"
    assert formats.local(date(2026, 11, 23)) == "2026-11-23"
    html = render("{{ moment|local_dt }}{{ nothing|local_dt }}", moment=moment, nothing=None)
    assert html == '<time datetime="2026-11-23T06:05:00+00:00">2026-11-23 14:05</time>–'


@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (-2, "2 days overdue", "serious"),
        (0, "due today", "watch"),
        (1, "due in 1 day", "watch"),
        (9, "due in 9 days", "idle"),
    ],
)
def test_deadlines_say_how_many_days_and_give_the_exact_date(days, text, tone):
    day = clock.today() + timedelta(days=days)
    assert formats.due(day) == (text, tone)
    html = render("{{ day|days_left }}", day=day)
    assert f'title="{day.isoformat()}"' in html
    assert f'data-tone="{tone}"' in html
    assert text in html


def test_a_deadline_earlier_today_is_overdue():
    assert formats.due(clock.now() - timedelta(seconds=1)) in {
        ("overdue since today", "serious"),
        ("1 day overdue", "serious"),  # within the first second of a day
    }


@pytest.mark.parametrize(
    ("tone", "shape"), [("good", "●"), ("watch", "▲"), ("serious", "■"), ("idle", "○"), ("info", "◆")]
)
def test_a_status_is_a_shape_and_a_word(tone, shape):
    expected = f'<span class="status" data-tone="{tone}"><i aria-hidden="true">{shape}</i>paid</span>'
    assert expected in render('<c-status :tone="tone" label="paid" />', tone=tone)
    assert expected == render("{{ label|status:tone }}", label="paid", tone=tone)
    assert expected == render("{% status tone label %}", label="paid", tone=tone)


def test_an_unknown_tone_is_idle():
    assert 'data-tone="idle"' in render("{{ 'x'|status:'pink' }}")


@pytest.mark.parametrize(
    "source",
    [
        '<c-money :value="evil" />',
        '<c-status tone="good" :label="evil" />',
        '<c-status tone="good" label="{{ evil }}" />',
        "{{ evil|status:'good' }}",
        '<c-notice tone="watch" :title="evil">{{ evil }}</c-notice>',
        '<c-empty-state :title="evil" text="{{ evil }}" :href="evil" :action="evil" />',
        '<c-breadcrumb :trail="trail" :current="evil" />',
        '<c-filter-chip :label="evil" :value="evil" href="?" />',
        '<c-stat-tile :label="evil" :value="evil" :hint="evil" :href="evil" />',
        '<c-confirm id="x" :label="evil" :text="evil" :fields="fields" />',
        '<c-work-list :items="items" />',
        '<c-timeline :entries="entries" />',
        '<c-signed-bar-list :items="contributions" />',
        '<c-chart name="x" :data="chart" :title="evil" />',
        '<c-order-track :steps="contributions" :next="evil" :who="evil" />',
    ],
)
def test_nothing_typed_becomes_markup(source):
    html = render(
        source,
        evil=EVIL,
        trail=[(EVIL, "/"), (EVIL, "")],
        fields={EVIL: EVIL},
        items=[TodoItem(EVIL, 1, EVIL, EVIL)],
        entries=[SimpleNamespace(title=EVIL, at=None, who=EVIL, text=EVIL, tone=EVIL)],
        contributions=[SimpleNamespace(label=EVIL, value=Decimal(1), text=EVIL, state=EVIL, at=None)],
        chart={"kind": "bar", "unit": EVIL, "categories": [EVIL], "series": [{"name": EVIL, "values": [1]}]},
    )
    assert "<script>alert" not in html
    assert 'alert("' not in html


def test_the_context_of_the_page_does_not_leak_into_a_component():
    html = render(
        '<c-notice tone="good">ok</c-notice><c-empty-state title="nothing" />',
        title="leak",
        text="leak",
        role="leak",
    )
    assert "leak" not in html


def test_a_work_list_has_one_primary_button():
    items = [
        TodoItem("orders to approve", 3, "/a/", "Approve"),
        TodoItem("deliveries", 12345, "/b/", "Accept"),
    ]
    html = render('<c-work-list :items="items" />', items=items)
    assert html.count("btn-primary") == 1
    assert 'href="/a/"' in html
    assert "12,345" in html


def test_an_empty_work_list_says_so():
    assert "Nothing waits for you" in render('<c-work-list :items="[]" />')


def test_a_timeline_without_events_says_so():
    assert "Nothing has happened yet." in render('<c-timeline :entries="[]" />')


def test_bars_grow_from_the_middle_to_both_sides():
    items = [
        SimpleNamespace(label="a", value=Decimal(10), text=""),
        SimpleNamespace(label="b", value=Decimal("-5"), text=""),
    ]
    html = render('<c-signed-bar-list :items="items" />', items=items)
    assert '<rect class="bar-plus" x="0" y="3" width="100.0"' in html
    assert '<rect class="bar-minus" x="-50.0" y="3" width="50.0"' in html
    assert "+10.00" in html
    assert "−5.00" in html


def test_bars_of_nothing():
    assert "Nothing contributed in this period." in render('<c-signed-bar-list :items="[]" />')
    zero = [SimpleNamespace(label="a", value=Decimal(0), text="")]
    assert 'width="0.0"' in render('<c-signed-bar-list :items="items" />', items=zero)


def test_the_present_step_of_an_order_is_marked_for_those_who_listen():
    steps = [
        SimpleNamespace(label="submitted", state="done", at=None),
        SimpleNamespace(label="confirmed", state="current", at=None),
        SimpleNamespace(label="paid", state="todo", at=None),
    ]
    html = render(
        '<c-order-track :steps="steps" who="Supplier" next="confirms" :due="due" />',
        steps=steps,
        due=clock.today(),
    )
    assert html.count('aria-current="step"') == 1
    assert "(done)" in html
    assert "due today" in html


def test_a_confirmation_is_a_form_of_its_own_without_scripts():
    html = render(
        '<c-confirm id="c1" label="Cancel" action="/x/" tone="danger" :fields="fields" />',
        fields={"order": 7},
    )
    assert "<details" in html
    assert '<form class="confirm-body" method="post" action="/x/">' in html
    assert "csrfmiddlewaretoken" in html
    assert '<input type="hidden" name="order" value="7" />' in html


def test_a_tile_is_a_link_only_where_it_leads_somewhere():
    assert '<a href="/w/" class="tile"' in render('<c-stat-tile label="Price" value="3" href="/w/" />')
    assert "<a " not in render('<c-stat-tile label="Price" value="3" />')


def test_a_chart_has_a_table_of_the_same_numbers():
    chart = {
        "kind": "line",
        "unit": "¥",
        "categories": ["10", "11"],
        "series": [{"name": "median", "values": [2310, None]}],
    }
    html = render('<c-chart name="p" :data="chart" title="How did it move?" n="37" />', chart=chart)
    assert '<th scope="row">10</th><td class="num">2,310</td>' in html
    assert '<th scope="row">11</th><td class="num">–</td>' in html
    assert '<script id="chart-p" type="application/json">' in html
    assert "n = 37" in html


def test_what_is_the_same_for_everybody_is_rendered_once_a_language():
    source = "{% load i18n %}{% once key %}{% translate 'Search' %} {{ n }}{% endonce %}"
    request = RequestFactory().get("/")
    template = engines["django"].from_string("{% load zcy %}" + source)
    assert template.render({"n": 1, "key": "a"}, request) == "Search 1"
    assert template.render({"n": 2, "key": "a"}, request) == "Search 1"
    assert template.render({"n": 3, "key": "b"}, request) == "Search 3"
    with translation.override("zh-hans"):
        assert template.render({"n": 4, "key": "a"}, request) == "搜索 4"
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% load zcy %}{% once a b %}{% endonce %}")
