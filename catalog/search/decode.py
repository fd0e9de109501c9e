"""What a query that finds nothing was meant to say: cut anew into words of the vocabulary, at the least cost.

Every stretch of the query may be a word as it stands, its pinyin or its initials, or a slip away from one of them. The
cheapest ways to cut the query into such stretches are its readings: huipudyj → 惠普 打印机, 复卬纸 → 复印纸.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
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
from catalog.spelling import is_slip, sound

# Readings that are tried.
MOST: Final = 8
MOST_OPTIONS: Final = 6
LONGEST_RUN: Final = 32
# In longer runs one slip is looked for, between words that are written rightly.
SHORT_RUN: Final = 9
LONGEST_CHINESE: Final = 8
LONGEST_LATIN: Final = 20
MOST_CANDIDATES: Final = 20_000
# Costs. A word costs, so that few words are better than many; a slip costs more than any word.
WORD: Final = 0.3
SPELT: Final = 0.1
INITIALS: Final = 0.3
SHORT_INITIALS: Final = 0.7
OTHER_INITIALS: Final = 1.1
HOMOPHONE: Final = 0.8
# Sounds alike to many: zh and z, ing and in.
NEARLY_HOMOPHONE: Final = 1.0
SLIP: Final = 1.2
SHORT_SLIP: Final = 1.8
UNKNOWN: Final = 2.5
UNKNOWN_LETTER: Final = 0.4
POPULAR: Final = 0.02
# A word that is half in Chinese and half in pinyin: 灭菌qi.
_HALF_SPELT = re.compile(r"[\u4e00-\u9fff]+[a-z]+(?![0-9a-z])|(?<![0-9a-z])[a-z]+[\u4e00-\u9fff]+")
_RUN = re.compile(r"[\u4e00-\u9fff]+|[0-9a-z][0-9a-z/+&.-]*")
# One short look into the index for each key: a condition on all keys at once would be compared with every word.
_FIND: Final = """
    SELECT k.key, w.word, w.kind, w.pinyin, w.initials, w.goods
      FROM unnest(%s::varchar[]) AS k(key)
      JOIN catalog_searchword w ON w.keys @> ARRAY[k.key]
     LIMIT %s
"""


# (cost, word), the cheapest first.
Options = list[tuple[float, str]]


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
    typed = segmentation.query_words(q, stop_words=True)
    if segmentation.STOP_WORDS.issuperset(typed):
        return []
    normal = segmentation.normalise(q)
    ways = _ways(normal, typed)
    known = _as_written({piece for way in ways for run in way for piece in _pieces(run)})
    near = _slips({piece for way in ways for run in way for piece in _slippable(run, known)})
    for piece, options in near.items():
        known[piece] = sorted([*known.get(piece, ()), *options])[:MOST_OPTIONS]
    found: list[Reading] = []
    for way in ways:
        found += _combined([_read(run, known) for run in way])
    as_it_is = tuple(typed)
    best: dict[str, Reading] = {}
    for reading in sorted(found, key=lambda one: one.cost):
        repeats = len(set(reading.words)) < len(reading.words)
        if reading.words != as_it_is and reading.text != normal and not repeats:
            best.setdefault(reading.text, reading)
    return list(best.values())[:MOST]


def _ways(normal: str, typed: list[str]) -> list[list[str]]:
    """The runs that a query is read by: as it is written, and as else it may have been meant."""
    runs = _runs(normal)
    ways = [runs]
    letters = "".join(runs)
    # Pinyin is also written syllable by syllable: hui pu da yin ji.
    if len(runs) > 1 and letters.isascii() and letters.isalpha() and len(letters) <= LONGEST_RUN:
        ways.append([letters])
    if _HALF_SPELT.search(normal):
        ways.append(_runs(_HALF_SPELT.sub(lambda half: _spelt_out(half[0]), normal)))
    # A sentence says more than what is looked for: 我想买一台…
    if not segmentation.STOP_WORDS.isdisjoint(typed):
        said = "".join(" " if word in segmentation.STOP_WORDS else _apart(word) for word in typed)
        ways.append(_runs(said))
    return [way for number, way in enumerate(ways) if way and way not in ways[:number]]


def _runs(text: str) -> list[str]:
    return [run[:LONGEST_RUN] for run in _RUN.findall(text)]


def _apart(word: str) -> str:
    return word if segmentation.is_chinese(word) and not word[0].isdecimal() else f" {word} "


def _spelt_out(half: str) -> str:
    return "".join(segmentation.pinyin(char)[0] if segmentation.is_chinese(char) else char for char in half)


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


def _slippable(run: str, known: Mapping[str, Options]) -> list[str]:
    """Stretches that may be a slip: all of a short run, else those between stretches of known words on both sides."""
    plain = _plain(run)
    pieces = [piece for piece in _pieces(run) if _may_slip(piece)]
    if len(plain) <= SHORT_RUN:
        return pieces
    left, right = {0}, {len(plain)}
    for end in range(1, len(plain)):
        if any(plain[start:end] in known for start in left):
            left.add(end)
    for start in range(len(plain) - 1, 0, -1):
        if any(plain[start:end] in known for end in right):
            right.add(start)
    between = {plain[start:end] for start in left for end in right}
    return [piece for piece in pieces if piece in between]


def _as_written(pieces: set[str]) -> dict[str, Options]:
    """Stretch → what it is as it stands."""
    found: dict[str, dict[str, float]] = {}
    for piece, word in _look_up({piece: exact_keys(piece) for piece in pieces}):
        _keep(found.setdefault(piece, {}), word, _exact(piece, word))
    return _cheapest(found)


def _slips(pieces: set[str]) -> dict[str, Options]:
    """Stretch → what it is one slip away from."""
    found: dict[str, dict[str, float]] = {}
    for piece, word in _look_up({piece: near_keys(piece) for piece in pieces}):
        spelt = segmentation.pinyin(piece)[0] if segmentation.is_chinese(piece) else piece
        _keep(found.setdefault(piece, {}), word, _near(piece, spelt, word))
    return _cheapest(found)


def _cheapest(found: Mapping[str, Mapping[str, float]]) -> dict[str, Options]:
    return {
        piece: sorted((cost, word) for word, cost in costs.items())[:MOST_OPTIONS]
        for piece, costs in found.items()
        if costs
    }


def _look_up(wanted: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Word]]:
    """(stretch, word) for each word of the vocabulary that has one of a stretch's keys, in one statement."""
    askers: dict[str, list[str]] = {}
    for piece, keys in wanted.items():
        for key in set(keys):
            askers.setdefault(key, []).append(piece)
    if not askers:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(askers), MOST_CANDIDATES])
        found = {(piece, Word(*row)) for key, *row in cursor.fetchall() for piece in askers[key]}
    yield from found


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
        # Two letters are a piece of a model number more often than a word, unless they are a name: dl is 得力.
        return (
            SHORT_INITIALS + SPELT if len(piece) == 2 and piece.isascii() and word.kind not in NAMES else 0.0
        )
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
    if len(word.word) == len(piece):
        if word.pinyin == spelt:
            return HOMOPHONE
        if len(piece) >= LEAST_CHINESE and sound(word.pinyin) == sound(spelt):
            return NEARLY_HOMOPHONE
    if not is_slip(piece, word.word):
        return None
    if len(word.word) >= LEAST_CHINESE:
        return SLIP + (0.2 if len(piece) < LEAST_CHINESE else 0.0)
    return SHORT_SLIP if word.kind in NAMES and len(piece) <= len(word.word) else None


def _near_latin(piece: str, word: Word) -> float | None:
    least = LEAST_MODEL if word.kind == WordKind.MODEL else LEAST_LATIN
    if len(word.word) >= least and is_slip(piece, word.word):
        return SLIP + (0.3 if len(word.word) == LEAST_LATIN else 0.0)
    if len(word.pinyin) >= least and word.pinyin != word.word:
        if sound(piece) == sound(word.pinyin) and piece != word.pinyin:
            return NEARLY_HOMOPHONE + SPELT
        if is_slip(piece, word.pinyin):
            return SLIP + SPELT + (0.3 if len(word.pinyin) == LEAST_LATIN else 0.0)
    # A letter too many is forgiven in shorter initials than one that is wrong or missing.
    least = LEAST_INITIALS if len(piece) <= len(word.initials) else LEAST_INITIALS - 1
    return SLIP + SHORT_INITIALS if len(word.initials) >= least and is_slip(piece, word.initials) else None


def _read(run: str, known: Mapping[str, Options]) -> list[Reading]:
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
