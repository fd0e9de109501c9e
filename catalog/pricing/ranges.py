"""The reasonable-price range (合理价格区间): what this good, in this quantity, in this region, should cost today.

A central value and an 80% band: of ten deals that follow, eight should lie in it. How it is reached is told in
docs/prices/how-a-reasonable-price-is-reached; what it is read from is learned each night (catalog.pricing.learn).
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from django.db import connection

from accounts.models import Region
from catalog.models import Good
from catalog.pricing.combined import class_of, expected
from catalog.pricing.formulas import (
    LEAST_OBSERVATIONS,
    WINDOW_DAYS,
    Confidence,
    Place,
    confidence,
    place_in_range,
)
from catalog.pricing.level_sql import YEAR_DAYS
from catalog.pricing.levels import likeness_of, tell_new
from zcy import clock
from zcy.money import yuan

# A drift that was learned is not carried on for ever.
MOST_DRIFT_DAYS: Final = 30
# What the attributes explain of the differences between goods, below which the category as a whole is the ground.
LEAST_EXPLAINED: Final = 0.2
# Own deals decide where they weigh at least as much as what goods like it tell.
HALF: Final = 0.5
_TIERS: Final = {"province": "1", "city": "2", "county": "3"}


class Ground(Enum):
    """From what a range was reached."""

    OWN = "own"
    EQUIVALENTS = "equivalents"
    ATTRIBUTES = "attributes"
    CATEGORY = "category"
    NONE = "none"


@dataclass(frozen=True)
class PriceRange:
    """A central value and an 80% band, in yuan per unit of the good, tax included."""

    low: Decimal = Decimal(0)
    central: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    # Deals of the good itself in the window.
    n: int = 0
    window_days: int = WINDOW_DAYS
    ground: Ground = Ground.NONE
    confidence: Confidence = Confidence.NONE
    # Suppliers of those deals, and goods with deals that are equivalent.
    suppliers: int = 0
    equivalents: int = 0
    # The weight (0–1) of the good's own deals in the central value.
    own_weight: float = 0.0

    @property
    def known(self) -> bool:
        return self.confidence is not Confidence.NONE

    def place(self, price: Decimal) -> Place:
        """Where a price per unit stands; the ends belong to the range."""
        if not self.known:
            return Place.UNKNOWN
        return place_in_range(float(price), float(self.low), float(self.high))


_LEVELS: Final = """
    SELECT g.id, g.category_id, coalesce(g.pack_size, 1), l.as_of, l.n, l.recent, l.suppliers, l.recent_suppliers,
           l.own, l.own_spread, l.weight, l.usual_quantity, l.prior, l.prior_spread, coalesce(l.equivalents, 0)
      FROM catalog_good g LEFT JOIN catalog_pricelevel l ON l.good_id = g.id AND l.category_id = g.category_id
     WHERE g.id = ANY(%s)
"""
_MODELS: Final = """
    SELECT m.category_id, m.as_of, m.quantity_slope, m.drift, m.within, m.explained, m.tiers, m.tails,
           (SELECT jsonb_object_agg(r.key, r.value) FROM jsonb_each(m.regions) AS r WHERE r.key = ANY(%s))
      FROM catalog_pricemodel m
     WHERE m.category_id IS NULL OR m.category_id IN (SELECT category_id FROM catalog_good WHERE id = ANY(%s))
"""


@dataclass(frozen=True)
class _Model:
    as_of: date
    slope: float
    drift: float
    within: float
    explained: float
    tiers: Mapping[str, float]
    tails: Mapping[str, tuple[float, float, float]]
    regions: Mapping[str, float]


def reasonable_range(
    *, good: Good, quantity: Decimal | None = None, region: Region | None = None
) -> PriceRange:
    """The range of one good for a quantity and a region; without them for its usual quantity and all regions.

    Args:
        good: the good.
        quantity: in units of the good.
        region: of the buyer.
    """
    return ranges_of([good.pk], quantity=quantity, region=region).get(good.pk, PriceRange())


def ranges_of(
    good_ids: Collection[int],
    *,
    quantity: Decimal | None = None,
    region: Region | None = None,
    day: date | None = None,
) -> dict[int, PriceRange]:
    """The ranges of many goods in two statements (four where some have no level yet); goods without one are left out.

    Args:
        good_ids: the goods.
        quantity: in units of each good; None: each one's usual quantity.
        region: of the buyer; None: all.
        day: local date to which prices are carried on; None: today.
    """
    ids = list(good_ids)
    found = ranges_at([Wanted(good_id, quantity, region) for good_id in ids], day=day)
    return {good_id: item for good_id, item in zip(ids, found, strict=True) if item is not None}


@dataclass(frozen=True)
class Wanted:
    """One range that is asked for: a good, a quantity in its unit, the buyer's region."""

    good_id: int
    quantity: Decimal | None = None
    region: Region | None = None


def ranges_at(wanted: Sequence[Wanted], *, day: date | None = None) -> list[PriceRange | None]:
    """A range for each good with a quantity and region of its own, in the order asked; None where there is none."""
    if not wanted:
        return []
    ids = list({item.good_id for item in wanted})
    regions = list({str(item.region.pk) for item in wanted if item.region})
    with connection.cursor() as cursor:
        cursor.execute(_MODELS, [regions, ids])
        models = {row[0]: _model(row) for row in cursor.fetchall()}
        if None not in models:
            return [None] * len(wanted)
        cursor.execute(_LEVELS, [ids])
        rows = {row[0]: row for row in cursor.fetchall()}
        new = [pk for pk, row in rows.items() if row[3] is None]
        told = {good: (level, spread) for good, _c, level, spread in tell_new(cursor, new)} if new else {}
    today = day or clock.today()
    shared = models[None]
    found: list[PriceRange | None] = []
    for item in wanted:
        row = rows.get(item.good_id)
        model = models.get(row[1], shared) if row else shared
        found.append(_range(row, model, shared, told.get(item.good_id), item, today) if row else None)
    return found


def _model(row: tuple[Any, ...]) -> _Model:
    _category, as_of, slope, drift, within, explained, tiers, tails, regions = row
    return _Model(
        as_of, slope, drift, within, explained, _loaded(tiers), _loaded(tails), _loaded(regions) or {}
    )


# For a page that loads one good `g` anyway: what its range is read from, as one more column of the same statement.
PAGE_COLUMN: Final = """
    (SELECT jsonb_build_array(
        jsonb_build_array(l.as_of, l.n, l.recent, l.suppliers, l.recent_suppliers, l.own, l.own_spread, l.weight,
                          l.usual_quantity, l.prior, l.prior_spread, coalesce(l.equivalents, 0)),
        jsonb_build_array(m.as_of, m.quantity_slope, m.drift, m.within, m.explained, m.tiers, m.tails, '{}'::jsonb),
        jsonb_build_object(%s::text, a.regions -> %s::text),
        CASE WHEN l.good_id IS NULL THEN jsonb_build_array(m.attributes, m.between) END)
       FROM catalog_pricemodel a JOIN catalog_pricemodel m ON m.category_id = g.category_id
       LEFT JOIN catalog_pricelevel l ON l.good_id = g.id AND l.category_id = g.category_id
      WHERE a.category_id IS NULL)
"""


def page_parameters(region: Region | None) -> list[str]:
    """The parameters of `PAGE_COLUMN`."""
    key = str(region.pk) if region else ""
    return [key, key]


def page_range(
    column: Any, *, wanted: Wanted, pack: Decimal | None, brand: int | None, spec: Mapping[str, Any]
) -> PriceRange:
    """The range of a good whose page has loaded `PAGE_COLUMN`."""
    found = _loaded(column)
    if not found:
        return PriceRange()
    level, model, regions, attributes = found
    told = None
    if attributes is not None:
        guess = likeness_of(attributes[0]).tell(brand, spec)
        told = (guess, attributes[1]) if guess is not None else None
    as_of = date.fromisoformat(level[0]) if level[0] else None
    row = (wanted.good_id, None, pack or Decimal(1), as_of, *level[1:])
    of = _Model(date.fromisoformat(model[0]), *model[1:])
    effects = {key: value for key, value in regions.items() if value is not None}
    shared = replace(of, regions=effects)
    return _range(row, of, shared, told, wanted, clock.today()) or PriceRange()


def _loaded(found: Any) -> Any:
    return json.loads(found) if isinstance(found, str) else found


def _range(
    row: tuple[Any, ...],
    model: _Model,
    shared: _Model,
    told: tuple[float, float] | None,
    item: Wanted,
    today: date,
) -> PriceRange | None:
    (_id, _category, pack, as_of, n, recent, suppliers, recent_suppliers, own, own_spread, weight, usual, prior,
     prior_spread, equivalents) = row  # fmt: skip
    if told is not None:
        as_of, n, recent, suppliers, recent_suppliers, weight = model.as_of, 0, 0, 0, 0, 0.0
        prior, prior_spread = told
    if as_of is None:
        return None
    # Own levels are as of their day, expectations as of the day when all was learned.
    carry = model.drift * min(max((today - as_of).days, 0), MOST_DRIFT_DAYS)
    since = model.drift * min(max((as_of - model.as_of).days, 0), MOST_DRIFT_DAYS)
    next_deal = expected(
        own=own,
        weight=weight,
        own_spread=own_spread,
        prior=None if prior is None else prior + since,
        prior_spread=prior_spread,
        within=model.within,
    )
    if next_deal is None:
        return None
    level, spread = next_deal
    level += carry
    if item.quantity is not None and item.quantity > 0:
        level += model.slope * math.log(item.quantity)
    elif usual is not None:
        level += model.slope * usual
    if item.region is not None:
        level += model.tiers.get(_TIERS.get(item.region.level, ""), 0.0)
        level += shared.regions.get(str(item.region.pk), 0.0)
    low, centre, high = model.tails[str(class_of(n))]
    if abs(level) + abs(spread) * max(abs(low), abs(high)) > MOST_LOG:
        return None
    enough = recent >= LEAST_OBSERVATIONS
    share = _share(own, weight, prior_spread, model.within)
    ground = _ground(n, share, equivalents, model)
    deals, sellers = (recent, recent_suppliers) if enough else (n, suppliers)

    def price(tail: float) -> Decimal:
        return rounded(math.exp(level + tail * spread) * float(pack))

    return PriceRange(
        low=price(low),
        central=price(centre),
        high=price(high),
        n=deals,
        window_days=WINDOW_DAYS if enough else YEAR_DAYS,
        ground=ground,
        confidence=_confidence(ground, recent, recent_suppliers, n, suppliers),
        suppliers=sellers,
        equivalents=equivalents,
        own_weight=share,
    )


def rounded(price: float) -> Decimal:
    """Four significant digits, at most cents: a range is not exacter than that."""
    places = min(2, 3 - math.floor(math.log10(price))) if price > 0 else 2
    return yuan(str(round(price, places)))


# Logarithms beyond it are no prices that money columns hold.
MOST_LOG: Final = 27.0


def _share(own: float | None, weight: float, prior_spread: float | None, within: float) -> float:
    if own is None or not weight:
        return 0.0
    mine = weight / within**2
    return mine / (mine + (1 / prior_spread**2 if prior_spread else 0.0))


def _ground(n: int, share: float, equivalents: int, model: _Model) -> Ground:
    if n >= LEAST_OBSERVATIONS or (n and share >= HALF):
        return Ground.OWN
    if equivalents:
        return Ground.EQUIVALENTS
    return Ground.ATTRIBUTES if model.explained >= LEAST_EXPLAINED else Ground.CATEGORY


def _confidence(ground: Ground, recent: int, recent_suppliers: int, n: int, suppliers: int) -> Confidence:
    """High from 30 own deals of 5 suppliers in 90 days, medium from 8 of 3 in a year, else low."""
    if ground is Ground.OWN and confidence(recent, recent_suppliers) is Confidence.HIGH:
        return Confidence.HIGH
    if ground is Ground.OWN and confidence(n, suppliers) in (Confidence.HIGH, Confidence.MEDIUM):
        return Confidence.MEDIUM
    return Confidence.LOW
