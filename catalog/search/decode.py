"""What a query that finds nothing was meant to say: cut anew into words of the vocabulary, at the least cost.

Every stretch of the query may be a word as it stands, its pinyin or its initials, or a slip away from one of them. The
cheapest ways to cut the query into such stretches are its readings: huipudyj → 惠普 打印机, 复卬纸 → 复印纸.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from catalog import segmentation
from catalog.models import WordKind
from catalog.search.vocabulary_keys import (
    LEAST_CHINESE,
    LEAST_INITIALS,
    LEAST_LATIN,
    LEAST_MODEL,
    NAMES,
    exact_keys,
    near_keys,
)
from catalog.spelling import is_slip

# Readings that are tried.
MOST: Final = 8
MOST_OPTIONS: Final = 6
LONGEST_RUN: Final = 32
LONGEST_CHINESE: Final = 8
LONGEST_LATIN: Final = 20
MOST_CANDIDATES: Final = 2000
# Costs. A word costs, so that few words are better than many; a slip costs more than any word.
WORD: Final = 0.3
SPELT: Final = 0.1
INITIALS: Final = 0.3
SHORT_INITIALS: Final = 0.7
OTHER_INITIALS: Final = 1.1
HOMOPHONE: Final = 0.8
SLIP: Final = 1.2
SHORT_SLIP: Final = 1.8
UNKNOWN: Final = 2.5
UNKNOWN_LETTER: Final = 0.4
POPULAR: Final = 0.02
_RUN = re.compile(r"[\u4e00-\u9fff]+|[0-9a-z][0-9a-z/+&.-]*")
_FIND: Final = """
    SELECT word, kind, pinyin, initials, goods FROM catalog_searchword WHERE keys && %s::varchar[]
     ORDER BY goods DESC, word LIMIT %s
"""


@dataclass(frozen=True)
class Word:
    """A word of the vocabulary."""

    word: str
    kind: str
    pinyin: str
    initials: str
    goods: int


@dataclass(frozen=True)
class Reading:
    """A way to read a query."""

    words: tuple[str, ...]
    cost: float
    # Whether every stretch of it is known.
    whole: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)


def readings(q: str) -> list[Reading]:
    """The cheapest readings of a query other than itself, the best first."""
    normal = segmentation.normalise(q)
    runs = [run[:LONGEST_RUN] for run in _RUN.findall(normal)]
    ways = [runs]
    letters = "".join(runs)
    # Pinyin is also written syllable by syllable: hui pu da yin ji.
    if len(runs) > 1 and letters.isascii() and letters.isalpha() and len(letters) <= LONGEST_RUN:
        ways.append([letters])
    known = _known({piece for way in ways for run in way for piece in _pieces(run)})
    found: list[Reading] = []
    for way in ways:
        found += _combined([_read(run, known) for run in way])
    as_it_is = tuple(segmentation.query_words(q, stop_words=True))
    best: dict[str, Reading] = {}
    for reading in sorted(found, key=lambda one: one.cost):
        if reading.words != as_it_is and reading.text != normal:
            best.setdefault(reading.text, reading)
    return list(best.values())[:MOST]


def _pieces(run: str) -> list[str]:
    """Stretches of a run that may be a word; a run of letters loses its marks."""
    run = _plain(run)
    longest = LONGEST_CHINESE if segmentation.is_chinese(run) else LONGEST_LATIN
    return [
        run[start:end]
        for start in range(len(run))
        for end in range(start + 2, min(len(run), start + longest) + 1)
    ]


def _plain(run: str) -> str:
    return run if segmentation.is_chinese(run) else re.sub(r"[^0-9a-z]", "", run)


def _known(pieces: set[str]) -> dict[str, list[tuple[float, str]]]:
    """Stretch → (cost, word), from two statements: what is written so, and what is near."""
    exact = _look_up(key for piece in pieces for key in exact_keys(piece))
    near = _look_up(key for piece in pieces if _may_slip(piece) for key in near_keys(piece))
    by_text: dict[str, list[Word]] = {}
    for word in exact:
        for text in {word.word, word.pinyin, word.initials}:
            by_text.setdefault(text, []).append(word)
    found: dict[str, list[tuple[float, str]]] = {}
    by_length: dict[int, list[Word]] = {}
    for word in near:
        for length in {len(word.word), len(word.pinyin), len(word.initials)}:
            by_length.setdefault(length, []).append(word)
    for piece in pieces:
        costs: dict[str, float] = {}
        for word in by_text.get(piece, ()):
            _keep(costs, word, _exact(piece, word))
        if _may_slip(piece):
            spelt = segmentation.pinyin(piece)[0] if segmentation.is_chinese(piece) else piece
            lengths = {len(text) + more for text in (piece, spelt) for more in (-1, 0, 1)}
            for word in {one for length in lengths for one in by_length.get(length, ())}:
                _keep(costs, word, _near(piece, spelt, word))
        if costs:
            found[piece] = sorted((cost, word) for word, cost in costs.items())[:MOST_OPTIONS]
    return found


def _look_up(keys: Iterable[str]) -> list[Word]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(dict.fromkeys(keys)), MOST_CANDIDATES])
        return [Word(*row) for row in cursor.fetchall()]


def _keep(costs: dict[str, float], word: Word, cost: float | None) -> None:
    if cost is not None:
        popular = min(0.2, POPULAR * math.log(1 + word.goods))
        costs[word.word] = min(costs.get(word.word, math.inf), WORD + cost - popular)


def _may_slip(piece: str) -> bool:
    if segmentation.is_chinese(piece):
        return len(piece) >= LEAST_CHINESE - 1
    return len(piece) >= LEAST_LATIN


def _exact(piece: str, word: Word) -> float | None:
    if word.word == piece:
        return 0.0
    if word.pinyin == piece and len(piece) > 2:
        return SPELT
    if word.initials == piece:
        if len(piece) > 2:
            return INITIALS
        return SHORT_INITIALS if word.kind in NAMES else OTHER_INITIALS
    return None


def _near(piece: str, spelt: str, word: Word) -> float | None:
    """The cost of a slip; short words are near to too much unless they sound alike."""
    return _near_chinese(piece, spelt, word) if segmentation.is_chinese(piece) else _near_latin(piece, word)


def _near_chinese(piece: str, spelt: str, word: Word) -> float | None:
    if len(word.word) == len(piece) and word.pinyin == spelt:
        return HOMOPHONE
    if not is_slip(piece, word.word):
        return None
    if len(word.word) >= LEAST_CHINESE:
        return SLIP + (0.2 if len(piece) < LEAST_CHINESE else 0.0)
    return SHORT_SLIP if word.kind in NAMES and len(piece) <= len(word.word) else None


def _near_latin(piece: str, word: Word) -> float | None:
    least = LEAST_MODEL if word.kind == WordKind.MODEL else LEAST_LATIN
    for text, more in ((word.word, 0.0), (word.pinyin, SPELT)):
        if len(text) >= least and is_slip(piece, text):
            return SLIP + more + (0.3 if len(text) == LEAST_LATIN else 0.0)
    # A letter too many is forgiven in shorter initials than one that is wrong or missing.
    least = LEAST_INITIALS if len(piece) <= len(word.initials) else LEAST_INITIALS - 1
    return SLIP + SHORT_INITIALS if len(word.initials) >= least and is_slip(piece, word.initials) else None


def _read(run: str, known: Mapping[str, list[tuple[float, str]]]) -> list[Reading]:
    """The cheapest readings of a run."""
    plain = _plain(run)
    best: list[list[Reading]] = [[] for _ in range(len(plain) + 1)]
    best[0] = [Reading((), 0.0, True)]
    for end in range(1, len(plain) + 1):
        ways: list[Reading] = []
        for start in range(end):
            piece = plain[start:end]
            options = [(cost, word, True) for cost, word in known.get(piece, ())]
            if start == 0 or end == len(plain) or piece.isdecimal():
                options.append((UNKNOWN + UNKNOWN_LETTER * len(piece), piece, False))
            ways += [
                Reading((*before.words, word), before.cost + cost, before.whole and whole)
                for before in best[start]
                for cost, word, whole in options
            ]
        best[end] = sorted(ways, key=lambda one: one.cost)[:MOST]
    # What is no stretch of known words stays as it was written, marks and all.
    kept = Reading((run,), UNKNOWN + UNKNOWN_LETTER * len(plain), False)
    return [one if one.words != (plain,) or one.whole else kept for one in best[-1]] or [kept]


def _combined(runs: list[list[Reading]]) -> list[Reading]:
    """Readings of a query from those of its runs."""
    whole = [Reading((), 0.0, True)]
    for options in runs:
        ways = [
            Reading((*before.words, *one.words), before.cost + one.cost, before.whole and one.whole)
            for before in whole
            for one in options
        ]
        whole = sorted(ways, key=lambda one: one.cost)[:MOST]
    return whole
