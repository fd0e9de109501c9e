"""统一社会信用代码 (GB 32100-2015) with both of its check digits."""

from __future__ import annotations

import random

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**n % 31 for n in range(17))
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(code: str) -> str:
    """The check digit of an eight-digit organisation code (GB 11714-1997)."""
    total = sum(_ORGANISATION.index(c) * w for c, w in zip(code, _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def check_digit(code: str) -> str:
    """The last digit of a code whose first seventeen are given."""
    total = sum(_ALPHABET.index(c) * w for c, w in zip(code, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def make(rng: random.Random, kind: str, region: str, number: int) -> str:
    """A valid code; `kind` is the registering authority and type (91 firm, 11 state organ, 12 institution).

    `number` makes it unique among up to a million.
    """
    organisation = (
        f"{'MA' if kind == '91' else '00'}{number:06d}" if rng.random() < 0.6 else f"59{number:06d}"
    )
    head = f"{kind}{region}{organisation}{organisation_check(organisation)}"
    return head + check_digit(head)
