"""`export_warnings`: what was flagged, one row for each (rule, kind, ids)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, Final, TextIO

from supervision.models import Warning

COLUMNS: Final = (
    "rule",
    "dimension",
    "severity",
    "region",
    "subject_kind",
    "subject_ids",
    "first_seen",
    "last_seen",
    "status",
    "value",
    "threshold",
    "sample_size",
    "evidence",
)


def write_warnings(stream: TextIO, as_of: date | None = None) -> int:
    """Write the file, sorted by priority; returns the number of rows.

    Args:
        stream: where to.
        as_of: only what the nights up to this one have found; None: everything.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows(as_of):
        writer.writerow(row)
        count += 1
    return count


def rows(as_of: date | None = None) -> Iterator[list[Any]]:
    """The rows in the file's order: earliest first_seen and latest last_seen of a subject's episodes."""
    found = Warning.objects.filter(self_closed=False).select_related("rule", "region")
    if as_of is not None:
        found = found.filter(known_on__lte=as_of)
    episodes = found.order_by("rule__slug", "subject_kind", "subject_ids", "first_seen", "id")
    subjects = [
        list(group)
        for _key, group in groupby(episodes, key=lambda w: (w.rule.slug, w.subject_kind, w.subject_ids))
    ]
    subjects.sort(key=lambda same: (-max(w.priority for w in same), same[0].rule.slug, same[0].subject_ids))
    for same in subjects:
        yield _row(same, as_of)


def _row(same: list[Warning], as_of: date | None) -> list[Any]:
    """The latest episode tells the state and the numbers."""
    latest = same[-1]
    last_seen = max(w.last_seen for w in same)
    return [
        latest.rule.slug,
        latest.dimension,
        latest.severity,
        latest.region.code,
        latest.subject_kind,
        latest.ids,
        min(w.first_seen for w in same).isoformat(),
        (min(last_seen, as_of) if as_of else last_seen).isoformat(),
        latest.state,
        _plain(latest.value),
        _plain(latest.threshold),
        "" if latest.sample_size is None else latest.sample_size,
        json.dumps(latest.evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    ]


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
