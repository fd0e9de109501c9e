"""The ranges of goods that the market trades: leaves of the category tree, their attributes, brands and models.

`data/ranges_*.txt` is the source; this module reads it. The grammar stands at the head of `ranges_it.txt`.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
FILES = ("ranges_it.txt", "ranges_office.txt", "ranges_rooms.txt", "ranges_supplies.txt")

#: Where a good stands within its leaf, by the price factor of its brand and model. Two goods with equal
#: specification are therefore of comparable price whatever their brand.
POSITIONS = ((0.88, "经济型"), (0.96, "实用型"), (1.04, "标准型"), (1.13, "商务型"), (9.9, "旗舰型"))

#: Values that say that there is nothing special.
NOTHING = ("无", "普通")

_BRACES = re.compile(r"\{([^{}]*)\}")
_NUMERIC_RANGE = re.compile(r"(\d)-(\d)")


@dataclass(frozen=True)
class Attribute:
    """One attribute of a leaf's schema; `factors` holds each value's price factor, 1 for plain ones."""

    key: str
    zh: str
    en: str
    type: str
    unit: str
    values: tuple[str, ...]
    factors: tuple[float, ...]
    is_key: bool

    def typed(self, value: str) -> str | int | float:
        """The value as the `spec` JSON carries it."""
        if self.type != "number":
            return value
        return float(value) if "." in value else int(value)


@dataclass(frozen=True)
class BrandRange:
    """What one brand sells in one leaf."""

    name: str
    latin: str
    factor: float
    models: tuple[str, ...]
    #: attribute key → beginnings of the values that this brand sells
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The brand as product titles write it: 联想/Lenovo."""
        return self.name if self.name == self.latin or not self.latin else f"{self.name}/{self.latin}"


@dataclass
class Leaf:
    """One leaf category with all that is sold in it."""

    code: str
    word: str
    unit: str
    anchor: float
    group: str
    quantity: int
    drift: float
    labels: tuple[str, ...]
    packs: tuple[int, ...]
    attributes: list[Attribute] = field(default_factory=list)
    brands: list[BrandRange] = field(default_factory=list)
    title: str = ""
    #: (attribute key, text in the model number, values that it may mean); the first that fits counts
    hints: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def choices(self, attribute: Attribute, brand: BrandRange, model: str) -> list[int]:
        """Indexes of the values that a brand's model may have."""
        for key, text, values in self.hints:
            if key == attribute.key and _fits(text, model):
                return [attribute.values.index(value) for value in values]
        allowed = brand.only.get(attribute.key)
        everything = range(len(attribute.values))
        return [n for n in everything if allowed is None or attribute.values[n].startswith(allowed)]

    def configurations(self) -> int:
        """How many different goods there can be in this leaf."""
        keys = [attribute for attribute in self.attributes if attribute.is_key]
        return sum(
            math.prod(len(self.choices(attribute, brand, model)) for attribute in keys)
            for brand in self.brands
            for model in brand.models
        )

    def words(self, values: dict[str, str]) -> str:
        """What stands in brackets in a good's name; what a good does not have is not named."""
        parts = (part.format(**values) for part in self.title.split("/"))
        return "/".join(part for part in parts if part not in NOTHING)


def _fits(text: str, model: str) -> bool:
    """Whether a hint speaks of a model: the text is in it or, with $ behind, at its end."""
    return model.endswith(text[:-1]) if text.endswith("$") else text in model


def position_of(factor: float) -> str:
    """The name of the price class of a brand's model."""
    return next(name for limit, name in POSITIONS if factor < limit)


def expand(pattern: str) -> list[str]:
    """`M4{3-5}{0,5}` → M430, M435, M440 … in a fixed order.

    A brace group is a list of alternatives; alternatives like `1-9` are ranges of one digit.
    """
    parts: list[list[str]] = []
    position = 0
    for match in _BRACES.finditer(pattern):
        parts.append([pattern[position : match.start()]])
        options: list[str] = []
        for option in match.group(1).split(","):
            digits = _NUMERIC_RANGE.fullmatch(option)
            options += [str(n) for n in range(int(digits[1]), int(digits[2]) + 1)] if digits else [option]
        parts.append(options)
        position = match.end()
    parts.append([pattern[position:]])
    return ["".join(combination).strip() for combination in itertools.product(*parts)]


def _attribute(line: str) -> Attribute:
    key, zh, en, type_, unit, values = (part.strip() for part in line.split(":", 5))
    pairs = [value.strip().split("=") for value in values.split(",")]
    return Attribute(
        key=key,
        zh=zh,
        en=en,
        type=type_,
        unit=unit,
        values=tuple(pair[0] for pair in pairs),
        factors=tuple(float(pair[1]) if len(pair) > 1 else 1.0 for pair in pairs),
        is_key=len(pairs[0]) > 1,
    )


def _brand(line: str) -> BrandRange:
    head, patterns = line.split(" : ", 1)
    only = {}
    while head.endswith("]"):
        head, _, rule = head[:-1].rpartition(" [")
        key, _, values = rule.partition("=")
        only[key] = tuple(values.split("|"))
    label, factor = head.rsplit(" ", 1)
    name, latin = label.split("/", 1)
    models = dict.fromkeys(model for pattern in patterns.split(";") for model in expand(pattern.strip()))
    return BrandRange(name.strip("- "), latin.strip("- "), float(factor), tuple(models), only)


@cache
def leaves() -> tuple[Leaf, ...]:
    """All leaves in the order of the files."""
    found: list[Leaf] = []
    for name in FILES:
        for raw in (DATA / name).read_text(encoding="utf-8").splitlines():
            if not raw or raw.startswith("#"):
                continue
            mark, line = (raw[0], raw[2:]) if raw[:2] in {"= ", "@ ", "$ ", "~ "} else ("", raw)
            if mark == "=":
                cells = [cell.strip() for cell in line.split("|")]
                found.append(
                    Leaf(
                        code=cells[0],
                        word=cells[1],
                        unit=cells[2],
                        anchor=float(cells[3]),
                        group=cells[4],
                        quantity=int(cells[5]),
                        drift=float(cells[6]),
                        labels=tuple(filter(None, cells[7].split(","))),
                        packs=tuple(int(pack) for pack in cells[8].split(",") if pack),
                    )
                )
            elif mark == "@":
                found[-1].brands.append(_brand(line))
            elif mark == "~":
                key, _, pairs = line.partition(":")
                for pair in pairs.split(","):
                    text, _, value = pair.partition("=")
                    found[-1].hints.append((key.strip(), text.strip(), tuple(value.strip().split("|"))))
            elif mark == "$":
                found[-1].title = line.strip()
            else:
                found[-1].attributes.append(_attribute(line))
    return tuple(found)
