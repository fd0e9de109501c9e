"""Public numbers that people quote: province, year, and ten digits of one sequence; gaps are allowed.

One sequence for all kinds and years: nobody waits for anybody, and no two things ever bear the same number.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from zcy import clock

SEQUENCE: Final = "zcy_public_number"
DIGITS: Final = 10
# GB/T 2260 of provinces, and the letters of ISO 3166-2:CN.
PROVINCES: Final = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL",
    "31": "SH", "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD",
    "41": "HA", "42": "HB", "43": "HN", "44": "GD", "45": "GX", "46": "HI",
    "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ",
    "61": "SN", "62": "GS", "63": "QH", "64": "NX", "65": "XJ",
}  # fmt: skip
ELSEWHERE: Final = "CN"


def prefix_of(region_code: str) -> str:
    """The letters of the province that a region code lies in: 330106 → ZJ."""
    return PROVINCES.get(region_code[:2], ELSEWHERE)


def next_number(region: str, kind: str = "") -> str:
    """A new number such as ZJ20260000123456.

    Args:
        region: a region's code (330106) or the letters themselves (ZJ).
        kind: letters between province and year for things that are no orders, such as P for plans.
    """
    prefix = prefix_of(region) if region.isdigit() else region
    with connection.cursor() as cursor:
        cursor.execute("select nextval(%s)", [SEQUENCE])
        count = int(cursor.fetchone()[0])
    return f"{prefix}{kind}{clock.today().year}{count:0{DIGITS}d}"
