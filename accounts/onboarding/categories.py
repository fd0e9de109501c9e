"""The categories a supplier may ask for: the catalog, which lies above, says what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zcy.registries import Registry


@dataclass(frozen=True)
class CategorySource:
    """Who knows the categories: `choices()` gives (code, name) of those to ask for, in the order of the tree; `told()`
    names any one, None for a code that is not known.
    """

    name: str
    choices: Callable[[], Sequence[tuple[str, str]]]
    told: Callable[[str], str | None] = lambda _code: None


sources: Registry[CategorySource] = Registry("category sources")


def category_choices() -> list[tuple[str, str]]:
    """Every category that can be asked for, as (code, name)."""
    return [choice for source in sources for choice in source.choices()]


def deeper_categories(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Those of these codes that are categories, but none that can be asked for: (code, name)."""
    asked = dict(category_choices())
    found = [(code, _told(code)) for code in dict.fromkeys(codes) if code not in asked]
    return [(code, name) for code, name in found if name]


def category_names(codes: Iterable[str]) -> list[str]:
    """What categories are called; a code that nobody knows any more stands for itself."""
    known: Mapping[str, str] = dict(category_choices())
    return [known.get(code, "").strip() or _told(code) or code for code in codes]


def _told(code: str) -> str:
    return next((name for source in sources if (name := source.told(code))), "")
