"""What units like yours paid.

**Units like yours** are other buyers whose orders came from a region of the same tier (province, city, county) as
yours; the platform keeps no sector of a unit (school, hospital), so none is compared. Counted are their deals for this
good of the same quantity band in the last 365 local dates, today included: confirmed and not cancelled, accessories
and your own deals left out, per unit of the good. Without a quantity the band is the one that most of these deals were
of.

No price is told of fewer than 5 deals or of fewer than 3 units, so that nobody's deals can be read from it. Where
there are fewer, the next step decides, and the page says which one did:

1. units of your tier, this quantity;
2. units of your tier, any quantity;
3. units of all tiers, this quantity;
4. units of all tiers, any quantity;
5. otherwise nothing is told but that there are too few.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import partial
from typing import Any, Final

from django.db import connection

from catalog.models import QuantityBand
from catalog.pricing.kept import Peers, kept
from zcy import clock
from zcy.money import yuan

DAYS: Final = 365
LEAST_DEALS: Final = 5
LEAST_UNITS: Final = 3


class Step(IntEnum):
    """Whose deals are told; the number of the step that decided."""

    SAME = 1
    ANY_QUANTITY = 2
    ANY_TIER = 3
    ANY = 4
    NONE = 5


@dataclass(frozen=True)
class LikeUnits:
    """What other units paid per unit of the good, in yuan; zero where too few did."""

    step: Step
    # The tier that was compared with, and the band: asked for, or the usual one; 0 where nothing was ever bought.
    tier: int
    band: int
    # Of the step that decided; of the widest one where none did.
    n: int = 0
    units: int = 0
    # R-7 quantiles in whole cents.
    low: Decimal = Decimal(0)
    median: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    days: int = DAYS

    @property
    def told(self) -> bool:
        return self.step is not Step.NONE


def band_of(quantity: Decimal) -> int:
    """The quantity band of a quantity, as observations have it (`QUANTITY_BAND_SQL`)."""
    for band, end in (
        (QuantityBand.ONES, 10),
        (QuantityBand.TENS, 100),
        (QuantityBand.HUNDREDS, 1000),
    ):
        if quantity < end:
            return int(band)
    return int(QuantityBand.THOUSANDS)


# One statement: the deals, the band, how many each step has, the first that has enough, and its quantiles.
_LIKE: Final = """
    WITH other AS MATERIALIZED (
        SELECT round(o.unit_price * %(pack)s / o.pack_size, 2) AS price, o.buyer_id AS buyer, o.quantity_band AS band,
               o.tier = %(tier)s AS near
          FROM catalog_priceobservation o
         WHERE o.good_id = %(good)s AND o.confirmed_on > %(first)s AND o.confirmed_on <= %(last)s
           AND o.withdrawn_at IS NULL AND NOT o.accessory AND o.unit_price > 0 AND o.buyer_id <> %(buyer)s
    ), wanted AS (
        SELECT coalesce(nullif(%(band)s, 0), mode() WITHIN GROUP (ORDER BY band) FILTER (WHERE near),
                        mode() WITHIN GROUP (ORDER BY band), 0) AS band FROM other
    ), step (number, near, sized) AS (
        VALUES (1, true, true), (2, true, false), (3, false, true), (4, false, false)
    ), counted AS (
        SELECT s.*, w.band, count(d.buyer) AS n, count(DISTINCT d.buyer) AS units
          FROM step s CROSS JOIN wanted w
          LEFT JOIN other d ON (d.near OR NOT s.near) AND (d.band = w.band OR NOT s.sized)
         GROUP BY s.number, s.near, s.sized, w.band
    ), chosen AS (
        SELECT *, n >= %(deals)s AND units >= %(units)s AS enough FROM counted
         ORDER BY n >= %(deals)s AND units >= %(units)s DESC,
                  CASE WHEN n >= %(deals)s AND units >= %(units)s THEN number ELSE -number END LIMIT 1
    )
    SELECT c.number, c.enough, c.band, c.n, c.units,
           (SELECT percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY d.price::double precision)
              FROM other d WHERE c.enough AND (d.near OR NOT c.near) AND (d.band = c.band OR NOT c.sized))
      FROM chosen c
"""


def like_units(
    *, peers: Peers, pack_size: Decimal | None, buyer_id: int, tier: int, band: int = 0
) -> LikeUnits:
    """What units like this buyer's paid, as of today (kept until the good's deals change); one statement.

    Args:
        peers: the good, its category, the hash of its specification.
        pack_size: units per pack of the good; None counts as 1.
        buyer_id: whose own deals are left out.
        tier: of the buyer's region.
        band: a `QuantityBand`, or 0 for the usual one.
    """
    pack, day = pack_size or Decimal(1), clock.today()
    found: LikeUnits = kept(
        peers,
        f"like.{peers[0]}.{pack.normalize()}.{buyer_id}.{tier}.{band}.{day}",
        partial(_compute, peers[0], pack, buyer_id, tier, band, day),
    )
    return found


def _compute(good_id: int, pack: Decimal, buyer_id: int, tier: int, band: int, day: date) -> LikeUnits:
    params: dict[str, Any] = {
        "good": good_id,
        "pack": pack,
        "buyer": buyer_id,
        "tier": tier,
        "band": band,
        "first": day - timedelta(days=DAYS),
        "last": day,
        "deals": LEAST_DEALS,
        "units": LEAST_UNITS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, params)
        number, enough, wanted, n, units, quantiles = cursor.fetchone()
    if not enough:
        return LikeUnits(Step.NONE, tier, wanted, n, units)
    low, median, high = (yuan(str(value)) for value in quantiles)
    return LikeUnits(Step(number), tier, wanted, n, units, low, median, high)
