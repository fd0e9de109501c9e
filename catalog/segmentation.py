"""Words of Chinese names: one module for the index and for queries, so that both cut alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from catalog.pinyin import syllables

LONGEST_WORD: Final = 60
# A unit ends a number: 70g500张 is 70g and 500张, while M403d stays one word.
# Units written in another way, so that 16 GB, 16G and 16GB, 27寸 and 27英寸, 8公斤 and 8kg are the same word.
_UNITS: Final = (
    (re.compile(r"(?<=\d)\s*(?:gb)(?![a-z])"), "g"),
    (re.compile(r"(?<=\d)\s*(?:tb)(?![a-z])"), "t"),
    (re.compile(r"(?<=\d)\s*(?:公斤|千克)"), "kg "),
    (re.compile(r"(?<=\d)\s*克"), "g "),
    (re.compile(r"(?<=\d)\s*毫升"), "ml "),
    (re.compile(r"(?<=\d)\s*升(?![级降])"), "l "),
    (re.compile(r"(?<=\d)\s*微升"), "μl "),
    (re.compile(r"(?<=\d)\s*毫克"), "mg "),
    (re.compile(r"(?<=\d)\s*(?:mm2(?![0-9a-z])|平方毫米|平方(?![米厘分]))"), "平方 "),
    (re.compile(r"(?<=\d)\s*(?:m2(?![0-9a-z])|平方米|平米)"), "平方米 "),
    (re.compile(r"(?<=\d)\s*毫米"), "mm "),
    (re.compile(r"(?<=\d)\s*(?:厘米|公分)"), "cm "),
    (re.compile(r"(?<=\d)\s*(?:千米|公里)"), "km "),
    (re.compile(r"(?<=\d)\s*毫安时"), "mah "),
    (re.compile(r"(?<=\d)\s*安时"), "ah "),
    (re.compile(r"(?<=\d{3})\s*(?:r/min|转/分钟?|转每分钟?|转(?![角换轴]))"), "rpm "),
    (re.compile(r"(?<=\d)\s*(?:°c|摄氏度)"), "度 "),
    (re.compile(r"(?<=\d)\s*千瓦"), "kw "),
    (re.compile(r"(?<=\d)\s*瓦"), "w "),
    (re.compile(r"(?<=\d)\s*(?:英寸|寸|吋|″)"), "英寸 "),
    (re.compile(r"(?<=\d) (?=(?:kg|mg|g|t|ml|l|mm|cm|kw|w)(?![0-9a-z]))"), ""),
)
_UNIT_THEN_NUMBER = re.compile(
    r"(?<![a-z])(\d+(?:\.\d+)?(?:kg|mg|g|t|ml|l|mm|cm|m|kw|w|v|mb|英寸|米|张|页|支|包|盒))(?=\d)"
)
# A number with a unit in Chinese is one word: 24口 is not any 口 beside any 24.
_MEASURE = re.compile(
    r"(?<![0-9a-z.])\d+(?:\.\d+)?(?:英寸|平方米?|万像素|流明|小时|分钟|盘位|孔位|页|张|口|匹|针|位|层|包|支|只|列|级|年|倍|键|米|度)"
)
# 1920×1080 as people type it: with x, * or ×.
_SIZE = re.compile(r"\d+(?:\.\d+)?[a-z]{0,2}(?:\s?[x×*]\s?\d+(?:\.\d+)?[a-z]{0,2})+")
_TIMES = re.compile(r"\s?[×*]\s?")
# M&G is one name, whatever the segmenter thinks.
_JOINED = re.compile(r"[0-9a-z]+(?:&[0-9a-z]+)+")
# Words that say nothing about a good; left out of a query that has others.
STOP_WORDS: Final = frozenset(
    [
        "的",
        "了",
        "和",
        "与",
        "及",
        "或",
        "等",
        "用",
        "我",
        "我要",
        "我想",
        "要",
        "想",
        "想要",
        "需要",
        "请",
        "买",
        "购买",
        "采购",
        "求购",
        "找",
        "有",
        "有没有",
        "一",
        "一个",
        "一台",
        "一批",
        "一些",
        "几个",
        "这",
        "那",
        "吗",
        "呢",
        "哪些",
        "什么",
        "适合",
        "适用",
        "适用于",
        "用于",
        "便宜",
        "最好",
        "好的",
        "for",
        "of",
        "the",
        "and",
        "a",
    ]
)
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff](?:[0-9a-z\u4e00-\u9fff.+#\"]*[0-9a-z\u4e00-\u9fff+])?")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_RUN = re.compile(r"[\u4e00-\u9fff]+")
_LATIN_RUN = re.compile(r"[0-9a-z](?:[0-9a-z./+&-]*[0-9a-z+])?")
_NOT_MODEL = re.compile(r"[^0-9A-Z]")
_known: set[str] = set()


def normalise(text: str) -> str:
    """Half-width, lower case, single blanks, units in one spelling, a blank between a unit and the number after it."""
    text = " ".join(unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower().split())
    for written, unit in _UNITS:
        text = written.sub(unit, text)
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
        words += [run, *_WORD.findall(re.sub(r"[/&-]", " ", run)), run.replace("-", "")]
    words += _MEASURE.findall(normal)
    words += [_TIMES.sub("x", size) for size in _SIZE.findall(normal)]
    return _distinct(words)


def index_characters(text: str) -> list[str]:
    """Each Chinese character of a text and each two that stand together: what a part of a word is found by."""
    found: list[str] = []
    for run in _CHINESE_RUN.findall(normalise(text)):
        found += [*run, *pairs(run)]
    return _distinct(found)


def head(text: str) -> list[str]:
    """The last Chinese character of a name, which says what the thing is: 复印纸 is a 纸, a paper feed is not."""
    return _CHINESE.findall(normalise(text))[-1:]


def pairs(word: str) -> list[str]:
    """The two-character pieces of the Chinese in a word: 打印机 → 打印, 印机."""
    return [run[start : start + 2] for run in _CHINESE_RUN.findall(word) for start in range(len(run) - 1)]


def query_words(text: str, *, stop_words: bool = False) -> list[str]:
    """The distinct words of a query, in order: the coarse cut.

    Words that say nothing are left out where others stay, unless `stop_words` keeps them.
    """
    import rjieba

    kept: list[str] = []

    def keep(word: str) -> str:
        kept.append(word)
        return f" \x00{len(kept) - 1}\x00 "

    normal = _SIZE.sub(lambda match: keep(_TIMES.sub("x", match[0])), normalise(text))
    for whole in (_MEASURE, _JOINED):
        normal = whole.sub(lambda match: keep(match[0]), normal)
    words: list[str] = []
    for number, part in enumerate(normal.split("\x00")):
        if number % 2:
            words.append(kept[int(part)])
        else:
            words += [word for cut in rjieba.cut(part) for word in _WORD.findall(cut)]
    words = _distinct(words)
    return words if stop_words else [word for word in words if word not in STOP_WORDS] or words


def model_key(text: str) -> str:
    """A model number without blanks, dashes and case: ProBook 440-G6 → PROBOOK440G6."""
    return _NOT_MODEL.sub("", unicodedata.normalize("NFKC", text).upper())


@lru_cache(maxsize=20_000)
def pinyin(word: str) -> tuple[str, str]:
    """The pinyin of a Chinese word without tones and blanks, and its initials."""
    read = syllables(word)
    return "".join(read), "".join(syllable[0] for syllable in read)


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
