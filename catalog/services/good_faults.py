"""Goods that do not fit the attributes of their category: flagged until somebody mends them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from django.db import connection, transaction

from catalog.attributes import Attribute, attributes_of, forget_attributes
from catalog.specs import faults
from catalog.tree import category_tree, forget_tree

_GOODS: Final = """
    SELECT id, category_id, spec FROM catalog_good
     WHERE state = 'active' AND id = ANY(%s) AND (%s OR spec <> '{}')
"""
_WRITE: Final = """
    INSERT INTO catalog_goodfault (good_id, key, fault, value)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
        ON CONFLICT (good_id, key) DO UPDATE SET fault = excluded.fault, value = excluded.value
     WHERE (catalog_goodfault.fault, catalog_goodfault.value) IS DISTINCT FROM (excluded.fault, excluded.value)
"""
_CLEAR: Final = """
    DELETE FROM catalog_goodfault f WHERE f.good_id = ANY(%s)
       AND NOT EXISTS (SELECT FROM unnest(%s::bigint[], %s::text[]) AS k(good, key)
                        WHERE k.good = f.good_id AND k.key = f.key)
"""


def check_goods(
    good_ids: Collection[int], *, keys: Collection[str] | None = None, empty_too: bool = True
) -> int:
    """Flag what does not fit among these goods, and take away the flags of what fits again.

    Args:
        good_ids: at most some thousands.
        keys: flag these attributes only (a change of the schema); None: all.
        empty_too: goods without any specification are flagged for missing values as well.

    Returns:
        how many of the goods are flagged.
    """
    forget_tree()
    forget_attributes()
    nodes = category_tree().by_id
    schemas: dict[int, list[Attribute]] = {}
    rows: list[tuple[int, str, str, str]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GOODS, [list(good_ids), empty_too])
        for pk, category, spec in cursor.fetchall():
            if category not in schemas:
                schemas[category] = attributes_of(nodes.get(category))
            loaded: Any = json.loads(spec) if isinstance(spec, str) else spec
            rows += [
                (pk, attribute.key, fault.value, _short(loaded.get(attribute.key)))
                for attribute, fault in faults(loaded, schemas[category])
            ]
        known = rows
        if keys is not None:
            # Faults that were there before stay flagged; new ones only of the attribute that was changed.
            cursor.execute(
                "SELECT good_id, key FROM catalog_goodfault WHERE good_id = ANY(%s)", [list(good_ids)]
            )
            before = set(cursor.fetchall())
            known = [row for row in rows if row[1] in keys or (row[0], row[1]) in before]
        columns = [list(column) for column in zip(*known, strict=True)] or [[], [], [], []]
        cursor.execute(_CLEAR, [list(good_ids), columns[0], columns[1]])
        cursor.execute(_WRITE, columns)
    return len({row[0] for row in known})


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:300]
