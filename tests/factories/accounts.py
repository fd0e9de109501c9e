"""People, organisations and regions in the words of the trade."""

from __future__ import annotations

from itertools import count

from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.actor import Actor, actor_of
from accounts.models import Membership, Organisation, Region, User
from accounts.roles import ROLES_OF_KIND, SECOND_FACTOR_ROLES, OrganisationKind, Role

PASSWORD = "a-long-enough-Secret-7"
# A secret of our own: tests that go through the second factor compute the code from it.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)
KIND_OF_ROLE = {role: kind for kind, roles in ROLES_OF_KIND.items() for role in roles}

ZHEJIANG = "330000"
HANGZHOU = "330100"
XIHU = "330106"
NINGBO = "330200"
HAISHU = "330203"
_TREE = {
    ZHEJIANG: ("浙江省", None, "province"),
    HANGZHOU: ("杭州市", ZHEJIANG, "city"),
    XIHU: ("西湖区", HANGZHOU, "county"),
    NINGBO: ("宁波市", ZHEJIANG, "city"),
    HAISHU: ("海曙区", NINGBO, "county"),
}


def a_region(code: str = XIHU) -> Region:
    """A real region of Zhejiang, with those above it."""
    name, parent_code, level = _TREE[code]
    parent = a_region(parent_code) if parent_code else None
    path = f"{parent.path if parent else ''}{code}/"
    values = {"name": name, "parent": parent, "level": level, "path": path}
    return Region.objects.get_or_create(code=code, defaults=values)[0]


def an_organisation(
    kind: str = OrganisationKind.BUYER, region: Region | str = XIHU, name: str = ""
) -> Organisation:
    """An organisation with a name of its own."""
    place = a_region(region) if isinstance(region, str) else region
    return Organisation.objects.create(
        kind=kind, region=place, name=name or f"{place.name}{kind}{next(_numbers)}"
    )


def a_person(
    *roles: str, organisation: Organisation | None = None, name: str = "", username: str = ""
) -> User:
    """A person who holds the roles in one organisation; with a second factor where a role asks for it."""
    number = next(_numbers)
    user = User.objects.create_user(
        username=username or f"member{number}", password=PASSWORD, name=name or f"张三{number}"
    )
    if roles:
        region = ZHEJIANG if KIND_OF_ROLE[Role(roles[0])] == OrganisationKind.OPERATOR else XIHU
        organisation = organisation or an_organisation(KIND_OF_ROLE[Role(roles[0])], region)
        Membership.objects.bulk_create(
            Membership(user=user, organisation=organisation, role=role) for role in roles
        )
    if not SECOND_FACTOR_ROLES.isdisjoint(roles):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": TOTP_SECRET})
    return user


def an_actor(*roles: str, organisation: Organisation | None = None, name: str = "") -> Actor:
    """The actor of a new person who holds the roles."""
    return actor_of(a_person(*roles, organisation=organisation, name=name))


def signed_in(*roles: str, organisation: Organisation | None = None) -> Client:
    """A browser in which a new person with the roles is signed in."""
    return client_of(a_person(*roles, organisation=organisation))


def client_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
