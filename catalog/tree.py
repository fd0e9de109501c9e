"""The tree of categories, kept in the process: pages ask for it all the time, it changes seldom."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from catalog.models import Category
from catalog.segmentation import normalise

MAX_AGE_SECONDS: Final = 30.0


@dataclass
class Node:
    """A category as pages show it."""

    id: int
    code: str
    name: str
    path: str
    depth: int
    unit: str
    parent_id: int | None
    goods: int
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None

    @property
    def url(self) -> str:
        return f"/categories/{self.code}/"

    @property
    def trail(self) -> list[Node]:
        """From the root to this category."""
        nodes: list[Node] = []
        node: Node | None = self
        while node is not None:
            nodes.append(node)
            node = node.parent
        return nodes[::-1]

    @property
    def subtree(self) -> list[int]:
        """Its id and those of all categories below it."""
        return [self.id, *(pk for child in self.children for pk in child.subtree)]

    @property
    def offered(self) -> list[Node]:
        """Subcategories that have goods on sale."""
        return [child for child in self.children if child.goods]


@dataclass
class Tree:
    """All categories."""

    roots: list[Node]
    by_id: dict[int, Node]
    by_code: dict[str, Node]
    # Names in the spelling of `segmentation.normalise`; one name may stand in several branches.
    by_name: dict[str, list[Node]]


_kept: tuple[float, Tree] | None = None


def category_tree() -> Tree:
    """The tree, at most half a minute old."""
    global _kept
    if _kept is None or _kept[0] < time.monotonic():
        _kept = (time.monotonic() + MAX_AGE_SECONDS, _load())
    return _kept[1]


def forget_tree() -> None:
    """Drop what this process keeps (after a change, and between tests)."""
    global _kept
    _kept = None


def _load() -> Tree:
    rows = Category.objects.order_by("order", "code").values_list(
        "id", "code", "name", "path", "depth", "unit", "parent_id", "goods_count"
    )
    by_id = {row[0]: Node(*row) for row in rows}
    roots: list[Node] = []
    for node in by_id.values():
        node.parent = by_id.get(node.parent_id or 0)
        (node.parent.children if node.parent else roots).append(node)
    by_name: dict[str, list[Node]] = {}
    for node in by_id.values():
        by_name.setdefault(normalise(node.name), []).append(node)
    return Tree(roots, by_id, {node.code: node for node in by_id.values()}, by_name)
