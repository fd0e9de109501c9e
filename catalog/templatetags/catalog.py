"""Rows of long lists. A page shows up to 96 of them: as templates they cost more than the rest of the page together,
so the few lines of markup stand here, and every value is escaped where it is put in.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.search.facets import Value
from catalog.search.find import GoodRow

register = template.Library()

_CARD: Final = (
    '<li>{picture}<div class="result-what"><h3><a href="{url}">{name}</a></h3><p class="result-specs">{specs}</p>{labels}'
    '</div><div class="result-price"><p class="money">{price}<span class="hint">{unit}</span></p>{place}'
    '<p class="hint">{facts}</p></div></li>'
)
_PICTURE: Final = '<img class="result-picture" src="{}" alt="" loading="lazy" width="88" height="88" />'
_INITIALS: Final = '<span class="result-picture" aria-hidden="true">{}</span>'
_PLACE: Final = '<p class="place" data-place="{}">{}</p>'
_VALUE: Final = '<li><a href="{}"{}>{}</a><span class="num">{}</span></li>'
_CHOSEN: Final = '<i class="bi bi-check" aria-hidden="true"></i>'


@register.simple_tag
def cards(rows: Iterable[GoodRow]) -> SafeString:
    """Draw the cards of a result list."""
    sold_out = escape(_("sold out"))
    words: dict[tuple[int, int | None], str] = {}
    return mark_safe("".join(_card(row, words, sold_out) for row in rows))  # noqa: S308 - every value is escaped


def _card(row: GoodRow, words: dict[tuple[int, int | None], str], sold_out: str) -> str:
    facts = words.get((row.offers, row.delivery_days))
    if facts is None:
        facts = words[row.offers, row.delivery_days] = _facts(row.offers, row.delivery_days)
    labels = "".join(f'<span class="label">{escape(label)}</span>' for label in row.labels)
    return _CARD.format(
        picture=_PICTURE.format(escape(row.picture))
        if row.picture
        else _INITIALS.format(escape(row.initials)),
        url=row.url,
        name=row.name,
        specs="".join(f"<span>{escape(label)} <b>{escape(value)}</b></span>" for label, value in row.specs),
        labels=f"<p>{labels}</p>" if labels else "",
        price=row.price,
        unit=f"/{escape(row.unit)}" if row.unit else "",
        place=_PLACE.format(row.place_code, escape(row.place)) if row.place else "",
        facts=facts if row.in_stock else f"{facts} · {sold_out}",
    )


def _facts(offers: int, days: int | None) -> str:
    texts = [ngettext("%(n)s offer", "%(n)s offers", offers) % {"n": offers}]
    if days is not None:
        texts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    return escape(" · ".join(texts))


@register.simple_tag
def facet(values: Iterable[Value]) -> SafeString:
    """Draw the choices of a facet."""
    drawn = (
        _VALUE.format(
            escape(value.url),
            ' aria-current="true"' if value.chosen else "",
            (_CHOSEN if value.chosen else "") + escape(value.label),
            value.count,
        )
        for value in values
    )
    return mark_safe("<ul>" + "".join(drawn) + "</ul>")  # noqa: S308 - every value is escaped
