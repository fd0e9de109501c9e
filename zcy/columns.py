"""Which columns of a table a person has chosen: kept with the account, for visitors in a cookie.

A choice is the number of columns that the table had and the positions (from 1) of those that are hidden. When the
table has got another number of columns since, the choice no longer says which ones were meant: it is forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse

from zcy.tables import Column

COOKIE: Final = "zcy_columns"
COOKIE_SECONDS: Final = 365 * 24 * 3600
MOST_TABLES: Final = 100
# A cookie holds 4 KB.
MOST_TABLES_OF_A_VISITOR: Final = 30
MOST_COLUMNS: Final = 16
TABLE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)

Choices = dict[str, list[int]]


def choices_of(request: HttpRequest | None) -> Choices:
    """Table → [columns in all, hidden ones …]; without a statement of its own."""
    if request is None:
        return {}
    stored: Any = getattr(getattr(request, "user", None), "columns", None)
    if stored is None:
        try:
            stored = json.loads(request.COOKIES.get(COOKIE, "{}"))
        except ValueError:
            stored = {}
    if not isinstance(stored, dict):
        return {}
    return {
        str(name): choice
        for name, choice in stored.items()
        if isinstance(choice, list) and choice and all(type(one) is int for one in choice)
    }


def shown_columns(request: HttpRequest | None, table: str, columns: Sequence[Column]) -> list[bool]:
    """Whether each column is shown: as chosen, else as the table begins. A fixed column always is."""
    chosen = choices_of(request).get(table)
    if chosen is None or chosen[0] != len(columns):
        return [_fixed(column) or not column.hidden for column in columns]
    return [_fixed(column) or index not in chosen[1:] for index, column in enumerate(columns, start=1)]


def _fixed(column: Column) -> bool:
    return column.fixed or bool(column.select)


def keep(request: HttpRequest, response: HttpResponse, choices: Choices) -> None:
    """Write the choices where they belong."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        kept = dict(list(choices.items())[-MOST_TABLES:])
        get_user_model()._default_manager.filter(pk=user.pk).update(columns=kept)
        user.columns = kept
        return
    kept = dict(list(choices.items())[-MOST_TABLES_OF_A_VISITOR:])
    response.set_cookie(
        COOKIE,
        json.dumps(kept, separators=(",", ":")),
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
