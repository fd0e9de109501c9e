"""Statements of hot pages, prepared: the server plans them once for a connection, not at every request.

Planning the joins of "who acts" takes PostgreSQL ten times as long as answering it. Django's cursors bind parameters on
the client, so that nothing can be prepared; the cursors of this module bind them on the server, and psycopg prepares
what a connection has executed five times (`prepare_threshold`, switched off behind PgBouncer). For SQL of a fixed text
only: a text that changes from request to request is planned every time all the same, and costs one more step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


@contextmanager
def prepared_cursor(using: str = DEFAULT_DB_ALIAS) -> Iterator[CursorWrapper]:
    """A cursor for `%s` statements, whose parameters travel beside the text.

    The server has to tell the type of a parameter from its place: write `%s::text` where the place leaves it open. While
    statements are logged or counted it is an ordinary cursor, so that the log shows them with their values.

    Args:
        using: the alias of the database.
    """
    connection = connections[using]
    if connection.queries_logged:
        with connection.cursor() as ordinary:
            yield ordinary
        return
    connection.ensure_connection()
    # The stubs know nothing of psycopg's constructor.
    make: Any = ServerBindingCursor
    raw = make(connection.connection)
    with connection.make_cursor(raw) as cursor:
        yield cursor
