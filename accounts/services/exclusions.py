"""The exclusion list is read from a file; organisations' own dates follow from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connection, transaction

from accounts.models import ExclusionEntry
from zcy import clock

# Of an organisation's entries those count that are in force or still to come; where all are over, the last one.
# An entry names an organisation by its code, or where one of them has none by its name.
_FOLLOW: Final = r"""
    WITH concerned AS (
        SELECT o.id, upper(o.uscc) AS code, regexp_replace(normalize(o.name, NFKC), '\s', '', 'g') AS name
          FROM accounts_organisation o
         WHERE o.id = ANY(%(ids)s)
            OR (o.uscc <> '' AND upper(o.uscc) = ANY(%(codes)s))
            OR regexp_replace(normalize(o.name, NFKC), '\s', '', 'g') = ANY(%(names)s)
    ), bans AS (
        SELECT c.id, e.begins_on, coalesce(e.ends_on, 'infinity'::date) AS ends_on
          FROM concerned c JOIN accounts_exclusionentry e
            ON (e.uscc <> '' AND e.uscc = c.code) OR ((e.uscc = '' OR c.code = '') AND e.name = c.name)
    ), open_bans AS (
        SELECT id, min(begins_on) AS begins, max(ends_on) AS ends
          FROM bans WHERE ends_on >= %(day)s GROUP BY id
    ), past AS (
        SELECT DISTINCT ON (id) id, begins_on AS begins, ends_on AS ends
          FROM bans ORDER BY id, ends_on DESC, begins_on
    ), wanted AS (
        SELECT c.id, coalesce(o.begins, p.begins) AS begins,
               nullif(coalesce(o.ends, p.ends), 'infinity'::date) AS ends
          FROM concerned c LEFT JOIN open_bans o ON o.id = c.id LEFT JOIN past p ON p.id = c.id
         WHERE p.id IS NOT NULL OR %(clear)s
    )
    UPDATE accounts_organisation o SET excluded_from = w.begins, excluded_to = w.ends
      FROM wanted w
     WHERE w.id = o.id
       AND (o.excluded_from, o.excluded_to) IS DISTINCT FROM (w.begins, w.ends)
    RETURNING o.id
"""


def follow_exclusions(
    *,
    organisations: Iterable[int] = (),
    codes: Iterable[str] = (),
    names: Iterable[str] = (),
    clear: bool = False,
) -> list[int]:
    """Bring the dates of the organisations concerned to what the list says.

    Args:
        organisations: ids.
        codes: of entries that were added, changed or taken away.
        names: of such entries, in the spelling of `plain_name`.
        clear: whether an organisation of which no entry speaks loses its dates: after an entry was changed or taken
            away. Otherwise it keeps what an import brought.

    Returns:
        The organisations whose dates changed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _FOLLOW,
            {
                "ids": list(organisations),
                "codes": [code for code in codes if code],
                "names": [name for name in names if name],
                "day": clock.today(),
                "clear": clear,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def follow_all_exclusions() -> list[int]:
    """The same for every entry, as each night does: a ban may have ended and another one begun."""
    rows: Sequence[tuple[str, str]] = list(ExclusionEntry.objects.values_list("uscc", "name"))
    return follow_exclusions(
        codes={code for code, _name in rows if code}, names={name for _code, name in rows}
    )


def plain_name(name: str) -> str:
    """A name as entries keep it and organisations are compared by it: one width of brackets, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())
