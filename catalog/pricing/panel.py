"""The price panel of a good: comparable deals, their median and 10–90% band, and how sure that is.

Deals of the last 90 days (local dates, today included) of the same standard good; where there are fewer than 8, those
of goods of the same category and specification, per unit, brought to this good's pack size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalog.pricing.formulas import (
    LEAST_OBSERVATIONS,
    WINDOW_DAYS,
    Confidence,
    Place,
    confidence,
    quantile_r7,
)
from zcy import clock
from zcy.drawing import Bin, Mark, PriceBand
from zcy.money import yuan

KEEP_SECONDS: Final = 900
# The latest deals of a very busy good tell as much as all of them.
MOST_DEALS: Final = 3000

_SAME_GOOD: Final = "o.good_id = %(good)s"
_SAME_SPEC: Final = "o.category_id = %(category)s AND o.spec_hash = %(spec)s AND o.spec_hash <> ''"
_DEALS: Final = """
    SELECT round(o.unit_price * %(pack)s / o.pack_size, 2)::double precision, coalesce(s.related_group, s.id)
      FROM catalog_priceobservation o JOIN accounts_organisation s ON s.id = o.supplier_id
     WHERE {peers} AND o.confirmed_on > %(first)s AND o.confirmed_on <= %(last)s
       AND o.withdrawn_at IS NULL AND NOT o.accessory AND o.unit_price > 0
     ORDER BY o.confirmed_at DESC LIMIT {most}
"""


@dataclass(frozen=True)
class Panel:
    """What was really paid for comparable deals, in yuan per unit of the good."""

    deals: tuple[float, ...]
    suppliers: int
    as_of: date
    # Deals of other goods of the same category and specification are in it.
    fallback: bool = False
    window_days: int = WINDOW_DAYS

    @property
    def n(self) -> int:
        return len(self.deals)

    @cached_property
    def confidence(self) -> Confidence:
        """How sure the range is; deals of other goods never make it more than low."""
        word = confidence(self.n, self.suppliers)
        return Confidence.LOW if self.fallback and word is not Confidence.NONE else word

    @property
    def has_range(self) -> bool:
        return self.confidence is not Confidence.NONE

    def quantile(self, share: float) -> Decimal:
        """R-7 over the deals, in whole cents."""
        return yuan(str(quantile_r7(self.deals, share)))

    @cached_property
    def median(self) -> Decimal:
        return self.quantile(0.5)

    @cached_property
    def low(self) -> Decimal:
        """The lower end of the reasonable range: the 10% quantile."""
        return self.quantile(0.1)

    @cached_property
    def high(self) -> Decimal:
        """The upper end of the reasonable range: the 90% quantile."""
        return self.quantile(0.9)

    def place(self, price: Decimal) -> Place:
        """Where a price per unit stands."""
        if not self.has_range:
            return Place.UNKNOWN
        if price < self.low:
            return Place.BELOW
        return Place.ABOVE if price > self.high else Place.INSIDE


def panel_key(good_id: int) -> str:
    """Where the panel of a good is kept: emptied by `record_deals` and `withdraw_deals`."""
    return f"catalog.panel.{good_id}"


def price_panel(
    *, good_id: int, category_id: int, spec_hash: str, pack_size: Decimal | None, as_of: date | None = None
) -> Panel:
    """The panel of a good as of today (kept for a quarter of an hour) or of another day (computed)."""
    day = as_of or clock.today()
    kept: Panel | None = cache.get(panel_key(good_id)) if as_of is None else None
    if kept is not None and kept.as_of == day:
        return kept
    params: dict[str, Any] = {
        "good": good_id,
        "category": category_id,
        "spec": spec_hash,
        "pack": pack_size or Decimal(1),
        "first": day - timedelta(days=WINDOW_DAYS),
        "last": day,
    }
    panel = _load(_SAME_GOOD, params, day, fallback=False)
    if panel.n < LEAST_OBSERVATIONS:
        wider = _load(_SAME_SPEC, params, day, fallback=True)
        if wider.n > panel.n:
            panel = wider
    if as_of is None:
        cache.set(panel_key(good_id), panel, KEEP_SECONDS)
    return panel


def _load(peers: str, params: dict[str, Any], day: date, *, fallback: bool) -> Panel:
    with connection.cursor() as cursor:
        cursor.execute(_DEALS.format(peers=peers, most=MOST_DEALS), params)
        rows = cursor.fetchall()
    return Panel(tuple(sorted(row[0] for row in rows)), len({row[1] for row in rows}), day, fallback)


def histogram(panel: Panel, most: int = 12) -> list[Bin]:
    """Equal classes from the lowest to the highest deal, about √n of them; only the last one includes its upper end."""
    if not panel.n:
        return []
    lowest, highest = panel.deals[0], panel.deals[-1]
    if lowest == highest:
        return [Bin(yuan(str(lowest)), yuan(str(highest)), panel.n)]
    classes = max(3, min(most, round(panel.n**0.5)))
    width = (highest - lowest) / classes
    counts = [0] * classes
    for deal in panel.deals:
        counts[min(int((deal - lowest) / width), classes - 1)] += 1
    return [
        Bin(yuan(str(lowest + number * width)), yuan(str(lowest + (number + 1) * width)), count)
        for number, count in enumerate(counts)
    ]


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
        bins=histogram(panel) if evidence else (),
    )
