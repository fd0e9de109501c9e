"""Under which words goods are found: segmented, spelt in pinyin and written in bulk by COPY and one UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection, transaction

from catalog import segmentation
from catalog.kept import forget_lists

_SELECT = """
    SELECT g.id, g.name, g.model, coalesce(b.name, ''), coalesce(b.latin, ''), c.name, g.spec
      FROM catalog_good g JOIN catalog_category c ON c.id = g.category_id LEFT JOIN catalog_brand b ON b.id = g.brand_id
"""
_UPDATE = """
    UPDATE catalog_good g SET search = i.search, model_key = i.model_key, pinyin = i.pinyin
      FROM good_index i
     WHERE i.id = g.id
       AND (g.search, g.model_key, g.pinyin) IS DISTINCT FROM (i.search, i.model_key, i.pinyin)
"""


def index_goods(good_ids: Collection[int] | None = None) -> int:
    """Index these goods, or all.

    Returns:
        how many goods were written.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM catalog_brand")
        segmentation.add_words(row[0] for row in cursor.fetchall())
        if good_ids is None:
            cursor.execute(_SELECT)
        else:
            cursor.execute(f"{_SELECT} WHERE g.id = ANY(%s)", [list(good_ids)])
        goods = cursor.fetchall()
        cursor.execute("DROP TABLE IF EXISTS good_index")
        cursor.execute(
            "CREATE TEMPORARY TABLE good_index (id bigint, search tsvector, model_key text, pinyin text) ON COMMIT DROP"
        )
        with cursor.copy("COPY good_index (id, search, model_key, pinyin) FROM STDIN") as copy:
            for row in _documents(goods):
                copy.write_row(row)
        cursor.execute("ANALYZE good_index")
        cursor.execute(_UPDATE)
        forget_lists()
        return int(cursor.rowcount)


def _documents(goods: list[tuple[Any, ...]]) -> Iterator[tuple[int, str, str, str]]:
    for pk, name, model, brand, latin, category, spec in goods:
        words = {
            "A": segmentation.index_words(f"{name} {brand} {latin} {model}"),
            "B": segmentation.index_words(category),
            "C": segmentation.index_words(" ".join(_values(spec))),
        }
        words["D"] = [spelt for word in words["A"] + words["B"] for spelt in _spelt(word)]
        yield pk, vector(words), segmentation.model_key(model)[:120], segmentation.pinyin_of_text(name)


def _values(spec: Any) -> Iterator[str]:
    for value in spec.values() if isinstance(spec, dict) else ():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def _spelt(word: str) -> tuple[str, ...]:
    if len(word) < 2 or not segmentation.is_chinese(word):
        return ()
    full, initials = segmentation.pinyin(word)
    return (full, initials) if len(initials) > 1 else (full,)


def vector(words: dict[str, list[str]]) -> str:
    """A tsvector literal; a word keeps the best of its weights."""
    best: dict[str, str] = {}
    for weight, listed in words.items():
        for word in listed:
            if word:
                best.setdefault(word, weight)
    return " ".join(
        "'{}':{}{}".format(word.replace("\\", "\\\\").replace("'", "''"), position, weight)
        for position, (word, weight) in enumerate(best.items(), start=1)
        if position < 16_000
    )
