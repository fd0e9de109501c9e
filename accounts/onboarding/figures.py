"""How long it takes from registration to the first listing on sale: the median, with the number behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection

from accounts.models import Region
from zcy import clock

# Fewer say nothing about what is usual.
LEAST: Final = 5
LOOK_BACK: Final = timedelta(days=365)

# Suppliers that came in by application; imported ones have their first listing before they were ever here.
_DAYS: Final = """
    SELECT percentile_cont(0.5) WITHIN GROUP
               (ORDER BY extract(epoch FROM p.first_listing_at - p.registered_at) / 86400.0),
           percentile_cont(0.5) WITHIN GROUP
               (ORDER BY extract(epoch FROM p.admitted_at - p.registered_at) / 86400.0),
           count(*) {columns}
      FROM accounts_supplierprofile p
      JOIN accounts_organisation o ON o.id = p.organisation_id AND o.source = ''
      JOIN accounts_region r ON r.id = o.region_id
     WHERE p.first_listing_at > p.registered_at AND p.first_listing_at >= %s AND r.path LIKE %s
     {grouping}
"""


@dataclass(frozen=True)
class Days:
    """Median days, counted from the registration, and how many suppliers they are of.

    Attributes:
        listed: days until the first listing was on sale.
        admitted: days until the approval.
        n: suppliers.
        label: month or region that they are of.
    """

    listed: float
    admitted: float
    n: int
    label: str = ""


def usual_days(region: Region | None = None) -> Days | None:
    """What is usual in the region's province over the last year; None where too few came in."""
    path = (region.path.split("/")[0] + "/") if region else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS.format(columns="", grouping=""), [clock.start_of(clock.today() - LOOK_BACK), f"{path}%"]
        )
        listed, admitted, n = cursor.fetchone()
    return Days(float(listed), float(admitted), n) if n >= LEAST else None


def days_by_month(since: date, region: Region | None = None) -> list[Days]:
    """By the month of the first listing on sale (Asia/Shanghai), the newest first."""
    month = "to_char(p.first_listing_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"
    return _grouped(month, f"{month} DESC", since, region)


def days_by_region(since: date, region: Region | None = None) -> list[Days]:
    """By the supplier's region, in the order of the tree."""
    return _grouped("r.name", "min(r.path)", since, region)


def _grouped(label: str, order: str, since: date, region: Region | None) -> list[Days]:
    statement = _DAYS.format(columns=f", {label}", grouping=f"GROUP BY {label} ORDER BY {order}")
    with connection.cursor() as cursor:
        cursor.execute(statement, [clock.start_of(since), f"{region.path if region else ''}%"])
        return [
            Days(float(listed), float(admitted), n, name) for listed, admitted, n, name in cursor.fetchall()
        ]
