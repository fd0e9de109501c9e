"""What the database itself refuses about live orders and plans, whoever asks.

The state triggers are made from the table in `orders.transitions`, so the two cannot differ: a change of the table
makes a migration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pgtrigger

from orders.transitions import INITIAL_STATES, STATE_CHANGES


def _sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def initial_state_trigger() -> pgtrigger.Trigger:
    """A live order is born in a state that the table names."""
    states = ", ".join(_sql(state) for state in sorted(INITIAL_STATES))
    return pgtrigger.Trigger(
        name="begins_by_the_table",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NEW.origin = 'live' AND NEW.state NOT IN ({states}) THEN
                RAISE EXCEPTION 'an order does not begin as %', NEW.state USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def state_trigger() -> pgtrigger.Trigger:
    """A live order changes its state only along the table, and never its origin."""
    pairs = ", ".join(f"({_sql(old)}, {_sql(new)})" for old, new in sorted(STATE_CHANGES))
    return pgtrigger.Trigger(
        name="moves_by_the_table",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state", "origin"),  # type: ignore[no-untyped-call]
        func=f"""
            IF NEW.origin IS DISTINCT FROM OLD.origin THEN
                RAISE EXCEPTION 'the origin of an order never changes' USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.origin = 'live' AND NEW.state IS DISTINCT FROM OLD.state
               AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
                RAISE EXCEPTION 'order %: no way from % to %', OLD.number, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


# What a submission freezes: nobody sells at another price, to somebody else, on other terms, than was agreed.
AGREED: Final = ("total", "buyer_id", "supplier_id", "plan_id", "placed_by_id", "placed_at", "terms")
AGREED_OF_A_LINE: Final = ("order_id", "listing_id", "good_id", "quantity", "unit_price", "total", "snapshot")


def agreed_trigger() -> pgtrigger.Trigger:
    """What was agreed at submission stays, in a live order."""
    return pgtrigger.Trigger(
        name="keeps_what_was_agreed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*AGREED),  # type: ignore[no-untyped-call]
        func=f"""
            IF OLD.origin = 'live' AND {_changed(AGREED)} THEN
                RAISE EXCEPTION 'order %: what was agreed stays', OLD.number USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def agreed_line_trigger() -> pgtrigger.Trigger:
    """The lines of a live order stay as they were agreed; what is accepted and refused of them is written beside."""
    return pgtrigger.Trigger(
        name="keeps_what_was_agreed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*AGREED_OF_A_LINE),  # type: ignore[no-untyped-call]
        func=f"""
            IF {_changed(AGREED_OF_A_LINE)}
               AND EXISTS (SELECT FROM orders_order o WHERE o.id = OLD.order_id AND o.origin = 'live') THEN
                RAISE EXCEPTION 'line %: what was agreed stays', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def _changed(columns: Sequence[str]) -> str:
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


def four_eyes_trigger(column: str, *, of_origin: bool = False) -> pgtrigger.Trigger:
    """Who decides about a live order (the person in `column`) is known, and is not who placed it.

    Args:
        column: the column of the deciding person's id.
        of_origin: whether the row has an origin of its own; imported rows are history and are let through.
    """
    # A statement of its own: as part of the condition below it would start the executor for every imported row.
    imported = "IF NEW.origin = 'imported' THEN RETURN NEW; END IF;" if of_origin else ""
    return pgtrigger.Trigger(
        name="four_eyes",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            {imported}
            IF EXISTS (
                SELECT FROM orders_order o WHERE o.id = NEW.order_id AND (
                    o.origin = 'imported' OR (NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM o.placed_by_id)
                )
            ) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'four eyes: who placed an order does not decide about it' USING ERRCODE = 'check_violation';
        """,
    )


def book_entry_trigger() -> pgtrigger.Trigger:
    """A ledger entry changes its plan's sums in the same statement; the plan's constraints refuse an overdraft.

    An order is paid from its own plan, and gives back and spends no more than it has frozen.
    """
    return pgtrigger.Trigger(
        name="is_booked",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            UPDATE orders_plan
               SET amount = amount + NEW.amount_change,
                   frozen = frozen + NEW.frozen_change,
                   spent = spent + NEW.spent_change
             WHERE id = NEW.plan_id;
            IF NEW.order_id IS NOT NULL THEN
                IF NOT EXISTS (SELECT FROM orders_order WHERE id = NEW.order_id AND plan_id = NEW.plan_id) THEN
                    RAISE EXCEPTION 'an order is paid from its own plan' USING ERRCODE = 'check_violation';
                END IF;
                IF (SELECT sum(frozen_change) FROM orders_budgetentry WHERE order_id = NEW.order_id) < 0 THEN
                    RAISE EXCEPTION 'an order spends no more than it has frozen' USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NULL;
        """,
    )


def plan_follows_ledger_trigger() -> pgtrigger.Trigger:
    """A live plan begins with nothing, and its sums change only through the ledger (that is: inside its trigger)."""
    return pgtrigger.Trigger(
        name="follows_its_ledger",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("amount", "frozen", "spent", "origin"),  # type: ignore[no-untyped-call]
        func="""
            IF TG_OP = 'UPDATE' AND NEW.origin IS DISTINCT FROM OLD.origin THEN
                RAISE EXCEPTION 'the origin of a plan never changes' USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.origin = 'imported' OR pg_trigger_depth() > 1 THEN
                RETURN NEW;
            END IF;
            IF TG_OP = 'INSERT' THEN
                IF (NEW.amount, NEW.frozen, NEW.spent) = (0, 0, 0) THEN
                    RETURN NEW;
                END IF;
            ELSIF (NEW.amount, NEW.frozen, NEW.spent) = (OLD.amount, OLD.frozen, OLD.spent) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the sums of a plan change by ledger entries only' USING ERRCODE = 'check_violation';
        """,
    )
