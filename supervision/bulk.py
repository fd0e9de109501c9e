"""Replace the rows of a range so that a second computation changes nothing: COPY aside, then the difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model


def replace_rows(
    model: type[Model],
    *,
    key: Sequence[str],
    values: Sequence[str],
    rows: Iterable[Sequence[Any]],
    scope: str,
    params: dict[str, Any],
) -> int:
    """Make the table hold exactly these rows within a scope.

    Args:
        model: whose table.
        key: the columns that identify a row; values: all others; rows: tuples in that order.
        values: see key.
        rows: see key.
        scope: SQL condition on the alias `t` for the rows that may go, with named parameters.
        params: their values.

    Returns:
        How many rows were written or removed.
    """
    table = model._meta.db_table
    columns = ", ".join([*key, *values])
    match = " AND ".join(f"t.{name} = f.{name}" for name in key)
    new = ", ".join(f"excluded.{name}" for name in values)
    old = ", ".join(f"t.{name}" for name in values)
    # Computed before the COPY begins: the rows may come from statements on the same connection.
    fresh = list(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS fresh_rows")
        cursor.execute(
            f"CREATE TEMPORARY TABLE fresh_rows ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY fresh_rows ({columns}) FROM STDIN") as copy:
            for row in fresh:
                copy.write_row(row)
        cursor.execute("ANALYZE fresh_rows")
        cursor.execute(
            f"DELETE FROM {table} t WHERE {scope} AND NOT EXISTS (SELECT FROM fresh_rows f WHERE {match})",
            params,
        )
        changed = cursor.rowcount
        cursor.execute(
            f"""INSERT INTO {table} AS t ({columns}) SELECT {columns} FROM fresh_rows ORDER BY {", ".join(key)}
            ON CONFLICT ({", ".join(key)}) DO UPDATE SET ({", ".join(values)}) = ROW({new})
            WHERE ROW({old}) IS DISTINCT FROM ROW({new})"""
        )
        return int(changed + cursor.rowcount)
