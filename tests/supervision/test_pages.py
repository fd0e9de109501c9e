"""The supervisors' pages, and those of the people who are asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.roles import Role
from orders.models import Order
from supervision.models import Explanation, Rule, Warning
from supervision.services.suppress_warning import suppress_warning
from tests.factories import a_region, a_supervisor, an_actor, somebody_of_the_operator
from tests.supervision.history import a_category, a_deal, a_good, a_market_price, run_nights
from tests.supervision.test_handling import TEXT, a_lead, a_warning, an_assigned_warning, asked
from zcy import clock

pytestmark = pytest.mark.django_db
LIST = "/admin/supervision/warning/"


@pytest.fixture(autouse=True)
def _english(settings: object) -> None:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]


def browser(actor: Actor) -> Client:
    """Signed in as an account of the demonstration, which needs no second factor."""
    assert actor.user is not None
    actor.user.demonstration = True
    actor.user.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(warning: Warning) -> str:
    return reverse("admin:supervision_warning_change", args=[warning.pk])


def test_the_list_shows_tiles_and_warnings_of_the_region_and_below() -> None:
    warning = a_warning()
    text = browser(a_lead()).get(LIST).content.decode()
    assert warning.ids in text
    assert text.count('class="tile"') == 5
    assert warning.ids not in browser(a_supervisor(a_region("330200"))).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("dimension=E", True),
        ("dimension=P", False),
        ("severity=2", True),
        ("severity=3", False),
        ("state=open", True),
        ("state=closed", False),
        ("region=330106", True),
        ("region=330100", True),
        ("deadline=week", True),
        ("deadline=overdue", False),
        ("rule=late-delivery", True),
        ("rule=split-orders", False),
        ("view=historic", False),
        ("view=decided", False),
        ("mine=on", False),
        ("dimension=nonsense", True),
        ("sort=-priority", True),
        ("sort=nonsense&after=nonsense", True),
    ],
)
def test_filters(query: str, found: bool) -> None:
    warning = a_warning()
    answer = browser(a_lead()).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert (warning.ids in answer.content.decode()) is found


def test_statements_do_not_grow_with_the_rows(django_assert_max_num_queries: object) -> None:
    a_warning()
    client = browser(a_lead())
    client.get(LIST)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(LIST)
    for _n in range(4):
        a_warning()
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(LIST)


def test_the_evidence_page_shows_the_deal_in_the_distribution_with_its_formula() -> None:
    category = a_category()
    day = clock.today() - timedelta(days=2)
    a_market_price(a_good(category=category), day, [100 + n for n in range(-6, 6)])
    good = a_good(category=category, name="Copier paper")
    a_market_price(good, day, [100] * 8)
    order = a_deal(day + timedelta(days=1), good, 130)
    run_nights(day, day + timedelta(days=1), only="price-above-peer")
    warning = Warning.objects.get(order_id=order.pk)
    text = browser(a_lead()).get(page(warning)).content.decode()
    assert "1.30 times the median" in text
    assert "<svg" in text
    assert "this deal" in text
    assert "Copier paper" in text
    assert "S² = (n·(1.4826·MAD)² + 12·σ²) / (n + 12)" in text


def test_every_rule_has_an_evidence_page() -> None:
    from tests.supervision.test_nights import FIRST, LAST, a_small_market

    a_small_market(seed=11)
    run_nights(FIRST, LAST)
    client = browser(a_lead())
    for slug in Rule.objects.values_list("slug", flat=True):
        warning = Warning.objects.filter(rule__slug=slug).first()
        assert warning is not None
        assert client.get(page(warning)).status_code == 200
    assert client.get(f"{LIST}?view=historic&size=100").status_code == 200


def test_the_decision_box_takes_a_warning_to_its_end() -> None:
    warning, first, second = a_warning(), a_supervisor(), a_supervisor()
    client = browser(first)
    base = LIST + str(warning.pk)
    assert client.post(f"{base}/assign/", {"assignee": first.user_id}).status_code == 302
    refused = client.post(f"{base}/request/", {"sides": ["buyer"], "question": "Why?"})
    assert refused.status_code == 400
    assert "Why?" in refused.content.decode()
    assert client.post(f"{base}/request/", {"sides": ["buyer"], "question": TEXT}).status_code == 302
    explanation = Explanation.objects.get()
    buyer = browser(an_actor(warning.buyer, Role.PURCHASER))  # type: ignore[arg-type]
    assert buyer.post(f"/buyer/explanations/{explanation.pk}/", {"text": "no"}).status_code == 400
    assert buyer.post(f"/buyer/explanations/{explanation.pk}/", {"text": TEXT}).status_code == 302
    own = client.post(f"{base}/verify/", {"verdict": "upheld", "text": TEXT})
    assert own.status_code == 403
    assert TEXT in own.content.decode()
    judge = browser(second)
    assert judge.post(f"{base}/verify/", {"verdict": "upheld", "text": TEXT}).status_code == 302
    assert judge.post(f"{base}/close/").status_code == 302
    warning.refresh_from_db()
    assert (warning.state, warning.verdict) == ("closed", "upheld")
    assert judge.post(f"{base}/close/").status_code == 409


def test_get_does_not_step() -> None:
    warning = a_warning()
    assert browser(a_supervisor()).get(f"{LIST}{warning.pk}/close/").status_code == 405


def test_many_are_assigned_at_once() -> None:
    warnings, officer = [a_warning(), a_warning()], a_supervisor()
    data = {"warning": [w.pk for w in warnings], "assignee": officer.user_id}
    assert browser(officer).post(f"{LIST}assign/", data).status_code == 302
    assert set(Warning.objects.values_list("state", "assignee")) == {("assigned", officer.user_id)}
    assert browser(officer).post(f"{LIST}assign/", {"warning": "x"}).status_code == 302


def test_strangers_find_nothing() -> None:
    warning, officer = an_assigned_warning()
    explanation = asked(warning, officer)
    stranger = browser(a_supervisor(a_region("330200")))
    assert stranger.get(page(warning)).status_code == 404
    assert stranger.post(f"{LIST}{warning.pk}/close/").status_code == 404
    other = browser(an_actor(a_deal(date(2025, 1, 1), a_good(), 1).buyer, Role.PURCHASER))
    assert other.get(f"/buyer/explanations/{explanation.pk}/").status_code == 404
    assert other.get("/buyer/explanations/").status_code == 200
    assert other.get(LIST).status_code == 403


def test_the_asked_see_the_question_and_the_sentence() -> None:
    warning, officer = an_assigned_warning()
    explanation = asked(warning, officer)
    client = browser(an_actor(warning.buyer, Role.FINANCE))  # type: ignore[arg-type]
    text = client.get(f"/buyer/explanations/{explanation.pk}/").content.decode()
    assert "Why so late, please?" in text
    assert "working days late" in text
    order = Order.objects.get(pk=explanation.warning.order_id or 0)
    assert f"/buyer/orders/{order.number}/" in text, "one click away is what it is about"
    assert warning.ids in client.get("/buyer/explanations/").content.decode()
    approver = browser(an_actor(warning.buyer, Role.APPROVER))  # type: ignore[arg-type]
    assert "<textarea" not in approver.get(f"/buyer/explanations/{explanation.pk}/").content.decode()


def test_rules_show_definition_versions_and_figures_and_take_drafts() -> None:
    a_warning()
    row = Rule.objects.get(slug="late-delivery")
    author, second = a_lead(), a_lead()
    client = browser(author)
    assert "late-delivery" in client.get("/admin/supervision/rule/").content.decode()
    url = reverse("admin:supervision_rule_change", args=[row.pk])
    text = client.get(url).content.decode()
    assert "wd(promised_on, last delivered_at" in text
    data = {
        "region": a_region("330100").pk,
        "effective_from": (clock.today() + timedelta(days=1)).isoformat(),
        "legal_basis": "A notice of the city",
        "grace_workdays": 2,
    }
    looser = client.post(f"/admin/supervision/rule/{row.pk}/draft/", data)
    assert looser.status_code == 400
    assert "never loosen it" in looser.content.decode()
    assert (
        client.post(f"/admin/supervision/rule/{row.pk}/draft/", {**data, "grace_workdays": 0}).status_code
        == 302
    )
    draft = row.versions.get(region__isnull=False)
    approve = f"/admin/supervision/rule/{row.pk}/versions/{draft.pk}/approve/"
    client.post(approve)
    draft.refresh_from_db()
    assert draft.approved_at is None
    browser(second).post(approve)
    draft.refresh_from_db()
    assert draft.approver_id == second.user_id


def test_the_list_is_downloaded_as_it_is_filtered() -> None:
    warning = a_warning()
    client = browser(a_lead())
    rows = b"".join(client.get(f"{LIST}?format=csv").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert warning.ids in rows[1]
    assert "working day" in rows[1]
    none = b"".join(client.get(f"{LIST}?format=csv&dimension=P").streaming_content).decode()  # type: ignore[attr-defined]
    assert warning.ids not in none


def test_parameters_are_told_in_words() -> None:
    row = Rule.objects.get(slug="late-delivery")
    text = browser(a_lead()).get(f"/admin/supervision/rule/{row.pk}/change/").content.decode()
    assert "1 working day(s)" in text
    assert "1 wd" not in text


def test_a_supervisor_who_is_no_lead_writes_no_draft() -> None:
    row = Rule.objects.get(slug="late-delivery")
    client = browser(a_supervisor())
    assert "Write a draft" not in client.get(f"/admin/supervision/rule/{row.pk}/change/").content.decode()


def test_unit_errors_go_to_the_catalogues_staff() -> None:
    other = a_warning()
    warning = a_warning(unit_error=True)
    text = browser(somebody_of_the_operator()).get(f"{LIST}?view=unit_errors").content.decode()
    assert warning.ids in text
    assert other.ids not in text
    assert warning.ids not in browser(a_lead()).get(LIST).content.decode()


def test_what_is_suppressed_has_a_list_of_its_own() -> None:
    warning, officer = a_warning(), a_supervisor()
    suppress_warning(actor=officer, warning_id=warning.pk, days=30, reason=TEXT)
    client = browser(officer)
    assert warning.ids not in client.get(LIST).content.decode()
    assert warning.ids in client.get(f"{LIST}?view=suppressed").content.decode()


def test_what_waits_is_on_the_home_page() -> None:
    warning, officer = an_assigned_warning()
    asked(warning, officer)
    a_warning()
    text = browser(a_supervisor()).get("/").content.decode()
    assert "Warnings to assign" in text
    assert "Warnings that wait for an explanation" in text
    assert f"{LIST}?state=open" in text
    assert text.count('class="tile"') >= 5
    client = browser(an_actor(warning.buyer, Role.PURCHASER))  # type: ignore[arg-type]
    assert "Explanations to give" in client.get("/").content.decode()


def test_who_handles_a_warning_is_told_that_another_decides() -> None:
    warning, officer = an_assigned_warning()
    own = browser(officer).get(page(warning)).content.decode()
    assert "another colleague decides it" in own
    assert 'name="verdict"' not in own
    assert 'name="verdict"' in browser(a_supervisor()).get(page(warning)).content.decode()


def test_a_dismissal_without_reason_says_what_is_missing() -> None:
    warning, _officer = an_assigned_warning()
    data = {"verdict": "dismissed", "text": TEXT, "dismissal_reason": ""}
    answer = browser(a_supervisor()).post(f"{LIST}{warning.pk}/verify/", data)
    assert answer.status_code == 400
    assert "Choose why it is dismissed." in answer.content.decode()
