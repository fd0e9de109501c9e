"""export_warnings: columns, one row per subject, order by priority, as of a night."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from orders.models import Ceiling
from supervision.models import Warning
from supervision.night import rank
from tests.supervision.history import a_buyer, a_category, a_region, accepted, an_order, run_nights

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 2)
HEADER = (
    "rule,dimension,severity,region,subject_kind,subject_ids,first_seen,last_seen,"
    "status,value,threshold,sample_size,evidence"
)


def exported(path: Path, *arguments: str) -> list[dict[str, str]]:
    call_command("export_warnings", str(path), *arguments)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_columns_and_values(tmp_path: Path) -> None:
    order = an_order(DAY, promised_on=DAY, total=Decimal(5000))
    run_nights(DAY, DAY + timedelta(days=3))
    (row,) = exported(tmp_path / "w.csv")
    assert (tmp_path / "w.csv").read_text(encoding="utf-8").splitlines()[0] == HEADER
    evidence = json.loads(row.pop("evidence"))
    assert evidence["promised_on"] == "2025-06-02"
    assert row == {
        "rule": "late-delivery",
        "dimension": "E",
        "severity": "1",
        "region": "330106",
        "subject_kind": "order",
        "subject_ids": order.external_id,
        "first_seen": "2025-06-04",
        "last_seen": "2025-06-04",
        "status": "open",
        "value": "3",
        "threshold": "1",
        "sample_size": "",
    }


def test_one_row_for_all_episodes_of_a_subject(tmp_path: Path) -> None:
    Ceiling.objects.create(region=a_region("330000"), method="direct", ceiling=Decimal(50_000))
    buyer, category = a_buyer(), a_category()
    for days in (0, 3, 60, 61):
        an_order(DAY + timedelta(days=days), buyer=buyer, category=category, total=30_000)
    run_nights(DAY, DAY + timedelta(days=70), only="split-orders")
    assert Warning.objects.count() == 2
    (row,) = exported(tmp_path / "w.csv")
    assert row["subject_ids"] == ";".join(sorted([buyer.uscc, category.code]))
    assert (row["first_seen"], row["last_seen"]) == ("2025-06-05", "2025-08-02")
    (before,) = exported(tmp_path / "b.csv", "--as-of", "2025-06-30")
    assert (before["first_seen"], before["last_seen"]) == ("2025-06-05", "2025-06-05")
    assert exported(tmp_path / "n.csv", "--as-of", "2025-06-04") == []


def test_rows_come_by_priority_and_unit_errors_last(tmp_path: Path) -> None:
    totals = (100, 1_000_000, 10_000)
    orders = [an_order(DAY, promised_on=DAY, total=total) for total in totals]
    dear = an_order(DAY, promised_on=DAY, total=9_000_000)
    run_nights(DAY, DAY + timedelta(days=3))
    Warning.objects.filter(order_id=dear.pk).update(unit_error=True)
    rank()
    ids = [row["subject_ids"] for row in exported(tmp_path / "w.csv")]
    assert ids == [orders[1].number, orders[2].number, orders[0].number, dear.number]


def test_priority_by_its_formula() -> None:
    import math

    order = an_order(DAY, promised_on=DAY, total=Decimal(9_900))
    accepted(order, DAY + timedelta(days=10))
    run_nights(DAY, DAY + timedelta(days=60))
    late, slow = (Warning.objects.get(rule__slug=slug) for slug in ("late-delivery", "slow-payment"))
    assert late.priority == pytest.approx(3 ** (late.severity - 1) * 0.5 * math.log10(1 + 99) * 1.5)
    assert slow.priority == pytest.approx(3 ** (slow.severity - 1) * 0.5 * 2 * 1.5)
    Warning.objects.filter(pk=late.pk).update(verdict="upheld")
    rank()
    late.refresh_from_db()
    assert late.priority == pytest.approx(3 ** (late.severity - 1) * (2 / 3) * 2 * 1.5)


def test_what_corrected_data_have_closed_is_not_exported(tmp_path: Path) -> None:
    an_order(DAY, promised_on=DAY)
    run_nights(DAY, DAY + timedelta(days=3))
    Warning.objects.update(self_closed=True, state="closed")
    assert exported(tmp_path / "w.csv") == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("export_warnings", str(tmp_path / "nowhere" / "w.csv"))
