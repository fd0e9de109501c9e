"""What the portal adds to the public home page: categories and the newest deals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from accounts.roles import Role
from catalog.tree import Node, category_tree
from exchange.queries import published_deals
from zcy.registries import HomeSection, home_sections

DEALS: Final = 8
BRANCHES: Final = 12


def register() -> None:
    """Called once when the app is ready."""
    home_sections.register(
        HomeSection(
            "categories",
            "exchange/_home_categories.html",
            load_categories,
            frozenset([Role.PURCHASER]),
            public=True,
            order=80,
        )
    )
    home_sections.register(
        HomeSection("deals", "exchange/_home_deals.html", load_deals, public=True, order=90)
    )


def load_categories(actor: Any) -> Mapping[str, Any]:
    """The broadest branches with what is on sale in them, the fullest first."""
    branches: list[Node] = []
    for root in category_tree().roots:
        # Goods, works and services are single letters; what people look for begins below them.
        branches += root.offered if len(root.code) == 1 else [root] if root.goods else []
    deeper = [child for branch in branches for child in (branch.offered or [branch])]
    return {"branches": sorted(deeper, key=lambda node: (-node.goods, node.code))[:BRANCHES]}


def load_deals(actor: Any) -> Mapping[str, Any]:
    """The newest deals of the last 30 days."""
    return {"deals": published_deals().order_by("-order__confirmed_at", "-id")[:DEALS]}
