"""A description of a good, taken apart into what can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from catalog.brands import BrandBook, parts_of
from catalog.duplicates import words
from catalog.segmentation import is_chinese, model_key

_BRACKETS: Final = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_CONDITION: Final = re.compile("|".join(words.CONDITIONS))
_FOR: Final = re.compile(r"(?:适用于?|兼容|通用于|配套)[\s:：]*")
_UNITS: Final = "|".join(sorted(map(re.escape, words.UNITS), key=len, reverse=True))
_MEASURE: Final = re.compile(rf"(?<![a-z0-9.])(\d{{1,6}}(?:\.\d{{1,3}})?)\s?({_UNITS})(?![a-z])")
_COUNTED: Final = re.compile(
    r"(?<![一-十两])([一二两三四五六七八九十]|十[一二])(层|门|人位|人|抽|斗|格|节|版|年级|代|期|届|星|档)"
)
# What has digits and letters or marks and is no measure, no standard and no code: 205/55R16, 5W-30.
_SHAPED: Final = re.compile(r"(?<![a-z0-9])\d[a-z0-9]*(?:[-/.][a-z0-9]+)+(?![a-z0-9])")
_SIZE: Final = re.compile(
    r"\d+(?:\.\d+)?(?:mm|cm|m)?(?:\s?[x×*✕]\s?\d+(?:\.\d+)?(?:mm|cm|m|米|毫米|厘米)?){1,2}"
)
_PAPER: Final = re.compile(r"(?<![a-z0-9])([ab][2-6]|16k|32k|8k|25k)(?![a-z0-9])")
_CPU: Final = re.compile(
    r"(?<![a-z0-9])(?:(i[3579])(?:-?\s?(\d{4,5})[a-z]{0,2})?|r([3579])-?\s?(\d{4})[a-z]{0,2})(?![a-z0-9])"
)
_RESOLUTION: Final = re.compile(
    r"(?<![a-z0-9])(720p|1080p|2k|4k|8k|1920[x×*]1080|2560[x×*]1440|3840[x×*]2160)(?![a-z0-9])"
)
_LETTER_SIZE: Final = re.compile(r"(?<![a-z0-9])(xs|s|m|l|xl|xxl|xxxl)(?=码)")
# Names of standards, which are no models: USB3.0, WiFi6, DDR4, Win11.
_STANDARD: Final = re.compile(
    r"(?<![a-z0-9])(?:usb|wi-?fi|ddr|win|windows|hdmi|dvd|type-c|rj|cat|ipx|ipv|pcie|nvme|m\.2|802\.11|bt|wpa|sata|raid|gen)"
    r"\s?-?\d[\da-z.]*"
)
_VARIANT: Final = re.compile(
    rf"(?<![a-z0-9])(?=[a-z0-9]*\d)[a-z0-9]+(?:[\s\-]+({'|'.join(words.VARIANTS)})|(plus|pro|max|mini|lite|ultra))(?![a-z0-9])"
)
_LATIN: Final = re.compile(r"[a-z0-9]+(?:[-./_][a-z0-9]+)*")
_JOINTS: Final = re.compile(r"[-./_]")
_COLOUR: Final = re.compile(
    rf"({'|'.join(words.COLOURS)})色|(?<=[\s(（/、,，\d]) ?({'|'.join(words.COLOURS[:12])})(?=[)）/、,，\s]|$)"
)
_RUN: Final = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Described:
    """What somebody says of a good; what is unknown is empty. `keys` are the key attributes of the category."""

    name: str
    brand: str = ""
    model: str = ""
    category: str = ""
    category_name: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    unit: str = ""
    pack_size: Decimal | None = None
    gtin: str = ""


@dataclass(frozen=True)
class Features:
    """The parts of a description that are compared."""

    said: Described
    # The name in one spelling, without conditions of sale.
    text: str
    brand: str
    model: str
    # The Chinese part of the model: 启天, 百旺 蓝.
    series: str
    # Codes with a digit in name and model, without blanks and dashes.
    codes: frozenset[str]
    variants: frozenset[str]
    measures: Mapping[str, frozenset[str]]
    colours: frozenset[str]
    accessories: frozenset[str]
    # By how it is written (999/99R99): what is written so, like the size of a tyre or the grade of an oil.
    shaped: Mapping[str, frozenset[str]]
    # The last two Chinese characters of the name: what the thing is.
    head: str
    # By number of a group of words that exclude each other: those that the name has.
    kinds: Mapping[int, frozenset[str]]
    # Two-character pieces and Latin words of what is left of the name.
    pieces: frozenset[str]


def features_of(said: Described, book: BrandBook) -> Features:
    """Take a description apart.

    Args:
        said: the description.
        book: the brands' names.
    """
    text = _plain(said.name)
    brand = _brand(said.brand, text, book)
    bare = _without_brand(text, brand, book)
    own = _FOR.split(bare)[0] if _FOR.search(bare) and len(_FOR.split(bare)[0]) > 2 else bare
    model = model_key(_plain(said.model))
    return Features(
        said=said,
        text=bare,
        brand=brand,
        model=model,
        series="".join(_RUN.findall(_without_brand(_plain(said.model), brand, book))),
        codes=_codes(own if not model else bare) | ({model} if model else frozenset()),
        variants=_variants(bare) | _variants(_plain(said.model)),
        measures=_measures(bare),
        colours=_colours(bare),
        accessories=_accessories(bare),
        shaped=_shaped(bare, model),
        head=_head(bare),
        kinds=_kinds(bare),
        pieces=_pieces(bare, said),
    )


def _plain(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return " ".join(
        _BRACKETS.sub(lambda match: " " if _CONDITION.search(match[0]) else match[0], text).split()
    )


def _brand(stated: str, text: str, book: BrandBook) -> str:
    if stated.strip():
        return book.canonical(stated)
    # The first brand that the name mentions, those aside that it is only used with.
    head = _FOR.split(text)[0] or text
    for part in re.split(r"[\s/()（）【】\[\]]+", head)[:4]:
        for key in parts_of(part):
            if key in book.names:
                return book.names[key]
        for length in range(min(len(part), 8), 1, -1):
            start = part[:length]
            if start in book.names and (is_chinese(start) or not part[length : length + 1].isalnum()):
                return book.names[start]
    return ""


def _without_brand(text: str, brand: str, book: BrandBook) -> str:
    for alias in book.aliases(brand) or ([brand] if brand else []):
        if is_chinese(alias):
            text = text.replace(alias, " ")
        elif alias[0] in text:
            spelt = r"[\s\-&.'·]?".join(map(re.escape, alias))
            text = re.sub(rf"(?<![a-z0-9]){spelt}(?![a-z])(?=[^a-z0-9]|\d|$)", " ", text)
    return " ".join(text.replace("牌 ", " ").split())


def _variants(text: str) -> frozenset[str]:
    return frozenset(spaced or joined for spaced, joined in _VARIANT.findall(text))


def _codes(text: str) -> frozenset[str]:
    """Latin runs with a digit that are no measure: M126A, 440G6 of “ProBook 440 G6”, 34567."""
    spans = [
        match.span()
        for pattern in (_MEASURE, _SIZE, _PAPER, _CPU, _RESOLUTION, _STANDARD)
        for match in pattern.finditer(text)
    ]
    found = []
    for match in _LATIN.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in spans):
            continue
        key = _JOINTS.sub("", match[0]).upper()
        digits = sum(sign.isdigit() for sign in key)
        if digits and (len(key) >= 4 if digits == len(key) else len(key) >= 3):
            found.append(key)
    return frozenset(found)


def _measures(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}

    def add(dimension: str, value: str) -> None:
        found.setdefault(dimension, set()).add(value)

    rest = text
    for match in _SIZE.finditer(text):
        numbers = re.findall(r"\d+(?:\.\d+)?", match[0])
        factor = (
            Decimal(10)
            if "cm" in match[0] or "厘米" in match[0]
            else Decimal(1000)
            if re.search(r"\dm|米", match[0]) and "mm" not in match[0] and "毫米" not in match[0]
            else Decimal(1)
        )
        add("size", "x".join(sorted((_number(Decimal(number) * factor) for number in numbers), key=len)))
        rest = rest.replace(match[0], " ", 1)
    for match in _CPU.finditer(rest):
        family, number = (match[1], match[2]) if match[1] else (f"r{match[3]}", match[4])
        add("cpu", family)
        if number:
            add("cpu number", number)
    for match in _RESOLUTION.finditer(rest):
        add("resolution", match[1])
    for match in _PAPER.finditer(rest):
        add("paper", match[1])
    for match in _LETTER_SIZE.finditer(rest):
        add("letter size", match[1])
    for match in _MEASURE.finditer(rest):
        dimension, factor_text = words.UNITS[match[2]]
        add(dimension, _number(Decimal(match[1]) * Decimal(factor_text)))
    for match in _COUNTED.finditer(rest):
        dimension = words.UNITS.get(match[2], (match[2], "1"))[0]
        add(dimension, words.NUMERALS[match[1]])
    return {dimension: frozenset(values) for dimension, values in found.items()}


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _colours(text: str) -> frozenset[str]:
    for other in words.NOT_COLOURS:
        text = text.replace(other, " ")
    return frozenset(first or second for first, second in _COLOUR.findall(text))


def _accessories(text: str) -> frozenset[str]:
    """Names of accessories that the text is of, longest first; what only comes along does not count."""
    found: set[str] = set()
    outside = _BRACKETS.sub(" ", text)
    for word in sorted(words.ACCESSORIES, key=len, reverse=True):
        place = outside.find(word)
        if place < 0 or any(word in longer for longer in found):
            continue
        if outside[:place].rstrip(" +").endswith(words.COMES_ALONG):
            continue
        found.add(word)
    return frozenset(words.SAME_ACCESSORY.get(word, word) for word in found)


def _shaped(text: str, model: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for match in _SHAPED.finditer(_STANDARD.sub(" ", _SIZE.sub(" ", text))):
        if _JOINTS.sub("", match[0]).upper() not in model:
            found.setdefault(re.sub(r"\d", "9", match[0]), set()).add(match[0])
    return {shape: frozenset(written) for shape, written in found.items()}


def _head(text: str) -> str:
    runs = _RUN.findall(_MEASURE.sub(" ", _BRACKETS.sub(" ", text)))
    return runs[-1][-2:] if runs else ""


def _kinds(text: str) -> dict[int, frozenset[str]]:
    found = {
        number: frozenset(word for word in group if word in text)
        for number, group in enumerate(words.EXCLUSIVE)
    }
    return {number: named for number, named in found.items() if named}


def _pieces(text: str, said: Described) -> frozenset[str]:
    rest = text
    for pattern in (_STANDARD, _MEASURE, _SIZE, _PAPER, _CPU):
        rest = pattern.sub(" ", rest)
    for written, meant in words.SAME_WORD.items():
        rest = rest.replace(written, meant)
    for condition in words.CONDITIONS:
        rest = rest.replace(condition, " ")
    for filler in words.FILLERS:
        if len(filler) > 1:
            rest = rest.replace(filler, " ")
    for name in re.split(r"[、()（）]", said.category_name):
        if len(name) > 1:
            rest = rest.replace(name.lower(), " ")
    pieces = {
        word for word in _LATIN.findall(rest) if not any(sign.isdigit() for sign in word) and len(word) > 1
    }
    for run in _RUN.findall(rest):
        pieces |= {run[start : start + 2] for start in range(len(run) - 1)} or (
            {run} if run not in words.FILLERS else set()
        )
    return frozenset(pieces)
