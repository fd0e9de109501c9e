"""Which listings need their suppliers: set-based, for some or for all; and one notice per kind and day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction

from accounts.roles import SUPPLIER_ROLES
from catalog.alerts import SALES_DAYS, kinds
from zcy import clock

_SALES: Final = """
    WITH fresh AS (
        SELECT o.listing_id, count(DISTINCT o.order_id) AS orders, sum(o.quantity) AS quantity
          FROM catalog_priceobservation o JOIN catalog_listing l ON l.id = o.listing_id
         WHERE o.confirmed_at >= %(since)s AND o.confirmed_at < %(until)s AND o.withdrawn_at IS NULL
         GROUP BY o.listing_id
    ), gone AS (
        DELETE FROM catalog_listingsales s WHERE NOT EXISTS (SELECT FROM fresh f WHERE f.listing_id = s.listing_id)
        RETURNING 1
    ), kept AS (
        INSERT INTO catalog_listingsales AS s (listing_id, orders, quantity, as_of)
        SELECT listing_id, orders, quantity, %(night)s FROM fresh
            ON CONFLICT (listing_id) DO UPDATE
           SET orders = excluded.orders, quantity = excluded.quantity, as_of = excluded.as_of
         WHERE (s.orders, s.quantity) IS DISTINCT FROM (excluded.orders, excluded.quantity)
        RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)
"""
_ALERTS: Final = """
    WITH fresh AS (
        SELECT l.id, l.supplier_id
          FROM catalog_listing l JOIN catalog_good g ON g.id = l.good_id AND g.state = 'active'
          LEFT JOIN catalog_alertsettings a ON a.supplier_id = l.supplier_id
          LEFT JOIN catalog_listingthreshold t ON t.listing_id = l.id
          LEFT JOIN catalog_listingsales s ON s.listing_id = l.id
          LEFT JOIN catalog_goodpricestatistics p ON p.good_id = g.id AND p.tier = 0 AND p.quantity_band = 0
         WHERE l.sale = 'on_sale' AND l.review = 'approved' {among_listings} AND ({condition})
    ), gone AS (
        DELETE FROM catalog_listingalert x
         WHERE x.kind = %(kind)s {among_alerts} AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = x.listing_id)
        RETURNING 1
    ), come AS (
        INSERT INTO catalog_listingalert (listing_id, supplier_id, kind)
        SELECT id, supplier_id, %(kind)s FROM fresh ON CONFLICT (listing_id, kind) DO NOTHING
        RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM come)
"""
# Who was told of this kind today is told of what has come since tomorrow.
_TELL: Final = """
    WITH told AS (
        UPDATE catalog_listingalert x SET told_at = %(now)s
         WHERE x.kind = %(kind)s AND x.told_at IS NULL AND NOT EXISTS (
               SELECT FROM catalog_listingalert y
                WHERE y.supplier_id = x.supplier_id AND y.kind = x.kind AND y.told_at >= %(today)s)
        RETURNING x.supplier_id
    ), waiting AS (
        SELECT x.supplier_id, count(*) AS n,
               CASE WHEN count(DISTINCT l.good_id) = 1 AND %(one)s <> ''
                    THEN replace(%(one)s, '{good}', min(l.good_id)::text) ELSE %(url)s END AS url
          FROM catalog_listingalert x JOIN catalog_listing l ON l.id = x.listing_id
         WHERE x.kind = %(kind)s AND x.supplier_id IN (SELECT supplier_id FROM told) GROUP BY x.supplier_id
    )
    INSERT INTO accounts_notice (user_id, organisation_id, kind, data, url, key)
    SELECT DISTINCT m.user_id, w.supplier_id, 'listings_' || %(kind)s, jsonb_build_object('n', w.n), w.url,
           'listings-' || %(kind)s || '-' || w.supplier_id || '-' || %(day)s
      FROM waiting w JOIN accounts_membership m ON m.organisation_id = w.supplier_id AND m.role = ANY(%(roles)s)
      JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        ON CONFLICT (user_id, key) DO NOTHING
"""


def refresh_sales(night: date) -> int:
    """What was sold of each listing in the 90 days that end with a night; rows that changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SALES,
            {
                "night": night,
                "since": clock.end_of(night - timedelta(days=SALES_DAYS)),
                "until": clock.end_of(night),
            },
        )
        return int((cursor.fetchone() or [0])[0])


def refresh_alerts(listing_ids: Collection[int] | None = None) -> int:
    """Bring the alerts of these listings, or of all, to what holds now; one statement for each kind.

    Returns:
        how many came or went.
    """
    if listing_ids is not None and not listing_ids:
        return 0
    some = listing_ids is not None
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in kinds:
            params: dict[str, Any] = {
                "kind": kind.name,
                "ids": list(listing_ids or ()),
                "today": clock.today(),
            }
            cursor.execute(
                _ALERTS.format(
                    condition=kind.condition,
                    among_listings="AND l.id = ANY(%(ids)s)" if some else "",
                    among_alerts="AND x.listing_id = ANY(%(ids)s)" if some else "",
                ),
                params,
            )
            changed += int((cursor.fetchone() or [0])[0])
    return changed


def tell_suppliers() -> int:
    """Give everyone of a supplier one notice a day for each kind of which something new has come; notices given."""
    given = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(
                _TELL,
                {
                    "kind": kind.name,
                    "now": clock.now(),
                    "today": clock.start_of(clock.today()),
                    "day": clock.today().isoformat(),
                    "url": f"/supplier/mend/{kind.name}/",
                    "one": kind.url_of_good,
                    "roles": sorted(SUPPLIER_ROLES),
                },
            )
            given += int(cursor.rowcount)
    return given
