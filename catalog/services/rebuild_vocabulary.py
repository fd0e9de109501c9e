"""The words of names, for "did you mean" and for suggestions."""

from __future__ import annotations

import re

from django.db import connection, transaction

from catalog import segmentation

# A word that hardly occurs is more often a slip than a word.
LEAST_GOODS = 5
_LATIN = re.compile(r"[a-z]{3,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
# Weights A and B: names, models, brands and categories, not their pinyin.
_WORDS = """
    SELECT word, ndoc FROM ts_stat('SELECT ts_filter(search, ''{a,b}'') FROM catalog_good WHERE offers > 0')
     WHERE ndoc >= %s AND length(word) BETWEEN 2 AND 40
"""


def rebuild_vocabulary() -> int:
    """Write the vocabulary anew from the index.

    Returns:
        the number of words.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WORDS, [LEAST_GOODS])
        words = [
            (word, goods)
            for word, goods in cursor.fetchall()
            if _LATIN.fullmatch(word) or _CHINESE.fullmatch(word)
        ]
        cursor.execute("DELETE FROM catalog_searchword")
        with cursor.copy("COPY catalog_searchword (word, pinyin, goods) FROM STDIN") as copy:
            for word, goods in words:
                copy.write_row((word, segmentation.pinyin(word)[0] or word, goods))
    return len(words)
