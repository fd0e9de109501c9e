"""What a person may be about to type: words, goods, suppliers, and what the person has searched for before.

One statement for all of them; each part reads a short piece of an index and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.utils.translation import gettext as _

from catalog import segmentation
from catalog.models import WordKind
from catalog.search.matching import lexeme
from catalog.tree import category_tree
from zcy.formats import short_money

MOST_WORDS: Final = 6
MOST_GOODS: Final = 4
MOST_OTHERS: Final = 3
# Goods that are looked at for the ones that are offered most: a common word has thousands.
LOOKED_AT: Final = 300
LEAST_FOR_GOODS: Final = 2
LONGEST: Final = 40
_WORDS: Final = """
    (SELECT 'word', w.word, w.goods::text, w.kind FROM catalog_searchword w
      WHERE (w.word LIKE %s OR w.pinyin LIKE %s OR w.initials LIKE %s) AND w.kind <> 'model'
      ORDER BY (w.kind IN ('brand', 'category')) DESC, w.goods DESC, w.word LIMIT %s)
"""
_MODELS: Final = """
    (SELECT 'good', g.id::text, g.lowest_price::text, g.name FROM (
        SELECT g.id, g.lowest_price, g.name, g.weight FROM catalog_good g
         WHERE g.offers > 0 AND g.state = 'active' AND g.model_key LIKE %s LIMIT %s
     ) AS g ORDER BY g.weight DESC, g.id LIMIT %s)
"""
_GOODS: Final = """
    (SELECT 'good', g.id::text, g.lowest_price::text, g.name FROM (
        SELECT g.id, g.lowest_price, g.name, g.weight FROM catalog_good g
         WHERE g.offers > 0 AND g.state = 'active' AND g.search @@ %s::tsquery LIMIT %s
     ) AS g ORDER BY g.weight DESC, g.id LIMIT %s)
"""
_SUPPLIERS: Final = """
    (SELECT 'supplier', o.id::text, '', o.name FROM accounts_organisation o
      WHERE o.kind = 'supplier' AND o.active AND o.name LIKE %s ORDER BY o.name LIMIT %s)
"""
_HISTORY: Final = """
    (SELECT 'history', h.query, '', '' FROM catalog_searchhistory h
      WHERE h.user_id = %s AND h.key LIKE %s ORDER BY h.at DESC LIMIT %s)
"""


@dataclass(frozen=True)
class Completion:
    """One suggestion: what stands in the line, where it leads, and a word about it."""

    text: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Suggestions of one kind."""

    title: str
    items: list[Completion]


def complete(q: str, *, user_id: int | None) -> list[Group]:
    """Suggestions for what has been typed so far; of an empty field the person's last searches."""
    typed = segmentation.normalise(q)[:LONGEST]
    parts: list[str] = []
    params: list[Any] = []
    if user_id is not None:
        parts.append(_HISTORY)
        params += [user_id, f"{like(typed)}%", MOST_OTHERS if typed else MOST_WORDS]
    if typed:
        _parts_for(typed, parts, params)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return _groups(cursor.fetchall())


def _parts_for(typed: str, parts: list[str], params: list[Any]) -> None:
    prefix = f"{like(typed)}%"
    spelt = prefix if typed.isascii() else "\x01"
    parts.append(_WORDS)
    params += [prefix, spelt, spelt, MOST_WORDS]
    if len(typed) >= LEAST_FOR_GOODS:
        words = segmentation.query_words(typed)
        if words:
            parts.append(_GOODS)
            params += [_query(words), LOOKED_AT, MOST_GOODS]
        key = segmentation.model_key(typed)
        if len(key) > LEAST_FOR_GOODS:
            parts.append(_MODELS)
            params += [f"%{key}%", LOOKED_AT, MOST_GOODS]
        if segmentation.is_chinese(typed):
            parts.append(_SUPPLIERS)
            params += [f"%{like(typed)}%", MOST_OTHERS]


def _query(words: list[str]) -> str:
    """All words; the last one may be unfinished."""
    *whole, last = words
    forms = [f"({lexeme(word)} | ({_pairs(word)}))" for word in whole]
    return " & ".join([*forms, f"({lexeme(last, prefix=True)} | ({_pairs(last)}))"])


def _pairs(word: str) -> str:
    return " & ".join(map(lexeme, segmentation.pairs(word) or [word]))


def like(text: str) -> str:
    """A text as part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _groups(rows: list[tuple[str, str, str | None, str]]) -> list[Group]:
    found: dict[str, list[Completion]] = {}
    for part, key, figure, text in rows:
        if part == "word":
            kind = text if text in (WordKind.BRAND, WordKind.CATEGORY) else WordKind.WORD
            found.setdefault(kind, []).append(_word(key, figure or "", kind))
        elif part == "good":
            price = short_money(figure) if figure else ""
            one = Completion(text, f"/goods/{key}/", price)
            if one not in found.setdefault(part, []) and len(found[part]) < MOST_GOODS:
                found[part].append(one)
        elif part == "supplier":
            found.setdefault(part, []).append(Completion(text, f"/stores/{key}/"))
        else:
            found.setdefault(part, []).append(Completion(key, _search(key)))
    titles = {
        "history": _("My searches"),
        WordKind.WORD: _("Words"),
        WordKind.CATEGORY: _("Categories"),
        WordKind.BRAND: _("Brands"),
        "good": _("Goods"),
        "supplier": _("Suppliers"),
    }
    return [Group(title, found[name]) for name, title in titles.items() if name in found]


def _word(word: str, goods: str, kind: str) -> Completion:
    nodes = [node for node in category_tree().by_name.get(word, ()) if node.goods]
    if kind == WordKind.CATEGORY and nodes:
        return Completion(nodes[0].name, nodes[0].url, goods)
    return Completion(word, _search(word), goods)


def _search(words: str) -> str:
    return f"/search/?{urlencode({'q': words})}"
