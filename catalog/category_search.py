"""Finding a category to put a good into: by name, code or a synonym, leaves only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from catalog.search.lexicon import lexicon
from catalog.search.matching import match
from catalog.segmentation import is_chinese, normalise, query_words
from catalog.tree import Node, category_tree

MOST: Final = 60
# So many guesses are taken in at a glance.
MOST_GUESSES: Final = 6
# Goods of which some word fits, the best of them: each speaks for its category.
_SPEAKING: Final = """
    SELECT category_id, sum(rank) FROM (
        SELECT g.category_id, ts_rank(g.search, %(query)s::tsquery) AS rank
          FROM catalog_good g WHERE g.state = 'active' AND g.search @@ %(query)s::tsquery
         ORDER BY rank DESC, g.id LIMIT 50
    ) AS best GROUP BY category_id
"""


@dataclass(frozen=True)
class Found:
    """A leaf with the way to it."""

    id: int
    code: str
    name: str
    way: str


def find_categories(text: str, *, limit: int = MOST) -> list[Found]:
    """Leaves whose code begins with the text, or whose name or one above it has it; without a text the fullest ones."""
    wanted = normalise(text)
    leaves = [node for node in category_tree().by_id.values() if not node.children]
    if not wanted:
        leaves.sort(key=lambda node: (-node.goods, node.code))
        return [_found(node) for node in leaves[:limit]]
    words = [wanted, *lexicon().same(wanted)]
    ranked = [(rank, -node.goods, node.code, node) for node in leaves if (rank := _rank(node, words)) < 9]
    return [_found(node) for *_key, node in sorted(ranked, key=lambda row: row[:3])[:limit]]


def guess_categories(text: str, *, limit: int = MOST_GUESSES) -> list[Found]:
    """Leaves in which a good of this name (brand, model, what it is) most probably stands, the likeliest first.

    A leaf that the whole text names, or is named by, comes before one that a word of it names; goods of the catalog
    with the same words speak for their categories. A text that says nothing has none.
    """
    wanted = normalise(text)
    words = [word for word in query_words(text) if len(word) > 1 and is_chinese(word)]
    if not wanted or not (words or wanted.isascii()):
        return []
    spoken = _spoken_for(text)
    known = lexicon()
    forms = [(len(word), [word, *known.same(word)]) for word in words]
    whole = [wanted, *known.same(wanted)]
    points: list[tuple[float, Node]] = []
    for node in category_tree().by_id.values():
        if node.children:
            continue
        name = normalise(node.name)
        found = 10.0 * max(0, 4 - _rank(node, whole)) + 8 * spoken.get(node.id, 0)
        # The last word says what the thing is, those before it of what kind.
        for place, (length, same) in enumerate(forms, start=1):
            if any(form in name for form in same):
                found += length * (1 + place / len(forms))
        if found > 1:
            points.append((found, node))
    points.sort(key=lambda row: (-row[0], -row[1].goods, row[1].code))
    return [_found(node) for _points, node in points[:limit]]


def _spoken_for(text: str) -> dict[int, float]:
    """The share of each category in what similar goods say."""
    query = match(text).rank_query
    if not query:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SPEAKING, {"query": query})
        ranks = {pk: float(rank) for pk, rank in cursor.fetchall()}
    total = sum(ranks.values())
    return {pk: rank / total for pk, rank in ranks.items()} if total else {}


def leaf(code: str) -> Node | None:
    """The category of this code, if goods can stand in it."""
    node = category_tree().by_code.get(code)
    return node if node is not None and not node.children else None


def _rank(node: Node, words: list[str]) -> int:
    if node.code.lower().startswith(words[0]):
        return 0
    names = [normalise(one.name) for one in node.trail[::-1]]
    if names[0] in words:
        return 1
    if any(word in names[0] for word in words):
        return 2
    if names[0] in words[0]:  # “惠普 A4黑白打印机” names it
        return 3
    return 4 if any(word in name for name in names[1:] for word in words) else 9


def _found(node: Node) -> Found:
    return Found(node.id, node.code, node.name, " › ".join(one.name for one in node.trail[:-1]))
