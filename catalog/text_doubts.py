"""What is doubtful in a text that a supplier shows to everyone: ways off the platform.

The words that the operator forbids are asked for through `further`, which whoever keeps them fills.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from catalog.review_reasons import BY_CODE, ReviewReason


@dataclass(frozen=True)
class TextDoubt:
    """A reason of `catalog.review_reasons`, and the piece of the text that gave it."""

    reason: ReviewReason
    saw: str


# More checks of a text: each returns (code of a reason, the piece that it saw).
further: Final[list[Callable[[str], Iterable[tuple[str, str]]]]] = []

_CONTACTS: Final = (
    # Mobile and landline numbers, with blanks and dashes between the groups.
    re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)"),
    re.compile(r"(?<!\d)(?:400|800)[ -]?\d{3}[ -]?\d{4}(?!\d)"),
    re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(r"\b[\w.-]+\.(?:com|cn|net|org|shop|top|vip)\b", re.IGNORECASE | re.ASCII),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    re.compile(r"(?:加|联系)?(?:微信|威信|v信|weixin|wechat|vx)(?:号)?[ ::]*[a-z0-9_-]{4,}", re.IGNORECASE),
    re.compile(r"(?:加微信|微信联系|私信|扫码加|线下(?:交易|付款|结算)|淘宝店|天猫店|京东店|拼多多店)"),
    re.compile(r"(?:qq|扣扣|企鹅号)(?:号|群)?[ ::]*\d{5,11}", re.IGNORECASE),
)


def text_doubts(text: str) -> list[TextDoubt]:
    """What a text should not say, each piece once; full-width letters and digits are read as plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    found: dict[tuple[str, str], None] = {}
    for pattern in _CONTACTS:
        for match in pattern.finditer(plain):
            found[("luring_off_platform", match[0].strip()[:40])] = None
    for check in further:
        for code, saw in check(plain):
            found[(code, saw[:40])] = None
    return [TextDoubt(BY_CODE[code], saw) for code, saw in found if code in BY_CODE]
