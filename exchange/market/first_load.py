"""A first load into empty tables: indexes and foreign keys are built once at the end, not row by row.

A platform whose big tables are empty has no trade that could be kept waiting by the locks this takes; into a table that
holds anything, rows are written one by one as ever. All of it is part of the import's transaction: whatever fails, the
tables are as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg import sql

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: The tables that grow with the trade. None of them is a target of references that an import could leave open.
TABLES: Final = (
    "catalog_good",
    "catalog_listing",
    "catalog_pricechange",
    "catalog_priceobservation",
    "orders_order",
    "orders_orderline",
    "orders_shipment",
    "orders_acceptance",
    "orders_payment",
    "orders_evaluation",
)
# Below this many rows in the files it is not worth the locks.
LEAST_ROWS: Final = 100_000
# Unique indexes stay: an import recognises rows by them.
_INDEXES: Final = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
     WHERE i.indrelid = %s::regclass AND NOT i.indisunique AND NOT i.indisexclusion
     ORDER BY 1
"""
_FOREIGN_KEYS: Final = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'f' AND conrelid = %s::regclass ORDER BY conname
"""


@contextmanager
def first_load(cursor: CursorWrapper, rows: int) -> Iterator[list[str]]:
    """Within it, empty tables have no indexes but the unique ones, and no foreign keys.

    Args:
        cursor: in the transaction of the import.
        rows: how many rows the files have.

    Yields:
        the tables that are loaded so.
    """
    tables = [name for name in TABLES if _is_empty(cursor, name)] if rows >= LEAST_ROWS else []
    indexes: list[tuple[str, str]] = []
    keys: list[tuple[str, str, str]] = []
    for table in tables:
        cursor.execute(_INDEXES, [table])
        indexes += cursor.fetchall()
        cursor.execute(_FOREIGN_KEYS, [table])
        keys += cursor.fetchall()
    for table, name, _definition in keys:
        cursor.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name))
        )
    for name, _definition in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    yield tables
    if not tables:
        return
    # A table with checks that wait for the commit cannot be altered.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _name, definition in indexes:
        cursor.execute(sql.SQL(definition))
    for table, name, definition in keys:
        cursor.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                sql.SQL(table), sql.Identifier(name), sql.SQL(definition)
            )
        )
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute("ANALYZE " + ", ".join(tables))


def _is_empty(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
    return bool(cursor.fetchone()[0])
