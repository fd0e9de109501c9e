"""How probable it is that two descriptions are of one good, with the reasons that a person can check.

A weighted sum of what speaks for and against, as log odds; the weights are judgements about how much each says, in
whole and half steps, not a fit. score = 1 / (1 + e^-sum).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Final

from catalog.duplicates import words
from catalog.duplicates.described import Features
from catalog.spelling import unlike
from catalog.values import normal

THRESHOLD: Final = 0.5
# Names that differ by one word only: how long it may be, and how much they have to share, in characters.
LONGEST_REPLACED: Final = 4
LEAST_SHARED: Final = 4
_BASE: Final = -2.0
_MARKS: Final = re.compile(r"[\W_]+")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+")
_SEPARATORS: Final = r"[\s\-_./]*"


@dataclass(frozen=True)
class Reason:
    """What speaks for it (weight > 0) or against: a code of `catalog.duplicates.told`, and what was compared."""

    code: str
    weight: float
    first: str = ""
    second: str = ""

    def as_json(self) -> list[Any]:
        """For the database."""
        return [self.code, round(self.weight, 2), self.first, self.second]


@dataclass(frozen=True)
class Verdict:
    """The score in 0–1 and its reasons, the weightiest first."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def same(self) -> bool:
        """Whether they are taken for one good."""
        return self.score >= THRESHOLD


def compare(one: Features, other: Features) -> Verdict:
    """Compare two descriptions; the order does not matter."""
    reasons = [
        *_gtin(one, other),
        *_brand(one, other),
        *_model(one, other),
        *_measures(one, other),
        *_words(one, other),
        *_specification(one, other),
        *_packing(one, other),
    ]
    matched = any(reason.code in ("model_same", "gtin_same") for reason in reasons)
    reasons += [*_category(one, other), *_names(one, other, model_matched=matched)]
    total = _BASE + sum(reason.weight for reason in reasons)
    ordered = sorted(reasons, key=lambda reason: -abs(reason.weight))
    return Verdict(1 / (1 + math.exp(-max(min(total, 30), -30))), tuple(ordered))


def _gtin(one: Features, other: Features) -> list[Reason]:
    first, second = one.said.gtin, other.said.gtin
    if not first or not second:
        return []
    return (
        [Reason("gtin_same", 10.0, first)]
        if first == second
        else [Reason("gtin_differs", -3.5, first, second)]
    )


def _brand(one: Features, other: Features) -> list[Reason]:
    if not one.brand or not other.brand:
        return []
    if one.brand == other.brand:
        return [Reason("brand_same", 1.5, one.brand)]
    return [Reason("brand_differs", -7.0, one.brand, other.brand)]


def _model(one: Features, other: Features) -> list[Reason]:
    shared = _shared_model(one, other)
    if not shared:
        return _unlike_models(one, other)
    if one.variants != other.variants:
        shown = [" ".join(sorted(features.variants)) for features in (one, other)]
        return [Reason("variant_differs", -7.0, *shown)]
    if one.series and other.series and not set(one.series) & set(other.series):
        return [Reason("model_differs", -4.0, f"{one.series} {shared}", f"{other.series} {shared}")]
    strong = len(shared) >= 4 or (len(shared) == 3 and not shared.isdigit())
    return [Reason("model_same", 4.0 if strong else 2.0, shared)]


def _unlike_models(one: Features, other: Features) -> list[Reason]:
    """Without a code that both bear: models in Chinese (百旺), else different codes."""
    if one.series and other.series and not (one.model and other.model):
        if one.series == other.series:
            return [Reason("model_same", 2.5, one.series)]
        if one.series not in other.series and other.series not in one.series:
            return [Reason("model_differs", -8.0, one.series, other.series)]
    first, second = _told(one), _told(other)
    return [Reason("model_differs", -8.0, first, second)] if first and second else []


def _shared_model(one: Features, other: Features) -> str:
    """The model that both bear: by its field or in the name, with or without blanks and dashes."""
    if one.model and other.model:
        short, long = sorted((one.model, other.model), key=len)
        return short if one.model == other.model or _tail(long, short, one.brand) else ""
    if one.model or other.model:
        here, there = (one, other) if one.model else (other, one)
        return _model_in_name(here, there)
    both = one.codes & other.codes
    if both and (one.codes <= other.codes or other.codes <= one.codes):
        return max(both, key=len)
    alone = [
        code
        for here, there in ((one, other), (other, one))
        for code in here.codes
        if len(here.codes) == 1 and _stands_in(code, there.text)
    ]
    return alone[0] if alone else ""


def _model_in_name(here: Features, there: Features) -> str:
    """“ProBook 440 G6” in the field of one, “440G6” in the name of the other, or the other way round."""
    if _stands_in(here.model, there.text):
        return here.model
    for code in sorted(there.codes, key=len, reverse=True):
        if _tail(here.model, code, here.brand) or _tail(code, here.model, here.brand):
            return min(here.model, code, key=len)
    return ""


def _tail(long: str, short: str, brand: str) -> bool:
    """Whether the longer one only has the name of the series, or the brand, before it: PROBOOK440G6, HPM126A."""
    head = long[: -len(short)] if len(short) < len(long) and long.endswith(short) else ""
    if not head.isalpha() or not any(map(str.isdigit, short)) or len(short) < 4:
        return False
    return len(head) >= 4 or head.lower() == brand or (len(head) == 2 and short[:1].isalpha())


def _stands_in(model: str, text: str) -> bool:
    if len(model) < 3:
        return False
    spelt = _SEPARATORS.join(re.escape(sign) for sign in model.lower())
    return re.search(rf"(?<![a-z0-9]){spelt}(?![a-z0-9])", text) is not None


def _told(features: Features) -> str:
    return features.model if any(map(str.isdigit, features.model)) else "/".join(sorted(features.codes))


def _measures(one: Features, other: Features) -> list[Reason]:
    """Two different numbers of one unit are two goods; a number that only one states says nothing."""
    found: list[Reason] = []
    agreed = 0
    for dimension in sorted(one.measures.keys() & other.measures.keys()):
        first, second = one.measures[dimension], other.measures[dimension]
        if first <= second or second <= first:
            agreed += 3 if dimension == "size" else 1
        else:
            shown = [
                " ".join(f"{value}{dimension}" for value in sorted(values)) for values in (first, second)
            ]
            found.append(Reason("measure_differs", -7.5, *shown))
    if agreed:
        found.append(Reason("measures_agree", min(agreed, 4) * 0.5, str(agreed)))
    for shape in sorted(one.shaped.keys() & other.shaped.keys()):
        first, second = one.shaped[shape], other.shaped[shape]
        if not (first <= second or second <= first):
            found.append(Reason("measure_differs", -7.5, " ".join(sorted(first)), " ".join(sorted(second))))
    return found[:3]


def _words(one: Features, other: Features) -> list[Reason]:
    found: list[Reason] = []
    if one.colours and other.colours and not one.colours & other.colours:
        shown = ["、".join(sorted(features.colours)) for features in (one, other)]
        found.append(Reason("colour_differs", -7.5, *shown))
    if one.accessories != other.accessories and not one.accessories & other.accessories:
        shown = ["、".join(sorted(features.accessories)) for features in (one, other)]
        found.append(Reason("accessory", -8.0, *shown))
    for group in sorted(one.kinds.keys() & other.kinds.keys()):
        first, second = one.kinds[group], other.kinds[group]
        if not first & second:
            found.append(Reason("kind_differs", -6.0, "、".join(sorted(first)), "、".join(sorted(second))))
    return found[:3]


def _specification(one: Features, other: Features) -> list[Reason]:
    found: list[Reason] = []
    agreed = 0
    keys = one.said.keys | other.said.keys
    for key in sorted(one.said.spec.keys() & other.said.spec.keys()):
        first, second = normal(one.said.spec[key]), normal(other.said.spec[key])
        if not first or not second:
            continue
        if first == second:
            agreed += key in keys
        elif key in keys:
            found.append(Reason("key_attribute_differs", -8.0, f"{key} {first}", second))
        else:
            found.append(Reason("attribute_differs", -0.5, f"{key} {first}", second))
    if agreed:
        found.append(Reason("key_attributes_agree", min(agreed, 3) * 0.4, str(agreed)))
    return found[:4]


def _packing(one: Features, other: Features) -> list[Reason]:
    first, second = one.said.pack_size, other.said.pack_size
    if first and second and first != second:
        return [Reason("pack_differs", -8.0, f"{first.normalize():f}", f"{second.normalize():f}")]
    if one.said.unit and other.said.unit and one.said.unit != other.said.unit:
        units = {one.said.unit, other.said.unit}
        # An electrode is called by its defibrillator's model, and is counted otherwise.
        if units & words.MACHINES and units & words.PARTS and one.head != other.head:
            return [
                Reason("accessory", -6.0, f"{one.head} {one.said.unit}", f"{other.head} {other.said.unit}")
            ]
        return [Reason("unit_differs", -1.5, one.said.unit, other.said.unit)]
    return []


def _category(one: Features, other: Features) -> list[Reason]:
    if not one.said.category or not other.said.category:
        return []
    if one.said.category == other.said.category:
        return [Reason("category_same", 0.5, one.said.category_name)]
    return [Reason("category_differs", -1.0, one.said.category_name, other.said.category_name)]


def _names(one: Features, other: Features, *, model_matched: bool) -> list[Reason]:
    """How alike the rest of the names is (Dice); with the model matched it says little."""
    if not one.pieces or not other.pieces:
        return []
    alike = 2 * len(one.pieces & other.pieces) / (len(one.pieces) + len(other.pieces))
    # A name that says more than the other is not less alike for it.
    contained = len(one.pieces & other.pieces) / min(len(one.pieces), len(other.pieces))
    likeness = 0.5 * alike + 0.5 * contained
    # Two or three pieces are hardly evidence.
    ground = min(len(one.pieces), len(other.pieces), 4) / 4
    weight = 1.0 * (likeness - 0.3) if model_matched else 5.0 * (likeness - 0.55) * (0.5 + 0.5 * ground)
    # A model that both bear outweighs it: one shop's 文件盒 is the other's 档案盒.
    if not model_matched and not one.accessories and (replaced := _replaced(one.text, other.text)):
        return [Reason("kind_differs", -4.0, *replaced)]
    return [Reason("name_alike" if weight > 0 else "name_differs", round(weight, 2), f"{likeness:.0%}")]


def _replaced(first: str, second: str) -> tuple[str, str] | None:
    """The one word of Chinese by which two names differ that else say the same: 数学, 语文 of two textbooks."""
    one, other = (_MARKS.sub("", text) for text in (first, second))
    here, there = unlike(one, other)
    if not (1 <= len(here) <= LONGEST_REPLACED and 1 <= len(there) <= LONGEST_REPLACED):
        return None
    if len(one) - len(here) < LEAST_SHARED:
        return None
    if not (_CHINESE.fullmatch(here) and _CHINESE.fullmatch(there)) or set(here) & set(there):
        return None
    return here, there
