"""Buyers' units come in by the invitation of their county's supervisor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actor import actor_of
from accounts.errors import CodeTaken, InvitationIsOver
from accounts.models import Notice, Organisation, UnitInvitation, User
from accounts.services.invite_unit import accept_unit, invite_unit, send_unit_again, withdraw_unit
from tests.factories import a_buyer, a_code
from tests.factories.accounts import HAISHU, HANGZHOU, XIHU, a_person, a_region, an_organisation, client_of
from zcy import clock
from zcy.errors import Conflict, Missing, NotAllowed
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db
ACCOUNT = {"username": "lisi", "password": "quite-Long-9-secret", "repeated": "quite-Long-9-secret"}


def a_supervisor(region: str = XIHU):
    return actor_of(a_person("supervisor", organisation=an_organisation("supervisor", region)))


def invite(actor=None, region: str = XIHU, **values):
    typed = {"name": "西湖区第一小学", "uscc": a_code(), "manager_name": "李四", "region": a_region(region)}
    return invite_unit(actor=actor or a_supervisor(), **{**typed, **values})


def test_the_invited_unit_becomes_a_buyer_with_its_first_administrator():
    supervisor = a_supervisor()
    invited = invite(supervisor)
    link = f"/units/invitation/{invited.token}/"
    client = Client()
    assert client.get(link).status_code == 200
    assert not Organisation.objects.buyers().exists()
    assert client.post(link, ACCOUNT).status_code == 302
    actor = actor_of(User.objects.get(username="lisi"))
    assert actor.organisation is not None
    assert (actor.kind, actor.roles) == ("buyer", frozenset(["manager"]))
    assert (actor.organisation.name, actor.organisation.uscc) == ("西湖区第一小学", invited.invitation.uscc)
    assert client.get("/account/people/").status_code == 200
    assert Client().get(link).status_code == 409
    assert Notice.objects.get(user=supervisor.user).kind == "unit_joined"
    assert AuditEntry.objects.filter(action="unit.joined").exists()


def test_somebody_with_an_account_takes_the_role_into_it():
    person = a_person("purchaser")
    client_of(person).post(f"/units/invitation/{invite().token}/")
    assert sorted(person.memberships.values_list("role", flat=True)) == ["manager", "purchaser"]


def test_supervisors_invite_for_their_own_region_and_below_only():
    invite(a_supervisor(HANGZHOU), XIHU)
    for actor, region in ((a_supervisor(XIHU), HANGZHOU), (a_supervisor(HAISHU), XIHU)):
        with pytest.raises(NotAllowed):
            invite(actor, region)
    with pytest.raises(NotAllowed):
        invite(actor_of(a_person("manager")))


def test_a_unit_is_there_or_invited_once():
    known = a_buyer()
    with pytest.raises(CodeTaken):
        invite(uscc=known.uscc)
    first = invite()
    with pytest.raises(Conflict):
        invite(uscc=first.invitation.uscc)
    UnitInvitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    invite(uscc=first.invitation.uscc)


def test_a_new_link_closes_the_old_one_and_a_withdrawn_one_opens_nothing():
    supervisor = a_supervisor()
    first = invite(supervisor)
    second = send_unit_again(actor=supervisor, invitation_id=first.invitation.pk)
    with pytest.raises(InvitationIsOver):
        accept_unit(token=first.token, username="lisi", password=ACCOUNT["password"])
    withdraw_unit(actor=supervisor, invitation_id=first.invitation.pk)
    for token in (second.token, "invented", "\x00"):
        with pytest.raises(InvitationIsOver):
            accept_unit(token=token, username="lisi", password=ACCOUNT["password"])
    with pytest.raises(InvitationIsOver):
        send_unit_again(actor=supervisor, invitation_id=first.invitation.pk)
    with pytest.raises(Missing):
        withdraw_unit(actor=a_supervisor(HAISHU), invitation_id=invite().invitation.pk)


def test_a_unit_that_came_in_another_way_meanwhile_leaves_nothing_half_done():
    invited = invite()
    a_buyer(uscc=invited.invitation.uscc)
    answer = Client().post(f"/units/invitation/{invited.token}/", ACCOUNT)
    assert answer.status_code == 409
    assert not User.objects.filter(username="lisi").exists()
    assert UnitInvitation.objects.get().accepted_at is None


def test_the_page_of_the_supervisor():
    supervisor = a_supervisor()
    assert supervisor.user is not None
    browser = client_of(supervisor.user)
    assert 'href="/supervisor/units/"' in browser.get("/").content.decode()
    assert browser.get("/supervisor/units/").status_code == 200
    form = {
        "name": "西湖区第二小学",
        "uscc": a_code(),
        "region": a_region(XIHU).pk,
        "manager_name": "李四",
        "manager_email": "li@example.com",
    }
    for wrong, field in (
        ({"uscc": "1"}, "uscc"),
        ({"region": a_region(HAISHU).pk}, "region"),
        ({"name": ""}, "name"),
    ):
        answer = browser.post("/supervisor/units/", form | wrong)
        assert answer.status_code == 400
        assert answer.context["form"].errors[field]
    shown = browser.post("/supervisor/units/", form)
    assert "/units/invitation/" in shown.content.decode()
    row = UnitInvitation.objects.get()
    assert "西湖区第二小学" in browser.get("/supervisor/units/?state=open&q=第二").content.decode()
    assert "西湖区第二小学" not in browser.get("/supervisor/units/?state=accepted").content.decode()
    assert "/units/invitation/" in browser.post(f"/supervisor/units/{row.pk}/again/").content.decode()
    assert browser.post(f"/supervisor/units/{row.pk}/withdraw/").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    other = client_of(a_person("supervisor", organisation=an_organisation("supervisor", HAISHU)))
    assert "西湖区第二小学" not in other.get("/supervisor/units/").content.decode()


def test_the_list_costs_the_same_at_ten_and_at_forty(django_assert_max_num_queries):
    supervisor = a_supervisor()
    assert supervisor.user is not None
    browser = client_of(supervisor.user)
    for _row in range(10):
        invite(supervisor)
    browser.get("/supervisor/units/?size=50")
    with django_assert_max_num_queries(20) as ten:
        browser.get("/supervisor/units/?size=50")
    for _row in range(30):
        invite(supervisor)
    with django_assert_max_num_queries(len(ten.captured_queries)):
        assert browser.get("/supervisor/units/?size=50").content.decode().count("/again/") == 40
