"""The price panel of a good: comparable deals, their median and 10–90% band, and how sure that is.

Comparable are deals of the last 90 days (local dates, today included), confirmed and not cancelled, accessories left
out, of the same standard good, region tier and quantity band as far as those are asked for. Where there are fewer than
8, the next wider step decides, and the panel says which: goods of the same category and specification (per unit,
brought to this good's pack size), then all tiers and bands of the good, then of the specification.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalog.pricing.formulas import LEAST_OBSERVATIONS, WINDOW_DAYS, Confidence, Place, confidence
from catalog.pricing.kept import Peers, kept
from zcy import clock
from zcy.drawing import Bin, Mark, PriceBand
from zcy.money import yuan

MOST_CLASSES: Final = 12
LEAST_CLASSES: Final = 3
# Classes of equal width reach this many widths of the 10–90% band beyond it; what lies farther is one class at the end.
REACH: Final = 1.5
# Where the band has no width, this share of the median stands for it.
LEAST_WIDTH: Final = 0.02
# Numbers of the classes at the ends; `width_bucket` itself gives 0 below the first edge.
BELOW: Final = 0
ABOVE: Final = 99

# One statement whatever is asked for: the deals, each step's figures, the step that decides, and its histogram.
# `step` is (number, only this good, only this tier, only this band).
_PANEL: Final = """
    WITH deal AS MATERIALIZED (
        SELECT round(o.unit_price * %(pack)s / o.pack_size, 2) AS price, coalesce(s.related_group, s.id) AS seller,
               o.good_id = %(good)s AS own, o.tier, o.quantity_band AS band,
               %(tier)s IN (0, o.tier) AS near, %(band)s IN (0, o.quantity_band) AS alike
          FROM catalog_priceobservation o JOIN accounts_organisation s ON s.id = o.supplier_id
         WHERE (o.good_id = %(good)s OR (%(spec)s <> '' AND o.category_id = %(category)s AND o.spec_hash = %(spec)s))
           AND o.confirmed_on > %(first)s AND o.confirmed_on <= %(last)s
           AND o.withdrawn_at IS NULL AND NOT o.accessory AND o.unit_price > 0
    ), step (number, own, sized) AS (
        VALUES (1, true, true), (2, false, true), (3, true, false), (4, false, false)
    ), figures AS (
        SELECT t.number, count(*) AS n, count(DISTINCT d.seller) AS sellers,
               percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY d.price::double precision) AS q,
               min(d.price) AS lowest, max(d.price) AS highest
          FROM step t JOIN deal d ON (d.own OR NOT t.own) AND ((d.near AND d.alike) OR NOT t.sized)
         GROUP BY t.number
    ), chosen AS (
        SELECT f.*, t.own, t.sized, greatest(f.q[3] - f.q[1], f.q[2] * %(least_width)s) * %(reach)s AS reach,
               least(greatest(round(sqrt(f.n)), %(least_classes)s), %(most_classes)s)::int AS classes
          FROM figures f JOIN step t USING (number)
         ORDER BY f.n < %(enough)s, CASE WHEN f.n >= %(enough)s THEN f.number END, f.n DESC, f.number LIMIT 1
    ), span AS (
        SELECT greatest(lowest::double precision, q[1] - reach) AS low,
               least(highest::double precision, q[3] + reach) AS high, c.* FROM chosen c
    ), edge AS (
        SELECT s.*, array(SELECT DISTINCT round((s.low + (s.high - s.low) * i / s.classes)::numeric, 2)
                            FROM generate_series(0, s.classes) AS i ORDER BY 1) AS edges FROM span s
    ), bucket AS (
        SELECT CASE WHEN d.price > e.edges[cardinality(e.edges)] THEN %(above)s
                    WHEN d.price = e.edges[cardinality(e.edges)] THEN greatest(cardinality(e.edges) - 1, 1)
                    ELSE width_bucket(d.price, e.edges) END AS number, count(*) AS n
          FROM edge e JOIN deal d ON (d.own OR NOT e.own) AND ((d.near AND d.alike) OR NOT e.sized) GROUP BY 1
    )
    SELECT e.number, e.n, e.sellers, e.q, e.lowest, e.highest, e.edges,
           (SELECT json_object_agg(b.number, b.n) FROM bucket b),
           (SELECT json_object_agg(tier, n) FROM (
               SELECT d.tier, count(*) AS n FROM deal d WHERE d.own AND d.alike GROUP BY 1) AS by_tier),
           (SELECT json_object_agg(band, n) FROM (
               SELECT d.band, count(*) AS n FROM deal d WHERE d.own AND d.near GROUP BY 1) AS by_band)
      FROM edge e
"""


@dataclass(frozen=True)
class Panel:
    """What was really paid for comparable deals, in yuan per unit of the good."""

    as_of: date
    n: int = 0
    suppliers: int = 0
    # R-7 quantiles over the deals, in whole cents; zero where there are none.
    low: Decimal = Decimal(0)
    median: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    bins: tuple[Bin, ...] = ()
    # What was asked for: a tier and a quantity band, 0 = all.
    tier: int = 0
    band: int = 0
    # Deals of other goods of the same category and specification are in it.
    fallback: bool = False
    # All tiers and bands are in it, although one was asked for.
    widened: bool = False
    window_days: int = WINDOW_DAYS
    # Deals of the good itself by tier (in the band asked for) and by band (in the tier asked for).
    by_tier: Mapping[int, int] = field(default_factory=dict)
    by_band: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def confidence(self) -> Confidence:
        """How sure the range is; deals of other goods never make it more than low."""
        word = confidence(self.n, self.suppliers)
        return Confidence.LOW if self.fallback and word is not Confidence.NONE else word

    @property
    def has_range(self) -> bool:
        return self.confidence is not Confidence.NONE

    def place(self, price: Decimal) -> Place:
        """Where a price per unit stands."""
        if not self.has_range:
            return Place.UNKNOWN
        if price < self.low:
            return Place.BELOW
        return Place.ABOVE if price > self.high else Place.INSIDE


def price_panel(
    *,
    good_id: int,
    category_id: int,
    spec_hash: str,
    pack_size: Decimal | None,
    tier: int = 0,
    band: int = 0,
    as_of: date | None = None,
) -> Panel:
    """The panel of a good as of today (kept until its deals change) or of another day, from the deals as they are now.

    Args:
        good_id: the good.
        category_id: its category.
        spec_hash: the hash of its specification; an empty one equals no other.
        pack_size: its units per pack (None counts as 1); the panel's prices are for such a pack.
        tier: a `Tier`, or 0 for all.
        band: a `QuantityBand`, or 0 for all.
        as_of: the last local date of the window.
    """
    day = as_of or clock.today()
    peers = (good_id, category_id, spec_hash)
    pack = pack_size or Decimal(1)
    compute = partial(_compute, peers, pack, tier=tier, band=band, day=day)
    if as_of is not None:
        return compute()
    found: Panel = kept(peers, f"{good_id}.{pack.normalize()}.{tier}.{band}.{day}", compute)
    return found


def _compute(peers: Peers, pack: Decimal, *, tier: int, band: int, day: date) -> Panel:
    good_id, category_id, spec_hash = peers
    params: dict[str, Any] = {
        "good": good_id,
        "category": category_id,
        "spec": spec_hash,
        "pack": pack,
        "tier": tier,
        "band": band,
        "first": day - timedelta(days=WINDOW_DAYS),
        "last": day,
        "enough": LEAST_OBSERVATIONS,
        "reach": REACH,
        "least_width": LEAST_WIDTH,
        "least_classes": LEAST_CLASSES,
        "most_classes": MOST_CLASSES,
        "above": ABOVE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PANEL, params)
        row = cursor.fetchone()
    if row is None:
        return Panel(day, tier=tier, band=band)
    number, n, sellers, quantiles, lowest, highest, edges, counts, by_tier, by_band = row
    low, median, high = (yuan(str(value)) for value in quantiles)
    return Panel(
        as_of=day,
        n=n,
        suppliers=sellers,
        low=low,
        median=median,
        high=high,
        bins=tuple(_bins(edges, _numbered(counts), lowest, highest)),
        tier=tier,
        band=band,
        fallback=number in (2, 4),
        widened=number > 2 and bool(tier or band),
        by_tier=_numbered(by_tier),
        by_band=_numbered(by_band),
    )


def _numbered(counts: Any) -> dict[int, int]:
    """A JSON object of counts; a plain cursor reads it as text."""
    loaded = json.loads(counts) if isinstance(counts, str) else counts or {}
    return {int(key): count for key, count in loaded.items()}


def _bins(
    edges: Sequence[Decimal], counts: Mapping[int, int], lowest: Decimal, highest: Decimal
) -> list[Bin]:
    """Classes of equal width, the last with its upper end, and one at each end for what lies far outside."""
    ends = [*edges, *edges] if len(edges) == 1 else edges
    inside = [
        Bin(low, high, counts.get(number, 0)) for number, (low, high) in enumerate(pairwise(ends), start=1)
    ]
    if below := counts.get(BELOW):
        inside.insert(0, Bin(lowest, edges[0], below, outlying=True))
    if above := counts.get(ABOVE):
        inside.append(Bin(edges[-1], highest, above, outlying=True))
    return inside


CONFIDENCE_WORDS: Final[dict[Confidence, Any]] = {
    Confidence.HIGH: _("high"),
    Confidence.MEDIUM: _("medium"),
    Confidence.LOW: _("low"),
    Confidence.NONE: "",
}
PLACE_WORDS: Final = {
    Place.BELOW: _("below the range"),
    Place.INSIDE: _("in the range"),
    Place.ABOVE: _("above the range"),
    Place.UNKNOWN: "",
}


def price_band(panel: Panel, *, unit: str, marks: Sequence[Mark] = (), evidence: bool = False) -> PriceBand:
    """The panel as the component `price-band` draws it; with `evidence` as a histogram."""
    if not panel.has_range:
        return PriceBand(n=panel.n, days=panel.window_days, unit=unit, marks=marks)
    return PriceBand(
        low=panel.low,
        median=panel.median,
        high=panel.high,
        n=panel.n,
        days=panel.window_days,
        confidence=CONFIDENCE_WORDS[panel.confidence],
        unit=unit,
        marks=marks,
        bins=panel.bins if evidence else (),
    )
