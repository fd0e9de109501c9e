"""The choices of each facet: what they are called, how many goods they leave, and the address behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import ngettext

from accounts.models.organisations import OrganisationSize
from accounts.models.standings import Grade
from catalog.attributes import Attribute
from catalog.models import AttributeType, PolicyLabel
from catalog.search.filters import RANGE, Filters, range_of
from catalog.tree import category_tree
from zcy.formats import short_money

MOST_VALUES: Final = 60
# A number with more values than this is offered in ranges.
MOST_NUMBERS: Final = 8
Counted = Iterable[tuple[Any, int, str]]


@dataclass(frozen=True)
class Value:
    """One choice of a facet: what it is called, how many goods, and the address that takes or drops it."""

    label: str
    count: int
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A group of choices; a number also bears the ends that were typed, and can be asked for by others."""

    title: str
    values: Sequence[Value]
    key: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    is_number: bool = False


class Values:
    """Makes the choices of one list."""

    def __init__(self, filters: Filters) -> None:
        self.filters = filters

    def categories(self, counted: Counted) -> list[Value]:
        """Where the goods are, the most frequent first; a leaf has nothing below it to choose."""
        filters = self.filters
        if filters.category and not filters.category.children:
            return []
        tree = category_tree()
        nodes = [(tree.by_id[key], n) for key, n, _text in counted if key in tree.by_id][:MOST_VALUES]
        return [
            Value(
                node.name,
                n,
                str(node.url) + filters.address(attributes=())
                if filters.fixed_category
                else filters.address(category=node, attributes=()),
            )
            for node, n in nodes
        ]

    def brands(self, counted: Counted) -> list[Value]:
        """The chosen ones first, then the most frequent; a market has hundreds, so the others get no address."""
        chosen = self.filters.brands
        known = [item for item in counted if item[0] is not None and item[2]]
        picked = [item for item in known if item[0] in chosen]
        others = [item for item in known if item[0] not in chosen][:MOST_VALUES]
        return [self._one("brands", key, name, n) for key, n, name in [*picked, *others]]

    def labels(self, counted: Counted) -> list[Value]:
        """Policy labels."""
        words = {value: str(label) for value, label in PolicyLabel.choices}
        return [self._one("labels", text, words[text], n) for _key, n, text in counted if text in words]

    def sizes(self, counted: Counted) -> list[Value]:
        """Sizes of suppliers, the smallest first."""
        found = {text: n for _key, n, text in counted}
        return [
            self._one("sizes", value, str(label), found[value])
            for value, label in OrganisationSize.choices
            if value in found
        ]

    def grades(self, counted: Counted) -> list[Value]:
        """Credit grades, the best first."""
        found = {text: n for _key, n, text in counted}
        return [self._one("grades", grade, grade, found[grade]) for grade in Grade.values if grade in found]

    def _one(self, name: str, key: Any, label: str, n: int) -> Value:
        """A choice beside which others of its facet may be taken."""
        chosen = getattr(self.filters, name)
        picked = key in chosen
        left = tuple(item for item in chosen if item != key) if picked else (*chosen, key)
        return Value(label, n, self.filters.changed(**{name: left}).address(), picked)

    def days(self, steps: Sequence[int], counted: Mapping[int, int]) -> list[Value]:
        """Delivered within so many days: each step holds those before it."""
        found, sum_before = [], 0
        for number, step in enumerate(steps):
            n = counted.get(number, 0)
            sum_before += n
            picked = self.filters.days == step
            if n or picked:
                label = ngettext("within %(n)s day", "within %(n)s days", step) % {"n": step}
                url = self.filters.address(days=None if picked else step)
                found.append(Value(label, sum_before, url, picked))
        return found

    def prices(self, edges: Sequence[Decimal], classes: Mapping[int, int]) -> list[Value]:
        """Classes of prices that do not overlap: the next one starts where this one ends."""
        if len(classes) < 2:
            return []
        filters, values = self.filters, []
        for number in range(len(edges) + 1):
            if not classes.get(number):
                continue
            low = edges[number - 1] if number else None
            high = edges[number] - Decimal("0.01") if number < len(edges) else None
            label = (
                f"{short_money(low) if low is not None else '¥0'}–{short_money(edges[number])}"
                if high is not None
                else f"≥ {short_money(low)}"
            )
            url = filters.address(low=_larger(low, filters.low), high=_smaller(high, filters.high))
            values.append(Value(label, classes[number], url))
        return values

    def attribute(self, attribute: Attribute, counted: list[tuple[str, int]]) -> Facet:
        """The values of an attribute; of a number in their order, and in ranges where there are many."""
        if attribute.type != AttributeType.NUMBER:
            return Facet(
                attribute.label,
                [self._value(attribute, value, n) for value, n in counted[:MOST_VALUES]],
                attribute.key,
            )
        return self._numbers(attribute, counted)

    def _numbers(self, attribute: Attribute, counted: list[tuple[str, int]]) -> Facet:
        numbers = sorted((number, n) for value, n in counted if (number := _number(value)) is not None)
        chosen = self.filters.chosen.get(attribute.key, ())
        if len(numbers) <= MOST_NUMBERS:
            choices = [(f"{number.normalize():f}", n) for number, n in numbers]
        else:
            choices = _in_ranges(numbers)
        known = {value for value, _n in choices}
        # A range that somebody typed is a choice like the others, so that it can be dropped.
        choices += [(value, _within(value, numbers)) for value in chosen if value not in known]
        ends = next((value.split(RANGE) for value in chosen if RANGE in value), ["", ""])
        values = [self._value(attribute, value, n) for value, n in choices]
        return Facet(attribute.label, values, attribute.key, attribute.unit, ends[0], ends[1], is_number=True)

    def _value(self, attribute: Attribute, value: str, n: int) -> Value:
        pair = (attribute.key, value)
        picked = pair in self.filters.attributes
        url = self.filters.address(attributes=self.filters.with_value(*pair))
        return Value(shown(attribute, value), n, url, picked)


def shown(attribute: Attribute, value: str) -> str:
    """A value as people read it; a range as 16–32, ≥ 16 or ≤ 32."""
    ends = range_of(value) if attribute.type == AttributeType.NUMBER and RANGE in value else None
    if ends is None:
        return attribute.show_text(value)
    low, high = (f"{end.normalize():f}" if end is not None else "" for end in ends)
    text = f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
    return attribute.show(text)


def _in_ranges(numbers: list[tuple[Decimal, int]]) -> list[tuple[str, int]]:
    """Four ranges of about as many goods each, with values that occur as their ends."""
    whole = sum(n for _number, n in numbers)
    ranges: list[tuple[str, int]] = []
    start, count, before = numbers[0][0], 0, 0
    for place, (number, n) in enumerate(numbers):
        count += n
        last = place == len(numbers) - 1
        if last or before + count >= whole * (len(ranges) + 1) / 4:
            ranges.append((f"{start.normalize():f}{RANGE}{number.normalize():f}", count))
            before, count = before + count, 0
            if not last:
                start = numbers[place + 1][0]
    return ranges


def _within(value: str, numbers: list[tuple[Decimal, int]]) -> int:
    ends = range_of(value)
    if ends is None:
        exact = _number(value)
        return sum(n for number, n in numbers if number == exact)
    low, high = ends
    return sum(
        n for number, n in numbers if (low is None or number >= low) and (high is None or number <= high)
    )


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _larger(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smaller(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return min((value for value in (one, other) if value is not None), default=None)
