"""Upheld complaints take points: how many, from when, for how long, and what a correction does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organisation
from accounts.roles import Role
from credit.models import CreditEvent, CreditSnapshot, EventKind
from credit.replay import replay
from credit.services import reverse_event
from orders.models import Complaint, Order
from tests.credit.markets import Market, an_empty_market, at, night
from tests.factories.accounts import an_actor, signed_in
from zcy import clock

pytestmark = pytest.mark.django_db
DECIDED = date(2025, 3, 12)
# 41.667·.9 + 33.333·.95 + 25·.85
NEWCOMER = 90.4167


def a_complaint(market: Market, supplier: int = 0, **fields: Any) -> Complaint:
    values: dict[str, Any] = {
        "supplier": market.suppliers[supplier],
        "at": at(DECIDED - timedelta(days=9)),
        "decided_at": at(DECIDED),
        "upheld": True,
        "origin": "imported",
        "source": "test",
        "external_id": f"K{Complaint.objects.count()}",
    }
    return Complaint.objects.create(**{**values, **fields})


def an_order(market: Market, supplier: int = 0) -> Order:
    return market.order(market.suppliers[supplier], market.buyers[0], DECIDED - timedelta(days=30))


def deducted(supplier: Organisation, day: date) -> float:
    night(day)
    row = CreditSnapshot.objects.filter(supplier=supplier, as_of=day).latest("revision")
    assert float(row.score) == pytest.approx(NEWCOMER - float(row.deductions), abs=0.0051)
    return float(row.deductions)


@pytest.mark.parametrize(
    ("severity", "first", "half_life", "years"),
    [
        ("minor", 2, 180, 2),
        ("general", 5, 365, 2),
        ("", 5, 365, 2),
        ("grave", 5, 365, 2),
        ("major", 15, 365, 3),
        ("serious", 50, None, 3),
    ],
)
def test_a_severity_has_its_points_half_life_and_expiry(
    severity: str, first: int, half_life: int | None, years: int
) -> None:
    market = an_empty_market()
    a_complaint(market, severity=severity)
    supplier = market.suppliers[0]
    assert deducted(supplier, DECIDED - timedelta(days=1)) == 0
    assert deducted(supplier, DECIDED) == first
    later = DECIDED + timedelta(days=half_life or 365)
    assert deducted(supplier, later) == (first / 2 if half_life else first)
    expiry = DECIDED.replace(year=DECIDED.year + years)
    assert deducted(supplier, expiry - timedelta(days=1)) > 0
    assert deducted(supplier, expiry) == 0


def test_an_event_of_29_february_expires_on_the_28th() -> None:
    market = an_empty_market()
    a_complaint(market, decided_at=at(date(2024, 2, 29)), severity="general")
    night(date(2024, 3, 1))
    assert CreditEvent.objects.get().expires_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    "fields",
    [
        {"upheld": False},
        {"upheld": None},
        {"decided_at": None},
        {"decided_at": at(DECIDED + timedelta(days=1))},
    ],
)
def test_what_is_not_upheld_or_not_decided_yet_takes_nothing(fields: dict[str, Any]) -> None:
    market = an_empty_market()
    a_complaint(market, **fields)
    assert deducted(market.suppliers[0], DECIDED) == 0
    assert not CreditEvent.objects.exists()


def test_the_local_date_of_the_decision_counts() -> None:
    market = an_empty_market()
    a_complaint(market, decided_at=clock.end_of(DECIDED) - timedelta(seconds=1))
    a_complaint(market, 1, decided_at=clock.end_of(DECIDED))
    night(DECIDED)
    assert [event.supplier_id for event in CreditEvent.objects.all()] == [market.suppliers[0].pk]


@pytest.mark.parametrize(("days", "left"), [(0, 1.0), (30, 1.0), (31, 2.0), (None, 2.0)])
def test_a_minor_one_counts_half_from_its_remedy_within_thirty_days(days: int | None, left: float) -> None:
    market = an_empty_market()
    executed = at(DECIDED + timedelta(days=days)) if days is not None else None
    a_complaint(market, severity="minor", executed_at=executed)
    supplier = market.suppliers[0]
    if days:
        assert deducted(supplier, DECIDED) == 2, "not before it was executed"
    day = DECIDED + timedelta(days=60)
    assert deducted(supplier, day) == pytest.approx(left * 2 ** (-60 / 180), abs=1e-4)


def test_a_remedy_halves_minor_ones_only() -> None:
    market = an_empty_market()
    a_complaint(market, severity="general", executed_at=at(DECIDED))
    assert deducted(market.suppliers[0], DECIDED) == 5


def test_of_several_about_one_order_the_largest_counts_and_others_add_up() -> None:
    market = an_empty_market()
    order = an_order(market)
    for severity in ("minor", "general"):
        a_complaint(market, order=order, severity=severity)
        a_complaint(market, severity=severity)
    night(DECIDED)
    row = CreditSnapshot.objects.get(supplier=market.suppliers[0], as_of=DECIDED)
    assert row.deductions == 5 + 2 + 5


def test_a_second_night_writes_nothing_more() -> None:
    market = an_empty_market()
    a_complaint(market, severity="minor", executed_at=at(DECIDED + timedelta(days=3)))
    night(DECIDED + timedelta(days=5))
    assert CreditEvent.objects.count() == 2
    night(DECIDED + timedelta(days=5))
    night(DECIDED + timedelta(days=1))
    assert CreditEvent.objects.count() == 2


@pytest.mark.parametrize("nights", [range(21), [20], [3, 20], [9, 20]])
def test_every_night_and_one_catch_up_give_the_same(nights: Iterable[int]) -> None:
    market = an_empty_market()
    a_complaint(market, severity="minor", executed_at=at(DECIDED + timedelta(days=8)))
    for days in nights:
        night(DECIDED + timedelta(days=days))
    supplier = market.suppliers[0]
    rows = {(row.as_of - DECIDED).days: row for row in CreditSnapshot.objects.filter(supplier=supplier)}
    for days in nights:
        left = (2 if days < 8 else 1) * 2 ** (-days / 180)
        assert float(rows[days].deductions) == pytest.approx(left, abs=1e-4)
        assert replay(supplier.pk, rows[days].as_of).fields()["score"] == rows[days].score
    assert not CreditSnapshot.objects.filter(revision__gt=1).exists()


def test_a_corrected_complaint_is_taken_back_and_written_anew() -> None:
    market = an_empty_market()
    complaint = a_complaint(market, severity="major")
    supplier = market.suppliers[0]
    assert deducted(supplier, DECIDED) == 15
    known_then = CreditSnapshot.objects.get(supplier=supplier, as_of=DECIDED)
    Complaint.objects.filter(pk=complaint.pk).update(severity="minor")
    night(DECIDED + timedelta(days=1))
    kinds = list(CreditEvent.objects.order_by("id").values_list("kind", "severity"))
    assert kinds == [("deduction", "major"), ("reversal", ""), ("deduction", "minor")]
    revised = CreditSnapshot.objects.filter(supplier=supplier, as_of=DECIDED).latest("revision")
    assert (revised.revision, revised.deductions) == (2, Decimal(2))
    assert replay(supplier.pk, DECIDED, known_then.known_at).fields()["score"] == known_then.score
    Complaint.objects.filter(pk=complaint.pk).update(upheld=False)
    assert deducted(supplier, DECIDED + timedelta(days=2)) == 0


def test_what_an_appeal_has_reversed_stays_reversed() -> None:
    market = an_empty_market()
    a_complaint(market, severity="major")
    night(DECIDED)
    event = CreditEvent.objects.get()
    reverse_event(
        actor=an_actor(Role.SUPERVISOR), event_id=event.pk, reason="the goods were mixed up by the carrier"
    )
    assert deducted(market.suppliers[0], DECIDED + timedelta(days=1)) == 0
    assert CreditEvent.objects.filter(kind=EventKind.DEDUCTION).count() == 1
    row = CreditSnapshot.objects.filter(supplier=market.suppliers[0], as_of=DECIDED).latest("revision")
    assert (row.revision, row.deductions) == (2, Decimal(0))


def test_a_complaint_alone_is_no_observation() -> None:
    market = an_empty_market()
    a_complaint(market, severity="serious")
    end = date(2025, 3, 31)
    night(end)
    row = CreditSnapshot.objects.get(supplier=market.suppliers[0], as_of=end)
    assert (row.grade, row.provisional, row.observed) == ("BBB", True, False)


def test_points_beyond_zero_are_the_limit() -> None:
    market = an_empty_market()
    for _ in range(2):
        a_complaint(market, severity="serious")
    night(DECIDED)
    row = CreditSnapshot.objects.get(supplier=market.suppliers[0], as_of=DECIDED)
    assert (row.score, row.deductions) == (Decimal(0), Decimal(100))
    assert float(row.limit) == pytest.approx(100 - NEWCOMER, abs=1e-4)


def test_the_supplier_reads_which_complaint_took_the_points() -> None:
    market = an_empty_market()
    a_complaint(market, severity="general", external_id="TS-2025-77")
    night(DECIDED)
    client = signed_in(Role.SUPPLIER_CLERK, organisation=market.suppliers[0])
    page = client.get("/supplier/credit/", headers={"accept-language": "en"}).content.decode()
    assert "Upheld complaint TS-2025-77" in page
    assert isinstance(CreditEvent.objects.get().recorded_at, datetime)
