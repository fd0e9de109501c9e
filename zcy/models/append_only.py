"""The database's refusal to change what has been written."""

from __future__ import annotations

import pgtrigger


def append_only_triggers() -> list[pgtrigger.Trigger]:
    """Triggers for the Meta of a table whose rows are never changed, deleted or truncated."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            func="RAISE EXCEPTION 'append only: rows of % are never removed', TG_TABLE_NAME;",
        ),
    ]
