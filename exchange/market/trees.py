"""Regions, categories and brands: the rows that belong to no source because their codes and names are everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.market.merging import execute_and_count
from exchange.market.report import FileCounts, Report

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# GB/T 2260: ??0000 is a province, ????00 a city; in a market with codes of its own the depth decides.
_LEVEL = """CASE WHEN t.code ~ '^\\d{6}$' THEN
        CASE WHEN t.code ~ '0000$' THEN 'province' WHEN t.code ~ '00$' THEN 'city' ELSE 'county' END
    ELSE CASE t.depth WHEN 0 THEN 'province' WHEN 1 THEN 'city' ELSE 'county' END END"""

# Rows of the file, parents first, hung under each other or under rows that are there already.
_TREE = """WITH RECURSIVE tree AS (
    SELECT m.*, 0 AS depth, m.code || '/' AS path FROM {staged} m WHERE m.parent IS NULL
    UNION ALL
    SELECT m.*, array_length(string_to_array(p.path, '/'), 1) - 1, p.path || m.code || '/'
    FROM {staged} m JOIN {stored} p ON p.code = m.parent
    WHERE m.parent NOT IN (SELECT code FROM {staged})
    UNION ALL
    SELECT m.*, tree.depth + 1, tree.path || m.code || '/' FROM {staged} m JOIN tree ON m.parent = tree.code
)"""


def merge_regions(cursor: CursorWrapper, report: Report) -> None:
    """Insert and update the tree of regions."""
    counts = report.files.setdefault("regions", FileCounts())
    execute_and_count(
        cursor,
        _TREE.format(staged="m_regions", stored="accounts_region")
        + f""", written AS (
            INSERT INTO accounts_region (code, name, level, path)
            SELECT t.code, t.name, {_LEVEL}, t.path FROM tree t ORDER BY t.depth
            ON CONFLICT (code) DO UPDATE SET (name, level, path) = ROW(EXCLUDED.name, EXCLUDED.level, EXCLUDED.path)
            WHERE ROW(accounts_region.name, accounts_region.level, accounts_region.path)
                IS DISTINCT FROM ROW(EXCLUDED.name, EXCLUDED.level, EXCLUDED.path)
            RETURNING (xmax = 0) AS fresh
        ) SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM written""",
        {},
        counts,
    )
    cursor.execute(
        """UPDATE accounts_region r SET parent_id = p.id FROM m_regions m LEFT JOIN accounts_region p ON p.code = m.parent
        WHERE r.code = m.code AND r.parent_id IS DISTINCT FROM p.id"""
    )
    _rehang(cursor, "accounts_region")
    cursor.execute("ANALYZE accounts_region")


def merge_categories(cursor: CursorWrapper, report: Report) -> None:
    """Insert and update the tree of categories and its top-level codes."""
    counts = report.files.setdefault("categories", FileCounts())
    execute_and_count(
        cursor,
        _TREE.format(staged="m_categories", stored="catalog_category")
        + """, written AS (
            INSERT INTO catalog_category (code, name, path, depth, top_code, unit, counted, "order", goods_count)
            SELECT t.code, t.name, t.path, t.depth, '', coalesce(t.unit, ''), true, 1000, 0 FROM tree t ORDER BY t.depth
            ON CONFLICT (code) DO UPDATE SET (name, path, unit) = ROW(EXCLUDED.name, EXCLUDED.path, EXCLUDED.unit)
            WHERE ROW(catalog_category.name, catalog_category.path, catalog_category.unit)
                IS DISTINCT FROM ROW(EXCLUDED.name, EXCLUDED.path, EXCLUDED.unit)
            RETURNING (xmax = 0) AS fresh
        ) SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM written""",
        {},
        counts,
    )
    cursor.execute(
        """UPDATE catalog_category c SET parent_id = p.id FROM m_categories m
        LEFT JOIN catalog_category p ON p.code = m.parent
        WHERE c.code = m.code AND c.parent_id IS DISTINCT FROM p.id"""
    )
    _rehang(cursor, "catalog_category")
    cursor.execute("ANALYZE catalog_category")
    # rule-definitions.md: up until the parent is empty or a single letter.
    cursor.execute(
        """WITH tops AS (
            SELECT id, CASE WHEN length(split_part(path, '/', 1)) = 1 AND depth > 0
                THEN split_part(path, '/', 2) ELSE split_part(path, '/', 1) END AS top FROM catalog_category
        ) UPDATE catalog_category c SET top_code = tops.top FROM tops
        WHERE c.id = tops.id AND c.top_code <> tops.top"""
    )


def _rehang(cursor: CursorWrapper, table: str) -> None:
    """Paths (and depths) of everything below a row that has moved."""
    depth = ", depth = tree.depth" if table == "catalog_category" else ""
    other = " OR t.depth <> tree.depth" if depth else ""
    cursor.execute(
        f"""WITH RECURSIVE tree AS (
            SELECT id, code || '/' AS path, 0 AS depth FROM {table} WHERE parent_id IS NULL
            UNION ALL
            SELECT c.id, tree.path || c.code || '/', tree.depth + 1 FROM {table} c JOIN tree ON c.parent_id = tree.id
        )
        UPDATE {table} t SET path = tree.path{depth} FROM tree
        WHERE tree.id = t.id AND (t.path <> tree.path{other})"""
    )


def merge_brands(cursor: CursorWrapper) -> None:
    """Add the brands that goods name."""
    cursor.execute(
        """INSERT INTO catalog_brand (name, latin, goods_count)
        SELECT DISTINCT brand, '', 0 FROM m_goods WHERE brand IS NOT NULL ON CONFLICT (name) DO NOTHING"""
    )
