"""Plans of the hottest statements, as docs/operate/query-plans.md keeps them: `python -m bench.plans` prints them.

Run it on a large market (DATABASE_URL) after VACUUM ANALYZE. The sentences beside the plans are written by hand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

#: Title → what stands beside the plan.
WORDS: Final = {
    "Rows of a category": "Walks good_category_weight in the order of the page and stops after it.",
    "Facets of a category": "All goods of the subtree, at most 10,001, counted once for all facets.",
    "Rows of a search": "GIN over the words, then the sort of all that fits.",
    "Facets of a search": "The same set, materialised once and counted in grouping sets.",
    "Page 1000 by price": "The keyset starts inside good_price: as cheap as page 1.",
    "Suggestion while typing": "Prefixes by their own indexes, a few rows each.",
    "A good with its range": "One row by its key, with what its range is read from.",
    "Offers of a good": "The listings of one good by index, joined to their suppliers.",
    "Deals behind the price panel": "The deals of one good in the window by observation_peer_group.",
    "Ranges of a thousand goods": "Levels by primary key; models are a few hundred rows.",
    "A supplier's own listings": "The supplier's rows by index, then sorted: nothing is kept in that order.",
}
EXPLAIN: Final = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) "


def _asked() -> dict[str, Callable[[], Any]]:
    from django.db.models import Count
    from django.http import QueryDict

    from accounts.models import Organisation
    from bench.lists import _depths
    from catalog.models import Category, Good, Listing
    from catalog.pricing.ranges import ranges_of
    from catalog.queries import good_page
    from catalog.search.complete import complete
    from catalog.search.facets import count_facets
    from catalog.search.filters import read_filters
    from catalog.search.find import find_goods
    from catalog.tree import category_tree

    biggest = Category.objects.filter(children=None).order_by("-goods_count", "pk")[0]
    in_category = read_filters(QueryDict(""), category=category_tree().by_code[biggest.code])
    searched = read_filters(QueryDict(f"q={biggest.name}"))
    _first, deep = _depths()
    good = Good.objects.order_by("-offers", "pk")[0]
    seller = Organisation.objects.suppliers().annotate(n=Count("listings")).order_by("-n", "pk")[0]
    thousand = list(Good.objects.order_by("pk").values_list("pk", flat=True)[:1000])

    def page() -> object:
        return good_page(good_id=good.pk, region=None, publish_first=False)

    return {
        "Rows of a category": lambda: find_goods(in_category),
        "Facets of a category": lambda: count_facets(in_category),
        "Rows of a search": lambda: find_goods(searched),
        "Facets of a search": lambda: count_facets(searched),
        "Page 1000 by price": lambda: find_goods(read_filters(QueryDict(deep))),
        "Suggestion while typing": lambda: complete(biggest.name[:2], user_id=None),
        "A good with its range": page,
        "Offers of a good": page,
        "Deals behind the price panel": page,
        "Ranges of a thousand goods": lambda: ranges_of(thousand),
        "A supplier's own listings": lambda: list(
            Listing.objects.filter(supplier=seller).select_related("good").order_by("-changed_at", "-id")[:25]
        ),
    }


#: Which statement is meant where a question takes several: a text that only it has.
MEANT: Final = {
    "A good with its range": "FROM catalog_good g LEFT JOIN catalog_brand",
    "Offers of a good": "ORDER BY l.price",
    "Deals behind the price panel": "WITH deal AS",
    "Ranges of a thousand goods": "LEFT JOIN catalog_pricelevel",
}


def plans() -> Iterator[str]:
    """Each statement's plan as lines of Markdown."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for title, ask in _asked().items():
        ask()
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            ask()
        texts = [
            query["sql"]
            for query in captured.captured_queries
            if query["sql"].lstrip()[:6].upper() != "SAVEPO"
        ]
        meant = [text for text in texts if MEANT.get(title, "") in text]
        statement = max(meant or texts, key=len)
        with connection.cursor() as cursor:
            cursor.execute(EXPLAIN + statement.replace("%", "%%"), [])
            lines = [row[0] for row in cursor.fetchall()]
        yield f"## {title}\n\n{WORDS[title]}\n\n```\n" + "\n".join(line[:160] for line in lines) + "\n```\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    from zcy.embedded.join import join_for_this_process

    join_for_this_process()
    import django

    django.setup()
    for text in plans():
        sys.stdout.write(text + "\n")
