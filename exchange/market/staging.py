"""The checked rows in temporary tables, and the references between them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from exchange.market.files import BY_NAME, FILES, MarketFile
from exchange.market.reading import Source, read_rows
from exchange.market.report import FileCounts, Report

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

# Where the rows of an earlier import stand: (table, column of the id, whether ids belong to a source).
STORED: Final = {
    "regions": ("accounts_region", "code", False),
    "organisations": ("accounts_organisation", "external_id", True),
    "users": ("accounts_user", "external_id", True),
    "categories": ("catalog_category", "code", False),
    "goods": ("catalog_good", "external_id", True),
    "listings": ("catalog_listing", "external_id", True),
    "plans": ("orders_plan", "external_id", True),
    "inquiries": ("orders_inquiry", "external_id", True),
    "orders": ("orders_order", "external_id", True),
}
# numeric(14, 2)
MOST_MONEY: Final = Decimal("999999999999.99")
Advance = Callable[[str, int], None]


def create_tables(cursor: CursorWrapper) -> None:
    """One temporary table a file, typed, dropped at the end of the transaction."""
    drop_tables(cursor)
    for file in FILES:
        columns: list[sql.Composable] = [sql.SQL("line integer")]
        columns += [
            sql.SQL("{} {}").format(sql.Identifier(c.name), sql.SQL(c.type.sql)) for c in file.columns
        ]
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(
                sql.Identifier(f"m_{file.name}"), sql.SQL(", ").join(columns)
            )
        )


def drop_tables(cursor: CursorWrapper) -> None:
    """Forget an import that went before in the same transaction."""
    names = [f"m_{file.name}" for file in FILES] + ["m_roles", "m_numbers", "m_touched"]
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in names))


def copy_file(cursor: CursorWrapper, source: Source, report: Report, advance: Advance) -> None:
    """Read, check and COPY one file; `advance(name, bytes)` is told how far the reading is."""
    file = source.file
    counts = report.files.setdefault(file.name, FileCounts())
    names = [sql.Identifier("line")] + [sql.Identifier(column.name) for column in file.columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(f"m_{file.name}"), sql.SQL(", ").join(names)
    )
    done = 0
    with cursor.copy(statement) as copy:
        for position, row in read_rows(source, report):
            copy.write_row(row)
            counts.rows += 1
            if counts.rows % 2_000 == 0:
                advance(file.name, position - done)
                done = position
    advance(file.name, source.size - done)


def prepare(cursor: CursorWrapper, report: Report) -> None:
    """Give rows without an id their key (all columns, and the number among equal rows), and every id an index."""
    for file in FILES:
        table = sql.Identifier(f"m_{file.name}")
        if file.key:
            cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(table, sql.Identifier(file.key)))
            _check_ids(cursor, file, report)
        else:
            values = sql.SQL(", ").join(sql.Identifier(column.name) for column in file.columns)
            cursor.execute(
                sql.SQL("""
                ALTER TABLE {table} ADD COLUMN row_key text;
                UPDATE {table} SET row_key = keyed.key FROM (
                    SELECT line, md5(ROW({values})::text) || '-'
                        || row_number() OVER (PARTITION BY {values} ORDER BY line) AS key FROM {table}
                ) keyed WHERE keyed.line = {table}.line
                """).format(table=table, values=values)
            )
        cursor.execute(sql.SQL("ANALYZE {}").format(table))


def _check_ids(cursor: CursorWrapper, file: MarketFile, report: Report) -> None:
    """An id stands once in its file; the database looks, because a set of all ids would not fit every memory."""
    table, key = sql.Identifier(f"m_{file.name}"), sql.Identifier(file.key)
    cursor.execute(
        sql.SQL("""
        DELETE FROM {table} m USING (SELECT {key}, min(line) AS first FROM {table} GROUP BY 1 HAVING count(*) > 1) d
         WHERE m.{key} = d.{key} AND m.line <> d.first RETURNING m.line, m.{key}, d.first
        """).format(table=table, key=key)
    )
    for line, identity, first in sorted(cursor.fetchall()):
        remedy = _("an id of its own: line %(line)d has it already") % {"line": first}
        report.error(file, line, file.key, identity, remedy)


def check_references(cursor: CursorWrapper, report: Report) -> None:
    """Every reference must be an id of the file it points to, here or in an earlier import of the same source."""
    for file in FILES:
        for column in file.columns:
            if column.reference and column.reference not in report.not_read:
                _check_reference(cursor, file, column.name, column.reference, report)


def _check_reference(
    cursor: CursorWrapper, file: MarketFile, column: str, target: str, report: Report
) -> None:
    stored_table, stored_column, by_source = STORED[target]
    target_key = BY_NAME[target].key
    cursor.execute(
        sql.SQL("""
        SELECT line, {column}, count(*) OVER () FROM {table} row WHERE {column} IS NOT NULL
            AND NOT EXISTS (SELECT FROM {target} t WHERE t.{key} = row.{column})
            AND row.{column} <> ALL (%(left_out)s)
            AND NOT EXISTS (SELECT FROM {stored} s WHERE s.{stored_key} = row.{column} AND {same_source})
        ORDER BY line LIMIT 1000
        """).format(
            column=sql.Identifier(column),
            table=sql.Identifier(f"m_{file.name}"),
            target=sql.Identifier(f"m_{target}"),
            key=sql.Identifier(target_key),
            stored=sql.Identifier(stored_table),
            stored_key=sql.Identifier(stored_column),
            same_source=sql.SQL("s.source = %(source)s" if by_source else "true"),
        ),
        {"source": report.source, "left_out": list(report.left_out.get(target, ()))},
    )
    rows = cursor.fetchall()
    remedy = _("an id that is in %(file)s") % {"file": BY_NAME[target].file_name}
    for line, value, _total in rows:
        report.error(file, line, column, value, remedy)
    if rows:
        report.error_count += rows[0][2] - len(rows)


def check_trees(cursor: CursorWrapper, report: Report) -> None:
    """A region or category that is its own ancestor hangs on no root."""
    for name in ("regions", "categories"):
        table, _stored_key, _by_source = STORED[name]
        cursor.execute(
            sql.SQL("""
            WITH RECURSIVE edges AS (
                SELECT code, parent, line FROM {staged}
                UNION ALL
                SELECT n.code, p.code, NULL FROM {stored} n LEFT JOIN {stored} p ON p.id = n.parent_id
                WHERE n.code NOT IN (SELECT code FROM {staged})
            ), hanging AS (
                SELECT code FROM edges WHERE parent IS NULL
                UNION SELECT e.code FROM edges e JOIN hanging h ON e.parent = h.code
            )
            SELECT line, parent FROM edges WHERE line IS NOT NULL AND parent IS NOT NULL
                AND code NOT IN (SELECT code FROM hanging) AND parent IN (SELECT code FROM edges) ORDER BY line
            """).format(staged=sql.Identifier(f"m_{name}"), stored=sql.Identifier(table))
        )
        for line, parent in cursor.fetchall():
            report.error(
                BY_NAME[name], line, "parent", parent, _("a parent that is not below the row itself")
            )


def check_amounts(cursor: CursorWrapper, report: Report) -> None:
    """Quantity times price, and the sum over an order, must fit the platform's amounts."""
    cursor.execute(
        """SELECT max(line), min(unit_price::text) FROM m_order_lines GROUP BY "order"
        HAVING max(abs(round(quantity * unit_price, 2))) > %(most)s
            OR abs(sum(round(quantity * unit_price, 2))) > %(most)s ORDER BY 1""",
        {"most": MOST_MONEY},
    )
    remedy = _("an order whose lines and total are at most %(most)s yuan") % {"most": f"{MOST_MONEY:,}"}
    for line, price in cursor.fetchall():
        report.error(BY_NAME["order_lines"], line, "unit_price", price, remedy)


def learn_methods(cursor: CursorWrapper, report: Report) -> None:
    """Methods of methods.csv, of this market or an earlier one, are known."""
    cursor.execute("SELECT code FROM m_methods UNION SELECT code FROM orders_method")
    report.know_codes("method", [code for (code,) in cursor.fetchall()])


def note_clamped(cursor: CursorWrapper, report: Report) -> None:
    """A stock below zero, as some systems keep it, is none."""
    cursor.execute("SELECT count(*) FROM m_listings WHERE stock < 0")
    (count,) = cursor.fetchone()
    if count:
        report.notice(
            _("%(file)s, column %(column)s: below zero, taken as 0 (%(count)d rows).")
            % {"file": "listings.csv", "column": "stock", "count": count}
        )


_ROOT_ABOVE: Final = """SELECT min(split_part(r.path, '/', 1)) FROM accounts_region r
    WHERE r.code IN (SELECT {column} FROM {table})"""
ROOTS: Final = (
    "SELECT min(code) FROM m_regions WHERE parent IS NULL",
    _ROOT_ABOVE.format(column="parent", table="m_regions"),
    _ROOT_ABOVE.format(column="region", table="m_organisations"),
    _ROOT_ABOVE.format(column="region", table="m_orders"),
    _ROOT_ABOVE.format(column="region", table="m_thresholds"),
    """SELECT min(source) FROM accounts_organisation WHERE source <> '' HAVING count(DISTINCT source) = 1""",
    "SELECT min(code) FROM accounts_region WHERE parent_id IS NULL",
)


def default_source() -> str | None:
    """Whose ids these are where nobody says: the root of the market's regions.

    Without regions.csv, or with a part of one, the root above the regions that the market names; for files that name
    none, the only source that has been imported so far.
    """
    with connection.cursor() as cursor:
        for statement in ROOTS:
            cursor.execute(statement)
            row = cursor.fetchone()
            if row and row[0]:
                return str(row[0])
    return None
