r"""Sentences that are kept: as message and parameters, so that everybody reads them in their own language.

In a text column a sentence stands as `\x1e["message", {parameters}]\x1f`, among whatever else the text says; what a
person typed has no such marks and stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.utils.translation import gettext

_BEGIN, _END = "\x1e", "\x1f"
_SENTENCE: Final = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_MARKS: Final = str.maketrans("", "", f"\x00{_BEGIN}{_END}")

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
    _TextField = models.TextField[str, str]
else:
    _CharField, _TextField = models.CharField, models.TextField


class Said(str):
    """A text in the language of whoever asks now, with the form in which it is kept."""

    stored: str

    def __new__(cls, text: str, stored: str) -> Self:
        """`text` as it reads now."""
        made = super().__new__(cls, text)
        made.stored = stored
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """For copies and caches."""
        return str(self), self.stored


def said(message: str, **parameters: object) -> Said:
    """A sentence: the msgid, marked with gettext_noop where it stands, and what goes into it."""
    kept = {
        name: stored(value if isinstance(value, str) else str(value)) for name, value in parameters.items()
    }
    return told(f"{_BEGIN}{json.dumps([message, kept], ensure_ascii=False)}{_END}")


def joined(between: str, parts: Iterable[str]) -> Said:
    """Several texts in one."""
    return told(between.join(stored(part) for part in parts))


def stored(text: str, longest: int = 0) -> str:
    """How a text is kept; one that would be too long is kept as it reads now, cut off."""
    kept = text.stored if isinstance(text, Said) else text.translate(_MARKS)
    return text.translate(_MARKS)[:longest] if longest and len(kept) > longest else kept


def told(kept: str) -> Said:
    """A kept text in the language of whoever reads it now."""
    return Said(_SENTENCE.sub(lambda found: _sentence(found[1]), kept), kept)


def _sentence(kept: str) -> str:
    try:
        message, parameters = json.loads(kept)
        text = gettext(message)
        return text % {name: told(value) for name, value in parameters.items()} if parameters else text
    except (ValueError, TypeError, KeyError):
        return kept


class _SaidMixin:
    """A column of such texts."""

    max_length: int | None

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """In the reader's language."""
        return value if value is None else told(value)

    def get_prep_value(self, value: Any) -> Any:
        """As message and parameters."""
        prepared = value if isinstance(value, str) else super().get_prep_value(value)  # type: ignore[misc]
        return stored(prepared, self.max_length or 0) if isinstance(prepared, str) else prepared


class SaidCharField(_SaidMixin, _CharField):
    """A short one."""


class SaidTextField(_SaidMixin, _TextField):
    """A long one."""
