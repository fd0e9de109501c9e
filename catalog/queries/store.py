"""The read side of a supplier's public page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from catalog.storefront import Content
from zcy.formats import percent


@dataclass(frozen=True)
class Store:
    """A supplier as the public sees it."""

    id: int
    name: str
    region: str
    size: str
    active: bool
    grade: str
    provisional: bool
    suspended: bool
    # (label, value, what it says) of the service figures.
    figures: list[tuple[str, str, str]]
    as_of: Any = None
    # What the supplier has published and nobody has frozen; empty where there is none.
    content: Content = field(default_factory=Content)
    banner: str = ""


_STORE: Final = """
    SELECT o.id, o.name, r.name, o.size, o.active, coalesce(s.grade, ''), coalesce(s.provisional, true),
           coalesce(s.suspended, false), f.orders, f.confirmed_in_time, f.delivered_in_time, f.accepted_at_once, f.returned,
           f.stars, f.evaluations, f.as_of, v.content, v.banner
      FROM accounts_organisation o JOIN accounts_region r ON r.id = o.region_id
      LEFT JOIN accounts_supplierstanding s ON s.supplier_id = o.id
      LEFT JOIN accounts_supplierfigures f ON f.supplier_id = o.id
      LEFT JOIN catalog_storefront w ON w.supplier_id = o.id
      LEFT JOIN catalog_storeversion v
        ON v.id = w.shown_id AND NOT EXISTS (SELECT FROM catalog_storefreeze z WHERE z.version_id = v.id)
     WHERE o.id = %s AND o.kind = 'supplier'
       AND NOT EXISTS (SELECT 1 FROM accounts_application a
                        WHERE a.organisation_id = o.id AND a.kind = 'first' AND a.state <> 'approved')
"""


def store(supplier_id: int) -> Store | None:
    """Name, grade and service figures of a supplier; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [supplier_id])
        row = cursor.fetchone()
    if row is None:
        return None
    orders, confirmed, delivered, accepted, returned, stars, evaluations, as_of, stored, banner = row[8:]
    figures: list[tuple[str, str, str]] = []
    if orders:
        figures = [
            (_("Orders"), str(orders), _("in the last 365 days")),
            (_("Confirmed in time"), percent(confirmed), _("within 1 working day")),
            (_("Delivered in time"), percent(delivered), _("by the promised day")),
            (_("Accepted at once"), percent(accepted), _("without a second try")),
            (_("Sent back"), percent(returned), _("orders of which something was refused")),
            (
                _("Stars"),
                f"{stars:.1f}" if stars is not None else "–",
                _("from %(n)s evaluations") % {"n": evaluations},
            ),
        ]
    pk, name, region, size, active, grade, provisional, suspended = row[:8]
    content = Content.read(json.loads(stored) if isinstance(stored, str) else stored)
    return Store(
        pk,
        name,
        region,
        size,
        active,
        grade,
        provisional,
        suspended,
        figures,
        as_of,
        content,
        f"{settings.MEDIA_URL}{banner}" if banner else "",
    )
