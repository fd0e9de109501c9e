"""Slips of one letter or character: one wrong, missing, too many, or two exchanged. Pure functions.

Two words are one slip apart only if they share a piece that is left when at most one letter is taken out of each: such
pieces are indexed, so that what is near is found by looking up a dozen keys instead of comparing all words.
"""

from __future__ import annotations


def pieces(word: str) -> list[str]:
    """What is left of a word when one of its letters is taken out."""
    return list(dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word))))


def is_slip(typed: str, meant: str) -> bool:
    """Whether two different words are one slip apart (Damerau–Levenshtein distance 1, restricted)."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(meant)) - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    one, other = typed[start : len(typed) - end], meant[start : len(meant) - end]
    if len(one) <= 1 and len(other) <= 1:
        return True
    return len(one) == 2 and one == other[::-1]
