"""Regions, organisations and the people in them. Actors are ready for services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from stdnum.cn import uscc

from accounts.actor import Actor
from accounts.models import Membership, Organisation, Region, User
from accounts.roles import ROLES_OF_KIND, OrganisationKind, Role
from tests.factories.serials import serial

PROVINCE = ("330000", "浙江省", "province")
CITY = ("330100", "杭州市", "city")
COUNTY = ("330106", "西湖区", "county")


def a_region(code: str = COUNTY[0]) -> Region:
    """A region of the real tree (by default a county of Hangzhou), with those above it."""
    found = Region.objects.filter(code=code).first()
    if found:
        return found
    known = {row[0]: row for row in (PROVINCE, CITY, COUNTY)}
    level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
    name = known[code][1] if code in known else f"地区{code}"
    parent_code = {"province": "", "city": code[:2] + "0000", "county": code[:4] + "00"}[level]
    parent = a_region(parent_code) if parent_code else None
    path = f"{parent.path if parent else ''}{code}/"
    return Region.objects.get_or_create(
        code=code, defaults={"name": name, "level": level, "parent": parent, "path": path}
    )[0]


def an_organisation(
    kind: str, *, region: Region | None = None, name: str = "", **values: Any
) -> Organisation:
    """An organisation of a kind with a valid credit code."""
    number = next(serial)
    body = f"91330106MA{number % 10_000_000:07d}"
    names = {
        "buyer": "第{}小学",
        "supplier": "浙江{}号商贸有限公司",
        "supervisor": "财政局{}",
        "operator": "运营{}",
    }
    return Organisation.objects.create(
        kind=kind,
        region=region or a_region(),
        name=name or names[kind].format(number),
        **{"uscc": body + uscc.calc_check_digit(body), **values},
    )


def a_buyer(**values: Any) -> Organisation:
    """A unit that buys."""
    return an_organisation(OrganisationKind.BUYER, **values)


def a_supplier(**values: Any) -> Organisation:
    """A supplier in good standing."""
    return an_organisation(OrganisationKind.SUPPLIER, **values)


def a_user(name: str = "", **values: Any) -> User:
    """A person who can sign in."""
    number = next(serial)
    user = User(username=values.pop("username", f"person{number}"), name=name or f"员工{number}", **values)
    user.set_unusable_password()
    user.save()
    return user


def an_actor(organisation: Organisation, *roles: str, user: User | None = None) -> Actor:
    """A person with these roles in the organisation; a new one where none is given."""
    user = user or a_user()
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=organisation, role=role) for role in roles], ignore_conflicts=True
    )
    held = frozenset(str(role) for role in roles)
    return Actor(
        user=user, organisation=organisation, roles=held, organisations=(organisation,), all_roles=held
    )


@dataclass(frozen=True)
class People:
    """One person for each role of a unit."""

    purchaser: Actor
    approver: Actor
    acceptor: Actor
    finance: Actor
    manager: Actor


def people(buyer: Organisation) -> People:
    """The people of a unit, five different ones."""
    return People(**{role.value: an_actor(buyer, role) for role in ROLES_OF_KIND[OrganisationKind.BUYER]})


def a_seller(supplier: Organisation, role: str = Role.SUPPLIER_ADMIN) -> Actor:
    """Somebody of a supplier."""
    return an_actor(supplier, role)


def a_supervisor(region: Region | None = None, role: str = Role.SUPERVISOR) -> Actor:
    """A finance bureau's supervisor of a region."""
    return an_actor(an_organisation(OrganisationKind.SUPERVISOR, region=region), role)


def somebody_of_the_operator(role: str = Role.CATALOG) -> Actor:
    """A member of the operator's staff."""
    return an_actor(an_organisation(OrganisationKind.OPERATOR, region=a_region(PROVINCE[0])), role)


def without_role(actor: Actor, *roles: str) -> Actor:
    """The same person without these roles."""
    return replace(actor, roles=actor.roles - {str(role) for role in roles})
