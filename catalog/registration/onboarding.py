"""What the catalog tells those who admit suppliers: its categories, and when a supplier's first offer was on sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.onboarding.categories import CategorySource, sources
from accounts.signals import suppliers_stopped_or_resumed
from zcy import outbox, registries
from zcy.registries import NightContext, NightlyPart

# The two upper tiers of the 2022 品目 codes are what a trade is called by; below them stand single things.
DEEPEST = 2


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(CategorySource("catalog", _choices, _told))
    suppliers_stopped_or_resumed.connect(_refresh, dispatch_uid="catalog.refresh_suppliers")
    registries.nightly_parts.register(
        NightlyPart("first_listings", _("First listings of new suppliers"), stage=1, run=_first_listings)
    )


def _first_listings(_context: NightContext) -> Mapping[str, Any]:
    from catalog.services.first_listings import note_first_listings

    return {"rows": note_first_listings()}


def _refresh(suppliers: Sequence[int], **_signal: Any) -> None:
    """Cards show the offers of those who trade: brought up to date in the background."""
    outbox.enqueue("catalog.tasks.refresh_suppliers", {"suppliers": list(suppliers)})


def _told(code: str) -> str | None:
    from catalog.tree import category_tree

    node = category_tree().by_code.get(code)
    return f"{node.code} {node.name}" if node else None


def _choices() -> list[tuple[str, str]]:
    from catalog.tree import Node, category_tree

    found: list[tuple[str, str]] = []

    def walk(nodes: list[Node], depth: int) -> None:
        for node in nodes:
            if depth == DEEPEST or not node.children:
                found.append((node.code, f"{node.code} {node.name}"))
            else:
                walk(node.children, depth + 1)

    walk(category_tree().roots, 0)
    return found
