"""The table of a listing's life as a drawing for people."""

from __future__ import annotations

from collections import defaultdict

from catalog.models import Review, Sale
from catalog.transitions import NEW, TABLE, Standing, Transition

HEAD = """# What may happen to a listing

Drawn by `manage.py draw_listing_life` from `catalog/transitions.py`. A state is a pair: sale / review. A listing can be
ordered when it is on sale and approved, or pending where the region publishes first; search finds what is on sale and
approved. Actions that leave the state as it is stand in the table below only.

"""


def drawing() -> str:
    """The page docs/catalog/listing-states.md."""
    return f"{HEAD}```mermaid\n{diagram()}```\n\n{table()}"


def diagram() -> str:
    """A mermaid state diagram: one arrow per pair of states, with the actions that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in TABLE:
        if row.before != row.after:
            words = row.action.value + (f" [{row.guard.words}]" if row.guard else "")
            arrows[(_node(row.before), _node(row.after))].append(words)
    states = [
        f'    state "{sale} / {review}" as {sale}_{review}'
        for sale in Sale.values
        for review in Review.values
        if any(f"{sale}_{review}" in pair for pair in arrows)
    ]
    lines = [f"    {before} --> {after} : {', '.join(words)}" for (before, after), words in arrows.items()]
    return "\n".join(["stateDiagram-v2", *states, *lines]) + "\n"


def table() -> str:
    """The same as a table, complete."""
    rows = ["| from | action | to | who | when | effect |", "|---|---|---|---|---|---|"]
    rows += [_line(row) for row in TABLE]
    return "\n".join(rows) + "\n"


def _line(row: Transition) -> str:
    who = ", ".join(sorted(role.value for role in row.roles)) or "the platform"
    when = row.guard.words if row.guard else ""
    cells = [_words(row.before), row.action.value, _words(row.after), who, when, row.effect]
    return "| " + " | ".join(cells) + " |"


def _node(standing: Standing) -> str:
    return "[*]" if standing == NEW else "_".join(standing)


def _words(standing: Standing) -> str:
    return "–" if standing == NEW else " / ".join(standing)
