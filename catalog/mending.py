"""Which reasons are mended in the same way for every offer that has them."""

from __future__ import annotations

from typing import Final

# Mending that is the same for every offer with the reason.
PRICE: Final = "price"
NOTE: Final = "note"
RESUBMIT: Final = "resubmit"
MENDS: Final = {
    "price_too_high": PRICE,
    "price_above_reference": PRICE,
    "price_above_own_shop": PRICE,
    "luring_off_platform": NOTE,
    "advertising_words": NOTE,
    "keyword_stuffing": NOTE,
    "several_subjects": NOTE,
}
