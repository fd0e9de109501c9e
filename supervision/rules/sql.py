"""What the set-based rules share: local dates in SQL, and rows as objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction

from supervision.rules.base import RuleContext
from supervision.rules.regime import BEGINNING, Regime
from zcy.clock import end_of, start_of


def local(expression: str) -> str:
    """SQL of the date that a time has in Asia/Shanghai."""
    return f"(({expression}) AT TIME ZONE 'Asia/Shanghai')::date"


def fetch(sql: str, params: Mapping[str, Any]) -> Iterator[SimpleNamespace]:
    """The rows of a statement in constant memory, columns as attributes."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, dict(params))
        rows = cursor.fetchmany(2000)
        names = [column[0] for column in cursor.description or ()]
        while rows:
            for row in rows:
                yield SimpleNamespace(**dict(zip(names, row, strict=True)))
            rows = cursor.fetchmany(2000)


def common(context: RuleContext, regime: Regime, first: date, last: date) -> dict[str, Any]:
    """Parameters of every order rule: nights, their moments, regions, and the orders to look at."""
    return {
        "first": first,
        "last": last,
        "start": start_of(first),
        "end": end_of(last),
        # Findings show the state of the last night of all, not of the regime.
        "as_of": context.last,
        "as_of_end": end_of(context.last),
        "regions": sorted(regime.regions),
        "regime_first": regime.first,
        "only": context.only_ids,
    }


def changed_inside(regime: Regime, first: date) -> bool:
    """Whether the parameters changed on the first of the nights: what was due before is overdue from then on."""
    return regime.first == first and regime.first > BEGINNING


def day_before(day: date, days: int = 1) -> date:
    """A date some days earlier."""
    return day - timedelta(days=days)
