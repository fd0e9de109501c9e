"""What this process knows of words: brands for the segmenter, and which words mean the same."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from catalog import segmentation
from catalog.models import Brand, SearchWord, Synonym, WordKind

MAX_AGE_SECONDS: Final = 300.0
MOST_JOINED: Final = 4
# Chinese names of models that the segmenter learns.
MOST_MODELS: Final = 2000


@dataclass(frozen=True)
class Lexicon:
    """Words by which queries are understood, all as `segmentation.normalise` writes them."""

    # A word → the other words of its groups.
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Pinyin → words of groups that are spelt so.
    spelt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Latin names of brands without blanks and marks, the longest first.
    latin_brands: tuple[str, ...] = ()

    def same(self, word: str) -> tuple[str, ...]:
        """Other words for a word, or for those that it spells in pinyin."""
        meant = self.meant(word)
        return tuple(other for one in meant for other in self.synonyms.get(one, ()) if other not in meant)

    def broader(self, word: str) -> tuple[str, ...]:
        """Synonyms that are a part of the word: what is called so is found, but says less (笔记本 for 笔记本电脑)."""
        return tuple(other for other in self.same(word) if other in word)

    def joined(self, words: list[str]) -> list[str]:
        """The words with those put together that only together are a word of a group: 会议 平板 → 会议平板."""
        found: list[str] = []
        place = 0
        while place < len(words):
            end = next(
                (
                    end
                    for end in range(min(len(words), place + MOST_JOINED), place + 1, -1)
                    if "".join(words[place:end]) in self.synonyms
                ),
                place + 1,
            )
            found.append("".join(words[place:end]))
            place = end
        return found

    def meant(self, word: str) -> tuple[str, ...]:
        """The word itself and, of pinyin, the words that are spelt so."""
        return (word, *self.spelt.get(word, ()))


_kept: tuple[float, Lexicon] | None = None


def lexicon() -> Lexicon:
    """Brands and synonyms, at most five minutes old; the segmenter learns them too."""
    global _kept
    if _kept is None or _kept[0] < time.monotonic():
        _kept = (time.monotonic() + MAX_AGE_SECONDS, _load())
    return _kept[1]


def forget_lexicon() -> None:
    """Drop what this process keeps (after a change, and between tests)."""
    global _kept
    _kept = None


def _load() -> Lexicon:
    brands = list(Brand.objects.values_list("name", "latin"))
    groups = [[segmentation.normalise(word) for word in group] for group in Synonym.words_of_all()]
    models = SearchWord.objects.filter(kind=WordKind.MODEL, word__regex="^[\u4e00-\u9fff]+$")
    segmentation.add_words([name for name, _latin in brands])
    segmentation.add_words(models.order_by("-goods").values_list("word", flat=True)[:MOST_MODELS])
    # Words of a group are not taught: an index cut before would not know them; they are cut like any other text.
    latin = {segmentation.model_key(name).lower() for pair in brands for name in pair}
    longest_first = tuple(sorted((key for key in latin if len(key) > 1), key=len, reverse=True))
    return Lexicon(_others(groups), _spelt(groups), longest_first)


def _others(groups: Iterable[list[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for group in groups:
        for word in group:
            found.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


def _spelt(groups: Iterable[list[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(word for group in groups for word in group):
        if len(word) > 1 and segmentation.is_chinese(word):
            found.setdefault(segmentation.pinyin(word)[0], []).append(word)
    return {spelling: tuple(words) for spelling, words in found.items()}
