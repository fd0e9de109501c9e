"""Ways off the platform in the remark: telephone, e-mail, web address, messenger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from catalog.checks.base import Check, CheckResult, Subject
from catalog.checks.words import plain
from zcy.said import joined, said

_DIGITS: Final = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\s\-_.·•*—~]+(?=\d)")

# Mobile numbers of mainland China have eleven digits from 13 to 19; area codes begin with 0.
_CERTAIN: Final = (
    (_("mobile number"), re.compile(r"(?<![\da-z])(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")),
    (_("telephone number"), re.compile(r"(?<![\da-z])0\d{2,3}[\s-]\d{7,8}(?!\d)")),
    (_("e-mail address"), re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")),
    (_("web address"), re.compile(r"https?://|(?<![a-z0-9])www\.[a-z0-9-]+")),
    (
        _("web address"),
        re.compile(r"(?<![a-z0-9.])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|shop|top|vip|xyz|cc|store)(?![a-z0-9])"),
    ),
    (_("QQ number"), re.compile(r"(?:qq|扣扣|企鹅号?)[^\d\n]{0,6}[1-9]\d{4,10}(?!\d)")),
    (
        _("WeChat name"),
        re.compile(r"(?:微信|薇信|威信|wechat|weixin|(?<![a-z])wx|加v)[号:\s]{0,4}[a-z][a-z0-9_-]{5,19}(?![a-z0-9])"),
    ),
)  # fmt: skip
_DOUBTFUL: Final = (
    (_("mobile number with signs between"), re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    (_("messenger"), re.compile(r"加(?:微信?|v(?![a-z])|扣扣|qq)|(?:微信|薇信|扣扣)")),
    (_("service number"), re.compile(r"(?<!\d)[48]00[\s-]\d{3}[\s-]\d{4}(?!\d)")),
)


@dataclass(frozen=True)
class Contact:
    """What was found: which kind of contact (a msgid), the piece of the text, and whether it is certainly one."""

    words: str
    saw: str
    certain: bool


def contacts_in(text: str) -> Contact | None:
    """The first contact in a text, certain ones before those that may be one."""
    small = plain(text)
    for words, pattern in _CERTAIN:
        if found := pattern.search(small):
            return Contact(words, found.group(), True)
    for candidate in (small, _BETWEEN_DIGITS.sub("", small.translate(_DIGITS))):
        for words, pattern in _DOUBTFUL:
            if found := pattern.search(candidate):
                return Contact(words, found.group(), False)
    return None


class ContactsCheck(Check):
    """What is certainly a contact is refused; what may be one (digits spelt out, a messenger named) is doubted."""

    code = "contacts"
    label = gettext_lazy("contacts in the remark")
    description = gettext_lazy(
        "Refuses telephone numbers, e-mail and web addresses, QQ and WeChat names; doubts what may be one."
    )
    fields = frozenset({"note"})

    def look(self, subject: Subject, facts: Any, day: date) -> CheckResult:
        if not subject.note:
            return self.clear(said(_("no remark")))
        found = contacts_in(subject.note)
        if found is None:
            return self.clear()
        saw = joined(": ", (said(found.words), found.saw))
        return (self.block if found.certain else self.doubt)("luring_off_platform", saw)
