"""Did you mean: words of the vocabulary that are written or sound like those that found nothing."""

from __future__ import annotations

from typing import Final

from django.db import connection

from catalog import segmentation

LEAST_SIMILARITY: Final = 0.3
# A whole query is taken for one word only when it is very near to one.
WHOLE_SIMILARITY: Final = 0.6
# One statement for all words of a query: the nearest word of the vocabulary for each that is not in it.
_NEAREST: Final = """
    SELECT t.number, v.word
      FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS t(word, pinyin, number)
     CROSS JOIN LATERAL (
        SELECT w.word, greatest(similarity(w.word, t.word), similarity(w.pinyin, t.pinyin)) AS likeness
          FROM catalog_searchword w WHERE w.word %% t.word OR w.pinyin %% t.pinyin
         ORDER BY likeness DESC, w.goods DESC, w.word LIMIT 1
     ) AS v
     WHERE v.likeness >= %s
       AND NOT EXISTS (SELECT FROM catalog_searchword k WHERE k.word = t.word)
"""


def did_you_mean(q: str) -> str:
    """The query with unknown words replaced by the nearest known ones; an empty text where nothing is near."""
    normal = segmentation.normalise(q)
    # A query without blanks may be one mistyped word that the segmenter cut in two.
    for words, least in (
        ([normal], WHOLE_SIMILARITY),
        (_joined(segmentation.query_words(q)), LEAST_SIMILARITY),
    ):
        if not words or len(words) > 8 or (len(words) == 1 and (len(words[0]) < 2 or " " in words[0])):
            continue
        spelt = [segmentation.pinyin(word)[0] or word for word in words]
        with connection.cursor() as cursor:
            cursor.execute(_NEAREST, [words, spelt, least])
            nearest = {number - 1: word for number, word in cursor.fetchall()}
        if nearest:
            better = " ".join(nearest.get(number, word) for number, word in enumerate(words))
            return better if better != normal else ""
    return ""


def _joined(words: list[str]) -> list[str]:
    """Words with single Chinese characters put back to the word before: a mistyped word is cut apart."""
    joined: list[str] = []
    for word in words:
        if (
            joined
            and len(word) == 1
            and segmentation.is_chinese(word)
            and segmentation.is_chinese(joined[-1])
        ):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
