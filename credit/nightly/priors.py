"""At a month's end: which group each supplier is in, and where the groups start in the month that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import Max, Min

from credit import formulas
from credit.grading import month_ends
from credit.models import CreditMembership, CreditModelVersion, CreditObservation, CreditPrior
from credit.nightly import sums
from zcy import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# The main category: the top-level one with the largest confirmed amount in the 365 days that end with the night.
MAIN_CATEGORIES: Final = """
    SELECT DISTINCT ON (supplier_id) supplier_id, top_code, city FROM (
        SELECT o.supplier_id, c.top_code, city.code AS city, sum(o.total) AS amount
        FROM orders_order o JOIN catalog_category c ON c.id = o.category_id
        JOIN accounts_organisation s ON s.id = o.supplier_id
        JOIN (SELECT r.id, coalesce(up.code, r.code) AS code FROM accounts_region r
            LEFT JOIN accounts_region up ON up.level = 'city' AND starts_with(r.path, up.path)) city ON city.id = s.region_id
        WHERE o.confirmed_at >= %(since)s AND o.confirmed_at < %(until)s
            AND (o.cancelled_at IS NULL OR o.cancelled_at >= %(until)s)
        GROUP BY 1, 2, 3
    ) amounts WHERE top_code <> '' ORDER BY supplier_id, amount DESC, top_code COLLATE "C"
"""

Group = tuple[str, str]
ALL: Final[Group] = ("", "")


@dataclass(frozen=True)
class MonthPriors:
    """The priors of one month and who belongs where."""

    values: Mapping[tuple[str, Group], float]
    groups: Mapping[int, Group]

    def of(self, supplier: int, component: str) -> float:
        """Prior of a supplier: of its category and city, else of its category, of all, or the constant."""
        group = self.groups.get(supplier, ALL)
        for level in (group, (group[0], ""), ALL):
            found = self.values.get((component, level))
            if found is not None:
                return found
        return formulas.COMPONENTS[component][1]


def first_of_next_month(month_end: date) -> date:
    """The day after a month's last."""
    return month_end + timedelta(days=1)


def load(months: Iterable[date]) -> dict[date, MonthPriors]:
    """The stored priors of some months (their first days)."""
    wanted = set(months)
    values: dict[date, dict[tuple[str, Group], float]] = {month: {} for month in wanted}
    groups: dict[date, dict[int, Group]] = {month: {} for month in wanted}
    rows = CreditPrior.objects.filter(month__in=wanted)
    for month, component, category, city, value in rows.values_list(
        "month", "component", "category_code", "city_code", "value"
    ):
        values[month][component, (category, city)] = value
    members = CreditMembership.objects.filter(month__in=wanted)
    for month, supplier, category, city in members.values_list(
        "month", "supplier_id", "category_code", "city_code"
    ):
        groups[month][supplier] = (category, city)
    return {month: MonthPriors(values[month], groups[month]) for month in wanted}


def store_missing(last: date, version: CreditModelVersion) -> int:
    """Store the priors of every month that follows a month's end up to the night and has none yet; rows written."""
    first = CreditObservation.objects.aggregate(day=Min("effective_on"))["day"]
    if first is None or first > last:
        return 0
    stored = CreditPrior.objects.aggregate(month=Max("month"))["month"]
    begin = first - timedelta(days=1) if stored is None else stored
    due = list(month_ends(begin, last))
    if not due:
        return 0
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        known_at = clock.now()
        sums.build_spans(cursor, version.numbers, known_at)
        for month_end in due:
            groups = _main_groups(month_end)
            found = sums.supplier_sums(cursor, version.numbers, month_end)
            written += _store(first_of_next_month(month_end), version, groups, found, known_at)
    return written


def _main_groups(month_end: date) -> dict[int, Group]:
    with connection.cursor() as cursor:
        cursor.execute(
            MAIN_CATEGORIES,
            {"since": clock.end_of(month_end - timedelta(days=365)), "until": clock.end_of(month_end)},
        )
        return {supplier: (category, city) for supplier, category, city in cursor.fetchall()}


def compute(
    components: Iterable[str],
    groups: Mapping[int, Group],
    found: Mapping[str, Mapping[int, tuple[float, float]]],
    constants: formulas.Constants,
) -> list[tuple[str, Group, float, int]]:
    """(component, group, p, suppliers) from the top down: all, then categories, then categories in a city."""
    rows: list[tuple[str, Group, float, int]] = []
    cities = sorted(set(groups.values()))
    for component in components:
        by_supplier = found.get(component, {})
        above = formulas.COMPONENTS[component][1]
        overall = formulas.shrunken_prior(by_supplier.values(), above, constants)
        rows.append((component, ALL, overall, len(by_supplier)))
        of_category: dict[str, float] = {}
        for category in sorted({group[0] for group in cities}):
            pairs = [
                pair for supplier, pair in by_supplier.items() if groups.get(supplier, ALL)[0] == category
            ]
            of_category[category] = formulas.shrunken_prior(pairs, overall, constants)
            rows.append((component, (category, ""), of_category[category], len(pairs)))
        members: dict[Group, list[tuple[float, float]]] = {}
        for supplier, pair in by_supplier.items():
            members.setdefault(groups.get(supplier, ALL), []).append(pair)
        for group in cities:
            pairs = members.get(group, [])
            rows.append(
                (
                    component,
                    group,
                    formulas.shrunken_prior(pairs, of_category[group[0]], constants),
                    len(pairs),
                )
            )
    return rows


def _store(
    month: date,
    version: CreditModelVersion,
    groups: Mapping[int, Group],
    found: Mapping[str, Mapping[int, tuple[float, float]]],
    known_at: datetime,
) -> int:
    priors: Sequence[CreditPrior] = [
        CreditPrior(
            month=month,
            component=component,
            category_code=category,
            city_code=city,
            value=value,
            suppliers=count,
            recorded_at=known_at,
        )
        for component, (category, city), value, count in compute(
            version.points, groups, found, version.numbers
        )
    ]
    members = [
        CreditMembership(month=month, supplier_id=supplier, category_code=category, city_code=city)
        for supplier, (category, city) in groups.items()
    ]
    CreditPrior.objects.bulk_create(priors, batch_size=2000, ignore_conflicts=True)
    CreditMembership.objects.bulk_create(members, batch_size=2000, ignore_conflicts=True)
    return len(priors) + len(members)
