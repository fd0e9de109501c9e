"""What to try when nothing was found: words that are written or sound alike, fewer words, no filters."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection, transaction

from catalog import segmentation
from catalog.search.conditions import conditions
from catalog.search.filters import Filters
from catalog.search.lexicon import lexicon

# Ratio of difflib over spellings: dayingji is dayinji (0.93), diannao is not dianzi (0.62).
LEAST_LIKENESS: Final = 0.8
# Trigrams only choose the candidates: two letters exchanged cost them a lot.
LEAST_SIMILARITY: Final = 0.2
LEAST_LETTERS: Final = 3
LONGEST_SPELLING: Final = 30
MOST_WORDS: Final = 8
# Hits of a suggestion are counted up to here.
CAP: Final = 1000
# One statement for all words of a query: the nearest words of the vocabulary for each that is not in it.
_NEAREST: Final = """
    SELECT t.number, v.word, v.pinyin
      FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS t(word, pinyin, number)
     CROSS JOIN LATERAL (
        SELECT w.word, w.pinyin, w.goods, greatest(similarity(w.word, t.word), similarity(w.pinyin, t.pinyin)) AS likeness
          FROM catalog_searchword w WHERE w.word %% t.word OR w.pinyin %% t.pinyin
         ORDER BY likeness DESC, w.goods DESC, w.word LIMIT 8
     ) AS v
     WHERE NOT EXISTS (SELECT FROM catalog_searchword k WHERE k.word = t.word)
     ORDER BY t.number, v.likeness DESC, v.goods DESC, v.word
"""


@dataclass
class Suggestions:
    """Ways out of an empty list, each with hits: (words, address, hits, whether there are more hits than were counted)."""

    meant: str = ""
    meant_url: str = ""
    fewer: list[tuple[str, str, int, bool]] = field(default_factory=list)
    # The same words without any filter.
    unfiltered: tuple[str, int, bool] | None = None


def suggestions(filters: Filters) -> Suggestions:
    """Look for ways out; what would find nothing either is left out."""
    words = segmentation.query_words(filters.q)[:MOST_WORDS]
    ways: list[Filters] = []
    if meant := did_you_mean(filters.q):
        ways.append(replace(filters, q=meant, position=None))
    if len(words) > 1:
        shorter = [" ".join(words[:number] + words[number + 1 :]) for number in range(len(words))]
        ways += [replace(filters, q=text, position=None) for text in dict.fromkeys(shorter)]
    if filters.narrows:
        category = filters.category if filters.fixed_category else None
        ways.append(
            Filters(q=filters.q, category=category, fixed_category=filters.fixed_category, sort=filters.sort)
        )
    found = Suggestions()
    for way, hits in zip(ways, _count(ways), strict=True):
        if not hits:
            continue
        counted = (min(hits, CAP), hits > CAP)
        if way.q == filters.q:
            found.unfiltered = (way.address(), *counted)
        elif way.q == meant:
            found.meant, found.meant_url = meant, way.address()
        else:
            found.fewer.append((way.q, way.address(), *counted))
    return found


def _count(ways: list[Filters]) -> list[int]:
    """Hits of each, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for way in ways:
        wanted = conditions(way)
        parts.append(
            f"(SELECT count(*) FROM (SELECT FROM catalog_good g WHERE {wanted.where} LIMIT {CAP + 1}) AS hit)"
        )
        params += wanted.params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return list(cursor.fetchone())


def did_you_mean(q: str) -> str:
    """The query with unknown words replaced by the nearest known ones; an empty text where nothing is near."""
    normal = segmentation.normalise(q)
    # A query without blanks may be one mistyped word that the segmenter cut in two.
    for words in ([normal], _joined(segmentation.query_words(q, stop_words=True))):
        if not words or len(words) > MOST_WORDS or (len(words) == 1 and " " in words[0]):
            continue
        nearest = _nearest(words)
        if nearest:
            better = " ".join(nearest.get(number, word) for number, word in enumerate(words))
            return better if better != normal else ""
    return _cut_pinyin(normal)


def _nearest(words: list[str]) -> dict[int, str]:
    """Place of a word → the known word that is near enough, for those that have one."""
    spelt = [segmentation.pinyin(word)[0] or word for word in words]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(LEAST_SIMILARITY)])
        cursor.execute(_NEAREST, [words, spelt])
        candidates = cursor.fetchall()
    found: dict[int, str] = {}
    for place, known, pinyin in candidates:
        number = place - 1
        if number not in found and _is_near(words[number], spelt[number], known, pinyin):
            found[number] = known
    for number, word in enumerate(words):
        # A word that is only known as a synonym, written as it sounds: 卓子 is 桌子.
        alike = lexicon().spelt.get(spelt[number], ())
        if number not in found and alike and word not in alike:
            found[number] = alike[0]
    return found


def _is_near(word: str, spelt: str, known: str, pinyin: str) -> bool:
    if len(word) < 2 or len(spelt) < LEAST_LETTERS or not word.isalpha():
        return False
    # A word is no slip of another one that is twice as long.
    if segmentation.is_chinese(word) and abs(len(word) - len(known)) > 1:
        return False
    return difflib.SequenceMatcher(None, spelt, pinyin).ratio() >= LEAST_LIKENESS


def _cut_pinyin(text: str) -> str:
    """Pinyin of several words written as one: huiputaishiji → 惠普 台式机."""
    if not (text.isascii() and text.isalpha() and 2 * LEAST_LETTERS <= len(text) <= LONGEST_SPELLING):
        return ""
    length = len(text)
    pieces = [text[start:end] for start in range(length) for end in range(start + LEAST_LETTERS, length + 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (pinyin) pinyin, word FROM catalog_searchword WHERE pinyin = ANY(%s)"
            " ORDER BY pinyin, goods DESC, word",
            [pieces],
        )
        known = dict(cursor.fetchall())
    known |= {
        piece: words[0] for piece in pieces if (words := lexicon().spelt.get(piece)) and piece not in known
    }
    return " ".join(_fewest(text, known))


def _fewest(text: str, known: Mapping[str, str]) -> list[str]:
    """The fewest known words that make up a text; none where they do not."""
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(end):
            before, word = best[start], known.get(text[start:end])
            if before is not None and word is not None:
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = [*before, word]
    whole = best[len(text)] or []
    return whole if len(whole) > 1 else []


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
