"""A market that nobody can sign in to yet: whoever runs the machine founds the operator and invites the first people."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import Role
from accounts.services.invite_person import accept_invitation
from tests.factories.organisations import a_buyer
from zcy.models import AuditEntry

CODE = "91330000MA7XCY0016"
PASSWORD = "a long enough one"

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def tokens(said: str) -> list[str]:
    return re.findall(r"/account/invitation/([\w-]+)/", said)


def test_the_operator_is_founded_with_three_people_of_separate_powers(client: Client) -> None:
    said = run(
        "found_operator",
        "运营中心",
        "--uscc",
        CODE,
        "--host",
        "market.example.org",
        "--people",
        "尤",
        "许",
        "何",
    )
    operator = Organisation.objects.get(kind="operator")
    assert (operator.name, operator.uscc, operator.region.code) == ("运营中心", CODE, "330000")
    links = tokens(said)
    assert said.count("https://market.example.org/account/invitation/") == len(links) == 3
    for number, token in enumerate(links):
        answer = client.get(f"/account/invitation/{token}/")
        assert answer.status_code == 200
        accept_invitation(token=token, username=f"person{number}", password=PASSWORD)
    held = Membership.objects.filter(organisation=operator).values_list("user__name", "role")
    assert set(held) == {("尤", "system_admin"), ("许", "security_admin"), ("何", "auditor")}
    assert AuditEntry.objects.filter(action="operator.founded").count() == 1


def test_a_second_founding_invites_only_whom_it_lacks_and_then_refuses() -> None:
    first = run("found_operator", "运营中心", "--uscc", CODE)
    accept_invitation(token=tokens(first)[0], username="one", password=PASSWORD)
    second = tokens(run("found_operator", "运营中心", "--uscc", CODE))
    assert len(second) == 2
    for number, token in enumerate(second):
        accept_invitation(token=token, username=f"more{number}", password=PASSWORD)
    with pytest.raises(CommandError):
        run("found_operator", "运营中心", "--uscc", CODE)
    assert Organisation.objects.filter(kind="operator").count() == 1


@pytest.mark.parametrize(
    ("name", "code"), [("运营中心", "91330000MA7XCY0010"), ("运营中心", ""), ("", CODE), ("长" * 201, CODE)]
)
def test_a_wrong_code_or_name_founds_nothing(name: str, code: str) -> None:
    with pytest.raises(CommandError):
        run("found_operator", name, "--uscc", code)
    assert not Organisation.objects.exists()
    assert not Invitation.objects.exists()


def test_another_operator_beside_the_first_is_refused() -> None:
    run("found_operator", "运营中心", "--uscc", CODE)
    with pytest.raises(CommandError, match="运营中心"):
        run(
            "found_operator",
            "另一个",
            "--uscc",
            "91330000000000000N".replace("N", _check("91330000000000000")),
        )


def test_the_first_administrator_of_an_organisation_is_invited() -> None:
    school = a_buyer()
    said = run("invite", school.uscc, "manager", "林立")
    user = accept_invitation(token=tokens(said)[0], username="lin", password=PASSWORD)
    membership = Membership.objects.get(user=user)
    assert (membership.organisation, membership.role, user.name) == (school, Role.MANAGER, "林立")


@pytest.mark.parametrize("role", ["supplier_admin", "king", ""])
def test_a_role_that_the_organisation_does_not_have_is_refused_with_those_it_has(role: str) -> None:
    school = a_buyer()
    with pytest.raises(CommandError, match="purchaser, approver, acceptor, finance, manager"):
        run("invite", school.uscc, role, "林立")
    assert not Invitation.objects.exists()
    assert not User.objects.filter(username="lin").exists()


def test_an_organisation_that_is_unknown_or_not_the_only_one_is_refused() -> None:
    with pytest.raises(CommandError):
        run("invite", "nobody", "manager", "林立")
    for source in ("a", "b"):
        a_buyer(source=source, external_id="B1")
    with pytest.raises(CommandError, match="B1"):
        run("invite", "B1", "manager", "林立")


def _check(body: str) -> str:
    from stdnum.cn import uscc

    return str(uscc.calc_check_digit(body))
