"""Under which words goods are found: segmented, spelt in pinyin and written in bulk by COPY and one UPDATE."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from catalog import segmentation
from catalog.attributes import Attribute, attributes_of, forget_attributes
from catalog.kept import forget_lists
from catalog.models import AttributeType
from catalog.tree import Node, category_tree, forget_tree

_SELECT = """
    SELECT g.id, g.name, g.model, coalesce(b.name, ''), coalesce(b.latin, ''), g.category_id, g.spec
      FROM catalog_good g LEFT JOIN catalog_brand b ON b.id = g.brand_id
"""
_UPDATE = """
    UPDATE catalog_good g SET search = i.search, model_key = i.model_key, pinyin = i.pinyin
      FROM good_index i
     WHERE i.id = g.id
       AND (g.search, g.model_key, g.pinyin) IS DISTINCT FROM (i.search, i.model_key, i.pinyin)
"""
# Chinese names of models (昭阳, 启天) are kept whole, as brands are.
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")
# Positions of a tsvector end here; the words behind are found all the same.
_LAST_PLACE: Final = 16_383


def index_goods(good_ids: Collection[int] | None = None) -> int:
    """Index these goods, or all.

    Returns:
        how many goods were written.
    """
    # What this process keeps may be older than the transaction that asks.
    forget_tree()
    forget_attributes()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM catalog_brand")
        segmentation.add_words(row[0] for row in cursor.fetchall())
        if good_ids is None:
            cursor.execute(_SELECT)
        else:
            cursor.execute(f"{_SELECT} WHERE g.id = ANY(%s)", [list(good_ids)])
        goods = cursor.fetchall()
        segmentation.add_words({run for row in goods for run in _CHINESE.findall(row[2])})
        # Before the COPY: while it runs, its connection answers no questions.
        nodes = category_tree().by_id
        categories = {pk: _category(nodes.get(pk)) for pk in {row[5] for row in goods}}
        cursor.execute("DROP TABLE IF EXISTS good_index")
        cursor.execute(
            "CREATE TEMPORARY TABLE good_index (id bigint, search tsvector, model_key text, pinyin text) ON COMMIT DROP"
        )
        with cursor.copy("COPY good_index (id, search, model_key, pinyin) FROM STDIN") as copy:
            for row in _documents(goods, categories):
                copy.write_row(row)
        cursor.execute("ANALYZE good_index")
        cursor.execute(_UPDATE)
        forget_lists()
        return int(cursor.rowcount)


@dataclass
class _Category:
    """What the goods of a category have in common, segmented once."""

    names: list[str]
    # Characters and pairs of the category's own name.
    characters: list[str]
    attributes: dict[str, Attribute]


def _category(node: Node | None) -> _Category:
    if node is None:
        return _Category([], [], {})
    return _Category(
        [*segmentation.index_words(node.name), *segmentation.head(node.name)],
        segmentation.index_characters(node.name),
        {attribute.key: attribute for attribute in attributes_of(node)},
    )


def _documents(
    goods: list[tuple[Any, ...]], categories: dict[int, _Category]
) -> Iterator[tuple[int, str, str, str]]:
    for pk, name, model, brand, latin, category_id, spec in goods:
        category = categories[category_id]
        named = f"{name} {brand} {latin} {model}"
        words = {
            "A": segmentation.index_words(named),
            "B": [*category.names, *segmentation.head(name)],
            "C": segmentation.index_words(" ".join(_values(spec, category.attributes))),
        }
        words["D"] = [spelt for word in words["A"] + words["B"] for spelt in _spelt(word)]
        words["D"] += segmentation.index_characters(named) + category.characters
        yield pk, vector(words), segmentation.model_key(model)[:120], segmentation.pinyin_of_text(name)


def _values(spec: Any, attributes: dict[str, Attribute]) -> Iterator[str]:
    """What a specification says: texts as they are, numbers with label and unit, of yes and no the label of a yes."""
    loaded = json.loads(spec) if isinstance(spec, str) else spec  # a plain cursor reads jsonb as text
    for key, value in loaded.items() if isinstance(loaded, dict) else ():
        attribute = attributes.get(key)
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))
        elif attribute is None:
            continue
        elif isinstance(value, bool):
            if value:
                yield attribute.chinese
        elif isinstance(value, int | float) and attribute.type == AttributeType.NUMBER:
            yield f"{attribute.chinese} {value:g}{attribute.unit}"


def _spelt(word: str) -> tuple[str, ...]:
    if len(word) < 2 or not segmentation.is_chinese(word):
        return ()
    full, initials = segmentation.pinyin(word)
    return (full, initials) if len(initials) > 1 else (full,)


def vector(words: dict[str, list[str]]) -> str:
    """A tsvector literal; a word counts once in each of the weights A, B and C, and else as D."""
    weights: dict[str, list[str]] = {}
    for weight, listed in words.items():
        for word in dict.fromkeys(listed):
            if word and (weight != "D" or word not in weights):
                weights.setdefault(word, []).append(weight)
    places = itertools.count(1)
    return " ".join(
        "'{}':{}".format(
            word.replace("\\", "\\\\").replace("'", "''"),
            ",".join(f"{min(next(places), _LAST_PLACE)}{weight}" for weight in found),
        )
        for word, found in weights.items()
    )
