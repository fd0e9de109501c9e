"""The version of all that a good's page shows, in one statement: which rows it is made of, and which writing of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.pricing.kept import Peers
from zcy.prepared import prepared_cursor

# `xmin` is the transaction that wrote a row, `ctid` where it lies: every update gives a row new ones, and the pair never
# comes again while a drawing is kept. So a version tells of any change, without a list of columns that could be
# forgotten. Left out are the names of categories, attributes and regions, and brands of equivalents: they may be as old
# as a drawing is kept. A price changes with its listing in one transaction, so price changes need no version of theirs.
_VERSION: Final = """
    SELECT g.merged_into_id, g.category_id, g.spec_hash,
           EXISTS (SELECT FROM catalog_favourite f WHERE f.good_id = g.id AND f.user_id = %(user)s::bigint),
           (SELECT json_object_agg(r.path, c.value)
              FROM accounts_regionsetting c JOIN accounts_region r ON r.id = c.region_id
             WHERE c.key = 'catalog.publish_first'),
           concat_ws(' ', g.xmin, g.ctid, b.xmin, b.ctid, f.xmin, f.ctid, p.xmin, p.ctid, m.xmin, m.ctid, a.xmin, a.ctid)
           || '/' || coalesce((
               SELECT hashtextextended(string_agg(
                          concat_ws(' ', l.xmin, l.ctid, o.xmin, o.ctid, s.xmin, s.ctid), ';' ORDER BY l.id), 0)
                 FROM catalog_listing l JOIN accounts_organisation o ON o.id = l.supplier_id
                 LEFT JOIN accounts_supplierstanding s ON s.supplier_id = l.supplier_id
                WHERE l.good_id = g.id AND l.sale <> 'draft'), 0)
           || '/' || coalesce((
               SELECT hashtextextended(string_agg(concat_ws(' ', e.id, e.xmin, e.ctid), ';' ORDER BY e.id), 0)
                 FROM catalog_good e
                WHERE g.key_hash <> '' AND e.key_hash <> '' AND e.category_id = g.category_id
                  AND e.key_hash = g.key_hash AND e.id <> g.id), 0)
           || '/' || coalesce((
               SELECT string_agg(concat_ws(' ', x.id, x.xmin, x.ctid), ';' ORDER BY x.id) FROM catalog_good x
                WHERE x.successor_id = g.id OR x.id = g.successor_id), '')
           || '/' || coalesce((
               SELECT string_agg(concat_ws(' ', x.id, x.xmin, x.ctid), ';' ORDER BY x.id)
                 FROM catalog_good_accessories t JOIN catalog_good x ON x.id = t.to_good_id
                WHERE t.from_good_id = g.id), '')
           || '/' || coalesce((
               SELECT string_agg(concat_ws(' ', x.id, x.xmin, x.ctid), ';' ORDER BY x.id)
                 FROM catalog_good_accessories t JOIN catalog_good x ON x.id = t.from_good_id
                WHERE t.to_good_id = g.id), '')
           || '/' || coalesce((SELECT string_agg(concat_ws(' ', c.xmin, c.ctid), ';' ORDER BY c.id)
                                 FROM catalog_goodlabel c WHERE c.good_id = g.id), '')
           || '/' || coalesce((SELECT string_agg(concat_ws(' ', c.xmin, c.ctid), ';' ORDER BY c.id)
                                 FROM catalog_goodpicture c WHERE c.good_id = g.id), '')
      FROM catalog_good g
      LEFT JOIN catalog_brand b ON b.id = g.brand_id
      LEFT JOIN catalog_goodfigures f ON f.good_id = g.id
      LEFT JOIN catalog_pricelevel p ON p.good_id = g.id
      LEFT JOIN catalog_pricemodel m ON m.category_id = g.category_id
      LEFT JOIN catalog_pricemodel a ON a.category_id IS NULL
     WHERE g.id = %(good)s::bigint
"""


@dataclass(frozen=True, slots=True)
class GoodVersion:
    """What is known of a good before its page is drawn."""

    # The good that has taken its place: the page leads there.
    merged_into: int | None
    # Whose deals its panel holds.
    peers: Peers
    # Whether the person who looks keeps it as a favourite.
    is_favourite: bool
    # Whether offers in review may be shown, as of this very moment: path of a region → what it has decided itself.
    publish_first: Mapping[str, Any]
    # Equal only while nothing that the page shows has been written.
    rows: str


def good_version(good_id: int, user_id: int | None = None) -> GoodVersion | None:
    """The version of a good's page as of now, and whether this person keeps the good; None where there is none."""
    with prepared_cursor() as cursor:
        cursor.execute(_VERSION, {"good": good_id, "user": user_id})
        row = cursor.fetchone()
    if row is None:
        return None
    merged_into, category_id, spec_hash, is_favourite, publish_first, rows = row
    own = json.loads(publish_first) if isinstance(publish_first, str) else publish_first or {}
    return GoodVersion(merged_into, (good_id, category_id, spec_hash), is_favourite, own, rows)
