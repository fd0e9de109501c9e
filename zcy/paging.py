"""Pages of long lists by position instead of number: the last page costs what the first costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=Model)

AFTER: Final = "after"
BEFORE: Final = "before"
SIZE: Final = "size"
SIZES: Final = (20, 50, 100)
LONGEST_CURSOR: Final = 1000
BAD: Final = (ValueError, TypeError, KeyError, OverflowError, InvalidOperation, ValidationError)


class BadCursor(ValueError):
    """A position that this list never gave out."""


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Some rows of a list and the ways to its neighbours; `<c-pager :page="page" />` draws it."""

    rows: list[Row]
    size: int
    next_cursor: str
    previous_cursor: str
    params: QueryDict
    # The address carried a position that does not exist: the list is shown from its beginning, and says so.
    stale: bool = False
    sizes: tuple[int, ...] = SIZES

    @classmethod
    def of(
        cls,
        queryset: QuerySet[Row],
        params: QueryDict,
        *,
        order: Sequence[str],
        size: int = SIZES[0],
        sizes: tuple[int, ...] = SIZES,
    ) -> KeysetPage[Row]:
        """Read one page.

        Args:
            queryset: the filtered rows; its order is replaced.
            params: the query string: `after` or `before` a position, `size`.
            order: fields or annotations, each with `-` for descending; together unique (end with `id`). An annotation
                must be set on the rows under the same name.
            size: rows of a page where the address does not say.
            sizes: the sizes to choose from.
        """
        asked = params.get(SIZE, "")
        size = int(asked) if asked.isascii() and asked.isdigit() and int(asked[:6]) in sizes else size
        keys = [(name.lstrip("-"), name.startswith("-")) for name in order]
        try:
            rows, more, backwards, moved = _read(queryset, params, keys, size)
            stale = False
        except BAD:
            rows, more, backwards, moved = _read(queryset, QueryDict(), keys, size)
            stale = True
        if backwards and not more and len(rows) < size:
            # Rows have come in before: the first page is filled up.
            rows, more, backwards, moved = _read(queryset, QueryDict(), keys, size)
        has_next = bool(rows) and (backwards or more)
        has_previous = bool(rows) and (more if backwards else moved)
        return cls(
            rows=rows,
            size=size,
            next_cursor=_encode(rows[-1], keys) if has_next else "",
            previous_cursor=_encode(rows[0], keys) if has_previous else "",
            params=params,
            stale=stale,
            sizes=sizes,
        )

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def first_url(self) -> str:
        """The beginning of the list; empty on the first page."""
        return self._url() if self.previous_cursor or self.stale else ""

    @property
    def next_url(self) -> str:
        """The page after; empty on the last."""
        return self._url(**{AFTER: self.next_cursor}) if self.next_cursor else ""

    @property
    def previous_url(self) -> str:
        """The page before; empty on the first."""
        return self._url(**{BEFORE: self.previous_cursor}) if self.previous_cursor else ""

    @property
    def size_urls(self) -> list[tuple[int, str]]:
        """(size, address of the list from its beginning) for each size."""
        return [(size, self._url(**{SIZE: str(size)})) for size in self.sizes]

    @property
    def notice(self) -> str:
        """What to tell the reader; empty where all is well."""
        return (
            str(_("This position in the list does not exist. Here is its beginning.")) if self.stale else ""
        )

    def _url(self, **changes: str) -> str:
        query = self.params.copy()
        for name in (AFTER, BEFORE):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = value
        return "?" + query.urlencode()


Keys = list[tuple[str, bool]]


def _read(
    queryset: QuerySet[Row], params: QueryDict, keys: Keys, size: int
) -> tuple[list[Row], bool, bool, bool]:
    """(rows in reading order, whether there are more in the direction read, whether read backwards, whether moved)."""
    after, before = params.get(AFTER, ""), params.get(BEFORE, "")
    backwards = bool(before) and not after
    cursor = after or before
    if cursor:
        queryset = queryset.filter(_beyond(queryset.model, keys, _decode(cursor, len(keys)), backwards))
    ordering = [("" if descending == backwards else "-") + name for name, descending in keys]
    rows = list(queryset.order_by(*ordering)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if backwards else rows), more, backwards, bool(cursor)


def _beyond(model: type[Model], keys: Keys, values: list[Any], backwards: bool) -> Q:
    """Rows that come after the position (or before it), NULLs where PostgreSQL sorts them."""
    steps: list[Q] = []
    same = Q()
    for (name, descending), value in zip(keys, values, strict=True):
        steps.append(same & _further(name, value, descending != backwards, _may_be_null(model, name)))
        same &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    condition = reduce(lambda left, right: left | right, steps)
    name, descending = keys[0]
    if len(keys) > 1 and values[0] is not None and not _may_be_null(model, name):
        # Implied by the rest, but an index can use it.
        condition &= Q(**{f"{name}__{'lte' if descending != backwards else 'gte'}": values[0]})
    return condition


def _further(name: str, value: Any, downwards: bool, nullable: bool) -> Q:
    if downwards:  # NULLs come first
        return Q(**{f"{name}__isnull": False}) if value is None else Q(**{f"{name}__lt": value})
    if value is None:
        return Q(pk__in=[])
    beyond = Q(**{f"{name}__gt": value})
    return beyond | Q(**{f"{name}__isnull": True}) if nullable else beyond


def _may_be_null(model: type[Model], name: str) -> bool:
    """False only where the model itself says so; an annotation or a related row may be missing."""
    try:
        return bool(model._meta.get_field(name).null)
    except (FieldDoesNotExist, AttributeError):
        return name != "pk"


def _encode(row: Model, keys: Keys) -> str:
    values = [_tagged(attrgetter(name.replace("__", "."))(row)) for name, _descending in keys]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _decode(cursor: str, length: int) -> list[Any]:
    if len(cursor) > LONGEST_CURSOR:
        raise BadCursor(cursor[:20])
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise BadCursor(cursor[:20]) from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor(cursor[:20])
    return [_untagged(value) for value in values]


def _untagged(value: Any) -> Any:
    if isinstance(value, dict):
        ((tag, text),) = value.items()
        if tag == "n":
            number = Decimal(text)
            if not number.is_finite() or abs(number.adjusted()) > 30:
                raise BadCursor(text)
            return number
        moment = datetime.fromisoformat(text) if tag == "t" else date.fromisoformat(text)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise BadCursor(text)
        return moment
    if isinstance(value, str) and "\x00" in value:
        raise BadCursor("NUL")
    if isinstance(value, list) or (isinstance(value, int) and abs(value) >= 2**63):
        raise BadCursor("type")
    return value
