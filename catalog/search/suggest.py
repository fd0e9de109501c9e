"""What to do when nothing was found: read the query as it was meant, drop words or filters, look in a category near by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection

from catalog import segmentation
from catalog.search.conditions import conditions
from catalog.search.decode import MOST, readings
from catalog.search.filters import Filters
from catalog.tree import Node, category_tree

MOST_WORDS: Final = 8
# Hits of a suggestion are counted up to here.
CAP: Final = 1000
# So few hits, and so many times more of another reading, are a reason to ask whether that was meant.
FEW: Final = 3
MORE: Final = 5


@dataclass
class Suggestions:
    """Ways out of an empty list, each with hits: (words, address, hits, whether there are more hits than were counted)."""

    # The query as it was meant; its list is shown in place of the empty one.
    meant: str = ""
    meant_url: str = ""
    fewer: list[tuple[str, str, int, bool]] = field(default_factory=list)
    # The same words without any filter.
    unfiltered: tuple[str, int, bool] | None = None
    # Categories whose goods have most of the words.
    near: list[Node] = field(default_factory=list)


def as_meant(filters: Filters) -> Filters | None:
    """The filters with the query as it was meant: the cheapest reading that has hits; None where there is none."""
    if not filters.q:
        return None
    ways = [replace(filters, q=reading.text, position=None) for reading in readings(filters.q)]
    hits = _count(ways, cap=1)
    return next((way for way, n in zip(ways, hits, strict=True) if n), None)


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
