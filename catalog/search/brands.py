"""Brand names known to the segmenter of this process, so that it cuts queries as the index was cut."""

from __future__ import annotations

import time
from typing import Final

from catalog.models import Brand
from catalog.segmentation import add_words

MAX_AGE_SECONDS: Final = 300.0
_until = 0.0


def learn_brands() -> None:
    """Teach the segmenter all brands, at most every five minutes."""
    global _until
    if _until < time.monotonic():
        add_words(Brand.objects.values_list("name", flat=True))
        _until = time.monotonic() + MAX_AGE_SECONDS
