"""When a supplier's first offer was on sale: how long coming in has taken is counted to that moment."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

# An offer is on sale once it is listed and approved; the first approval counts, whatever became of the offer later.
# Where the approval left no decision, the listing itself is all that is known.
_NOTE = """
    UPDATE accounts_supplierprofile p SET first_listing_at = f.at
      FROM (SELECT l.supplier_id, min(greatest(l.listed_at, coalesce(d.at, l.listed_at))) AS at
              FROM accounts_supplierprofile o
              JOIN catalog_listing l ON l.supplier_id = o.organisation_id
              LEFT JOIN LATERAL (SELECT min(r.at) AS at FROM catalog_reviewdecision r
                                  WHERE r.listing_id = l.id AND r.approved) d ON true
             WHERE o.first_listing_at IS NULL AND (%(all)s OR l.supplier_id = ANY(%(ids)s))
               AND l.origin = 'live' AND l.listed_at IS NOT NULL
               AND (d.at IS NOT NULL OR (l.review = 'approved' AND l.sale = 'on_sale'))
             GROUP BY l.supplier_id) f
     WHERE p.organisation_id = f.supplier_id AND p.first_listing_at IS NULL
"""


def note_first_listings(suppliers: Iterable[int] | None = None) -> int:
    """Write the moment for suppliers that came in by application and have none yet; a second run changes nothing.

    Args:
        suppliers: ids; None: of everybody.

    Returns:
        For how many it was written.
    """
    ids = None if suppliers is None else list(suppliers)
    if ids is not None and not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"all": ids is None, "ids": ids or []})
        return int(cursor.rowcount)
