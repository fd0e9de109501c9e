"""Statements that the server plans once: the same answers as an ordinary cursor, for every role."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from tests.catalog.factories import a_good, an_organisation
from zcy import registries
from zcy.prepared import prepared_cursor

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_statement_is_prepared_after_some_uses_and_answers_alike() -> None:
    a_good()
    answers = set()
    for _use in range(8):
        with prepared_cursor() as cursor:
            cursor.execute("SELECT name FROM catalog_good WHERE id > %s AND unit = %s", [0, "台"])
            answers.add(tuple(cursor.fetchall()))
    assert len(answers) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%catalog_good WHERE id >%'"
        )
        assert cursor.fetchone() == (1,)


def test_while_statements_are_counted_they_are_seen_with_their_values() -> None:
    with CaptureQueriesContext(connection) as captured, prepared_cursor() as cursor:
        cursor.execute("SELECT %s::int + 1", [41])
        assert cursor.fetchone() == (42,)
    assert [query["sql"] for query in captured.captured_queries] == ["SELECT 41::int + 1"]


def test_an_error_is_django_s_own() -> None:
    with pytest.raises(ProgrammingError), prepared_cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere WHERE id = %s", [1])


class _Anybody:
    """Holds every role at once, somewhere."""

    def __init__(self, organisation: Any) -> None:
        self.user_id, self.organisation, self.organisation_id = 1, organisation, organisation.pk
        self.region, self.kind, self.roles = organisation.region, organisation.kind, frozenset(Role)
        self.is_authenticated = True

    def has_role(self, *roles: str) -> bool:
        return True


def test_the_counts_of_every_role_can_be_prepared() -> None:
    # Where a parameter's type were left open, the header would lose its numbers without a word.
    actor = _Anybody(an_organisation("buyer"))
    for entry in registries.header_counts:
        sql, values = entry.sql(actor)
        with prepared_cursor() as cursor:
            cursor.execute(f"SELECT ({sql})", values)
            assert cursor.fetchone() is not None, entry.name
