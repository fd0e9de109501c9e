"""Which goods are equivalent (同等品): equal in all key attributes of their category."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection, transaction

from catalog.attributes import attributes_of, forget_attributes
from catalog.kept import forget_lists
from catalog.tree import category_tree, forget_tree
from catalog.values import normal_sql

# keyed: one row for each category and key attribute. A good that does not state all of them is equivalent to none.
_REFRESH: Final = f"""
    WITH keyed AS (
        SELECT * FROM unnest(%(categories)s::bigint[], %(keys)s::text[]) AS k(category_id, key)
    ), said AS (
        SELECT g.id, k.key, {normal_sql("(g.spec -> k.key)")} AS value
          FROM catalog_good g JOIN keyed k USING (category_id)
         WHERE (%(goods)s::bigint[] IS NULL OR g.id = ANY(%(goods)s))
    ), hashed AS (
        SELECT id, CASE WHEN bool_and(coalesce(value, '') <> '')
                        THEN md5(string_agg(key || '=' || value, chr(31) ORDER BY key)) ELSE '' END AS key_hash
          FROM said GROUP BY id
    )
    UPDATE catalog_good g SET key_hash = coalesce(h.key_hash, '')
      FROM catalog_good o LEFT JOIN hashed h ON h.id = o.id
     WHERE o.id = g.id AND (%(goods)s::bigint[] IS NULL OR g.id = ANY(%(goods)s))
       AND g.key_hash IS DISTINCT FROM coalesce(h.key_hash, '')
"""


def refresh_key_hashes(good_ids: Collection[int] | None = None) -> int:
    """Compute `Good.key_hash` anew, set-based, for these goods or for all.

    The hash is over the key attributes in the order of their keys, each as `catalog.values.normal` spells it.

    Returns:
        how many goods have another hash than before.
    """
    # What this process keeps may be older than the transaction that asks.
    forget_tree()
    forget_attributes()
    pairs = [
        (pk, attribute.key)
        for pk, node in category_tree().by_id.items()
        for attribute in attributes_of(node)
        if attribute.is_key
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _REFRESH,
            {
                "categories": [pk for pk, _key in pairs],
                "keys": [key for _pk, key in pairs],
                "goods": None if good_ids is None else list(good_ids),
            },
        )
        changed = int(cursor.rowcount)
        if changed:
            forget_lists()
    return changed
