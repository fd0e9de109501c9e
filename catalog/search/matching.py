"""From the words of a query to a condition: every word must be found in one of its ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from catalog import segmentation
from catalog.search.lexicon import Lexicon, lexicon
from catalog.tree import category_tree

MOST_WORDS: Final = 12
LEAST_KEY: Final = 3
LEAST_PINYIN: Final = 4
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_LATIN: Final = re.compile(r"[0-9a-z]+")


@dataclass
class Match:
    """The condition of a query, and what its hits are ranked by."""

    clause: str = "false"
    params: list[Any] = field(default_factory=list)
    # All words in all their forms, any of which counts; and their synonyms, which count less.
    rank_query: str = ""
    synonym_query: str = ""
    # The whole query as a model number; who has it comes first.
    whole_model: str = ""
    # The whole query names a category with others below it: all of its goods fit equally well.
    is_branch: bool = False
    words: list[str] = field(default_factory=list)


def match(q: str, *, without: int | None = None) -> Match:
    """The match of a query; `without` leaves one of its words out, counted from 0."""
    known = lexicon()
    words = known.joined(segmentation.query_words(q)[:MOST_WORDS])
    kept = [word for number, word in enumerate(words) if number != without]
    found = Match(words=words)
    if not kept:
        return found
    clauses: list[str] = []
    for word in kept:
        clause, params = _word(word, known)
        clauses.append(clause)
        found.params += params
    found.clause = " AND ".join(clauses)
    if without is None:
        found.whole_model = segmentation.model_key(q)
        found.is_branch = bool(_categories([segmentation.normalise(q)]))
        _as_one(found, kept, q)
    # What a broader word shares with the word would lift all that is called by the broader one.
    shared = {pair for word in kept for other in known.broader(word) for pair in segmentation.pairs(other)}
    found.rank_query = _any_of(
        form for word in kept for form in _forms(known.meant(word)) if form not in shared
    )
    found.synonym_query = _any_of(
        form
        for word in kept
        for form in _forms(other for other in known.same(word) if other not in known.broader(word))
    )
    return found


def _as_one(found: Match, words: list[str], q: str) -> None:
    """Several words may be the name of a category; Latin ones a model number or one word in pinyin: da yin ji."""
    if len(words) < 2:
        return
    ways = []
    if below := _categories([segmentation.normalise(q)]):
        ways.append("g.category_id = ANY(%s)")
        found.params.append(below)
    if segmentation.is_chinese(q):
        found.clause = f"({' OR '.join([f'({found.clause})', *ways])})"
        return
    if len(found.whole_model) >= LEAST_KEY:
        ways.append("g.model_key LIKE %s")
        found.params.append(f"%{found.whole_model}%")
    joined = "".join(words)
    if len(joined) >= LEAST_PINYIN and joined.isascii() and joined.isalpha():
        ways.append("g.pinyin LIKE %s")
        found.params.append(f"%{joined}%")
    if ways:
        found.clause = f"({' OR '.join([f'({found.clause})', *ways])})"


def _word(word: str, known: Lexicon) -> tuple[str, list[Any]]:
    """(condition, parameters) of one word: itself, its synonyms, and for Latin pinyin and parts of model numbers."""
    others = [*known.meant(word)[1:], *known.same(word)]
    ways: list[str] = ["g.search @@ %s::tsquery"]
    params: list[Any] = [" | ".join([_spelt(word), *map(_phrase, others)])]
    if below := _categories([word, *others]):
        ways.append("g.category_id = ANY(%s)")
        params.append(below)
    if segmentation.is_chinese(word):
        return f"({' OR '.join(ways)})", params
    key = segmentation.model_key(word)
    if len(key) >= LEAST_KEY:
        ways.append("g.model_key LIKE %s")
        params.append(f"%{key}%")
    if len(word) >= LEAST_PINYIN and word.isalpha():
        ways.append("g.pinyin LIKE %s")
        params.append(f"%{word}%")
    if split := _brand_and_model(word, known):
        brand, model = split
        ways.append("(g.search @@ %s::tsquery AND g.model_key LIKE %s)")
        params += [lexeme(brand), f"%{model}%"]
    return f"({' OR '.join(ways)})", params


def _brand_and_model(word: str, known: Lexicon) -> tuple[str, str] | None:
    """hpm403dn: a brand in Latin with a model number behind it."""
    key = segmentation.model_key(word)
    if not any(letter.isdecimal() for letter in key):
        return None
    for brand in known.latin_brands:
        rest = key[len(brand) :]
        if key.lower().startswith(brand) and len(rest) >= LEAST_KEY and any(map(str.isdecimal, rest)):
            return brand, rest
    return None


def _categories(names: list[str]) -> list[int]:
    """The ids of categories that are named so, and of all below them; a leaf's name is in the index already."""
    nodes = [node for name in names for node in category_tree().by_name.get(name, ()) if node.children]
    return sorted({pk for node in nodes for pk in node.subtree})


def _spelt(word: str) -> str:
    """A word as a tsquery: itself or, where the index may have cut it otherwise, all its pairs of characters."""
    if not segmentation.is_chinese(word):
        return lexeme(word, prefix=len(word) > 1 and not word.isdecimal())
    pieces = [piece for piece in segmentation.pairs(word) or _CHINESE.findall(word) if piece != word]
    # A number with its unit is nothing in parts.
    if not pieces or word[0].isdecimal():
        return lexeme(word)
    return f"{lexeme(word)} | ({' & '.join(map(lexeme, [*pieces, *_LATIN.findall(word)]))})"


def _phrase(text: str) -> str:
    """A synonym as a tsquery: all its words."""
    return "(" + " & ".join(f"({_spelt(word)})" for word in segmentation.query_words(text)) + ")"


def _forms(words: Iterable[str]) -> Iterator[str]:
    """All lexemes that count for words."""
    for word in words:
        yield word
        yield from segmentation.query_words(word)
        yield from segmentation.pairs(word)


def _any_of(forms: Iterable[str]) -> str:
    return " | ".join(lexeme(form) for form in dict.fromkeys(forms))


def lexeme(word: str, *, prefix: bool = False) -> str:
    """A word as a tsquery, quoted; the word is taken as it is, by no parser."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if prefix else f"'{quoted}'"
