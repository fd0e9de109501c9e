"""What is doubtful in a text that a supplier shows to everyone: ways off the platform.

The words that the operator forbids, and what the checks of remarks look for, come through `further`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from catalog.review_reasons import BY_CODE, ReviewReason


@dataclass(frozen=True)
class TextDoubt:
    """A reason of `catalog.review_reasons`, the piece of the text that gave it, and whether it is refused therefore."""

    reason: ReviewReason
    saw: str
    blocks: bool = True


# More checks, each of all texts at once.
further: Final[list[Callable[[Sequence[str]], Iterable[TextDoubt]]]] = []

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


def text_doubts(*texts: str) -> list[TextDoubt]:
    """What texts should not say, each piece once; full-width letters and digits are read as plain ones."""
    plain = [unicodedata.normalize("NFKC", text) for text in texts if text]
    found: list[TextDoubt] = []
    for pattern in _CONTACTS:
        for text in plain:
            found += [
                TextDoubt(BY_CODE["luring_off_platform"], match[0].strip()[:40])
                for match in pattern.finditer(text)
            ]
    for check in further:
        found += [TextDoubt(doubt.reason, doubt.saw[:40], doubt.blocks) for doubt in check(plain)]
    kept: list[TextDoubt] = []
    for doubt in sorted(found, key=lambda doubt: (not doubt.blocks, -len(doubt.saw))):
        if not any(_says(one, doubt) for one in kept):
            kept.append(doubt)
    return kept


def _says(one: TextDoubt, other: TextDoubt) -> bool:
    """Whether one doubt names what another one names for the same reason."""
    mine, theirs = one.saw.lower(), other.saw.lower()
    return one.reason is other.reason and (theirs in mine or mine in theirs)
