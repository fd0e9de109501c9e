"""The read side of the pages, one file per page."""

from catalog.queries.good import Offer, good_page
from catalog.queries.halls import hall_page
from catalog.queries.store import store

__all__ = [
    "Offer",
    "good_page",
    "hall_page",
    "store",
]
