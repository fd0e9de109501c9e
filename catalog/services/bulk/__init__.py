"""Many listings changed at once: uploaded or ruled, read, confirmed, written, taken back."""

from catalog.services.bulk.clear import clear_old
from catalog.services.bulk.decide import cancel_import, check_again, confirm_import, resume_import
from catalog.services.bulk.hand_over import hand_over
from catalog.services.bulk.price_rules import preview_price_rule, take_back
from catalog.services.bulk.set_price_and_stock import PriceAndStock, Result, set_price_and_stock
from catalog.services.bulk.upload import upload_import
from catalog.services.bulk.work import watch, work

__all__ = [
    "PriceAndStock",
    "Result",
    "cancel_import",
    "check_again",
    "clear_old",
    "confirm_import",
    "hand_over",
    "preview_price_rule",
    "resume_import",
    "set_price_and_stock",
    "take_back",
    "upload_import",
    "watch",
    "work",
]
