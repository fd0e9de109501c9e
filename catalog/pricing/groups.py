"""What was paid for a good by tier of the region × quantity band, in one table.

Deals are those of the panel (90 local dates, today included; confirmed and not cancelled, accessories left out), of
the good itself; related suppliers count as one. A price is told of 5 deals of 3 units at least; of fewer only how many
there were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection

from catalog.models import QuantityBand, Tier
from catalog.pricing.formulas import WINDOW_DAYS
from catalog.pricing.kept import Peers, kept
from catalog.pricing.like_units import LEAST_DEALS, LEAST_UNITS
from zcy import clock
from zcy.money import yuan

_GROUPS: Final = """
    WITH deal AS (
        SELECT round(o.unit_price * %(pack)s / o.pack_size, 2) AS price, o.buyer_id AS buyer, o.tier,
               coalesce(s.related_group, s.id) AS seller, o.quantity_band AS band
          FROM catalog_priceobservation o JOIN accounts_organisation s ON s.id = o.supplier_id
         WHERE o.good_id = %(good)s AND o.confirmed_on > %(first)s AND o.confirmed_on <= %(last)s
           AND o.withdrawn_at IS NULL AND NOT o.accessory AND o.unit_price > 0
    )
    SELECT coalesce(tier, 0), coalesce(band, 0), count(*), count(DISTINCT buyer), count(DISTINCT seller),
           percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY price::double precision)
      FROM deal GROUP BY GROUPING SETS ((tier, band), (tier), (band), ()) HAVING count(*) > 0
     ORDER BY tier NULLS FIRST, band NULLS FIRST
"""


@dataclass(frozen=True)
class Group:
    """Deals of one tier and quantity band, 0 = all; R-7 quantiles in yuan, None where too few were made."""

    tier: int
    band: int
    n: int
    units: int
    suppliers: int
    low: Decimal | None = None
    median: Decimal | None = None
    high: Decimal | None = None

    @property
    def tier_label(self) -> str:
        return str(Tier(self.tier).label) if self.tier else ""

    @property
    def band_label(self) -> str:
        return str(QuantityBand(self.band).label) if self.band else ""


def price_groups(*, peers: Peers, pack_size: Decimal | None) -> tuple[Group, ...]:
    """The groups that have deals, as of today (kept until the good's deals change); all of them first.

    Args:
        peers: the good, its category, the hash of its specification.
        pack_size: units per pack of the good; None counts as 1.
    """
    pack, day = pack_size or Decimal(1), clock.today()
    found: tuple[Group, ...] = kept(
        peers, f"groups.{peers[0]}.{pack.normalize()}.{day}", partial(_compute, peers[0], pack, day)
    )
    return found


def _compute(good_id: int, pack: Decimal, day: date) -> tuple[Group, ...]:
    params: dict[str, Any] = {
        "good": good_id,
        "pack": pack,
        "first": day - timedelta(days=WINDOW_DAYS),
        "last": day,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, params)
        return tuple(_group(*row) for row in cursor.fetchall())


def _group(tier: int, band: int, n: int, units: int, suppliers: int, quantiles: Any) -> Group:
    if n < LEAST_DEALS or units < LEAST_UNITS:
        return Group(tier, band, n, units, suppliers)
    return Group(tier, band, n, units, suppliers, *(yuan(str(value)) for value in quantiles))
