"""Lists as the database and Python see them: searches with facets, suggestions, and pages far down."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

SEARCHES: Final = 300
DEEP_PAGE: Final = 1000
SEED: Final = 20


def measure() -> dict[str, Any]:
    """Milliseconds (median, 95th percentile, most) of each."""
    from django.http import QueryDict

    from catalog.search.complete import complete
    from catalog.search.facets import count_facets
    from catalog.search.filters import read_filters
    from catalog.search.find import find_goods

    def search(query: str) -> None:
        filters = read_filters(QueryDict(query))
        find_goods(filters)
        count_facets(filters)

    queries = _queries()
    found = {"search with facets": _timed(search, [urlencode({"q": query}) for query in queries])}
    typed = [query[: 1 + number % 4] for number, query in enumerate(queries)]
    found["suggestion"] = _timed(lambda text: complete(text, user_id=None), typed)
    first, deep = _depths()
    if deep:
        found["page 1"] = _timed(lambda address: find_goods(read_filters(QueryDict(address))), [first] * 40)
        found[f"page {DEEP_PAGE}"] = _timed(
            lambda address: find_goods(read_filters(QueryDict(address))), [deep] * 40
        )
    return found


def _queries() -> list[str]:
    """Words that people type: categories, brands, models, two words of a name; drawn by a fixed seed."""
    from catalog.models import Brand, Category, Good

    chance = random.Random(SEED)
    names = list(Category.objects.filter(goods_count__gt=0).values_list("name", flat=True))
    names += list(Brand.objects.filter(goods_count__gt=0).values_list("name", flat=True))
    goods = list(
        Good.objects.searchable().order_by("pk").values_list("name", "model", "brand__name", "category__name")
    )
    for name, model, brand, category in chance.sample(goods, min(len(goods), SEARCHES)):
        names += [model, f"{brand or ''} {category}".strip(), name[:12]]
    chance.shuffle(names)
    return [name for name in names if name][:SEARCHES]


def _depths(size: int = 24) -> tuple[str, str]:
    """The address of the first page of all goods by price, and that of a page far down; empty where there is none."""
    from catalog.models import Good

    rows = Good.objects.searchable().order_by("lowest_price", "pk").values_list("lowest_price", "pk")
    before = rows[(DEEP_PAGE - 1) * size - 1 : (DEEP_PAGE - 1) * size]
    deep = [f"sort=price&after={price}_{pk}" for price, pk in before]
    return "sort=price", deep[0] if deep else ""


def _timed(ask: Callable[[str], Any], questions: Sequence[str]) -> dict[str, float]:
    for question in questions[:20]:
        ask(question)
    waits = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        waits.append((time.perf_counter() - began) * 1000)
    ordered = sorted(waits)
    return {
        "n": len(waits),
        "median": statistics.median(waits),
        "p95": ordered[int(len(ordered) * 0.95)],
        "most": ordered[-1],
    }
