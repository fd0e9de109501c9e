"""Words in the remark that the operator keeps a list of, first of all the superlatives of advertising law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from catalog.models.checks import CheckedWord, WordKind
from zcy.said import said

REASON_OF: Final = {
    WordKind.SUPERLATIVE: "advertising_words",
    WordKind.ADVERTISING: "price_lure",
    WordKind.CONTACT: "luring_off_platform",
    WordKind.FORBIDDEN: "forbidden_good",
}
# What people put between the characters of a word to hide it; a full stop or a comma ends a thought and stays.
_HIDING: Final = re.compile(r"[\s*·•_~\-—^|/\\+．.]+")


def plain(text: str) -> str:
    """Half-width and in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def squeezed(text: str) -> str:
    """Without what hides a word, such as 最 佳 and 微-信."""
    return _HIDING.sub("", plain(text))


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def contains(text: str, word: str) -> bool:
    """Whether a word stands in a text: Chinese anywhere, even hidden; Latin as a whole word (“no1” not in “no10”)."""
    return _Word.of(word).stands_in(plain(text), squeezed(text))


@dataclass(frozen=True)
class _Word:
    """A word made ready, so that many remarks are read quickly: a pattern for Latin, squeezed characters for Chinese."""

    word: str
    kind: WordKind
    blocks: bool
    squeezed: str
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, word: str, kind: WordKind = WordKind.FORBIDDEN, blocks: bool = False) -> _Word:
        wanted = plain(word).strip()
        if not any(_is_word(character) for character in wanted):
            return cls(word, kind, blocks, squeezed(wanted), None)
        before = r"(?<![a-z0-9])" if _is_word(wanted[0]) else ""
        after = r"(?![a-z0-9])" if _is_word(wanted[-1]) else ""
        return cls(word, kind, blocks, "", re.compile(before + re.escape(wanted) + after))

    def stands_in(self, text: str, without_signs: str) -> bool:
        if self.pattern is not None:
            return self.pattern.search(text) is not None
        return bool(self.squeezed) and self.squeezed in without_signs


def listed_words() -> list[_Word]:
    """The operator's words that are in use, refused ones first."""
    rows = CheckedWord.objects.filter(active=True).order_by("-blocks", "pk")
    return [_Word.of(row.word, WordKind(row.kind), row.blocks) for row in rows]


class WordsCheck(Check):
    """The worst word decides; all that were found are named."""

    code = "words"
    label = gettext_lazy("words of the remark")
    description = gettext_lazy(
        "Looks for words of the operator's list: superlatives that advertising law forbids, messengers, lures, "
        "forbidden goods. Each word is refused or doubted, as the list says."
    )
    fields = frozenset({"note"})

    def prepare(self, subjects: Sequence[Subject], day: date) -> list[_Word]:
        if not any(subject.note for subject in subjects):
            return []
        return listed_words()

    def look(self, subject: Subject, facts: list[_Word], day: date) -> CheckResult:
        if not subject.note:
            return self.clear(said(_("no remark")))
        text, without_signs = plain(subject.note), squeezed(subject.note)
        found = [item for item in facts if item.stands_in(text, without_signs)]
        if not found:
            return self.clear()
        saw = "、".join(f"“{item.word}”" for item in found)[:300]
        worst = found[0]
        reason = REASON_OF[worst.kind]
        return self.block(reason, saw) if worst.blocks else self.doubt(reason, saw)
