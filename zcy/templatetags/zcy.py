"""Filters and tags for cells of big tables, where a component for every cell would cost too much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django import template
from django.http import QueryDict
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from zcy import drawing, formats, tables
from zcy.browsers import browser_name
from zcy.columns import shown_columns
from zcy.frame import Frame, frame_of
from zcy.frame import reachable as reachable_path
from zcy.typed import typed_fields as fields_of

register = template.Library()

# A status is told by a shape and a word, and by its colour only besides.
SHAPES: Final = {"good": "●", "watch": "▲", "serious": "■", "idle": "○", "info": "◆"}


@register.simple_tag(takes_context=True)
def frame(context: Context) -> Frame:
    """The frame of the request: menu, counts, links."""
    return frame_of(context.get("request"))


class OnceNode(template.Node):
    """What is the same for everybody: rendered once for a language and a key, then kept by the process."""

    MOST: Final = 200

    def __init__(self, nodelist: template.NodeList, key: FilterExpression | None) -> None:
        self.nodelist = nodelist
        self.key = key
        self.kept: dict[tuple[str | None, Any], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The kept text, or a new one."""
        key = (get_language(), self.key.resolve(context) if self.key else None)
        text = self.kept.get(key)
        if text is None:
            text = self.nodelist.render(context)
            if len(self.kept) >= self.MOST:
                self.kept.clear()
            self.kept[key] = text
        return text


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """`{% once %}` or `{% once key %}` … `{% endonce %}`: never around anything that depends on the reader."""
    words = token.split_contents()
    if len(words) > 2:
        raise template.TemplateSyntaxError("{% once %} takes one key at most")
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, parser.compile_filter(words[1]) if len(words) == 2 else None)


@register.simple_tag(takes_context=True)
def typed_fields(context: Context) -> list[tuple[str, str]]:
    """What was posted, for error pages that give it back."""
    return fields_of(context.get("request"))


@register.filter
def reachable(path: str) -> str:
    """The address where some view answers it, else nothing: `{% if "/help/"|reachable %}`."""
    return reachable_path(path)


@register.filter
def without_menu(models: Iterable[Mapping[str, Any]], frame: Frame) -> list[Mapping[str, Any]]:
    """The lists of the administration that the side menu does not have already."""
    return [model for model in models if model.get("admin_url") and model["admin_url"] not in frame.menu_urls]


@register.filter
def money(value: object) -> str:
    """¥1,234.50; for cells of class `num`."""
    return formats.money(value)


@register.filter
def wan(value: object) -> str:
    """Large amounts in 万元 and 亿元."""
    return formats.wan(value)


@register.filter
def number(value: object) -> str:
    """12,345.6 without trailing zeros."""
    return formats.number(value)


@register.filter
def quantity(value: object, unit: str = "") -> str:
    """3 台: `{{ line.quantity|quantity:line.unit }}`."""
    return formats.quantity(value, str(unit or ""))


@register.filter
def typed(value: object) -> str:
    """A number for the value of a field: 1000, not 1,000."""
    return formats.typed(value)


@register.filter
def percent(value: object, places: int = 1) -> str:
    """0.183 as 18.3%."""
    return formats.percent(value, int(places))


@register.filter
def signed(value: object, places: int = 2) -> str:
    """+3.20."""
    return formats.signed(value, int(places))


@register.filter
def local_dt(moment: date | datetime | None) -> str:
    """<time>2026-11-23 14:05</time> in Asia/Shanghai."""
    if not moment:
        return formats.NOTHING
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), formats.local(moment))


@register.filter
def days_left(moment: date | datetime | None) -> str:
    """Say when it is due ("due in 3 days") with shape and tone; the exact date on hover and in print."""
    if not moment:
        return formats.NOTHING
    text, tone = formats.due(moment)
    exact = formats.local(moment)
    return format_html(
        '<time class="due" data-tone="{}" datetime="{}" title="{}"><i aria-hidden="true">{}</i>{}</time>',
        tone,
        moment.isoformat(),
        exact,
        SHAPES[tone],
        text,
    )


def _status(tone: str, label: object) -> SafeString:
    known = tone if tone in SHAPES else "idle"
    html = '<span class="status" data-tone="{}"><i aria-hidden="true">{}</i>{}</span>'
    return format_html(html, known, SHAPES[known], label)


@register.filter(name="status")
def status_filter(label: object, tone: str = "idle") -> SafeString:
    """`{{ order.get_state_display|status:order.tone }}`."""
    return _status(str(tone), label)


@register.simple_tag
def status(tone: str, label: object) -> SafeString:
    """`{% status "good" _("Paid") %}`."""
    return _status(str(tone), label)


@register.filter
def browser(user_agent: str) -> str:
    """Chrome 156 · Windows; what the browser really said is there on hover."""
    return (
        format_html('<span title="{}">{}</span>', user_agent, browser_name(user_agent or ""))
        if user_agent
        else formats.NOTHING
    )


@register.filter
def shape(tone: str) -> str:
    """The shape of a tone."""
    return SHAPES.get(str(tone), SHAPES["idle"])


@register.filter
def draw(band: drawing.PriceBand) -> drawing.Picture | None:
    """The coordinates of a price band."""
    return drawing.draw(band)


@register.filter
def describe(band: drawing.PriceBand) -> str:
    """The sentence of a price band."""
    return drawing.describe(band)


@register.filter
def place_in(price: Any, band: drawing.PriceBand) -> str:
    """Where a price stands in a band, in words."""
    amount = formats.as_decimal(price)
    return drawing.place(band, amount) if amount is not None else ""


def _params(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request is not None else QueryDict()


@register.simple_tag(takes_context=True)
def headings(
    context: Context, columns: Iterable[tables.Column], default: str = "", table: str = ""
) -> list[tables.Heading]:
    """The headings of a table with the addresses that sort by them, shown or hidden as the reader has chosen."""
    listed = list(columns or ())
    return tables.headings(
        listed,
        _params(context),
        default=default,
        shown=shown_columns(context.get("request"), table, listed),
    )


@register.simple_tag(takes_context=True)
def export_links(context: Context, kinds: str | Sequence[str]) -> list[tuple[str, str]]:
    """Downloads of what is shown: `exports="csv,xlsx"`."""
    names = kinds.split(",") if isinstance(kinds, str) else list(kinds or ())
    return tables.exports([name.strip() for name in names], _params(context))


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: Any) -> str:
    """The page's own address with parameters changed; an empty value takes one out."""
    texts = {name: str(value) if value else None for name, value in changes.items()}
    return tables.address(_params(context), **texts)


@register.simple_tag(takes_context=True)
def address_without(context: Context, name: str, value: object = "") -> str:
    """The page's own address without one filter, or one of its values."""
    return tables.without(_params(context), name, str(value))


@register.filter
def share_of(value: Any, most: Any) -> float:
    """A part of the largest as 0–100, for bars drawn in SVG."""
    part, whole = formats.as_decimal(value), formats.as_decimal(most)
    if part is None or not whole:
        return 0.0
    return round(min(float(abs(part) / abs(whole)) * 100, 100.0), 2)


@register.filter
def largest(items: Iterable[Any]) -> Any:
    """The largest absolute value among contributions, the scale of their bars."""
    values = [abs(number) for item in items if (number := formats.as_decimal(item.value)) is not None]
    return max(values, default=None)


@register.filter
def chart_rows(data: Mapping[str, Any]) -> list[tuple[Any, tuple[Any, ...]]]:
    """The numbers of a chart by category, for the table behind it."""
    columns = [series["values"] for series in data.get("series", ())]
    return list(zip(data.get("categories", ()), zip(*columns, strict=True), strict=True)) if columns else []
