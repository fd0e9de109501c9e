"""Drawn pages, kept by each web process for a minute at most, and no longer than what they show stays the same.

The same category pages, searches and goods are asked for again and again, and what they show is the same for everybody
of a region. Two rules empty what is kept:

- a **list** is drawn anew as soon as the catalogue has changed anywhere: a number in the shared cache counts the changes
  of what lists show, and a list drawn under another number is not shown. While the shared cache is away nothing is kept;
- a **good** is drawn anew as soon as one of its own rows has: each reader asks the database for their versions
  (catalog.queries.good_version), so that a price, a stock or a suspension is never older than the reader's request,
  whichever process changed it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.safestring import SafeString

Text = TypeVar("Text", bound=SafeString)

GENERATION_KEY: Final = "catalog:generation"
KEEP_SECONDS: Final = 60.0
# Of a process, for lists and for goods each: Chinese text takes two bytes a character, so that both take 16 MB at most.
MOST_CHARACTERS: Final = 4_000_000


class _Shelf:
    """Texts by key and version; those that were not asked for the longest leave first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[Hashable, tuple[Hashable, float, SafeString]] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def take(self, key: Hashable, version: Hashable, draw: Callable[[], Text]) -> Text:
        """The text of this key if it was drawn under this version less than a minute ago, else drawn now."""
        with self._lock:
            found = self._texts.get(key)
            if found is not None and found[0] == version and found[1] > time.monotonic():
                self._texts.move_to_end(key)
                return cast("Text", found[2])
        text = draw()
        with self._lock:
            self._drop(key)
            self._texts[key] = (version, time.monotonic() + KEEP_SECONDS, text)
            self._characters += len(text)
            while self._characters > MOST_CHARACTERS:
                self._drop(next(iter(self._texts)))
        return text

    def _drop(self, key: Hashable) -> None:
        left = self._texts.pop(key, None)
        self._characters -= len(left[2]) if left else 0


_lists = _Shelf()
_goods = _Shelf()


def forget_lists() -> None:
    """Let no process show a list that was drawn before this transaction was committed."""
    transaction.on_commit(_count_up, robust=True)


def kept_list(key: Hashable, draw: Callable[[], Text]) -> Text:
    """The list of this key as it was drawn last, or drawn now.

    Args:
        key: all that the list depends on besides the catalogue, the language included.
        draw: makes it.
    """
    generation = _generation() if settings.KEEP_LISTS else None
    return draw() if generation is None else _lists.take(key, generation, draw)


def kept_good(key: Hashable, version: Hashable, draw: Callable[[], Text]) -> Text:
    """What a good's page shows to everybody of this key as it was drawn last, or drawn now.

    Args:
        key: all that it depends on besides the rows of the catalogue, the language and the day included.
        version: of those rows, read before they are drawn. It must never come again once it has been left: else a
            drawing of what was there in between would pass for it.
        draw: makes it.
    """
    return _goods.take(key, version, draw) if settings.KEEP_LISTS else draw()


def _generation() -> int | None:
    found = cache.get(GENERATION_KEY)
    if found is None:
        _start()
        found = cache.get(GENERATION_KEY)
    return found if isinstance(found, int) else None


def _start() -> None:
    # Begins with the time, so that a server that has lost its data does not repeat old numbers.
    cache.add(GENERATION_KEY, time.time_ns(), timeout=None)


def _count_up() -> None:
    _start()
    cache.incr(GENERATION_KEY)
