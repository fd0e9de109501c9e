"""The answer to a search: the goods that are written so or, where there are none, those of what was meant."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.search.filters import Filters
from catalog.search.find import Page, find_goods
from catalog.search.suggest import as_meant, narrowed_to_known, stores_named


@dataclass(frozen=True)
class Answer:
    """A page of goods, the filters that found it, and the query as it was asked where it was read otherwise."""

    page: Page
    filters: Filters
    asked: str = ""


def answer(filters: Filters) -> Answer:
    """Find goods; a query that finds nothing at its first page is read anew, unless the filters take it literally.

    First as it may have been meant, then by those of its words that goods are known by.
    """
    page = find_goods(filters)
    if page.rows or not filters.q or filters.position is not None or filters.literal:
        return Answer(page, filters)
    # Who looks for a supplier is shown to its store, not to goods that sound like its name.
    if stores_named(filters.q):
        return Answer(page, filters)
    meant = as_meant(filters) or narrowed_to_known(filters)
    if meant is None:
        return Answer(page, filters)
    return Answer(find_goods(meant), meant, filters.q)
