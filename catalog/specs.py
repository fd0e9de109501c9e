"""Whether a specification fits the attributes of its category: for the catalog's staff and for imports alike."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, NoReturn

from django.db import connection
from django.utils.translation import gettext as _

from catalog.attributes import Attribute, attributes_of, forget_attributes
from catalog.models import AttributeType
from catalog.tree import category_tree, forget_tree


class Fault(Enum):
    """What is wrong with one value."""

    MISSING = "missing"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TEXT = "text"


def faults(spec: Mapping[str, Any], attributes: Iterable[Attribute]) -> Iterator[tuple[Attribute, Fault]]:
    """Each attribute whose value is missing or does not fit; attributes that the category does not know are free."""
    for attribute in attributes:
        value = spec.get(attribute.key)
        if value in (None, "", []):
            if attribute.required:
                yield attribute, Fault.MISSING
        elif attribute.type == AttributeType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                yield attribute, Fault.NUMBER
        elif attribute.type == AttributeType.BOOLEAN:
            if not isinstance(value, bool):
                yield attribute, Fault.BOOLEAN
        elif attribute.type == AttributeType.CHOICE and attribute.choices:
            if str(value) not in attribute.choices:
                yield attribute, Fault.CHOICE
        elif not isinstance(value, str | int | float) or isinstance(value, bool):
            yield attribute, Fault.TEXT


def told(attribute: Attribute, fault: Fault) -> str:
    """What is wrong, and what would be right."""
    words = {"label": attribute.label, "key": attribute.key, "choices": "、".join(attribute.choices)}
    texts = {
        Fault.MISSING: _("%(label)s (%(key)s) is required."),
        Fault.NUMBER: _("%(label)s (%(key)s) is a number."),
        Fault.BOOLEAN: _("%(label)s (%(key)s) is true or false."),
        Fault.CHOICE: _("%(label)s (%(key)s) is one of %(choices)s."),
        Fault.TEXT: _("%(label)s (%(key)s) is a text."),
    }
    text = texts[fault] % words
    if fault is Fault.NUMBER and attribute.unit:
        unit = _("Its unit is %(unit)s; do not write it.") % {"unit": attribute.unit}
        text = f"{text} {unit}"
    return text


class StrictDecoder(json.JSONDecoder):
    """JSON as the database has it: without NaN and Infinity, and without halves of characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, parse_constant=_refuse)

    def decode(self, text: str, *args: Any) -> Any:
        """The value of a text."""
        value = super().decode(text, *args)
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise json.JSONDecodeError("half a character", text, 0) from error
        return value


def _refuse(name: str) -> NoReturn:
    raise json.JSONDecodeError("not a number of JSON", name, 0)


_SPECS: Final = """
    SELECT category_id, spec FROM catalog_good WHERE source = %s AND state = 'active' AND spec <> '{}'
"""


def count_faults(source: str) -> list[tuple[str, str, int]]:
    """(category, what is wrong, how many goods) over the goods of a source that have a specification."""
    forget_tree()
    forget_attributes()
    nodes = category_tree().by_id
    schemas: dict[int, list[Attribute]] = {}
    counted: Counter[tuple[int, Attribute, Fault]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_SPECS, [source])
        for category, spec in cursor.fetchall():
            if category not in schemas:
                schemas[category] = attributes_of(nodes.get(category))
            loaded = json.loads(spec) if isinstance(spec, str) else spec
            if isinstance(loaded, dict):
                counted.update((category, *fault) for fault in faults(loaded, schemas[category]))
    return [
        (nodes[category].name, told(attribute, fault), count)
        for (category, attribute, fault), count in counted.most_common()
    ]
