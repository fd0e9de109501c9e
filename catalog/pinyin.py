"""How Chinese is read, without tones: a table of characters, and of the words in which they are read otherwise (空调, 银行).

`data/pinyin.txt` is made by `scripts/pinyin_table.py`; it takes one megabyte of memory where the dictionaries that it is
made from take sixty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sys import intern
from typing import Final

FILE: Final = Path(__file__).resolve().parent / "data" / "pinyin.txt"
LONGEST_WORD: Final = 4


@dataclass(frozen=True)
class Table:
    """Character → syllable, and word → syllables where they are others."""

    characters: dict[str, str]
    words: dict[str, tuple[str, ...]]

    def syllables(self, text: str) -> list[str]:
        """The syllables of the Chinese characters of a text; the longest known word counts, the rest is left out."""
        found: list[str] = []
        place = 0
        while place < len(text):
            for length in range(min(LONGEST_WORD, len(text) - place), 1, -1):
                if read := self.words.get(text[place : place + length]):
                    found += read
                    place += length
                    break
            else:
                if syllable := self.characters.get(text[place]):
                    found.append(syllable)
                place += 1
        return found


@cache
def table() -> Table:
    """The table, read once."""
    characters: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        head, *rest = line.split()
        if head.isascii():
            characters |= dict.fromkeys(rest[0], intern(head))
        else:
            words[head] = tuple(map(intern, rest))
    return Table(characters, words)


def syllables(text: str) -> list[str]:
    """The syllables of a text's Chinese characters."""
    return table().syllables(text)
