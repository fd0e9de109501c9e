"""Write catalog/data/pinyin.txt anew: `python scripts/pinyin_table.py` with the package pypinyin installed.

The readings are those of pypinyin (MIT, data of mozillazg/pinyin-data and phrase-pinyin-data). Of its 47,000 phrases only
those are kept whose reading differs from that of their characters and shorter words: the result is the same in a hundredth
of the memory.
"""

from __future__ import annotations

import re
from pathlib import Path

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

TARGET = Path(__file__).resolve().parents[1] / "catalog" / "data" / "pinyin.txt"
WORD = re.compile(r"[\u4e00-\u9fff]{2,4}")


def main() -> None:
    """Characters by their syllable, then words that are read otherwise."""
    from catalog.pinyin import Table

    characters: dict[str, str] = {}
    for code in range(0x4E00, 0xA000):
        if code in PINYIN_DICT:
            characters.setdefault(lazy_pinyin(chr(code), style=Style.NORMAL)[0], "")
            characters[lazy_pinyin(chr(code), style=Style.NORMAL)[0]] += chr(code)
    table = Table(
        {character: syllable for syllable, listed in characters.items() for character in listed}, {}
    )
    for word in sorted(filter(WORD.fullmatch, PHRASES_DICT), key=lambda one: (len(one), one)):
        syllables = lazy_pinyin(word, style=Style.NORMAL)
        if len(syllables) == len(word) and table.syllables(word) != syllables:
            table.words[word] = tuple(syllables)
    lines = [f"{syllable} {characters[syllable]}" for syllable in sorted(characters)]
    lines += [f"{word} {' '.join(syllables)}" for word, syllables in table.words.items()]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
