"""The accounts of the demonstration and the organisations that they act for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from stdnum.cn import uscc

from accounts.actor import Actor, actor_of
from accounts.models import Membership, Organisation, Region, User
from accounts.roles import OrganisationKind, Role
from zcy.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

# Known to everybody on purpose: production refuses to start while accounts with it exist.
PASSWORD: Final = "zcy-demo-2026"  # noqa: S105

# Ids of the demonstration market (bench/market/demo.py).
SCHOOL: Final = "B00001"
HOSPITAL: Final = "B00002"
SUPPLIER: Final = "S00001"
SUPPLIER2: Final = "S00002"
COUNTY_BUREAU: Final = "G330122"
PROVINCE_BUREAU: Final = "G330000"
OPERATOR: Final = "operator"


@dataclass(frozen=True)
class Account:
    """One account: user name, full name, organisation's id, roles."""

    username: str
    name: str
    organisation: str
    roles: tuple[Role, ...]


ACCOUNTS: Final = (
    Account("buyer", "陈晓", SCHOOL, (Role.PURCHASER,)),
    Account("approver", "林立", SCHOOL, (Role.APPROVER, Role.MANAGER)),
    Account("acceptor", "周敏", SCHOOL, (Role.ACCEPTOR,)),
    Account("finance", "吴芳", SCHOOL, (Role.FINANCE,)),
    Account("buyer2", "郑洁", HOSPITAL, (Role.PURCHASER,)),
    Account("supplier", "王强", SUPPLIER, (Role.SUPPLIER_ADMIN,)),
    Account("supplier2", "冯磊", SUPPLIER2, (Role.SUPPLIER_ADMIN,)),
    Account("supervisor", "沈岚", COUNTY_BUREAU, (Role.SUPERVISOR,)),
    Account("lead", "韩涛", PROVINCE_BUREAU, (Role.SUPERVISION_LEAD,)),
    Account("catalog", "杨帆", OPERATOR, (Role.CATALOG,)),
    Account("onboarding", "朱琳", OPERATOR, (Role.ONBOARDING,)),
    Account("service", "秦悦", OPERATOR, (Role.SERVICE,)),
    Account("sysadmin", "尤刚", OPERATOR, (Role.SYSTEM_ADMIN,)),
    Account("secadmin", "许静", OPERATOR, (Role.SECURITY_ADMIN,)),
    Account("auditor", "何平", OPERATOR, (Role.AUDITOR,)),
)


def make_people() -> Mapping[str, Actor]:
    """Make the accounts, or give those that are there their roles and password again.

    Returns:
        The actor of each user name.

    Raises:
        Missing: the demonstration market has not been imported.
    """
    organisations = {code: _organisation(code) for code in {account.organisation for account in ACCOUNTS}}
    password = make_password(PASSWORD)
    actors = {}
    with transaction.atomic():
        for account in ACCOUNTS:
            user, _made = User.objects.update_or_create(
                username=account.username,
                defaults={
                    "name": account.name,
                    "password": password,
                    "demonstration": True,
                    "is_active": True,
                },
            )
            _hold(user, organisations[account.organisation], account.roles)
            actors[account.username] = actor_of(user, organisations[account.organisation].pk)
    return actors


def _hold(user: User, organisation: Organisation, roles: Iterable[Role]) -> None:
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=organisation, role=role.value) for role in roles],
        ignore_conflicts=True,
    )


def _organisation(code: str) -> Organisation:
    if code == OPERATOR:
        return _operator()
    found = Organisation.objects.filter(external_id=code).order_by("pk").first()
    if found is None:
        raise Missing(f"There is no organisation {code}: import the demonstration market first.")
    return found


def _operator() -> Organisation:
    region = Region.objects.filter(parent=None).order_by("code").first()
    if region is None:
        raise Missing("There are no regions: import the demonstration market first.")
    body = "91330000MA7XCY001"
    operator, _made = Organisation.objects.get_or_create(
        kind=OrganisationKind.OPERATOR,
        source="",
        defaults={
            "name": "浙江政采平台运营中心",
            "region": region,
            "uscc": body + uscc.calc_check_digit(body),
        },
    )
    return operator
