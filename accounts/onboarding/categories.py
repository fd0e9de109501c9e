"""The categories a supplier may ask for: the catalog, which lies above, says what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zcy.registries import Registry


@dataclass(frozen=True)
class CategorySource:
    """Who knows the categories: `choices()` gives (code, name) in the order of the tree."""

    name: str
    choices: Callable[[], Sequence[tuple[str, str]]]


sources: Registry[CategorySource] = Registry("category sources")


def category_choices() -> list[tuple[str, str]]:
    """Every category that can be asked for, as (code, name)."""
    return [choice for source in sources for choice in source.choices()]


def category_names(codes: Iterable[str]) -> list[str]:
    """What categories are called; a code that nobody knows any more stands for itself."""
    known: Mapping[str, str] = dict(category_choices())
    return [known.get(code, code).strip() for code in codes]
