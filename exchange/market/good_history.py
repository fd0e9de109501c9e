"""What an import has changed of goods that were known already, written into their histories: set-based."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# Every field as `catalog.good_history.snapshot` writes it.
_SAID: Final = """
    SELECT g.id, c.code AS category, coalesce(b.name, '') AS brand, g.model, g.name, g.unit,
           coalesce(trim_scale(g.pack_size)::text, '') AS pack_size,
           array_to_string(array(SELECT l FROM unnest(g.labels) AS l ORDER BY l), '、') AS labels, g.spec
      FROM m_goods m JOIN catalog_good g ON g.source = %(source)s AND g.external_id = m.id
      JOIN catalog_category c ON c.id = g.category_id LEFT JOIN catalog_brand b ON b.id = g.brand_id
"""
_PLAIN: Final = ("category", "brand", "model", "name", "unit", "pack_size", "labels")
_DIFFERENCE: Final = ", ".join(
    f"'{name}', CASE WHEN b.{name} IS DISTINCT FROM n.{name} THEN jsonb_build_array(b.{name}, n.{name}) END"
    for name in _PLAIN
)
_WRITE: Final = f"""
    WITH now_said AS ({_SAID}), differing AS (
        SELECT b.id, jsonb_strip_nulls(jsonb_build_object({_DIFFERENCE})) || coalesce((
                   SELECT jsonb_object_agg('spec.' || k, jsonb_build_array(
                       coalesce(b.spec -> k, '""'), coalesce(n.spec -> k, '""')))
                     FROM (SELECT jsonb_object_keys(b.spec) UNION SELECT jsonb_object_keys(n.spec)) AS keys(k)
                    WHERE b.spec -> k IS DISTINCT FROM n.spec -> k), '{{}}') AS changes
          FROM m_goods_before b JOIN now_said n ON n.id = b.id
    ), bumped AS (
        UPDATE catalog_good g SET version = g.version + 1, changed_at = now()
          FROM differing d WHERE d.id = g.id AND d.changes <> '{{}}' RETURNING g.id, g.version, d.changes
    )
    INSERT INTO catalog_goodchange (good_id, kind, author_name, version, changes, note)
    SELECT id, 'edited', %(author)s, version, changes, '' FROM bumped
"""


def remember(cursor: CursorWrapper, source: str) -> None:
    """Keep what the goods of the file say before it is carried over."""
    cursor.execute("DROP TABLE IF EXISTS m_goods_before")
    cursor.execute(f"CREATE TEMPORARY TABLE m_goods_before ON COMMIT DROP AS {_SAID}", {"source": source})


def write(cursor: CursorWrapper, source: str) -> int:
    """Add to the history of each good that says something else now; its author is the source.

    Returns:
        how many goods have changed.
    """
    cursor.execute(_WRITE, {"source": source, "author": f"market.csv {source}"[:150]})
    changed = int(cursor.rowcount)
    cursor.execute("DROP TABLE m_goods_before")
    return changed
