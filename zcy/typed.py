"""What a person typed, given back on a page that could not take it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from django.http import HttpRequest

# What must never be sent back: passwords, tokens, one-time codes, and what Django and htmx add.
SECRET: Final = re.compile(
    r"pass(word|wd|phrase)?|secret|token|otp|^code$|recovery|csrf|signature|credential", re.IGNORECASE
)
MOST_FIELDS: Final = 200
MOST_LETTERS: Final = 20_000


def typed_fields(request: HttpRequest | None) -> list[tuple[str, str]]:
    """Names and values that were posted, without secrets and files, as far as they are of a size to give back."""
    if request is None or request.method != "POST":
        return []
    try:
        posted = request.POST
    except Exception:
        return []
    fields = [
        (name, str(value)) for name, values in posted.lists() if not SECRET.search(name) for value in values
    ]
    size = sum(len(name) + len(value) for name, value in fields)
    return fields if len(fields) <= MOST_FIELDS and size <= MOST_LETTERS else []


def from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that the form was one of ours; silence is not consent."""
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return bool(source) and urlsplit(source).netloc == request.get_host()
