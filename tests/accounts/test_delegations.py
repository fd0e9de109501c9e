"""A colleague stands in while somebody is away: with their roles, for a while, under both names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from accounts.actor import Actor, actor_of
from accounts.errors import DelegationRefused, NotYourPeople, OwnRoles
from accounts.models import Delegation, Notice, Organisation, User
from accounts.notices import notify
from accounts.services.change_memberships import set_roles
from accounts.services.delegate import delegate, end_delegation
from orders import services
from orders.errors import FourEyes
from orders.services import Decision
from orders.states import State
from tests.factories import a_delivered_order, a_trade
from tests.factories.accounts import a_person, an_organisation, client_of
from zcy import clock
from zcy.errors import Conflict, Missing
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def school() -> Organisation:
    return an_organisation("buyer")


def hand_over(
    giver: User, deputy: User, *roles: str, begins: datetime | None = None, days: int = 7
) -> Delegation:
    begins = begins or clock.now()
    return delegate(
        actor=actor_of(giver), deputy=deputy, roles=roles, begins_at=begins, ends_at=begins + days * DAY
    )


def running(row: Delegation) -> None:
    """The database's own clock has passed the beginning."""
    Delegation.objects.filter(pk=row.pk).update(begins_at=clock.now() - DAY)


def a_running(giver: User, deputy: User, *roles: str) -> Delegation:
    row = hand_over(giver, deputy, *roles)
    running(row)
    return row


def test_the_deputy_holds_the_roles_and_one_statement_finds_them(school, django_assert_num_queries):
    boss, clerk = (
        a_person("approver", organisation=school, name="林立"),
        a_person("finance", organisation=school),
    )
    a_running(boss, clerk, "approver")
    with django_assert_num_queries(1):
        actor = actor_of(clerk)
    assert actor.roles == {"finance", "approver"}
    assert actor.acting_for["approver"].name == "林立"
    assert actor_of(boss).roles == {"approver"}


def test_it_begins_and_ends_by_itself(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    row = hand_over(boss, clerk, "approver", begins=clock.now() + DAY)
    assert actor_of(clerk).roles == {"finance"}
    running(row)
    assert actor_of(clerk).roles == {"finance", "approver"}
    Delegation.objects.update(ends_at=clock.now() - timedelta(minutes=1))
    assert actor_of(clerk).roles == {"finance"}


def test_the_giver_and_the_deputy_and_the_administrator_end_it_early(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    manager = a_person("manager", organisation=school)
    for person in (boss, clerk, manager):
        row = a_running(boss, clerk, "approver")
        end_delegation(actor=actor_of(person), delegation_id=row.pk)
        assert actor_of(clerk).roles == {"finance"}
        with pytest.raises(Conflict):
            end_delegation(actor=actor_of(person), delegation_id=row.pk)
    row = a_running(boss, clerk, "approver")
    for stranger in (a_person("purchaser", organisation=school), a_person("manager")):
        with pytest.raises(Missing):
            end_delegation(actor=actor_of(stranger), delegation_id=row.pk)


def test_it_ends_with_the_role_the_account_or_the_membership(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    manager = actor_of(a_person("manager", organisation=school))
    a_running(boss, clerk, "approver")
    boss.is_active = False
    boss.save()
    assert actor_of(clerk).roles == {"finance"}
    boss.is_active = True
    boss.save()
    set_roles(actor=manager, user=boss, roles=["purchaser"])
    assert actor_of(clerk).roles == {"finance"}
    set_roles(actor=manager, user=boss, roles=["approver"])
    assert actor_of(clerk).roles == {"finance", "approver"}
    set_roles(actor=manager, user=clerk, roles=[])
    assert actor_of(clerk).roles == frozenset()
    assert Delegation.objects.get().ended_at is not None


def test_only_own_roles_are_handed_over_and_only_to_colleagues(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    third = a_person("purchaser", organisation=school)
    with pytest.raises(DelegationRefused):
        hand_over(boss, clerk, "manager")
    a_running(boss, clerk, "approver")
    with pytest.raises(DelegationRefused):
        hand_over(clerk, third, "approver")
    for wrong in (boss, a_person("purchaser")):
        with pytest.raises(NotYourPeople):
            hand_over(boss, wrong, "approver")
    with pytest.raises(DelegationRefused):
        hand_over(boss, clerk)


@pytest.mark.parametrize(("begins", "days"), [(0, 0), (-5, 3), (0, 182)])
def test_days_that_do_not_fit_are_refused(school, begins: int, days: int):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    with pytest.raises(DelegationRefused):
        hand_over(boss, clerk, "approver", begins=clock.now() + begins * DAY, days=days)


def test_the_three_powers_are_never_handed_over():
    operator = an_organisation("operator")
    auditor, clerk = a_person("auditor", organisation=operator), a_person("service", organisation=operator)
    with pytest.raises(DelegationRefused):
        hand_over(auditor, clerk, "auditor")
    # Not even by a row that came about in another way.
    Delegation.objects.create(
        organisation=operator,
        giver=auditor,
        deputy=clerk,
        roles=["auditor"],
        begins_at=clock.now() - DAY,
        ends_at=clock.now() + DAY,
    )
    assert actor_of(clerk).roles == {"service"}


def test_a_role_with_second_factor_goes_only_to_whoever_has_one():
    bureau = an_organisation("supervisor")
    lead, helper = (
        a_person("supervision_lead", organisation=bureau),
        a_person("supervisor", organisation=bureau),
    )
    Authenticator.objects.filter(user=helper).delete()
    with pytest.raises(DelegationRefused):
        hand_over(lead, helper, "supervision_lead")
    Authenticator.objects.create(user=helper, type="totp", data={"secret": "x"})
    a_running(lead, helper, "supervision_lead")
    assert "supervision_lead" in actor_of(helper).all_roles


def test_what_is_done_in_somebodys_place_bears_both_names(school):
    boss = a_person("manager", organisation=school, name="林立")
    clerk = a_person("finance", organisation=school, name="吴芳")
    other = a_person("purchaser", organisation=school)
    a_running(boss, clerk, "manager")
    set_roles(actor=actor_of(clerk), user=other, roles=["acceptor"])
    entry = AuditEntry.objects.get(action="person.roles_changed")
    assert entry.actor_name == "吴芳"
    assert entry.data["for"] == {"manager": "林立"}
    set_roles(actor=actor_of(boss), user=other, roles=["purchaser"])
    assert "for" not in AuditEntry.objects.filter(action="person.roles_changed").latest("id").data


def test_nobody_keeps_the_administration_that_was_lent(school):
    boss, clerk = a_person("manager", organisation=school), a_person("finance", organisation=school)
    a_running(boss, clerk, "manager")
    with pytest.raises(OwnRoles):
        set_roles(actor=actor_of(clerk), user=clerk, roles=["finance", "manager"])


def test_whoever_ordered_does_not_accept_the_same_order_in_anybodys_place():
    trade = a_trade()
    order = a_delivered_order(trade)
    acceptor, purchaser = trade.people.acceptor.user, trade.people.purchaser.user
    assert acceptor is not None
    assert purchaser is not None
    everything = {line.pk: Decision(accepted=line.quantity) for line in order.lines.all()}

    def accept(actor: Actor) -> None:
        services.accept_delivery(
            actor=actor,
            number=order.number,
            decisions=everything,
            idempotency_key=f"acceptance-{actor.user_id}",
        )

    row = a_running(acceptor, purchaser, "acceptor")
    with pytest.raises(FourEyes):
        accept(actor_of(purchaser))
    end_delegation(actor=actor_of(acceptor), delegation_id=row.pk)
    # Nor does the acceptor accept what was ordered by the colleague in whose place they act just now.
    back = a_running(purchaser, acceptor, "purchaser")
    with pytest.raises(FourEyes):
        accept(actor_of(acceptor))
    end_delegation(actor=actor_of(acceptor), delegation_id=back.pk)
    accept(actor_of(acceptor))
    order.refresh_from_db()
    assert order.state == State.ACCEPTED


def test_notices_reach_the_deputy_too(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    a_running(boss, clerk, "approver")
    Notice.objects.all().delete()
    assert notify((school, "approver"), "delegation_ended", data={"name": "x"}, key="k") == 2


def test_the_database_refuses_what_makes_no_sense(school):
    boss, clerk = a_person("approver", organisation=school), a_person("finance", organisation=school)
    good: dict[str, Any] = {"organisation": school, "giver": boss, "deputy": clerk, "roles": ["approver"]}
    good |= {"begins_at": clock.now(), "ends_at": clock.now() + DAY}
    refused: list[dict[str, Any]] = [{"deputy": boss}, {"roles": []}, {"ends_at": clock.now() - DAY}]
    for wrong in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(**good | wrong)


def test_the_pages(school):
    boss = a_person("approver", "purchaser", organisation=school)
    clerk = a_person("finance", organisation=school)
    browser = client_of(boss)
    assert 'href="/account/delegations/"' in browser.get("/").content.decode()
    form = {
        "deputy": clerk.pk,
        "roles": ["approver"],
        "begins_on": clock.today().isoformat(),
        "ends_on": (clock.today() + 3 * DAY).isoformat(),
    }
    for wrong, field in (
        ({"deputy": boss.pk}, "deputy"),
        ({"deputy": a_person("purchaser").pk}, "deputy"),
        ({"roles": ["finance"]}, "roles"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ):
        answer = browser.post("/account/delegations/", form | wrong)
        assert answer.status_code == 400
        assert answer.context["form"].errors[field]
    assert browser.post("/account/delegations/", form).status_code == 302
    row = Delegation.objects.get()
    assert row.ends_at == clock.end_of(clock.today() + 3 * DAY)
    assert Notice.objects.get(user=clerk).kind == "delegation_given"
    assert str(boss) in client_of(clerk).get("/account/delegations/").content.decode()
    outsider = client_of(a_person("purchaser", organisation=school))
    assert outsider.post(f"/account/delegations/{row.pk}/end/").status_code == 404
    assert client_of(clerk).post(f"/account/delegations/{row.pk}/end/").status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
