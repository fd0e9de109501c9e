"""The words of names, for what is mistyped or spelt and for suggestions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction

from catalog import segmentation
from catalog.models import Synonym, WordKind
from catalog.search.vocabulary_keys import keys_of

# In a large catalogue a word that hardly occurs is more often a slip than a word; a model number occurs once.
GOODS_A_WORD: Final = 4000
MOST_NEEDED: Final = 5
LONGEST: Final = 40
_LATIN = re.compile(r"[a-z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
_MODEL = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{4,24}")
# Weight A and B: names, models, brands and categories, not their pinyin.
_WORDS: Final = """
    SELECT word, ndoc FROM ts_stat('SELECT ts_filter(search, ''{a,b}'') FROM catalog_good WHERE offers > 0')
     WHERE length(word) BETWEEN 2 AND 40
"""
_NAMES: Final = """
    SELECT name, goods_count, 'category' FROM catalog_category WHERE goods_count > 0
    UNION ALL SELECT name, goods_count, 'brand' FROM catalog_brand WHERE goods_count > 0
    UNION ALL SELECT latin, goods_count, 'brand' FROM catalog_brand WHERE goods_count > 0 AND latin <> ''
    UNION ALL SELECT run[1], count(*), 'model'
                FROM catalog_good, regexp_matches(model, '[\u4e00-\u9fff]{{2,6}}', 'g') AS run
               WHERE offers > 0 GROUP BY 1 HAVING count(*) >= {least}
    UNION ALL SELECT run[1], count(*), 'word'
                FROM catalog_good, regexp_matches(name, '[\u4e00-\u9fff]{{3,8}}', 'g') AS run
               WHERE offers > 0 GROUP BY 1 HAVING count(*) >= {least}
    UNION ALL SELECT lower(model_key), count(*), 'model' FROM catalog_good
               WHERE offers > 0 AND model_key ~ '[0-9]' AND length(model_key) BETWEEN 4 AND 24 GROUP BY 1
"""
_WRITE: Final = """
    INSERT INTO catalog_searchword AS w (word, kind, pinyin, initials, goods, keys)
    SELECT word, kind, pinyin, initials, goods, keys FROM fresh_words
        ON CONFLICT (word) DO UPDATE
       SET kind = excluded.kind, pinyin = excluded.pinyin, initials = excluded.initials, goods = excluded.goods,
           keys = excluded.keys
     WHERE (w.kind, w.goods, w.keys) IS DISTINCT FROM (excluded.kind, excluded.goods, excluded.keys)
"""
# Whoever comes first names the kind.
_ORDER: Final = (WordKind.BRAND, WordKind.CATEGORY, WordKind.SYNONYM, WordKind.MODEL, WordKind.WORD)


def rebuild_vocabulary() -> int:
    """Bring the vocabulary up to the index; what has not changed is not written.

    Returns:
        the number of words.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WORDS)
        counted = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM catalog_good WHERE offers > 0")
        least = min(MOST_NEEDED, 1 + cursor.fetchone()[0] // GOODS_A_WORD)
        cursor.execute(_NAMES.format(least=least))
        names = [(name, goods, WordKind(kind)) for name, goods, kind in cursor.fetchall()]
        words = dict(_chosen(counted, names, least))
        cursor.execute("DROP TABLE IF EXISTS fresh_words")
        cursor.execute(
            "CREATE TEMPORARY TABLE fresh_words"
            " (word text, kind text, pinyin text, initials text, goods int, keys text[]) ON COMMIT DROP"
        )
        with cursor.copy("COPY fresh_words (word, kind, pinyin, initials, goods, keys) FROM STDIN") as copy:
            for word, (goods, kind) in words.items():
                full, initials = segmentation.pinyin(word) if segmentation.is_chinese(word) else (word, "")
                keys = keys_of(word, kind, full, initials)
                copy.write_row((word, kind.value, full[:300], initials[:60], goods, keys))
        cursor.execute("ANALYZE fresh_words")
        cursor.execute(
            "DELETE FROM catalog_searchword w WHERE NOT EXISTS (SELECT FROM fresh_words f WHERE f.word = w.word)"
        )
        cursor.execute(_WRITE)
    return len(words)


def _chosen(
    counted: dict[str, int], names: list[tuple[str, int, WordKind]], least: int
) -> Iterator[tuple[str, tuple[int, WordKind]]]:
    """(word, (goods, kind)), each once."""
    listed = [(segmentation.normalise(name), goods, kind) for name, goods, kind in names]
    # What a category's name is made of is a word, however few goods have it.
    listed += [
        (word, goods, WordKind.WORD)
        for name, goods, kind in names
        if kind == WordKind.CATEGORY
        for word in segmentation.index_words(name)
        if _CHINESE.fullmatch(word)
    ]
    listed += [
        (word, counted.get(word, 1), WordKind.SYNONYM)
        for group in Synonym.words_of_all()
        for word in map(segmentation.normalise, group)
    ]
    for word, goods in counted.items():
        if _MODEL.fullmatch(word):
            listed.append((word, goods, WordKind.MODEL))
        elif goods >= least and (_LATIN.fullmatch(word) or _CHINESE.fullmatch(word)):
            listed.append((word, goods, WordKind.WORD))
    known: set[str] = set()
    for word, goods, kind in sorted(listed, key=lambda item: (_ORDER.index(item[2]), -item[1])):
        if 1 < len(word) <= LONGEST and word not in known:
            known.add(word)
            yield word, (goods, kind)
