"""Deductions, bonuses, reversals: the ledger of events, its two clocks, and who may write it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Notice
from accounts.roles import Role
from credit.errors import AlreadyDecided, AlreadyReversed, ReasonMissing, SecondPersonNeeded
from credit.listeners import deduct_for_upheld_warning
from credit.models import BonusProposal, CreditEvent, CreditSnapshot, EventKind, Severity
from credit.replay import replay
from credit.services import decide_bonus, mark_remedied, propose_bonus, record_deduction, reverse_event
from tests.credit.markets import Market, a_random_market, an_empty_market, night
from tests.factories.accounts import HAISHU, a_person, an_actor, an_organisation
from zcy import clock, workdays
from zcy.errors import Missing, NotAllowed

pytestmark = pytest.mark.django_db


def tonight() -> date:
    return clock.today()


def newest(supplier_id: int, day: date) -> CreditSnapshot:
    return CreditSnapshot.objects.filter(supplier_id=supplier_id, as_of=day).latest("revision")


def a_deduction(market: Market, **fields: Any) -> CreditEvent:
    values: dict[str, Any] = {
        "severity": "general",
        "source": "warning:1",
        "reason": "delivered what was not ordered",
    }
    return record_deduction(actor=None, supplier_id=market.suppliers[0].pk, **{**values, **fields})


@pytest.mark.parametrize(
    ("severity", "points", "half_life", "years"),
    [
        ("minor", 2, 180, 2),
        ("general", 5, 365, 2),
        ("", 5, 365, 2),
        ("major", 15, 365, 3),
        ("serious", 50, None, 3),
    ],
)
def test_what_a_severity_costs(severity: str, points: int, half_life: int | None, years: int) -> None:
    event = a_deduction(an_empty_market(), severity=severity)
    assert (float(event.points), event.half_life_days) == (points, half_life)
    assert event.expires_on is not None
    assert event.expires_on.year == event.effective_on.year + years
    assert event.effective_on == workdays.add(clock.today(), 3)


def test_a_deduction_counts_after_the_notice_and_the_supplier_is_told() -> None:
    market = an_empty_market()
    person = a_person(Role.SUPPLIER_ADMIN, organisation=market.suppliers[0])
    event = a_deduction(market)
    assert Notice.objects.filter(user=person, kind="credit_deduction").count() == 1
    night(event.effective_on - timedelta(days=1))
    night(event.effective_on)
    before = newest(market.suppliers[0].pk, event.effective_on - timedelta(days=1))
    after = newest(market.suppliers[0].pk, event.effective_on)
    assert (float(before.deductions), float(after.deductions)) == (0, 5)
    assert before.score - after.score == 5


def test_the_same_finding_costs_once() -> None:
    market = an_empty_market()
    assert a_deduction(market) == a_deduction(market)


def test_a_remedied_minor_finding_counts_half() -> None:
    market = an_empty_market()
    event = a_deduction(market, severity="minor")
    mark_remedied(actor=None, event=event, on=event.effective_on)
    night(event.effective_on)
    assert newest(market.suppliers[0].pk, event.effective_on).deductions == 1


def test_a_reversed_event_has_never_happened() -> None:
    market = a_random_market(12)
    event = a_deduction(market, severity="major")
    days = [
        event.effective_on - timedelta(days=1),
        event.effective_on,
        event.effective_on + timedelta(days=9),
    ]
    for day in days:
        night(day, first=date(2025, 1, 6))
    supplier = market.suppliers[0].pk
    punished = {day: newest(supplier, day) for day in days}
    others = list(CreditSnapshot.objects.exclude(supplier=supplier).values_list("id", "score"))
    reverse_event(actor=None, event_id=event.pk, reason="the appeal has succeeded")
    for day in days:
        row = newest(supplier, day)
        # What the ledger says now, and what the revision says, is what it would be without the event.
        assert row.deductions == 0
        assert replay(supplier, day).fields()["score"] == row.score
        assert replay(supplier, day, punished[day].known_at).fields()["score"] == punished[day].score
    assert newest(supplier, days[0]).revision == 1
    assert newest(supplier, days[2]).revision == 2
    assert newest(supplier, days[2]).score > punished[days[2]].score
    assert others == list(CreditSnapshot.objects.exclude(supplier=supplier).values_list("id", "score"))
    count = CreditSnapshot.objects.count()
    night(days[2])
    assert CreditSnapshot.objects.count() == count


def test_a_reversal_needs_a_reason_and_happens_once() -> None:
    event = a_deduction(an_empty_market())
    with pytest.raises(ReasonMissing):
        reverse_event(actor=None, event_id=event.pk, reason="no")
    reversal = reverse_event(actor=None, event_id=event.pk, reason="the appeal has succeeded")
    assert (reversal.kind, reversal.reversal_of) == (EventKind.REVERSAL, event)
    assert event.is_reversed
    with pytest.raises(AlreadyReversed):
        reverse_event(actor=None, event_id=event.pk, reason="the appeal has succeeded")
    with pytest.raises(Missing):
        reverse_event(actor=None, event_id=reversal.pk, reason="the appeal has succeeded")
    with pytest.raises(Missing):
        reverse_event(actor=None, event_id=0, reason="the appeal has succeeded")


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_ledger_of_events_is_append_only(act: str) -> None:
    event = a_deduction(an_empty_market())
    rows = CreditEvent.objects.filter(pk=event.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        if act == "update":
            rows.update(points=0)
        else:
            rows.delete()


def test_a_bonus_is_given_by_two_officers() -> None:
    market = an_empty_market()
    first, second = an_actor(Role.SUPERVISOR), an_actor(Role.SUPERVISION_LEAD)
    proposal = propose_bonus(
        actor=first, supplier_id=market.suppliers[0].pk, reason="helped in the flood of June"
    )
    with pytest.raises(SecondPersonNeeded):
        decide_bonus(actor=first, proposal_id=proposal.pk, approve=True)
    decided = decide_bonus(actor=second, proposal_id=proposal.pk, approve=True)
    assert decided.event is not None
    event = decided.event
    assert (str(event.kind), float(event.points), event.half_life_days) == ("bonus", 1, 365)
    with pytest.raises(AlreadyDecided):
        decide_bonus(actor=second, proposal_id=proposal.pk, approve=False)
    night(tonight())
    row = newest(market.suppliers[0].pk, tonight())
    assert row.bonus == 1
    assert row.score == Decimal("91.42")


def test_a_declined_bonus_gives_nothing() -> None:
    market = an_empty_market()
    proposal = propose_bonus(
        actor=an_actor(Role.SUPERVISOR),
        supplier_id=market.suppliers[0].pk,
        reason="helped in the flood of June",
    )
    decide_bonus(actor=an_actor(Role.SUPERVISOR), proposal_id=proposal.pk, approve=False)
    assert not CreditEvent.objects.exists()


def test_who_may_not_propose_or_decide() -> None:
    market = an_empty_market()
    supplier = market.suppliers[0].pk
    officer = an_actor(Role.SUPERVISOR)
    with pytest.raises(ReasonMissing):
        propose_bonus(actor=officer, supplier_id=supplier, reason="  kind   ")
    with pytest.raises(NotAllowed):
        propose_bonus(
            actor=an_actor(Role.SUPPLIER_ADMIN), supplier_id=supplier, reason="we are really very good"
        )
    elsewhere = an_actor(Role.SUPERVISOR, organisation=an_organisation("supervisor", HAISHU))
    with pytest.raises(Missing):
        propose_bonus(actor=elsewhere, supplier_id=supplier, reason="helped in the flood of June")
    with pytest.raises(Missing):
        propose_bonus(actor=officer, supplier_id=market.buyers[0].pk, reason="helped in the flood of June")
    proposal = propose_bonus(actor=officer, supplier_id=supplier, reason="helped in the flood of June")
    with pytest.raises(Missing):
        decide_bonus(actor=elsewhere, proposal_id=proposal.pk, approve=True)
    with pytest.raises(NotAllowed):
        decide_bonus(actor=an_actor(Role.PURCHASER), proposal_id=proposal.pk, approve=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        BonusProposal.objects.filter(pk=proposal.pk).update(approved=False, decided_by=proposal.proposed_by)


def a_warning(**fields: Any) -> Any:
    values = {
        "pk": 7,
        "verdict": "upheld",
        "rule": SimpleNamespace(slug="late-delivery"),
        "severity": 2,
        "supplier_id": None,
        "order_id": None,
        "decision_text": "two weeks late without a word",
    }
    return SimpleNamespace(**{**values, **fields})


@pytest.mark.parametrize(
    ("severity", "degree"), [(1, Severity.MINOR), (2, Severity.GENERAL), (3, Severity.MAJOR)]
)
def test_an_upheld_warning_about_the_supplier_costs_points(severity: int, degree: str) -> None:
    market = an_empty_market()
    deduct_for_upheld_warning(warning=a_warning(severity=severity, supplier_id=market.suppliers[0].pk))
    assert CreditEvent.objects.get().severity == degree


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "dismissed"},
        {"verdict": "corrected"},
        {"rule": SimpleNamespace(slug="split-orders")},
        {"rule": SimpleNamespace(slug="slow-payment")},
    ],
)
def test_a_bare_warning_or_a_buyers_fault_costs_the_supplier_nothing(fields: dict[str, Any]) -> None:
    market = an_empty_market()
    deduct_for_upheld_warning(warning=a_warning(supplier_id=market.suppliers[0].pk, **fields))
    deduct_for_upheld_warning(warning=a_warning(supplier_id=None))
    assert not CreditEvent.objects.exists()


def test_a_grades_fall_is_announced_once_to_those_who_act_for_the_supplier() -> None:
    market = an_empty_market()
    person = a_person(Role.SUPPLIER_CLERK, organisation=market.suppliers[0])
    day = clock.today()
    market.suppliers[0].excluded_from = day
    market.suppliers[0].save()
    night(day)
    night(day)
    notice = Notice.objects.get(user=person)
    assert (notice.kind, notice.data["after"]) == ("credit_grade_veto", "D")
