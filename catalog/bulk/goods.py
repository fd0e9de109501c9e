"""Which standard good a row means: by number, GTIN, or brand, model and key attributes; in a few statements a chunk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from catalog.bulk.cells import number_of
from catalog.bulk.columns import has_gtin
from catalog.gtin import LENGTH
from catalog.models.goods import GoodState
from catalog.segmentation import model_key, normalise

YES: Final = frozenset(["是", "yes", "true", "1", "有", "√"])
NO: Final = frozenset(["否", "no", "false", "0", "无", "×"])
_LEADING: Final = re.compile(r"\s*([-+]?\d[\d.,]*)\s*[^\d\s]*\s*$")
# Enough to choose from by hand.
MOST_CANDIDATES: Final = 6
_SELECT: Final = """
    SELECT g.id, c.counted, g.state, coalesce(b.name, ''), coalesce(b.latin, ''), g.model, g.model_key, g.name,
           {spec}, {gtin}
      FROM catalog_good g
      JOIN catalog_category c ON c.id = g.category_id
      LEFT JOIN catalog_brand b ON b.id = g.brand_id
     WHERE {which}
"""


@dataclass(slots=True)
class GoodFacts:
    """What a row is compared with."""

    id: int
    counted: bool
    state: str
    brand: str
    latin: str
    model: str
    model_key: str
    name: str
    spec: dict[str, Any]
    gtin: str

    def has_brand(self, text: str) -> bool:
        """Whether the brand may be written so: 得力, Deli, 得力(Deli), 得力/Deli."""
        names = {_plain(self.brand), _plain(self.latin)} - {""}
        both = {_plain(self.brand + self.latin), _plain(self.latin + self.brand)}
        return _plain(text) in names | both


@dataclass(slots=True)
class Wanted:
    """What a row says of its good; attributes: (keys that the heading may mean, text)."""

    good: int | None = None
    gtin: str = ""
    brand: str = ""
    model: str = ""
    name: str = ""
    attributes: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """The good, or what is wrong: (column, message) and the goods that may be meant."""

    good: GoodFacts | None = None
    problem: tuple[str, str] | None = None
    candidates: list[int] = field(default_factory=list)


class Finder:
    """Looks goods up for one chunk after another, within a category and what lies below it, or everywhere."""

    def __init__(self, category_path: str = "", *, specs: bool) -> None:
        self.category_path = category_path
        self.specs = specs

    def find(self, wanted: list[Wanted]) -> list[Answer]:
        """For each row its good, or why there is none."""
        by_id = self.by_id({row.good for row in wanted if row.good is not None})
        by_gtin: dict[str, list[GoodFacts]] = {}
        by_model: dict[str, list[GoodFacts]] = {}
        by_name: dict[str, list[GoodFacts]] = {}
        unsure = [row for row in wanted if row.good is None]
        if codes := {row.gtin.zfill(LENGTH) for row in unsure if row.gtin}:
            for good in self._select("g.gtin = ANY(%s)", list(codes)) if has_gtin() else []:
                by_gtin.setdefault(good.gtin, []).append(good)
        if keys := {
            model_key(row.model) for row in unsure if row.model and not by_gtin.get(row.gtin.zfill(LENGTH))
        } - {""}:
            for good in self._select(
                "g.state = 'active' AND g.model_key <> '' AND g.model_key = ANY(%s)", list(keys)
            ):
                by_model.setdefault(good.model_key, []).append(good)
        if names := {row.name for row in unsure if row.name and not row.model}:
            for good in self._select("g.state = 'active' AND g.name = ANY(%s)", list(names)):
                by_name.setdefault(good.name, []).append(good)
        return [self._answer(row, by_id, by_gtin, by_model, by_name) for row in wanted]

    def by_id(self, ids: Iterable[int]) -> dict[int, GoodFacts]:
        """Goods by their numbers, of any category."""
        numbers = list(ids)
        if not numbers:
            return {}
        return {good.id: good for good in self._select("g.id = ANY(%s)", numbers, everywhere=True)}

    def _select(self, which: str, values: list[Any], *, everywhere: bool = False) -> list[GoodFacts]:
        parameters: list[Any] = [values]
        if self.category_path and not everywhere:
            which += " AND c.path LIKE %s"
            parameters.append(self.category_path.replace("%", "").replace("_", r"\_") + "%")
        statement = _SELECT.format(
            which=which,
            spec="g.spec" if self.specs else "NULL",
            gtin="coalesce(g.gtin, '')" if has_gtin() else "''",
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return [_facts(*row) for row in cursor.fetchall()]

    def _answer(
        self,
        row: Wanted,
        by_id: dict[int, GoodFacts],
        by_gtin: dict[str, list[GoodFacts]],
        by_model: dict[str, list[GoodFacts]],
        by_name: dict[str, list[GoodFacts]],
    ) -> Answer:
        if row.good is not None:
            known = by_id.get(row.good)
            missing = Answer(problem=("good", _("There is no standard good with this number.")))
            return _agreed(row, known) if known else missing
        if row.gtin and (found := by_gtin.get(row.gtin.zfill(LENGTH))):
            # Retired and merged goods keep their GTIN; of active ones only one bears it.
            found = [good for good in found if good.state == GoodState.ACTIVE] or found
            return _agreed(row, found[0]) if len(found) == 1 else _several("gtin", found)
        if row.model:
            candidates = by_model.get(model_key(row.model), [])
            column = "model"
        elif row.name:
            candidates, column = by_name.get(row.name, []), "name"
        else:
            return _unnamed(row)
        if row.brand:
            candidates = [good for good in candidates if good.has_brand(row.brand)]
        if len(candidates) > 1 and row.attributes:
            candidates = [good for good in candidates if _contradiction(row, good) is None]
        if len(candidates) == 1:
            return _agreed(row, candidates[0])
        return _several(column, candidates) if candidates else _nothing(column)


def _unnamed(row: Wanted) -> Answer:
    if row.gtin:
        return Answer(problem=("gtin", _("No standard good has this GTIN.")))
    return Answer(problem=("good", _("State the number of the standard good, or its brand and model.")))


def _facts(pk: int, counted: bool, state: str, *texts: Any) -> GoodFacts:
    brand, latin, model, key, name, spec, gtin = texts
    return GoodFacts(pk, counted, state, brand, latin, model, key, name, _spec(spec), gtin)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]+", "", normalise(text))


def _spec(value: Any) -> dict[str, Any]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else {}


def _nothing(column: str) -> Answer:
    return Answer(
        problem=(
            column,
            _("No standard good fits. Correct brand and model, write its number, or propose the good first."),
        )
    )


def _several(column: str, found: list[GoodFacts]) -> Answer:
    numbers = sorted(good.id for good in found)
    return Answer(
        problem=(
            column,
            _("%(count)s standard goods fit: write the number of the one that you mean, such as %(numbers)s.")
            % {"count": len(numbers), "numbers": "、".join(map(str, numbers[:MOST_CANDIDATES]))},
        ),
        candidates=numbers[:MOST_CANDIDATES],
    )


def _agreed(row: Wanted, good: GoodFacts) -> Answer:
    """The good, unless the row says something of it that is not so."""
    wrong = _contradiction(row, good)
    if wrong is None:
        return Answer(good)
    column, theirs, yours = wrong
    message = _(
        "The standard good %(number)s has “%(theirs)s” here, your row “%(yours)s”. Correct one of them."
    )
    words = {"number": good.id, "theirs": theirs[:60], "yours": yours[:60]}
    return Answer(problem=(column, message % words), candidates=[good.id])


def _contradiction(row: Wanted, good: GoodFacts) -> tuple[str, str, str] | None:
    if row.brand and good.brand and not good.has_brand(row.brand):
        return "brand", good.brand, row.brand
    if row.model and good.model and model_key(row.model) != model_key(good.model):
        return "model", good.model, row.model
    if row.gtin and good.gtin and row.gtin.lstrip("0") != good.gtin.lstrip("0"):
        return "gtin", good.gtin, row.gtin
    for keys, text in row.attributes:
        for key in keys:
            value = good.spec.get(key)
            if value not in (None, "", []) and not same_value(text, value):
                return f"attr:{key}", plain_value(value), text
    return None


def plain_value(value: Any) -> str:
    """A value of a specification as a cell has it, without its unit."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return str(value)


def same_value(text: str, value: Any) -> bool:
    """Whether a cell says the same as a specification: 8, 8.0 and 8 GB are one number, 是 and yes one answer."""
    if isinstance(value, bool):
        return text.lower() in (YES if value else NO) or text == plain_value(value)
    if isinstance(value, int | float):
        leading = _LEADING.match(text)
        number = number_of(text if leading is None else leading[1])
        return number is not None and float(number) == float(value)
    if isinstance(value, list):
        parts = {normalise(part) for part in re.split(r"[、,，;；]", text)}
        return parts == {normalise(str(item)) for item in value}
    return normalise(text) == normalise(str(value))
