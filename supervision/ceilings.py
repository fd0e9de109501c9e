"""T of rule-definitions.md: the ceiling of a method for an order's region and category."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Min

from accounts.models import Region
from catalog.models import Category
from orders.models import Ceiling


class Ceilings:
    """All ceilings, looked up by the nearest region with any row for the method, then by the most special category."""

    def __init__(self) -> None:
        rows = Ceiling.objects.values_list("region_id", "method", "category_id").annotate(
            lowest=Min("ceiling")
        )
        self._rows: dict[tuple[int, str], dict[int | None, Decimal]] = {}
        for region_id, method, category_id, lowest in rows:
            self._rows.setdefault((region_id, method), {})[category_id] = lowest
        self._regions = dict(Region.objects.values_list("id", "parent_id"))
        self._categories = dict(Category.objects.values_list("id", "parent_id"))
        self._known: dict[tuple[int, str, int], Decimal | None] = {}

    def of(self, region_id: int, method: str, category_id: int) -> Decimal | None:
        """The ceiling in yuan; None where the method has none here."""
        key = (region_id, method, category_id)
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def _find(self, region_id: int, method: str, category_id: int) -> Decimal | None:
        region: int | None = region_id
        while region is not None and (region, method) not in self._rows:
            region = self._regions.get(region)
        if region is None:
            return None
        rows = self._rows[region, method]
        category: int | None = category_id
        while category is not None and category not in rows:
            category = self._categories.get(category)
        return rows.get(category)
