"""Which goods may be the same as a description: found by indexes, then compared one by one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from catalog import segmentation
from catalog.attributes import attributes_of
from catalog.brands import BrandBook
from catalog.duplicates.described import Described, Features, features_of
from catalog.duplicates.score import THRESHOLD, Verdict, compare
from catalog.tree import category_tree

MOST: Final = 40
# Words of a name that are looked up; the rarest say most, and the longest are the rarest.
MOST_WORDS: Final = 8

_COLUMNS: Final = """
    g.id, g.name, coalesce(b.name, ''), g.model, g.category_id, g.spec, g.unit, g.pack_size, g.gtin
"""
# Each way is an index scan of its own with a bound of its own: same number, same model, a model that only has more
# or less around it, and the same brand or category under nearly the same words.
# (Of one brand there are a few hundred goods: reading them is quicker than a dozen trigrams of the whole catalog.)
_CANDIDATES: Final = f"""
    WITH near AS (
        (SELECT id, 9.0 AS nearness FROM catalog_good
          WHERE %(gtin)s <> '' AND gtin = %(gtin)s AND state = 'active' LIMIT 20)
        UNION ALL
        (SELECT merged_into_id, 9.0 FROM catalog_good
          WHERE %(gtin)s <> '' AND gtin = %(gtin)s AND state = 'merged' LIMIT 20)
        UNION ALL
        (SELECT id, 8.0 FROM catalog_good
          WHERE model_key = ANY(%(codes)s) AND model_key <> '' AND state = 'active' LIMIT %(most)s)
        UNION ALL
        (SELECT id, 4.0 FROM catalog_good
          WHERE %(pattern)s <> '' AND model_key || '' LIKE %(pattern)s AND brand_id = ANY(%(brands)s) AND state = 'active'
          LIMIT %(most)s)
        UNION ALL
        (SELECT id, 6.0 FROM catalog_good
          WHERE search @@ %(named)s::tsquery AND state = 'active' LIMIT %(most)s)
        UNION ALL
        (SELECT id, rank FROM (
            SELECT id, ts_rank(search, %(words)s::tsquery) AS rank FROM catalog_good
             WHERE search @@ %(required)s::tsquery AND state = 'active'
               AND (brand_id = ANY(%(brands)s) OR category_id = %(category)s)
             ORDER BY rank DESC LIMIT %(most)s) AS named)
    )
    SELECT {_COLUMNS}, max(n.nearness)
      FROM near n JOIN catalog_good g ON g.id = n.id LEFT JOIN catalog_brand b ON b.id = g.brand_id
     WHERE NOT g.id = ANY(%(without)s)
     GROUP BY g.id, b.id ORDER BY max(n.nearness) DESC, g.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Likely:
    """A good that is probably the same."""

    id: int
    name: str
    verdict: Verdict


def likely_same(
    said: Described,
    *,
    category_id: int | None = None,
    without: Collection[int] = (),
    book: BrandBook | None = None,
    least: float = THRESHOLD,
    limit: int = 5,
) -> list[Likely]:
    """Active goods that are probably what is described, the surest first: two statements and the brands.

    Args:
        said: the description, complete or still being typed.
        category_id: of its category, if that is known.
        without: goods that are not asked about (the described one itself).
        book: the brands, where the caller has them already.
        least: the score from which a good is named.
        limit: how many at most.
    """
    book = book or BrandBook.load()
    features = features_of(said, book)
    found = []
    for row in _candidates(features, category_id, without, book):
        verdict = compare(features, features_of(described(row), book))
        if verdict.score >= least:
            found.append(Likely(row[0], row[1], verdict))
    return sorted(found, key=lambda likely: (-likely.verdict.score, likely.id))[:limit]


def described(row: tuple[Any, ...]) -> Described:
    """A row of `_COLUMNS` as a description."""
    _pk, name, brand, model, category_id, spec, unit, pack, gtin, *_rest = row
    node = category_tree().by_id.get(category_id)
    loaded = json.loads(spec) if isinstance(spec, str) else spec
    return Described(
        name=name,
        brand=brand,
        model=model,
        category=node.code if node else "",
        category_name=node.name if node else "",
        spec=loaded if isinstance(loaded, dict) else {},
        keys=frozenset(attribute.key for attribute in attributes_of(node) if attribute.is_key),
        unit=unit,
        pack_size=pack if pack is None else Decimal(pack),
        gtin=gtin,
    )


def descriptions(good_ids: Iterable[int]) -> dict[int, tuple[Described, int]]:
    """These goods as descriptions, with the ids of their categories."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM catalog_good g LEFT JOIN catalog_brand b ON b.id = g.brand_id"
            " WHERE g.id = ANY(%s)",
            [list(good_ids)],
        )
        return {row[0]: (described(row), row[4]) for row in cursor.fetchall()}


def _candidates(
    features: Features, category_id: int | None, without: Collection[int], book: BrandBook
) -> list[tuple[Any, ...]]:
    codes = sorted({*features.codes, *([features.model] if features.model else [])})
    # HPM126A is M126A with the brand before it.
    bare = {code.removeprefix(alias) for code in codes for alias in _aliases(features.brand, book)}
    codes = sorted({*codes, *(code for code in bare if len(code) >= 3)})
    longest = max((code for code in codes if len(code) >= 4), key=len, default="")
    # What a title is found by: its characters in pairs, as the index has them; all of the brand's goods are too many.
    words = sorted(features.pieces, key=len, reverse=True)[:MOST_WORDS]
    asked = " | ".join(_quoted(word) for word in words)
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "gtin": features.said.gtin,
                "codes": codes,
                "named": " | ".join(_quoted(code.lower()) for code in codes),
                "pattern": f"%{longest}%" if longest else "",
                "brands": book.ids.get(features.brand, []),
                "category": category_id,
                "words": asked,
                "required": asked,
                "without": list(without),
                "most": MOST,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _aliases(brand: str, book: BrandBook) -> list[str]:
    return [key for alias in book.aliases(brand) if len(key := segmentation.model_key(alias)) > 1]


def _quoted(word: str) -> str:
    return "'{}'".format(word.replace("\\", "\\\\").replace("'", "''"))
