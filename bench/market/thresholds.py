"""Ceilings of the buying methods by region and category, resolved as rule-definitions.md says."""

from __future__ import annotations

from functools import cache

from bench.market.regions import Region, regions

#: (region, method, category, ceiling). A county without rows takes its city's, a city its province's.
GENERAL_DIRECT = {"330000": 200_000, "330100": 200_000, "330200": 200_000, "330300": 150_000, "330700": 150_000,
                  "331000": 150_000, "331100": 100_000}  # fmt: skip
COUNTY_DIRECT = 100_000
SPECIAL = {"A02010105": 0.6, "A02010108": 0.6, "A05040000": 0.3, "A05010000": 0.8}


def rows() -> list[tuple[str, str, str, str]]:
    """The rows of thresholds.csv: every second county has its own, lower ceiling."""
    found = []
    ceilings = dict(GENERAL_DIRECT)
    for number, region in enumerate(regions().values()):
        if region.tier == "county" and number % 2 == 0:
            ceilings[region.code] = COUNTY_DIRECT
    for code, ceiling in sorted(ceilings.items()):
        found.append((code, "direct", "", f"{ceiling:.2f}"))
        found += [
            (code, "direct", category, f"{ceiling * share:.2f}")
            for category, share in SPECIAL.items()
            if code.endswith("00")
        ]
        found.append((code, "comparison", "", f"{ceiling * 2:.2f}"))
    found.append(("330000", "inquiry", "", "1000000.00"))
    return found


@cache
def _by_region() -> dict[tuple[str, str], dict[str, float]]:
    table: dict[tuple[str, str], dict[str, float]] = {}
    for region, method, category, ceiling in rows():
        table.setdefault((region, method), {})[category] = float(ceiling)
    return table


def ceiling(region: Region, method: str, ancestors: tuple[str, ...]) -> float | None:
    """T for an order; `ancestors` is the category and what is above it, most special first."""
    at: Region | None = region
    while at is not None:
        found = _by_region().get((at.code, method))
        if found is not None:
            for category in ancestors:
                if category in found:
                    return found[category]
            return found.get("")
        at = regions().get(at.parent)
    return None
