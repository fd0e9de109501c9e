"""Is the reasonable-price range honest? Held-out months against what was known before them, beside simple rivals.

    python -m bench.ranges [MONTHS]      # on the database that DATABASE_URL names

For each of the last months everything is learned as of the day before it, in a transaction that is rolled back; the
deals of the month are then held against their ranges. Rivals see the same deals: the last price ± 20%, the plain
10–90% quantile of the good over 90 days, and the quartiles of the last seven days at any n.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

MONTHS: Final = 3
CHUNK: Final = 20_000
FEW: Final = 8

_DEALS: Final = """
    SELECT o.good_id, c.name, o.unit_price, o.quantity, o.region_id, r.level, o.confirmed_on
      FROM catalog_priceobservation o JOIN catalog_category c ON c.id = o.category_id
      JOIN accounts_region r ON r.id = o.region_id
     WHERE o.confirmed_on > %(day)s AND o.confirmed_on <= %(until)s AND NOT o.accessory AND o.unit_price > 0
       AND (o.withdrawn_at IS NULL OR (o.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(until)s)
     ORDER BY o.confirmed_at, o.id
"""
# Each rival's band as of the day, by good.
_RIVALS: Final = """
    SELECT good_id, (array_agg(unit_price ORDER BY confirmed_at DESC, id DESC))[1]::double precision,
           percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY unit_price::double precision)
               FILTER (WHERE confirmed_on > %(day)s - 90),
           percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY unit_price::double precision)
               FILTER (WHERE confirmed_on > %(day)s - 7), count(*)
      FROM catalog_priceobservation
     WHERE confirmed_on > %(day)s - 365 AND confirmed_on <= %(day)s AND NOT accessory AND unit_price > 0
       AND (withdrawn_at IS NULL OR (withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date > %(day)s)
     GROUP BY good_id
"""


@dataclass
class Cell:
    """Deals of one group against one method."""

    deals: int = 0
    told: int = 0
    held: int = 0
    width: float = 0.0

    def add(self, band: tuple[float, float] | None, price: float) -> None:
        """One deal; None: the method tells nothing."""
        self.deals += 1
        if band is not None:
            self.told += 1
            self.held += band[0] <= price <= band[1]
            self.width += (band[1] - band[0]) / max((band[0] + band[1]) / 2, 0.01)

    def figures(self) -> dict[str, float]:
        """Shares: of deals with a band, of those that it holds; and the mean width relative to its middle."""
        told = max(self.told, 1)
        return {
            "n": self.deals,
            "told": self.told / max(self.deals, 1),
            "coverage": self.held / told,
            "width": self.width / told,
        }


def measure(months: int = MONTHS) -> dict[str, dict[str, dict[str, float]]]:
    """Group → method → {n, told, coverage, width}; printed as a table as well."""
    from django.db import transaction

    cells: dict[str, dict[str, Cell]] = defaultdict(lambda: defaultdict(Cell))
    sizes: dict[str, int] = defaultdict(int)
    for day, until in _months(months):
        with transaction.atomic():
            _month(day, until, cells, sizes)
            transaction.set_rollback(True)
    largest = sorted(sizes, key=lambda name: -sizes[name])[:10]
    groups = [name for name in cells if not name.startswith("category ")]
    groups = sorted(groups) + [f"category {name}" for name in largest]
    found = {group: {method: cell.figures() for method, cell in cells[group].items()} for group in groups}
    print(table(found))
    return found


def _months(count: int) -> list[tuple[date, date]]:
    from catalog.models import PriceObservation

    last = PriceObservation.objects.order_by("-confirmed_on").values_list("confirmed_on", flat=True).first()
    if last is None:
        return []
    found = []
    until = last
    for _number in range(count):
        day = until.replace(day=1) - timedelta(days=1)
        found.append((day, until))
        until = day
    return list(reversed(found))


def _month(day: date, until: date, cells: dict[str, dict[str, Cell]], sizes: dict[str, int]) -> None:
    from django.db import connection

    from accounts.models import Region
    from catalog.pricing.learn import refresh_levels
    from catalog.pricing.ranges import Wanted, ranges_at

    refresh_levels(day, full=True)
    regions = {region.pk: region for region in Region.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(_RIVALS, {"day": day})
        rivals = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_DEALS, {"day": day, "until": until})
        deals = cursor.fetchall()
    for start in range(0, len(deals), CHUNK):
        part = deals[start : start + CHUNK]
        # As on the first day of the month: the range does not know the days in between.
        wanted = [Wanted(row[0], row[3], regions[row[4]]) for row in part]
        for row, found in zip(part, ranges_at(wanted, day=day + timedelta(days=1)), strict=True):
            own = (float(found.low), float(found.high)) if found is not None and found.known else None
            ground = found.ground.value if found is not None else "none"
            _hold(cells, sizes, row, own, ground, rivals.get(row[0]))


def _hold(
    cells: dict[str, dict[str, Cell]],
    sizes: dict[str, int],
    row: tuple[Any, ...],
    own: tuple[float, float] | None,
    ground: str,
    rival: tuple[Any, ...] | None,
) -> None:
    _good, category, price, _quantity, _region, _level, _on = row
    last, deciles, quartiles, n = rival or (None, None, None, 0)
    bands = {
        "range": own,
        "last ± 20%": (0.8 * last, 1.2 * last) if last is not None else None,
        "10–90%": tuple(deciles) if deciles else None,
        "7 days": tuple(quartiles) if quartiles else None,
    }
    sizes[category] += 1
    size = next(label for limit, label in _SIZES if n < limit)
    for group in ("all", f"deals before: {size}", f"ground {ground}", f"category {category}"):
        for method, band in bands.items():
            cells[group][method].add(band, float(price))


_SIZES: Final = ((1, "0"), (3, "1–2"), (8, "3–7"), (30, "8–29"), (120, "30–119"), (math.inf, "≥ 120"))


def table(found: dict[str, dict[str, dict[str, float]]]) -> str:
    """Markdown: per group the deals, and for each method coverage / mean relative width (share told)."""
    methods = ["range", "last ± 20%", "10–90%", "7 days"]
    lines = [f"| group | deals | {' | '.join(methods)} |", "|---|---:|" + "---:|" * len(methods)]
    for group, cells in found.items():
        texts = []
        for method in methods:
            cell = cells[method]
            text = f"{cell['coverage']:.1%} / {cell['width']:.1%}"
            texts.append(text + (f" (of {cell['told']:.0%})" if cell["told"] < 0.995 else ""))
        lines.append(f"| {group} | {cells['range']['n']:,} | {' | '.join(texts)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.dev")
    django.setup()
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else MONTHS)
