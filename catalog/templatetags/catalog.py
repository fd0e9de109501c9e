"""Rows of long lists. A page shows up to 96 of them: as templates they cost more than the rest of the page together,
so the few lines of markup stand here, and every value is escaped where it is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.compared import chosen_in
from catalog.queries import Offer
from catalog.search.facets import Value
from catalog.search.find import GoodRow

register = template.Library()

SHOWN_VALUES: Final = 12
_CARD: Final = (
    '<li>{picture}<div class="result-what"><h3><a id="good-{id}" href="{url}">{name}</a></h3>'
    '<p class="result-specs">{specs}</p>{labels}</div>'
    '<div class="result-price"><p class="money">{price}<span class="hint">{unit}</span></p>{place}'
    '<p class="hint">{facts}</p><p class="result-own">{star} {tick}</p></div></li>'
)
_PICTURE: Final = '<img class="result-picture" src="{}" alt="" loading="lazy" width="88" height="88" />'
_INITIALS: Final = '<span class="result-picture" aria-hidden="true">{}</span>'
_STAR: Final = (
    '<a class="favourite" href="/buyer/favourites/add/?good={id}" data-favourite="{id}" rel="nofollow">'
    '<i class="bi bi-star" aria-hidden="true"></i><span>{keep}</span></a>'
)
# Nothing of it depends on who looks: what was chosen before is marked by a script, the form stands outside the list.
_TICK: Final = (
    '<label class="compare-tick"><input class="form-check-input" type="checkbox" name="good" value="{id}" '
    'form="compare-form" autocomplete="off" aria-describedby="good-{id}" />{compare}</label>'
)
_PLACE: Final = '<p class="place" data-place="{}">{}</p>'
_VALUE: Final = '<li><a href="{}"{}>{}</a><span class="num">{}</span></li>'
_CHOSEN: Final = '<i class="bi bi-check" aria-hidden="true"></i>'
_OFFER: Final = (
    '<tr><td data-label="{t_supplier}"><a href="{o.store_url}">{o.supplier}</a> <span class="hint">{o.region}</span>'
    '{notes}</td><td class="num" data-label="{t_price}"><b>{o.price}</b>{unit}<br />'
    '<a class="hint" href="/offers/{o.id}/prices/" rel="nofollow">{t_history}</a></td>'
    '<td data-label="{t_place}">{place}</td>'
    '<td data-label="{t_delivery}">{o.delivery}{warranty}</td><td data-label="{t_credit}">{grade}</td>'
    '<td class="num" data-label="{t_stock}">{o.stock}{least}</td><td class="offer-buy">{buy}</td></tr>'
)
_BUY: Final = (
    '<form method="post" action="{url}"><input type="hidden" name="csrfmiddlewaretoken" value="{token}" />'
    '<input type="hidden" name="listing" value="{o.id}" /><label class="visually-hidden" for="quantity-{o.id}">{t_quantity}'
    '</label><input class="form-control" id="quantity-{o.id}" name="quantity" value="{o.least}" inputmode="decimal" '
    'size="3" maxlength="12" /><button class="btn btn-primary" type="submit">{t_cart}</button></form>'
)
_HINT: Final = '<span class="hint">{}</span>'


@register.simple_tag
def cards(rows: Iterable[GoodRow]) -> SafeString:
    """Draw the cards of a result list."""
    sold_out = escape(_("sold out"))
    own = _STAR.replace("{keep}", escape(_("Keep"))), _TICK.replace("{compare}", escape(_("Compare")))
    words: dict[tuple[int, int | None], str] = {}
    return mark_safe("".join(_card(row, words, sold_out, own) for row in rows))  # noqa: S308 - every value is escaped


@register.simple_tag
def compare_tick(good_id: int) -> SafeString:
    """The box that takes a good of a table to the comparison; the cell that names it bears `id="good-…"`."""
    return mark_safe(_TICK.format(id=int(good_id), compare=escape(_("Compare"))))  # noqa: S308 - every value is escaped


@register.inclusion_tag("catalog/public/_compare_bar.html", takes_context=True)
def compare_bar(context: Context) -> dict[str, Any]:
    """What was chosen so far and the way to the comparison; the boxes of the page belong to its form."""
    request = context["request"]
    return {"request": request, "chosen": chosen_in(request.session)}


def _card(row: GoodRow, words: dict[tuple[int, int | None], str], sold_out: str, own: tuple[str, str]) -> str:
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
        id=row.id,
        star=own[0].replace("{id}", str(row.id)),
        tick=own[1].replace("{id}", str(row.id)),
        facts=facts if row.in_stock else f"{facts} · {sold_out}",
    )


def _facts(offers: int, days: int | None) -> str:
    texts = [ngettext("%(n)s offer", "%(n)s offers", offers) % {"n": offers}]
    if days is not None:
        texts.append(ngettext("delivery in %(n)s day", "delivery in %(n)s days", days) % {"n": days})
    return escape(" · ".join(texts))


@register.simple_tag
def facet(values: Sequence[Value]) -> SafeString:
    """Draw the choices of a facet; the rarer ones are folded away."""
    shown, folded = values[:SHOWN_VALUES], values[SHOWN_VALUES:]
    drawn = f"<ul>{''.join(map(_value, shown))}</ul>"
    if folded:
        more = ngettext("%(n)s more", "%(n)s more", len(folded)) % {"n": len(folded)}
        rest = "".join(map(_value, folded))
        drawn += f"<details><summary>{escape(more)}</summary><ul>{rest}</ul></details>"
    return mark_safe(drawn)  # noqa: S308 - every value is escaped


def _value(value: Value) -> str:
    return _VALUE.format(
        escape(value.url),
        ' aria-current="true"' if value.chosen else "",
        (_CHOSEN if value.chosen else "") + escape(value.label),
        value.count,
    )


@register.simple_tag
def offer_rows(
    offers: Iterable[Offer], unit: str, cart_url: str, sign_in_url: str, token: str = ""
) -> SafeString:
    """Draw the offers of a good; whoever buys gets a form in each row. The fields of an offer are escaped already.

    Args:
        offers: the rows.
        unit: of the good.
        cart_url: where the forms lead; empty for those who do not buy.
        sign_in_url: where those are led who have not signed in.
        token: against forged requests, one for all forms.
    """
    words = {
        "t_supplier": escape(_("Supplier")),
        "t_price": escape(_("Unit price")),
        "t_place": escape(_("Place in the range")),
        "t_delivery": escape(_("Delivery")),
        "t_credit": escape(_("Credit")),
        "t_stock": escape(_("Stock")),
        "t_quantity": escape(_("Quantity")),
        "t_cart": escape(_("Into the cart")),
        "t_sign_in": escape(_("Sign in to buy")),
        "t_sold_out": escape(_("sold out")),
        "t_not_stated": escape(_("stock not stated")),
        "t_elsewhere": escape(_("does not deliver to your region")),
        "t_provisional": escape(_("provisional")),
        "t_new": escape(_("new here")),
        "t_in_review": escape(_("published before review")),
        "t_history": escape(_("Price history")),
    }
    words |= {"url": escape(cart_url), "sign_in": escape(sign_in_url)}
    words["unit"] = _HINT.format(f"/{escape(unit)}") if unit else ""
    words["token"] = token
    return mark_safe("".join(_offer_row(offer, words) for offer in offers))  # noqa: S308 - every value is escaped


def _offer_row(offer: Offer, words: dict[str, str]) -> str:
    notes = [text for text in (offer.note, words["t_in_review"] if offer.in_review else "") if text]
    grade = offer.grade or _HINT.format(words["t_new"])
    if offer.grade and offer.provisional:
        grade = f"{offer.grade} {_HINT.format(words['t_provisional'])}"
    least = _("from %(least)s") % {"least": offer.min_quantity} if offer.least != "1" else ""
    return _OFFER.format(
        o=offer,
        notes="".join(f"<br />{_HINT.format(text)}" for text in notes),
        place=f'<span class="place" data-place="{offer.place_code}">{offer.place}</span>'
        if offer.place
        else "–",
        warranty=f"<br />{_HINT.format(offer.warranty)}" if offer.warranty else "",
        grade=grade,
        least=f"<br />{_HINT.format(least)}" if least else "",
        buy=_buy(offer, words),
        **words,
    )


def _buy(offer: Offer, words: dict[str, str]) -> str:
    if not offer.in_stock:
        return _HINT.format(words["t_sold_out"] if offer.stock_known else words["t_not_stated"])
    if not offer.delivers:
        return _HINT.format(words["t_elsewhere"])
    if words["url"]:
        return _BUY.format(o=offer, **words)
    if words["sign_in"]:
        return f'<a class="btn btn-secondary" href="{words["sign_in"]}">{words["t_sign_in"]}</a>'
    return ""
