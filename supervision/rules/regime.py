"""Stretches of nights and regions in which a rule has the same parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

BEGINNING: Final = date(1900, 1, 1)
END: Final = date(9999, 12, 31)


@dataclass(frozen=True)
class Regime:
    """Parameters of one version for some regions, from the first to the last of its days."""

    version_id: int
    parameters: Any
    regions: frozenset[int]
    first: date
    last: date


class Regimes:
    """All regimes of a rule."""

    def __init__(self, regimes: Sequence[Regime]) -> None:
        self._regimes = tuple(regimes)
        self._by_region: dict[int, list[Regime]] = {}
        for regime in self._regimes:
            for region in regime.regions:
                self._by_region.setdefault(region, []).append(regime)

    def __iter__(self) -> Iterator[Regime]:
        return iter(self._regimes)

    def at(self, region_id: int, night: date) -> Regime:
        """What held in a region on a night."""
        for regime in self._by_region[region_id]:
            if regime.first <= night <= regime.last:
                return regime
        raise LookupError(f"no parameters for region {region_id} on {night}")

    def of_shard(self, shard: int, shards: int) -> Regimes:
        """Only the regions of one part of the night."""
        if shards == 1:
            return self
        cut = [
            Regime(
                r.version_id,
                r.parameters,
                frozenset(i for i in r.regions if i % shards == shard),
                r.first,
                r.last,
            )
            for r in self._regimes
        ]
        return Regimes([regime for regime in cut if regime.regions])
