"""What the database itself refuses about the state of a listing, whoever writes.

The triggers are made from the table in `catalog.transitions`, so the two cannot differ: a change of the table makes a
migration.
"""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

from catalog.transitions import INITIAL_STANDINGS, STANDING_CHANGES


def _tuples(rows: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(f"({', '.join(repr(str(state)) for state in row)})" for row in sorted(rows))


def first_standing_trigger() -> pgtrigger.Trigger:
    """A live listing is born as the table says; an imported one comes as the history of elsewhere has left it."""
    return pgtrigger.Trigger(
        name="begins_by_the_table",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        # Outside of the function, so that an import of a million rows does not call it.
        condition=pgtrigger.Condition(
            f"NEW.origin = 'live' AND (NEW.sale, NEW.review) NOT IN ({_tuples(INITIAL_STANDINGS)})"
        ),
        func="""
            RAISE EXCEPTION 'a listing does not begin as %, %', NEW.sale, NEW.review
                USING ERRCODE = 'check_violation';
        """,
    )


def standing_trigger() -> pgtrigger.Trigger:
    """A listing changes its state only along the table, an imported one too, and never its origin."""
    pairs = _tuples((*before, *after) for before, after in STANDING_CHANGES)
    return pgtrigger.Trigger(
        name="moves_by_the_table",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("sale", "review", "origin"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            "((OLD.sale, OLD.review, OLD.origin) IS DISTINCT FROM (NEW.sale, NEW.review, NEW.origin))"
        ),
        func=f"""
            IF NEW.origin IS DISTINCT FROM OLD.origin THEN
                RAISE EXCEPTION 'the origin of a listing never changes' USING ERRCODE = 'check_violation';
            END IF;
            IF (OLD.sale, OLD.review, NEW.sale, NEW.review) NOT IN ({pairs}) THEN
                RAISE EXCEPTION 'listing %: no way from %, % to %, %',
                    OLD.id, OLD.sale, OLD.review, NEW.sale, NEW.review USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
