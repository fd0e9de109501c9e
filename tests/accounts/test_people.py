"""Invitations and memberships: an administrator's own people, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.actor import Actor, ActorRequest, actor_of
from accounts.errors import (
    InvitationIsOver,
    LastAdministrator,
    NotYourPeople,
    OwnRoles,
    PowersAreSeparate,
    RoleDoesNotFit,
)
from accounts.models import Invitation, Membership, User
from accounts.services.change_memberships import set_roles
from accounts.services.invite_person import accept_invitation, invite_person
from tests.factories.accounts import (
    PASSWORD,
    TOTP_SECRET,
    a_person,
    an_actor,
    an_organisation,
    client_of,
    signed_in,
)
from zcy.models import AuditEntry

pytestmark = pytest.mark.django_db


def acting(browser: Client) -> Actor:
    return cast(ActorRequest, browser.get("/").wsgi_request).actor


def invite(actor, role="purchaser"):
    return invite_person(actor=actor, name="李四", email="", role=role)


def test_the_invited_makes_an_account_and_holds_the_role():
    manager = an_actor("manager")
    link = reverse("invitation", args=[invite(manager).token])
    client = Client()
    assert client.get(link).status_code == 200
    typed = {"username": "lisi", "password": "quite-Long-9-secret", "repeated": "quite-Long-9-secret"}
    assert client.post(link, typed).status_code == 302
    actor = actor_of(User.objects.get(username="lisi"))
    assert (actor.organisation_id, actor.roles) == (manager.organisation_id, frozenset(["purchaser"]))
    assert client.get("/account/").status_code == 200
    assert Client().get(link).status_code == 409


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "x"}, "username"),
        ({"username": "taken"}, "username"),
        ({"username": "TAKEN"}, "username"),
        ({"username": "a b"}, "username"),
        ({"password": "short", "repeated": "short"}, "password"),
        ({"repeated": "something-else-1"}, "repeated"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_written(typed: dict[str, str], field: str):
    a_person("purchaser", username="taken")
    link = reverse("invitation", args=[invite(an_actor("manager")).token])
    good = {"username": "lisi", "password": "quite-Long-9-secret", "repeated": "quite-Long-9-secret"}
    answer = Client().post(link, good | typed)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert Invitation.objects.get().accepted_at is None


def test_an_invitation_too_old_or_withdrawn_or_invented_is_over():
    invited = invite(an_actor("manager"))
    Invitation.objects.update(expires_at=invited.invitation.created_at - timedelta(days=1))
    for token in (invited.token, "invented", "\x00"):
        with pytest.raises(InvitationIsOver):
            accept_invitation(token=token, username="lisi", password=PASSWORD)


def test_only_the_administrator_invites_and_only_to_roles_of_the_kind():
    with pytest.raises(NotYourPeople):
        invite(an_actor("purchaser"))
    with pytest.raises(RoleDoesNotFit):
        invite(an_actor("manager"), role="supervisor")
    assert signed_in("purchaser").get(reverse("people")).status_code == 403
    assert signed_in("supplier_admin").get(reverse("people")).status_code == 200


def test_the_administrator_changes_and_removes_roles_of_own_people_only():
    manager = an_actor("manager")
    clerk = a_person("purchaser", organisation=manager.organisation)
    stranger = a_person("purchaser")
    assert manager.user is not None
    set_roles(actor=manager, user=clerk, roles=["approver", "finance"])
    assert set(clerk.memberships.values_list("role", flat=True)) == {"approver", "finance"}
    set_roles(actor=manager, user=clerk, roles=[])
    assert not clerk.memberships.exists()
    with pytest.raises(NotYourPeople):
        set_roles(actor=manager, user=stranger, roles=["approver"])
    assert client_of(manager.user).get(reverse("person", args=[stranger.pk])).status_code == 404


def test_a_lost_or_expired_invitation_gets_a_new_link_and_the_old_one_opens_nothing():
    manager = an_actor("manager")
    first = invite(manager)
    Invitation.objects.update(expires_at=first.invitation.created_at - timedelta(days=1))
    assert manager.user is not None
    browser = client_of(manager.user)
    address = reverse("invitation_again", args=[first.invitation.pk])
    assert f'action="{address}"' in browser.get(reverse("people")).content.decode()
    shown = browser.post(address)
    link = shown.context["link"]
    assert Client().get(link).status_code == 200
    with pytest.raises(InvitationIsOver):
        accept_invitation(token=first.token, username="lisi", password=PASSWORD)
    browser.post(reverse("invitation_withdraw", args=[first.invitation.pk]))
    assert Client().get(link).status_code == 409
    assert browser.post(address).status_code == 302


def test_one_click_removes_somebody_from_the_organisation():
    manager = an_actor("manager")
    clerk = a_person("purchaser", "approver", organisation=manager.organisation)
    assert manager.user is not None
    browser = client_of(manager.user)
    address = reverse("person", args=[clerk.pk])
    assert 'name="remove"' in browser.get(address).content.decode()
    assert browser.post(address, {"remove": "1"}).status_code == 302
    assert not clerk.memberships.exists()
    assert browser.get(address).status_code == 404
    last = browser.post(reverse("person", args=[manager.user_id]), {"remove": "1"})
    assert last.status_code == 409


def test_the_last_administrator_stays():
    manager = an_actor("manager")
    assert manager.user is not None
    browser = client_of(manager.user)
    answer = browser.post(reverse("person", args=[manager.user_id]), {"roles": ["purchaser"]})
    assert answer.status_code == 409
    with pytest.raises(LastAdministrator):
        set_roles(actor=manager, user=manager.user, roles=[])
    a_person("manager", organisation=manager.organisation)
    set_roles(actor=manager, user=manager.user, roles=[])


def test_no_account_holds_two_of_the_three_powers():
    operator = an_organisation("operator")
    security = an_actor("security_admin", organisation=operator)
    auditor = a_person("auditor", organisation=operator)
    with pytest.raises(PowersAreSeparate):
        set_roles(actor=security, user=auditor, roles=["auditor", "system_admin"])
    with pytest.raises(PowersAreSeparate):
        accept_invitation(token=invite(security, role="system_admin").token, user=auditor)
    assert list(auditor.memberships.values_list("role", flat=True)) == ["auditor"]


def test_a_role_in_an_organisation_of_the_wrong_kind_opens_nothing():
    user = a_person("purchaser")
    Membership.objects.create(user=user, organisation=an_organisation("supplier"), role="system_admin")
    assert actor_of(user).all_roles == {"purchaser"}


def test_whoever_holds_roles_in_two_organisations_switches_between_them():
    school = an_organisation("buyer")
    user = a_person("purchaser", organisation=school)
    hospital = an_organisation("buyer")
    Membership.objects.create(user=user, organisation=hospital, role="approver")
    browser = client_of(user)
    browser.post("/account/organisation/", {"organisation": hospital.pk})
    assert acting(browser).roles == {"approver"}
    for wrong in (an_organisation().pk, "x", ""):
        browser.post("/account/organisation/", {"organisation": wrong})
        assert acting(browser).organisation_id == hospital.pk


def test_a_user_name_that_somebody_takes_at_the_same_moment_is_said_beside_its_field(monkeypatch):
    from accounts.forms import AcceptInvitationForm

    a_person("purchaser", username="zhangsan")
    token = invite(an_actor("manager")).token
    # The form has looked before the other one was there.
    monkeypatch.setattr(AcceptInvitationForm, "clean_username", lambda form: form.cleaned_data["username"])
    typed = {"username": "zhangsan", "password": PASSWORD, "repeated": PASSWORD}
    answer = Client().post(reverse("invitation", args=[token]), typed)
    assert answer.status_code == 409
    assert answer.context["form"].errors["username"]
    assert Membership.objects.filter(user__username="zhangsan").count() == 1


def test_who_gives_powers_does_not_give_them_to_oneself():
    security = an_actor("security_admin", organisation=an_organisation("operator"))
    assert security.user is not None
    with pytest.raises(OwnRoles):
        set_roles(actor=security, user=security.user, roles=["security_admin", "catalog"])
    bureau = an_organisation("supervisor")
    browser = client_of(security.user)
    Authenticator.objects.get_or_create(user=security.user, type="totp", data={"secret": TOTP_SECRET})
    form = {"user": security.user_id, "organisation": bureau.pk, "role": "supervisor"}
    answer = browser.post("/admin/accounts/membership/add/", form)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["user"]
    another = a_person()
    assert browser.post("/admin/accounts/membership/add/", form | {"user": another.pk}).status_code == 302
    assert another.memberships.get().role == "supervisor"
    assert AuditEntry.objects.filter(action="membership.added", actor_id=security.user_id).exists()


def test_changes_of_password_and_second_factor_are_in_the_audit():
    user = a_person("supervisor", username="supervisor")
    browser = client_of(user)
    new = "another-long-Secret-8"
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert AuditEntry.objects.get(action="password.changed").actor_id == user.pk
    request = RequestFactory().get("/")
    authenticator = Authenticator.objects.get(user=user)
    for signal in (authenticator_added, authenticator_removed):
        signal.send(sender=Authenticator, request=request, user=user, authenticator=authenticator)
    kept = AuditEntry.objects.filter(subject_id=str(user.pk)).order_by("id")
    assert [entry.action for entry in kept] == [
        "password.changed",
        "second_factor.added",
        "second_factor.removed",
    ]
    assert "secret" not in str([entry.data for entry in kept]).lower()
