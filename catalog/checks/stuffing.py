"""Keywords that are there for the search and not for the reader."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from catalog.checks.words import plain
from catalog.models import Brand
from zcy.said import said

MOST_REPEATS: Final = 3
MOST_OTHER_BRANDS: Final = 2
_TOKEN: Final = re.compile(r"[\w\-]+")


def tokens(text: str) -> list[str]:
    """The words between blanks and marks; short ones and numbers say nothing."""
    return [word for word in _TOKEN.findall(plain(text)) if len(word) > 1 and not word.isdigit()]


class StuffingCheck(Check):
    """A word up to three times and two other brands ("fits HP and Canon") are still a remark."""

    code = "stuffing"
    label = gettext_lazy("keywords that do not belong to the good")
    description = gettext_lazy(
        "Doubts a remark that repeats a word more than three times or names more than two other brands."
    )
    fields = frozenset({"note"})

    def prepare(self, subjects: Sequence[Subject], day: date) -> dict[str, int]:
        """Brand names (small letters) among the words of all remarks → the brand's id."""
        words = {word for subject in subjects for word in _TOKEN.findall(subject.note)}
        if not words:
            return {}
        names = words | {word.upper() for word in words} | {word.capitalize() for word in words}
        return {
            name.lower(): pk for pk, name in Brand.objects.filter(name__in=names).values_list("pk", "name")
        }

    def look(self, subject: Subject, facts: dict[str, int], day: date) -> CheckResult:
        if not subject.note:
            return self.clear(said(_("no remark")))
        words = Counter(tokens(subject.note))
        if words:
            word, count = words.most_common(1)[0]
            if count > MOST_REPEATS:
                return self.doubt("keyword_stuffing", said(_("“%(word)s” %(n)s times"), word=word, n=count))
        others = {name for name in words if facts.get(name, subject.good.brand_id) != subject.good.brand_id}
        if len(others) > MOST_OTHER_BRANDS:
            return self.doubt(
                "keyword_stuffing", said(_("other brands: %(names)s"), names="、".join(sorted(others)))
            )
        return self.clear()
