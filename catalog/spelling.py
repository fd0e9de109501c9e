"""Slips of one letter or character: one wrong, missing, too many, or two exchanged. Pure functions.

Two words are one slip apart only if they share a piece that is left when at most one letter is taken out of each: such
pieces are indexed, so that what is near is found by looking up a dozen keys instead of comparing all words.
"""

from __future__ import annotations

import re
from typing import Final

# What many speakers do not tell apart and every input method may be told to forgive.
_SOUNDS_LIKE: Final = ((re.compile("([zcs])h"), r"\1"), (re.compile("([aei])ng"), r"\1n"))


def pieces(word: str) -> list[str]:
    """What is left of a word when one of its letters is taken out."""
    return list(dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word))))


def sound(pinyin: str) -> str:
    """Pinyin as it sounds to those who do not tell zh, ch, sh from z, c, s or ang, eng, ing from an, en, in."""
    for written, alike in _SOUNDS_LIKE:
        pinyin = written.sub(alike, pinyin)
    return pinyin


def is_slip(typed: str, meant: str) -> bool:
    """Whether two different words are one slip apart (Damerau–Levenshtein distance 1, restricted)."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    one, other = unlike(typed, meant)
    if len(one) <= 1 and len(other) <= 1:
        return True
    return len(one) == 2 and one == other[::-1]


def unlike(one: str, other: str) -> tuple[str, str]:
    """What stands between the beginning and the end that two texts share."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
