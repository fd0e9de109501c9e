"""Under which keys a word of the vocabulary is looked up, and under which a piece of a query looks for it.

A key begins with what it is: `=` the word, `p` its pinyin, `s` how that sounds (zh like z, ing like in), `i` its initials,
`~` the word with one letter or character taken out, `q` the pinyin and `j` the initials with one letter taken out.
"""

from __future__ import annotations

from typing import Final

from catalog import segmentation
from catalog.models import WordKind
from catalog.spelling import pieces, sound

# Shorter ones are near to too much.
LEAST_LATIN: Final = 4
LEAST_CHINESE: Final = 3
LEAST_MODEL: Final = 5
# Of initials in which a letter may be wrong or missing; one too many is forgiven in one fewer.
LEAST_INITIALS: Final = 4
LONGEST: Final = 24
# Names that are few enough to be guessed from one character of two, or from two initials.
NAMES: Final = (WordKind.BRAND, WordKind.CATEGORY, WordKind.SYNONYM)


def keys_of(word: str, kind: str, pinyin: str, initials: str) -> list[str]:
    """All keys of a word of the vocabulary."""
    chinese = segmentation.is_chinese(word)
    keys = [f"={word}"]
    if chinese:
        keys.append(f"p{pinyin}")
        if len(initials) > 1:
            keys.append(f"i{initials}")
        if len(word) >= LEAST_CHINESE or (len(word) == LEAST_CHINESE - 1 and kind in NAMES):
            keys += [f"~{piece}" for piece in pieces(word)]
        if LEAST_LATIN <= len(pinyin) <= LONGEST:
            keys += [f"s{sound(pinyin)}", *(f"q{piece}" for piece in pieces(pinyin))]
        if len(initials) >= LEAST_INITIALS:
            keys += [f"j{piece}" for piece in pieces(initials)]
    elif (LEAST_MODEL if kind == WordKind.MODEL else LEAST_LATIN) <= len(word) <= LONGEST:
        keys += [f"~{piece}" for piece in pieces(word)]
    return list(dict.fromkeys(key[:130] for key in keys))


def exact_keys(piece: str) -> list[str]:
    """Keys of what a piece of a query may be as it stands."""
    if segmentation.is_chinese(piece):
        return [f"={piece}"]
    return [f"={piece}", f"p{piece}", f"i{piece}"]


def near_keys(piece: str) -> list[str]:
    """Keys of what a piece of a query may have been meant to be."""
    if segmentation.is_chinese(piece):
        spelt = segmentation.pinyin(piece)[0]
        keys = [f"p{spelt}", f"s{sound(spelt)}", f"~{piece}"]
        for shorter in pieces(piece) if len(piece) > 1 else ():
            keys += [f"~{shorter}"] + ([f"={shorter}"] if len(shorter) > 1 else [])
        return keys
    keys = [f"~{piece}", f"q{piece}", f"j{piece}", f"s{sound(piece)}"]
    for shorter in pieces(piece):
        keys += [f"={shorter}", f"~{shorter}", f"p{shorter}", f"q{shorter}", f"i{shorter}", f"j{shorter}"]
    return keys
