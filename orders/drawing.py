"""The table of transitions as a drawing for people."""

from __future__ import annotations

from collections import defaultdict

from orders.states import State
from orders.transitions import NEW, TABLE, Transition

HEAD = """# What may happen to an order

Drawn by `manage.py draw_transitions` from `orders/transitions.py`; the database refuses every other change of a live
order. Actions that leave the state as it is (a further part, a further invoice, stars) stand in the table below only.

"""


def drawing() -> str:
    """The page docs/orders/states.md."""
    return f"{HEAD}```mermaid\n{diagram()}```\n\n{table()}"


def diagram() -> str:
    """A mermaid state diagram: one arrow per pair of states, with the actions that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in TABLE:
        if row.before != row.after:
            arrows[(row.before or "[*]", row.after.value)].append(row.action.value + _guard(row))
    lines = [f"    {before} --> {after} : {', '.join(labels)}" for (before, after), labels in arrows.items()]
    ends = [
        f"    {state} --> [*]"
        for state in State.values
        if not any(before == state for before, _after in arrows)
    ]
    return "\n".join(["stateDiagram-v2", *lines, *ends]) + "\n"


def table() -> str:
    """The same as a table, complete."""
    rows = ["| from | action | to | who | when |", "|---|---|---|---|---|"]
    for row in TABLE:
        who = ", ".join(sorted(role.value for role in row.roles)) + (
            " (not the purchaser)" if row.by_another else ""
        )
        when = row.guard.words if row.guard else ""
        rows.append(f"| {row.before or '–'} | {row.action.value} | {row.after.value} | {who} | {when} |")
    return "\n".join(rows) + "\n"


def _guard(row: Transition) -> str:
    return f" [{row.guard.words}]" if row.guard and row.before == NEW else ""
