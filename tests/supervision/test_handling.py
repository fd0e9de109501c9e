"""A warning's life: who may do what, four eyes, deadlines, suppression, versions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import Notice
from accounts.roles import Role
from supervision import errors
from supervision.models import Explanation, Rule, RuleVersion, Suppression, Warning
from supervision.queries import precision_by_rule
from supervision.regimes import parameters_for
from supervision.rules import RULES
from supervision.services.assign_warnings import assign_warnings
from supervision.services.deadlines import escalate_overdue, lift_suppressions
from supervision.services.decide_warning import close_warning, escalate_warning, verify_warning
from supervision.services.explanations import explain, request_explanation
from supervision.services.rule_versions import NothingChanged, approve_version, draft_version
from supervision.services.suppress_warning import suppress_warning
from supervision.transitions import STEPS
from supervision.vocabulary import WarningState
from tests.factories import a_region, a_seller, a_supervisor, an_actor
from tests.supervision.history import an_order, run_nights
from zcy import clock
from zcy.errors import DomainError, Missing, NotAllowed
from zcy.intervals import wilson

pytestmark = pytest.mark.django_db
TEXT = "The goods were needed at once."


def a_warning(**values: Any) -> Warning:
    """A fresh late-delivery warning of a county of Hangzhou."""
    today = clock.today()
    order = an_order(today - timedelta(days=20), promised_on=today - timedelta(days=15), total=Decimal(5000))
    run_nights(today - timedelta(days=20), today, only="late-delivery")
    warning = Warning.objects.get(order_id=order.pk)
    for name, value in values.items():
        setattr(warning, name, value)
    warning.save()
    return warning


def an_assigned_warning() -> tuple[Warning, Actor]:
    warning, officer = a_warning(), a_supervisor()
    assign_warnings(actor=officer, warning_ids=[warning.pk], assignee_id=officer.user_id or 0)
    warning.refresh_from_db()
    return warning, officer


def the_purchaser(warning: Warning) -> Actor:
    assert warning.buyer is not None
    return an_actor(warning.buyer, Role.PURCHASER)


def the_seller(warning: Warning) -> Actor:
    assert warning.supplier is not None
    return a_seller(warning.supplier)


def asked(warning: Warning, officer: Actor) -> Explanation:
    request_explanation(
        actor=officer, warning_id=warning.pk, sides=["buyer"], question="Why so late, please?"
    )
    return Explanation.objects.get(warning=warning)


def test_a_new_warning_waits_three_working_days_for_somebody() -> None:
    from zcy import workdays

    warning = a_warning()
    assert warning.due_at == clock.end_of(workdays.add(warning.raised_at, 3))
    assert not warning.historic


def test_from_assignment_to_closing_with_four_people() -> None:
    warning, officer = an_assigned_warning()
    explanation = asked(warning, officer)
    purchaser = the_purchaser(warning)
    explain(actor=purchaser, explanation_id=explanation.pk, text=TEXT)
    judge = a_supervisor()
    verify_warning(actor=judge, warning_id=warning.pk, verdict="upheld", text=TEXT)
    close_warning(actor=officer, warning_id=warning.pk)
    warning.refresh_from_db()
    assert (warning.state, warning.verdict, warning.explainer_id) == ("closed", "upheld", purchaser.user_id)
    actions = list(warning.events.values_list("action", flat=True))
    assert actions == ["raised", "assigned", "explanation_requested", "explained", "verified", "closed"]


def test_the_people_asked_are_told() -> None:
    warning, officer = an_assigned_warning()
    purchaser = the_purchaser(warning)
    asked(warning, officer)
    assert Notice.objects.filter(user=purchaser.user, kind="supervision.asked").exists()


def test_neither_assignee_nor_explainer_may_decide() -> None:
    warning, officer = an_assigned_warning()
    with pytest.raises(errors.FourEyes):
        verify_warning(actor=officer, warning_id=warning.pk, verdict="upheld", text=TEXT)
    for name in ("assignee", "explainer"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Warning.objects.filter(pk=warning.pk).update(**{name: officer.user, "verifier": officer.user})


def test_who_has_handled_it_does_not_decide_after_passing_it_on() -> None:
    warning, officer = an_assigned_warning()
    asked(warning, officer)
    other = a_supervisor()
    purchaser = the_purchaser(warning)
    explain(actor=purchaser, explanation_id=Explanation.objects.get().pk, text=TEXT)
    assign_warnings(actor=officer, warning_ids=[warning.pk], assignee_id=other.user_id or 0)
    with pytest.raises(errors.FourEyes):
        verify_warning(actor=officer, warning_id=warning.pk, verdict="upheld", text=TEXT)
    verify_warning(actor=a_supervisor(), warning_id=warning.pk, verdict="upheld", text=TEXT)


def test_who_was_only_assigned_by_mistake_may_decide() -> None:
    warning, officer = an_assigned_warning()
    other = a_supervisor()
    assign_warnings(actor=officer, warning_ids=[warning.pk], assignee_id=other.user_id or 0)
    verify_warning(actor=officer, warning_id=warning.pk, verdict="upheld", text=TEXT)


def test_a_dismissal_needs_a_reason_code_and_grounds() -> None:
    warning, _officer = an_assigned_warning()
    judge = a_supervisor()
    with pytest.raises(DomainError):
        verify_warning(actor=judge, warning_id=warning.pk, verdict="dismissed", text=TEXT)
    with pytest.raises(errors.TextMissing):
        verify_warning(actor=judge, warning_id=warning.pk, verdict="upheld", text="short")
    verify_warning(
        actor=judge, warning_id=warning.pk, verdict="dismissed", dismissal_reason="emergency", text=TEXT
    )


@pytest.mark.parametrize("state", WarningState.values)
@pytest.mark.parametrize("action", STEPS)
def test_only_the_steps_of_the_table_are_possible(state: str, action: str) -> None:
    from supervision.services.steps import need

    warning, lead = Warning(state=state), a_supervisor(role=Role.SUPERVISION_LEAD)
    if state in STEPS[action].sources:
        need(lead, warning, action)
    else:
        with pytest.raises(errors.WrongStep):
            need(lead, warning, action)


def test_an_escalated_warning_is_for_a_lead() -> None:
    warning, officer = an_assigned_warning()
    escalate_warning(actor=officer, warning_id=warning.pk, text=TEXT)
    with pytest.raises(NotAllowed):
        verify_warning(actor=a_supervisor(), warning_id=warning.pk, verdict="upheld", text=TEXT)
    lead = a_supervisor(a_region("330000"), Role.SUPERVISION_LEAD)
    verify_warning(actor=lead, warning_id=warning.pk, verdict="upheld", text=TEXT)


def test_a_supervisor_of_another_region_does_not_find_it() -> None:
    warning = a_warning()
    stranger = a_supervisor(a_region("330200"))
    with pytest.raises(Missing):
        assign_warnings(actor=stranger, warning_ids=[warning.pk], assignee_id=stranger.user_id or 0)
    with pytest.raises(errors.NotASupervisor):
        assign_warnings(actor=a_supervisor(), warning_ids=[warning.pk], assignee_id=stranger.user_id or 0)


def test_only_the_asked_organisation_answers_and_only_once() -> None:
    warning, officer = an_assigned_warning()
    explanation = asked(warning, officer)
    with pytest.raises(Missing):
        explain(actor=the_seller(warning), explanation_id=explanation.pk, text=TEXT)
    with pytest.raises(NotAllowed):
        explain(actor=officer, explanation_id=explanation.pk, text=TEXT)
    purchaser = the_purchaser(warning)
    explain(actor=purchaser, explanation_id=explanation.pk, text=TEXT)
    with pytest.raises(errors.WrongStep):
        explain(actor=purchaser, explanation_id=explanation.pk, text=TEXT)


def test_both_sides_must_answer_before_it_is_explained() -> None:
    warning, officer = an_assigned_warning()
    question = "Why so late, please?"
    request_explanation(actor=officer, warning_id=warning.pk, sides=["buyer", "supplier"], question=question)
    for actor in (the_purchaser(warning), the_seller(warning)):
        warning.refresh_from_db()
        assert warning.state == "requested"
        one = Explanation.objects.get(organisation=actor.organisation)
        explain(actor=actor, explanation_id=one.pk, text=TEXT)
    warning.refresh_from_db()
    assert warning.state == "explained"


def test_bulk_assignment_is_all_or_nothing() -> None:
    warning, other = a_warning(), a_warning(state="closed")
    officer = a_supervisor()
    with pytest.raises(errors.WrongStep):
        assign_warnings(actor=officer, warning_ids=[warning.pk, other.pk], assignee_id=officer.user_id or 0)
    warning.refresh_from_db()
    assert warning.state == "open"


def test_an_overdue_step_is_escalated() -> None:
    warning = a_warning(due_at=clock.now() - timedelta(seconds=1))
    assert escalate_overdue() == 1
    warning.refresh_from_db()
    assert warning.state == "escalated"
    assert escalate_overdue() == 0


def test_a_historic_warning_never_gets_a_deadline() -> None:
    warning = a_warning(historic=True, due_at=None)
    officer = a_supervisor()
    assign_warnings(actor=officer, warning_ids=[warning.pk], assignee_id=officer.user_id or 0)
    warning.refresh_from_db()
    assert warning.due_at is None


# --- Suppression ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "fine"), [(0, False), (1, True), (180, True), (181, False)])
def test_a_suppression_lasts_1_to_180_days(days: int, fine: bool) -> None:
    warning = a_warning()
    if fine:
        suppress_warning(actor=a_supervisor(), warning_id=warning.pk, days=days, reason=TEXT)
        warning.refresh_from_db()
        assert (warning.state, warning.due_at) == ("suppressed", None)
    else:
        with pytest.raises(errors.SuppressionTooLong):
            suppress_warning(actor=a_supervisor(), warning_id=warning.pk, days=days, reason=TEXT)


@pytest.mark.parametrize(("factor", "woken"), [(1.1, 0), (1.11, 1)])
def test_it_is_lifted_when_the_value_worsens_by_more_than_a_tenth(factor: float, woken: int) -> None:
    warning = a_warning(value=10)
    suppress_warning(actor=a_supervisor(), warning_id=warning.pk, days=30, reason=TEXT)
    Warning.objects.filter(pk=warning.pk).update(value=10 * factor)
    assert lift_suppressions() == woken


def test_it_wakes_when_the_time_is_over() -> None:
    warning = a_warning()
    suppress_warning(actor=a_supervisor(), warning_id=warning.pk, days=30, reason=TEXT)
    yesterday = clock.today() - timedelta(days=1)
    Suppression.objects.update(from_day=yesterday, to_day=yesterday)
    assert lift_suppressions() == 1
    warning.refresh_from_db()
    assert warning.state == "open"


# --- Versions -------------------------------------------------------------------------------------------------------


def a_lead(code: str = "330000") -> Actor:
    return a_supervisor(a_region(code), Role.SUPERVISION_LEAD)


def a_draft(lead: Actor, code: str = "330100", **parameters: Any) -> RuleVersion:
    return draft_version(
        actor=lead,
        slug="late-delivery",
        region=a_region(code),
        parameters=parameters,
        effective_from=clock.today() + timedelta(days=1),
        legal_basis="A notice of the city of this year",
    )


def test_every_rule_is_shipped_with_a_version_that_has_the_hash_of_its_code() -> None:
    for slug, rule in RULES.items():
        version = RuleVersion.objects.filter(rule__slug=slug).latest("number")
        assert (version.region, version.effective_from, version.code_hash) == (None, None, rule.code_hash())
        assert version.parameters == rule.parameters().as_dict()


def test_a_lower_tier_may_tighten_but_never_loosen() -> None:
    lead = a_lead()
    with pytest.raises(errors.LooserParameter):
        a_draft(lead, grace_workdays=2)
    with pytest.raises(NothingChanged):
        a_draft(lead, grace_workdays=1)
    with pytest.raises(errors.BadParameter):
        a_draft(lead, grace_workdays=-1)
    assert a_draft(lead, grace_workdays=0).parameters == {"grace_workdays": 0}


def test_the_root_may_set_it_in_either_direction() -> None:
    assert a_draft(a_lead(), "330000", grace_workdays=3).parameters == {"grace_workdays": 3}


def test_a_draft_holds_only_when_a_second_lead_has_approved_it() -> None:
    author = a_lead()
    draft = a_draft(author, grace_workdays=0)
    tomorrow = clock.today() + timedelta(days=1)
    rule, city, county, other = RULES["late-delivery"], a_region("330100"), a_region(), a_region("330200")
    assert parameters_for(rule, city, tomorrow).as_dict()["grace_workdays"] == 1
    with pytest.raises(errors.FourEyes):
        approve_version(actor=author, version_id=draft.pk)
    approve_version(actor=a_lead(), version_id=draft.pk)
    assert parameters_for(rule, city, tomorrow).as_dict()["grace_workdays"] == 0
    assert parameters_for(rule, county, tomorrow).as_dict()["grace_workdays"] == 0
    assert parameters_for(rule, other, tomorrow).as_dict()["grace_workdays"] == 1
    assert parameters_for(rule, city, clock.today()).as_dict()["grace_workdays"] == 1


def test_versions_are_immutable() -> None:
    version = RuleVersion.objects.filter(rule__slug="late-delivery").latest("number")
    for act in (
        lambda: RuleVersion.objects.filter(pk=version.pk).update(legal_basis="other"),
        version.delete,
    ):
        with pytest.raises(Exception, match=r"(?i)cannot|protect"), transaction.atomic():
            act()
    draft = a_draft(a_lead(), grace_workdays=0)
    with pytest.raises(Exception, match=r"(?i)cannot"), transaction.atomic():
        RuleVersion.objects.filter(pk=draft.pk).update(parameters={})


def test_the_version_in_force_on_the_night_judges_it_and_is_named() -> None:
    city, rule = a_region("330100"), Rule.objects.get(slug="late-delivery")
    version = RuleVersion.objects.create(
        rule=rule,
        number=99,
        region=city,
        parameters={"grace_workdays": 0},
        effective_from=date(2025, 3, 10),
        code_hash="x",
        author=a_lead().user,
        approver=a_lead().user,
        approved_at=clock.now(),
    )
    before = an_order(date(2025, 3, 1), promised_on=date(2025, 3, 4))
    after = an_order(date(2025, 3, 1), promised_on=date(2025, 3, 11))
    elsewhere = an_order(date(2025, 3, 1), promised_on=date(2025, 3, 11), region=a_region("330200"))
    from tests.supervision.history import delivered

    delivered(before, arrived=date(2025, 3, 5))
    delivered(after, arrived=date(2025, 3, 12))
    delivered(elsewhere, arrived=date(2025, 3, 12))
    run_nights(date(2025, 3, 1), date(2025, 3, 20), only="late-delivery")
    warning = Warning.objects.get()
    assert (warning.order_id, warning.version_id, warning.first_seen) == (
        after.pk,
        version.pk,
        date(2025, 3, 12),
    )


# --- Feedback -------------------------------------------------------------------------------------------------------


def test_the_interval_of_wilson() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)


def test_a_rule_that_is_mostly_dismissed_is_up_for_review() -> None:
    warning = a_warning()
    for n in range(20):
        Warning.objects.create(
            **{
                **{f.attname: getattr(warning, f.attname) for f in Warning._meta.fields if f.name != "id"},
                "fingerprint": f"{n:064d}",
                "verdict": "upheld" if n == 0 else "dismissed",
                "dismissal_reason": "" if n == 0 else "market",
            }
        )
    found = precision_by_rule()["late-delivery"]
    assert (found.upheld, found.decided, found.needs_review) == (1, 20, True)
