"""What a list of goods was asked for: read from the address, checked, and written back into addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Region
from accounts.models.organisations import OrganisationSize
from accounts.models.standings import Grade
from catalog.attributes import attributes_of
from catalog.halls.place import HallPlace
from catalog.models import AttributeType, PolicyLabel
from catalog.tree import Node, category_tree

RELEVANCE: Final = "relevance"
CHEAPEST: Final = "price"
DEAREST: Final = "-price"
SOLD: Final = "sold"
FASTEST: Final = "delivery"
CREDIT: Final = "credit"
SORTS: Final = (RELEVANCE, CHEAPEST, DEAREST, SOLD, FASTEST, CREDIT)
SIZES: Final = (24, 48, 96)
LONGEST_QUERY: Final = 100
MOST_BRANDS: Final = 20
# Attributes, and values of all of them together.
MOST_ATTRIBUTES: Final = 12
MOST_VALUES: Final = 60
MOST_CHOICES: Final = 12
MOST_DAYS: Final = 365
LONGEST_VALUE: Final = 300
MOST_MONEY: Final = Decimal("999999999999.99")
ATTRIBUTE_PREFIX: Final = "a."
# A range of numbers: 16..32. Forms send its ends as a.key.min and a.key.max.
RANGE: Final = ".."
ENDS: Final = (".min", ".max")
# What the page calls the parameters of the address of which there is a choice.
_FACETS: Final = {
    "label": gettext_lazy("Policy label"),
    "size_of": gettext_lazy("Size of the supplier"),
    "grade": gettext_lazy("Credit grade"),
    "sort": gettext_lazy("Sort"),
    "size": gettext_lazy("Rows per page"),
}
_POSITION = re.compile(r"(-?\d{1,18}(?:\.\d{1,17})?)_(\d{1,18})", re.ASCII)
_ID = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Position:
    """Where in the order a page starts: the sort key of a row, its id, and the direction to read in."""

    key: str
    id: int
    backwards: bool = False


@dataclass(frozen=True)
class Filters:
    """A search or a category list, checked."""

    q: str = ""
    category: Node | None = None
    # The category is part of the address (/categories/…), not a filter that can be removed.
    fixed_category: bool = False
    brands: tuple[int, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    in_stock: bool = False
    # Some offer delivers there.
    region: Region | None = None
    # Some offer comes within so many days.
    days: int | None = None
    # Any of these policy labels; any size or grade of a supplier.
    labels: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    # (key, value): any of the values of one key; of a number also a range, "16..32", "16.." or "..32".
    attributes: tuple[tuple[str, str], ...] = ()
    sort: str = RELEVANCE
    size: int = SIZES[0]
    position: Position | None = None
    supplier: int | None = None
    # As it is written, even where that finds nothing.
    literal: bool = False
    # The hall whose goods are listed: part of the address (/halls/…), like a fixed category.
    hall: HallPlace | None = None
    errors: tuple[str, ...] = field(default=(), compare=False)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address, without the position."""
        pairs: list[tuple[str, str]] = []
        if self.q:
            pairs.append(("q", self.q))
        if self.category and not self.fixed_category:
            pairs.append(("category", self.category.code))
        pairs += [("brand", str(brand)) for brand in self.brands]
        if self.low is not None:
            pairs.append(("min", str(self.low)))
        if self.high is not None:
            pairs.append(("max", str(self.high)))
        if self.in_stock:
            pairs.append(("stock", "1"))
        if self.region is not None:
            pairs.append(("region", self.region.code))
        if self.days is not None:
            pairs.append(("days", str(self.days)))
        pairs += [("label", label) for label in self.labels]
        pairs += [("size_of", size) for size in self.sizes]
        pairs += [("grade", grade) for grade in self.grades]
        pairs += [(f"{ATTRIBUTE_PREFIX}{key}", value) for key, value in self.attributes]
        if self.literal:
            pairs.append(("as", "typed"))
        if self.hall is not None:
            pairs += self.hall.pairs()
        if self.sort != RELEVANCE:
            pairs.append(("sort", self.sort))
        if self.size != SIZES[0]:
            pairs.append(("size", str(self.size)))
        return pairs

    def changed(self, **changes: Any) -> Filters:
        """These filters with some changed, from the first page."""
        return replace(self, position=None, **changes)

    def address(self, position: str = "", **changes: Any) -> str:
        """The query string of these filters with some changed; from the first page unless a position is given."""
        pairs = (replace(self, **changes) if changes else self).pairs()
        query = urlencode(pairs)
        return "?" + "&".join(part for part in (query, position) if part)

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The chosen values of each attribute."""
        found: dict[str, tuple[str, ...]] = {}
        for key, value in self.attributes:
            found[key] = (*found.get(key, ()), value)
        return found

    def with_value(self, key: str, value: str) -> tuple[tuple[str, str], ...]:
        """The attributes with a value taken or, where it is chosen, dropped."""
        if (key, value) in self.attributes:
            return tuple(pair for pair in self.attributes if pair != (key, value))
        return (*self.attributes, (key, value))

    @property
    def narrows(self) -> bool:
        """Whether anything but the query and a fixed category is asked for."""
        chosen = (
            self.brands
            or self.in_stock
            or self.region
            or self.attributes
            or self.labels
            or self.sizes
            or self.grades
            or self.days is not None
            or (self.hall and self.hall.part[0])
            or (self.category and not self.fixed_category)
        )
        return bool(chosen) or self.low is not None or self.high is not None


def read_filters(
    params: QueryDict, *, category: Node | None = None, own_region: Region | None = None
) -> Filters:
    """Check the parameters of an address; what cannot be meant is left out and named in `errors`.

    Args:
        params: the query string.
        category: named by the path.
        own_region: the reader's, which is known without asking the database.
    """
    errors: list[str] = []
    fixed = category is not None
    if not fixed and (code := _text(params, "category")):
        category = category_tree().by_code.get(code)
        if category is None:
            errors.append(_("There is no category “%(code)s”.") % {"code": code[:40]})
    q = _text(params, "q")
    if len(q) > LONGEST_QUERY:
        errors.append(_("Search for at most 100 characters: the rest was left out."))
        q = q[:LONGEST_QUERY]
    low, high = _money(params, "min", errors), _money(params, "max", errors)
    if low is not None and high is not None and low > high:
        errors.append(_("The lowest price is above the highest: exchange them."))
        low = high = None
    return Filters(
        q=q,
        category=category,
        fixed_category=fixed,
        brands=_brands(params, errors),
        low=low,
        high=high,
        in_stock=_text(params, "stock") == "1",
        region=_region(params, own_region, errors),
        days=_days(params, errors),
        labels=_choices(params, "label", PolicyLabel.values, errors),
        sizes=_choices(params, "size_of", OrganisationSize.values, errors),
        grades=_choices(params, "grade", Grade.values, errors),
        attributes=_attributes(params, category, errors),
        sort=_choice(params, "sort", SORTS, RELEVANCE, errors),
        size=int(_choice(params, "size", [str(size) for size in SIZES], str(SIZES[0]), errors)),
        position=_position(params, errors),
        literal=_text(params, "as") == "typed",
        errors=tuple(errors),
    )


def _text(params: QueryDict, name: str) -> str:
    return " ".join(params.get(name, "").replace("\x00", " ").split())


def _money(params: QueryDict, name: str, errors: list[str]) -> Decimal | None:
    text = _text(params, name).replace(",", "").removeprefix("¥")
    if not text:
        return None
    try:
        amount = Decimal(text) if len(text) <= 20 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        errors.append(
            _("“%(value)s” is no price: write yuan between 0 and 999,999,999,999.99.") % {"value": text[:40]}
        )
        return None
    return amount.quantize(Decimal("0.01")).normalize() + 0 if amount else Decimal(0)


def _region(params: QueryDict, own: Region | None, errors: list[str]) -> Region | None:
    code = _text(params, "region")
    if not code:
        return None
    if own is not None and own.code == code:
        return own
    region = Region.objects.filter(code=code[:40]).first()
    if region is None:
        errors.append(_("There is no region “%(code)s”.") % {"code": code[:40]})
    return region


def _brands(params: QueryDict, errors: list[str]) -> tuple[int, ...]:
    texts = [text for text in params.getlist("brand") if text]
    brands = tuple(dict.fromkeys(int(text) for text in texts if _ID.fullmatch(text)))
    if len(brands) < len(set(texts)) or len(brands) > MOST_BRANDS:
        errors.append(_("A brand in the address is not known: choose brands from the list."))
    return brands[:MOST_BRANDS]


def _attributes(params: QueryDict, category: Node | None, errors: list[str]) -> tuple[tuple[str, str], ...]:
    asked = [
        (name.removeprefix(ATTRIBUTE_PREFIX), value.replace("\x00", " ")[:LONGEST_VALUE])
        for name in params
        if name.startswith(ATTRIBUTE_PREFIX)
        for value in params.getlist(name)
        if value.strip()
    ]
    if not asked:
        return ()
    types = {item.key: item.type for item in attributes_of(category) if item.filterable}
    kept = [pair for pair in asked if pair[0] in types and _fits(types[pair[0]], pair[1])]
    known = [pair for pair in _with_ends(asked, types, errors) if pair not in kept]
    wrong = len(kept) < len([pair for pair in asked if not pair[0].endswith(ENDS)])
    kept += known
    keys = list(dict.fromkeys(key for key, _value in kept))[:MOST_ATTRIBUTES]
    left = tuple(dict.fromkeys(pair for pair in kept if pair[0] in keys))[:MOST_VALUES]
    if wrong or len(left) < len(set(kept)):
        errors.append(_("This category has no such attribute to filter by."))
    return left


def _fits(kind: str, value: str) -> bool:
    """A range is for numbers, and has an end at least."""
    if kind != AttributeType.NUMBER or RANGE not in value:
        return True
    return range_of(value) is not None


def range_of(value: str) -> tuple[Decimal | None, Decimal | None] | None:
    """(from, to) of a range as it stands in an address, both included; None where it is none."""
    low, mark, high = value.partition(RANGE)
    ends = [_number(text) for text in (low, high)]
    if not mark or any(text and end is None for text, end in zip((low, high), ends, strict=True)):
        return None
    if ends == [None, None] or (ends[0] is not None and ends[1] is not None and ends[0] > ends[1]):
        return None
    return ends[0], ends[1]


def _number(text: str) -> Decimal | None:
    if not text or len(text) > 20:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None


def _with_ends(
    asked: list[tuple[str, str]], types: dict[str, str], errors: list[str]
) -> list[tuple[str, str]]:
    """What was typed into "from" and "to" of an attribute, as a range."""
    ends: dict[str, dict[str, str]] = {}
    for key, value in asked:
        base, _dot, end = key.rpartition(".")
        if f".{end}" in ENDS and types.get(base) == AttributeType.NUMBER:
            ends.setdefault(base, {})[end] = value.strip()
    found = []
    for key, typed in ends.items():
        value = f"{typed.get('min', '')}{RANGE}{typed.get('max', '')}"
        if range_of(value) is None:
            errors.append(
                _("“%(value)s” is no range: write two numbers, the smaller one first.")
                % {"value": value[:40]}
            )
        else:
            found.append((key, value))
    return found


def _days(params: QueryDict, errors: list[str]) -> int | None:
    text = _text(params, "days")
    if not text:
        return None
    if _ID.fullmatch(text) and int(text) <= MOST_DAYS:
        return int(text)
    errors.append(_("“%(value)s” is no number of days.") % {"value": text[:40]})
    return None


def _choices(params: QueryDict, name: str, allowed: Iterable[str], errors: list[str]) -> tuple[str, ...]:
    asked = dict.fromkeys(text for text in params.getlist(name) if text)
    kept = tuple(text for text in asked if text in allowed)[:MOST_CHOICES]
    for text in [text for text in asked if text not in kept][:1]:
        errors.append(
            _("“%(value)s” is no choice for %(name)s.")
            % {"value": text[:40].replace("\x00", " "), "name": _FACETS[name]}
        )
    return kept


def _choice(params: QueryDict, name: str, allowed: Iterable[str], default: str, errors: list[str]) -> str:
    text = _text(params, name)
    if not text or text in allowed:
        return text or default
    errors.append(_("“%(value)s” is no choice for %(name)s.") % {"value": text[:40], "name": _FACETS[name]})
    return default


def _position(params: QueryDict, errors: list[str]) -> Position | None:
    for name, backwards in (("after", False), ("before", True)):
        if text := params.get(name, ""):
            match = _POSITION.fullmatch(text)
            if match:
                return Position(match[1], int(match[2]), backwards)
            errors.append(_("The position in the list is damaged: this is the first page."))
    return None
