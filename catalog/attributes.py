"""The attributes of categories, kept in the process: every list and good page labels specifications with them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import AttributeType, CategoryAttribute
from catalog.tree import Node

MAX_AGE_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Attribute:
    """An attribute as pages show it."""

    key: str
    chinese: str
    english: str
    type: str
    unit: str
    choices: tuple[str, ...]
    required: bool
    filterable: bool
    is_key: bool

    @property
    def label(self) -> str:
        """In the reader's language, where it is known."""
        return self.english if self.english and (get_language() or "").startswith("en") else self.chinese

    def show(self, value: Any) -> str:
        """A value with its unit."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        text = "、".join(str(item) for item in value) if isinstance(value, list) else str(value)
        return f"{text} {self.unit}" if self.unit and self.type == AttributeType.NUMBER else text

    def show_text(self, text: str) -> str:
        """A value as it stands in an address or beside a count."""
        return self.show(text == "true" if self.type == AttributeType.BOOLEAN else text)


_kept: tuple[float, dict[int, list[Attribute]]] | None = None


def attributes_of(node: Node | None) -> list[Attribute]:
    """The attributes of a category, those it inherits first; its own of the same key replace them."""
    kept = _all()
    found: dict[str, Attribute] = {}
    for ancestor in node.trail if node else ():
        for attribute in kept.get(ancestor.id, ()):
            found[attribute.key] = attribute
    return list(found.values())


def labelled(
    spec: Mapping[str, Any], attributes: list[Attribute], *, only_keys: bool = False
) -> list[tuple[str, str]]:
    """A specification as (label, value) pairs in the schema's order; what the schema does not know comes last."""
    rows = [
        (attribute.label, attribute.show(spec[attribute.key]))
        for attribute in attributes
        if spec.get(attribute.key) not in (None, "", []) and (attribute.is_key or not only_keys)
    ]
    if not only_keys or not rows:
        known = {attribute.key for attribute in attributes}
        rows += [
            (key, str(value)) for key, value in spec.items() if key not in known and value not in (None, "")
        ]
    return rows


def forget_attributes() -> None:
    """Drop what this process keeps (after a change, and between tests)."""
    global _kept
    _kept = None


def _all() -> dict[int, list[Attribute]]:
    global _kept
    if _kept is None or _kept[0] < time.monotonic():
        loaded: dict[int, list[Attribute]] = {}
        rows = CategoryAttribute.objects.order_by("order", "key").values_list(
            "category_id",
            "key",
            "label",
            "label_en",
            "type",
            "unit",
            "choices",
            "required",
            "filterable",
            "is_key",
        )
        for category, *values in rows:
            values[5] = tuple(str(choice) for choice in values[5] or ())
            loaded.setdefault(category, []).append(Attribute(*values))
        _kept = (time.monotonic() + MAX_AGE_SECONDS, loaded)
    return _kept[1]
