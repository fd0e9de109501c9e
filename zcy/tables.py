"""Tables of the pages: columns, and the addresses behind their headings, filters and exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import QueryDict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Whatever changes what the table shows starts again at its first page.
POSITION: Final = ("after", "before", "page", "cursor")
SORT: Final = "sort"
EXPORT: Final = "format"


@dataclass(frozen=True)
class Column:
    """A column: `sort` is the key that the address carries (empty: not sortable); numbers align right."""

    label: str | _StrPromise
    sort: str = ""
    numeric: bool = False
    hint: str | _StrPromise = ""
    # Hidden until the reader chooses it; a fixed column cannot be hidden.
    hidden: bool = False
    fixed: bool = False
    # A column of boxes to choose rows with: its heading has one for all of the page, counted under this name.
    select: str = ""


@dataclass(frozen=True)
class Heading:
    """A column as its heading is drawn; `direction` is ascending, descending or empty."""

    column: Column
    index: int
    url: str = ""
    direction: str = ""
    shown: bool = True


def address(params: QueryDict, **changes: str | None) -> str:
    """The query string with parameters set or, by None, taken out; the position in the list is dropped."""
    query = params.copy()
    for name in POSITION:
        query.pop(name, None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


def headings(
    columns: Iterable[Column], params: QueryDict, *, default: str = "", shown: Sequence[bool] = ()
) -> list[Heading]:
    """Headings with the address that sorts by them, or turns the direction of the present order.

    Args:
        columns: of the table.
        params: of the page's address.
        default: the order where the address names none.
        shown: whether each column is shown; all where nothing is said.
    """
    chosen = params.get(SORT) or default
    drawn = []
    for index, column in enumerate(columns, start=1):
        visible = shown[index - 1] if shown else True
        if not column.sort:
            drawn.append(Heading(column, index, shown=visible))
            continue
        direction = ""
        if chosen.lstrip("-") == column.sort:
            direction = "descending" if chosen.startswith("-") else "ascending"
        turned = f"-{column.sort}" if direction == "ascending" else column.sort
        drawn.append(Heading(column, index, address(params, **{SORT: turned}), direction, visible))
    return drawn


def exports(kinds: Sequence[str], params: QueryDict) -> list[tuple[str, str]]:
    """(kind, address) of downloads of just what is shown: the same filters and order, all pages."""
    return [(kind.upper(), address(params, **{EXPORT: kind})) for kind in kinds if kind]


def without(params: QueryDict, name: str, value: str = "") -> str:
    """The address without one filter, or without one of its values."""
    query = params.copy()
    for position in POSITION:
        query.pop(position, None)
    kept = [item for item in query.getlist(name) if value and item != value]
    if kept:
        query.setlist(name, kept)
    else:
        query.pop(name, None)
    return "?" + query.urlencode()
