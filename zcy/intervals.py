"""Intervals of shares."""

from __future__ import annotations

import math
from typing import Final

# Two-sided 95% of the normal distribution.
Z95: Final = 1.959963984540054


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The 95% interval of a share; (0, 1) without observations. Source: Wilson (1927)."""
    if not n:
        return 0.0, 1.0
    share = hits / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))
