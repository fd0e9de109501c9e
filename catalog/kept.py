"""Drawn lists of goods, kept by each web process for a minute at most, and no longer than the catalogue stays the same.

The same category pages and searches are asked for again and again, and what they show is the same for everybody. A
number in the shared cache counts the changes of what lists show; a list drawn under another number is drawn anew. While
the shared cache is away nothing is kept.
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
# About 20 KB each: 8 MB a process.
MOST: Final = 400

_kept: OrderedDict[Hashable, tuple[int, float, SafeString]] = OrderedDict()
_lock = threading.Lock()


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
    if generation is None:
        return draw()
    with _lock:
        found = _kept.get(key)
        if found is not None and found[0] == generation and found[1] > time.monotonic():
            _kept.move_to_end(key)
            return cast("Text", found[2])
    text = draw()
    with _lock:
        _kept[key] = (generation, time.monotonic() + KEEP_SECONDS, text)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return text


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
