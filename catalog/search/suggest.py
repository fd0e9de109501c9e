"""What to do when nothing was found: read the query as it was meant, drop words or filters, look in a category near by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection

from catalog import segmentation
from catalog.search.complete import like
from catalog.search.conditions import conditions
from catalog.search.decode import MOST, readings
from catalog.search.filters import Filters
from catalog.search.lexicon import lexicon
from catalog.tree import Node, category_tree

MOST_WORDS: Final = 8
# Hits of a suggestion are counted up to here.
CAP: Final = 1000
# So few hits, and so many times more of another reading, are a reason to ask whether that was meant.
FEW: Final = 3
MORE: Final = 5
LEAST_OF_A_NAME: Final = 4
MOST_STORES: Final = 3
_STORES: Final = """
    SELECT o.id, o.name FROM accounts_organisation o
     WHERE o.kind = 'supplier' AND o.active AND o.name LIKE %s ORDER BY o.name LIMIT %s
"""


@dataclass
class Suggestions:
    """Ways out of an empty list, each with hits: (words, address, hits, whether there are more hits than were counted)."""

    # The query as it was meant; its list is shown in place of the empty one.
    meant: str = ""
    meant_url: str = ""
    fewer: list[tuple[str, str, int, bool]] = field(default_factory=list)
    # The same words without any filter.
    unfiltered: tuple[str, int, bool] | None = None
    # (name, address) of suppliers that are called so.
    stores: list[tuple[str, str]] = field(default_factory=list)
    # Categories whose goods have most of the words.
    near: list[Node] = field(default_factory=list)


def as_meant(filters: Filters) -> Filters | None:
    """The filters with the query as it was meant: the cheapest reading that has hits; None where there is none."""
    if not filters.q:
        return None
    ways = [replace(filters, q=reading.text, position=None) for reading in readings(filters.q)]
    hits = _count(ways, cap=1)
    return next((way for way, n in zip(ways, hits, strict=True) if n), None)


def narrowed_to_known(filters: Filters) -> Filters | None:
    """The filters with what goods are known by of a query: 给食堂用的消毒柜 → 消毒柜, 带无线的打印机 → 无线 打印机.

    What a Chinese phrase is about stands at its end. Only if goods or categories are called so are words left out: of
    长颈鹿饲料 nothing is shown in a shop without 饲料, whatever else it has.
    """
    words = lexicon().joined(segmentation.query_words(filters.q)[:MOST_WORDS])
    if len(words) < 2:
        return None
    head = next((word for word in _ends(filters.q, words) if _is_called(word, filters)), None)
    if head is None:
        return None
    kept = [word for word in words if word != head]
    beside = _count([_with(filters, [word, head]) for word in kept], cap=CAP)
    hits = dict(zip(kept, beside, strict=True))
    kept = [word for word in kept if hits[word]]
    # Of what does not go together the rarer word says more.
    ways = [_with(filters, [*kept, head])]
    for word in sorted(kept, key=lambda word: -hits[word]):
        kept = [other for other in kept if other != word]
        ways.append(_with(filters, [*kept, head]))
    return next((way for way, n in zip(ways, _count(ways, cap=1), strict=True) if n), None)


def _with(filters: Filters, words: Sequence[str]) -> Filters:
    return replace(filters, q=" ".join(words), position=None)


def _ends(q: str, words: Sequence[str]) -> list[str]:
    """The last words of the parts of a query between blanks, from its end."""
    parts = [cut for part in segmentation.normalise(q).split() if (cut := segmentation.query_words(part))]
    ends = [lexicon().joined(cut)[-1] for cut in parts]
    return [word for word in reversed(ends) if word in words and word not in segmentation.STOP_WORDS]


def _is_called(word: str, filters: Filters) -> bool:
    """Whether a good on offer or a category is called by a word, or by a synonym: its name has it at the end of a phrase."""
    if len(word) < 2 or not segmentation.is_chinese(word) or word[0].isdecimal():
        return False
    names = [word, *lexicon().same(word)]
    if any(node.goods for name in names for node in category_tree().by_name.get(name, ())):
        return True
    wanted = conditions(replace(filters, q=word, position=None))
    called = "|".join(map(re.escape, names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM catalog_good g WHERE {wanted.where} AND lower(g.name) ~ %s)",
            [*wanted.params, f"({called})(?![\u4e00-\u9fff])"],
        )
        return bool(cursor.fetchone()[0])


def stores_named(q: str) -> list[tuple[str, str]]:
    """(name, address) of stores of suppliers whose name has a text of at least four characters."""
    typed = "".join(q.split())
    if len(typed) < LEAST_OF_A_NAME or not segmentation.is_chinese(typed):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STORES, [f"%{like(typed)}%", MOST_STORES])
        return [(name, f"/stores/{pk}/") for pk, name in cursor.fetchall()]


def likelier(filters: Filters, hits: int) -> tuple[str, str, int] | None:
    """(words, address, hits) of a reading that finds far more than the few hits there are; None where there is none."""
    if not filters.q or filters.literal or not 0 < hits <= FEW or any(map(str.isdecimal, filters.q)):
        return None
    ways = [replace(filters, q=one.text, position=None) for one in readings(filters.q) if one.whole]
    for way, n in zip(ways, _count(ways, cap=CAP), strict=True):
        if n >= MORE * hits:
            return way.q, way.address(), min(n, CAP)
    return None


def did_you_mean(q: str) -> str:
    """The likeliest reading of a query, whether it has hits or not; an empty text where it stands as it is."""
    found = [reading.text for reading in readings(q)[:MOST] if reading.whole]
    return found[0] if found else ""


def suggestions(filters: Filters) -> Suggestions:
    """Look for ways out; what would find nothing either is left out."""
    words = segmentation.query_words(filters.q)[:MOST_WORDS]
    ways: list[Filters] = []
    if len(words) > 1:
        shorter = [" ".join(words[:number] + words[number + 1 :]) for number in range(len(words))]
        ways += [replace(filters, q=text, position=None) for text in dict.fromkeys(shorter)]
    if filters.narrows:
        category = filters.category if filters.fixed_category else None
        ways.append(
            Filters(
                q=filters.q,
                category=category,
                fixed_category=filters.fixed_category,
                hall=filters.hall.whole() if filters.hall else None,
                sort=filters.sort,
            )
        )
    found = Suggestions()
    for way, hits in zip(ways, _count(ways, cap=CAP), strict=True):
        if not hits:
            continue
        counted = (min(hits, CAP), hits > CAP)
        if way.q == filters.q:
            found.unfiltered = (way.address(), *counted)
        else:
            found.fewer.append((way.q, way.address(), *counted))
    found.stores = stores_named(filters.q)
    if meant := as_meant(filters):
        found.meant, found.meant_url = meant.q, meant.address()
    found.near = near_categories(words)
    return found


def near_categories(words: Sequence[str], *, most: int = 3) -> list[Node]:
    """Categories with goods whose names share most pairs of characters with the words."""
    wanted = {pair for word in words for pair in (segmentation.pairs(word) or [word])}
    found: list[tuple[float, int, Node]] = []
    for node in category_tree().by_id.values():
        if not node.goods:
            continue
        own = set(segmentation.pairs(segmentation.normalise(node.name)))
        if shared := len(wanted & own):
            found.append((-shared / len(own | wanted), -node.goods, node))
    return [node for *_rank, node in sorted(found, key=lambda item: item[:2])[:most]]


def _count(ways: list[Filters], *, cap: int) -> list[int]:
    """Hits of each, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for way in ways:
        wanted = conditions(way)
        parts.append(
            f"(SELECT count(*) FROM (SELECT FROM catalog_good g WHERE {wanted.where} LIMIT {cap + 1}) AS hit)"
        )
        params += wanted.params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(cursor.fetchone())
