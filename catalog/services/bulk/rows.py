"""Judged rows into the table of rows, by COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from django.db import connection

from catalog.bulk.judge import Judged

_COLUMNS: Final = (
    "import_id", "number", "verdict", "written", "cells", "good_id", "listing_id", "version", "stock_seen",
    "old_price", "price", "stock", "min_quantity", "delivery_days", "warranty_months", "note",
    "own_public_price", "area_ids", "delivery_paths", "changes", "problems", "candidates", "place",
)  # fmt: skip
_COPY: Final = f"COPY catalog_listingimportrow ({', '.join(_COLUMNS)}) FROM STDIN"
# The second row about one listing, or about one good that is not offered yet, is an error that names the first.
_TWICE: Final = """
    WITH named AS (
        SELECT id, row_number() OVER same AS nth, first_value(number) OVER same AS first
          FROM catalog_listingimportrow
         WHERE import_id = %(task)s AND verdict IN ('new', 'changed', 'same') AND good_id IS NOT NULL
        WINDOW same AS (PARTITION BY coalesce(-listing_id, good_id) ORDER BY number)
    )
    UPDATE catalog_listingimportrow r
       SET verdict = 'error',
           problems = jsonb_build_array(jsonb_build_array('good', replace(%(message)s, '#', named.first::text)))
      FROM named WHERE named.id = r.id AND named.nth > 1
"""
_COUNT: Final = """
    UPDATE catalog_listingimport i
       SET total = c.total, new = c.new, changed = c.changed, same = c.same, errors = c.errors, conflicts = c.conflicts
      FROM (SELECT count(*) AS total,
                   count(*) FILTER (WHERE verdict = 'new') AS new,
                   count(*) FILTER (WHERE verdict = 'changed') AS changed,
                   count(*) FILTER (WHERE verdict = 'same') AS same,
                   count(*) FILTER (WHERE verdict = 'error') AS errors,
                   count(*) FILTER (WHERE verdict = 'conflict') AS conflicts
              FROM catalog_listingimportrow WHERE import_id = %(task)s) c
     WHERE i.id = %(task)s
"""


def copy_rows(import_id: int, rows: Iterable[Judged]) -> None:
    """Write rows in the caller's transaction."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            offer = row.offer
            values = (
                (
                    offer.price,
                    offer.stock,
                    offer.min_quantity,
                    offer.delivery_days,
                    offer.warranty_months,
                    offer.note,
                    offer.own_public_price,
                    row.area_ids,
                    offer.delivery_paths,
                )
                if offer
                else (None, None, None, None, None, "", None, [], [])
            )
            copy.write_row(
                (
                    import_id,
                    row.number,
                    str(row.verdict),
                    False,
                    row.cells,
                    row.good_id,
                    row.listing_id,
                    row.version,
                    row.stock_seen,
                    row.old_price,
                    *values,
                    json.dumps(row.changes, ensure_ascii=False),
                    json.dumps([[column, str(text)] for column, text in row.problems], ensure_ascii=False),
                    row.candidates,
                    row.place,
                )
            )


def refuse_twins(import_id: int, message: str) -> None:
    """Make errors of rows about what an earlier row is about; `#` in the message becomes the earlier row's number."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, {"task": import_id, "message": message})


def count_rows(import_id: int) -> None:
    """Bring the counts of an import in line with its rows."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"task": import_id})
