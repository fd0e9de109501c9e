"""Finding a category to put a good into: by name, code or a synonym, leaves only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalog.search.lexicon import lexicon
from catalog.segmentation import normalise
from catalog.tree import Node, category_tree

MOST: Final = 60


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
