"""What the checks of remarks find in any other text that a supplier shows, such as its storefront."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalog.checks.contacts import contacts_in
from catalog.checks.words import REASON_OF, listed_words, plain, squeezed
from catalog.review_reasons import BY_CODE
from catalog.text_doubts import TextDoubt


def words_in(texts: Sequence[str]) -> Iterator[TextDoubt]:
    """The operator's words, in one statement; each says by itself whether it is refused or a person decides."""
    known = listed_words() if any(texts) else []
    for text in texts:
        small, without_signs = plain(text), squeezed(text)
        for item in known:
            if item.stands_in(small, without_signs):
                yield TextDoubt(BY_CODE[REASON_OF[item.kind]], item.word, item.blocks)


def ways_off(texts: Sequence[str]) -> Iterable[TextDoubt]:
    """Contacts: certain ones are refused, what may be one is looked at."""
    for text in texts:
        if found := contacts_in(text):
            yield TextDoubt(BY_CODE["luring_off_platform"], found.saw, found.certain)
