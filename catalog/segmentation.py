"""Words of Chinese names: one module for the index and for queries, so that both cut alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

LONGEST_WORD: Final = 60
# A unit ends a number: 70g500张 is 70g and 500张, while M403d stays one word.
_UNIT_THEN_NUMBER = re.compile(
    r"(?<![a-z])(\d+(?:\.\d+)?(?:kg|mg|g|ml|l|mm|cm|m|kw|w|v|gb|tb|mb|英寸|寸|克|千克|毫升|升|毫米|厘米|米|张|页|支|包|盒))(?=\d)"
)
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff](?:[0-9a-z\u4e00-\u9fff.+#\"]*[0-9a-z\u4e00-\u9fff+])?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN_RUN = re.compile(r"[0-9a-z](?:[0-9a-z./+-]*[0-9a-z+])?")
_NOT_MODEL = re.compile(r"[^0-9A-Z]")
_known: set[str] = set()


def normalise(text: str) -> str:
    """Half-width, lower case, single blanks, and a blank between a unit and the number after it."""
    text = unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower()
    return " ".join(_UNIT_THEN_NUMBER.sub(r"\1 ", text).split())


def is_chinese(word: str) -> bool:
    """Whether a word has a Chinese character."""
    return _CHINESE.search(word) is not None


def add_words(words: Iterable[str]) -> None:
    """Make the segmenter of this process keep these words (brands) whole."""
    import rjieba  # here and below: its dictionary takes a quarter of a second that other commands need not wait

    for word in map(normalise, words):
        if len(word) > 1 and is_chinese(word) and word not in _known:
            rjieba.add_word(word, None, None)
            _known.add(word)


def index_words(text: str) -> list[str]:
    """The distinct words under which a text is found, in order: the fine cut, and Latin runs whole and in parts."""
    import rjieba

    normal = normalise(text)
    words = [word for cut in rjieba.cut_for_search(normal) for word in _WORD.findall(cut)]
    for run in _LATIN_RUN.findall(normal):
        words += [run, *_WORD.findall(re.sub(r"[/-]", " ", run)), run.replace("-", "")]
    return _distinct(words)


def query_words(text: str) -> list[str]:
    """The distinct words of a query, in order: the coarse cut."""
    import rjieba

    words = [word for cut in rjieba.cut(normalise(text)) for word in _WORD.findall(cut)]
    return _distinct(words)


def model_key(text: str) -> str:
    """A model number without blanks, dashes and case: ProBook 440-G6 → PROBOOK440G6."""
    return _NOT_MODEL.sub("", unicodedata.normalize("NFKC", text).upper())


@lru_cache(maxsize=200_000)
def pinyin(word: str) -> tuple[str, str]:
    """The pinyin of a Chinese word without tones and blanks, and its initials."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(word, style=Style.NORMAL, errors="ignore")
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def pinyin_of_text(text: str) -> str:
    """Pinyin of a whole name word by word, then its initials: for queries written without blanks."""
    import rjieba

    full, initials = [], []
    for word in rjieba.cut(normalise(text)):
        if is_chinese(word):
            spelt, short = pinyin(word)
            full.append(spelt)
            initials.append(short)
        elif match := _WORD.findall(word):
            full += match
    return f"{''.join(full)} {''.join(initials)}"[:600]


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in words))
